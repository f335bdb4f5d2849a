package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/factor"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// factorSettingsPage is the form of what counts to which factor.
type factorSettingsPage struct {
	*factorPage
	scales []survey.Survey
}

func (c *Console) meetFactorSettings(v *visit) (*factorSettingsPage, error) {
	page, err := c.meetFactors(v)
	if err != nil {
		return nil, err
	}
	p := &factorSettingsPage{factorPage: page}
	p.scales, err = c.Factors.Scales(v.ctx(), v.actor, v.programme.ID)
	return p, err
}

func (c *Console) factorSettings(v *visit) error {
	p, err := c.meetFactorSettings(v)
	if err != nil {
		return err
	}
	return v.render(factorSettingsShown(p))
}

func (c *Console) saveFactorSettings(v *visit) error {
	p, err := c.meetFactorSettings(v)
	if err != nil {
		return err
	}
	seen := v.seenVersion()
	if _, err := c.Factors.SetSettings(v.ctx(), v.actor, v.programme.ID, seen, p.typed()); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs, p.set = errs, p.typed()
			return factorSettingsShown(p)
		})
	}
	return v.done(v.at("/factors/settings"), "console.factor.saved")
}

// typed reads the form. What counts to a reason that is gone stays.
func (p *factorSettingsPage) typed() factor.Settings {
	var s factor.Settings
	for _, f := range p.set.Factors {
		n := factor.Setup{Code: f.Code, Names: map[string]string{}, Hints: map[string]string{}, Off: p.field("on_"+string(f.Code)) == ""}
		for _, lang := range i18n.Langs() {
			put(n.Names, string(lang), p.field("name_"+string(f.Code)+"_"+string(lang)))
			put(n.Hints, string(lang), p.field("hints_"+string(f.Code)+"_"+string(lang)))
		}
		s.Factors = append(s.Factors, n)
	}
	s.Answers = p.mapped("answer", p.set.Answers, p.answerCodes())
	s.Reasons = p.mapped("reason", p.set.Reasons, p.reasonCodes())
	s.Causes = p.mapped("cause", p.set.Causes, p.causeCodes())
	for _, n := range p.scales {
		for _, q := range n.Questions {
			if to := p.field(scaleField(&n, q.Code)); to != "" {
				s.Ratings = append(s.Ratings, factor.Rating{SurveyID: n.ID, Question: q.Code, Factor: factor.Code(to)})
			}
		}
	}
	return s
}

func put(m map[string]string, key, value string) {
	if value != "" {
		m[key] = value
	}
}

// mapped reads what codes count to; codes that are not asked keep theirs, unless
// their factor is switched off now.
func (p *factorSettingsPage) mapped(name string, was map[string]factor.Code, asked []string) map[string]factor.Code {
	m := map[string]factor.Code{}
	for code, to := range was {
		if !slices.Contains(asked, code) && p.field("on_"+string(to)) != "" {
			m[code] = to
		}
	}
	for _, code := range asked {
		if to := p.field(name + "_" + code); to != "" {
			m[code] = factor.Code(to)
		}
	}
	return m
}

func scaleField(n *survey.Survey, question string) string {
	return "scale_" + n.ID.In(id.Survey) + "_" + question
}

func (p *factorSettingsPage) answerCodes() (codes []string) {
	for _, r := range p.reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

func (p *factorSettingsPage) reasonCodes() (codes []string) {
	for _, r := range p.cases.Reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

func (p *factorSettingsPage) causeCodes() (codes []string) {
	for _, r := range p.cases.Causes {
		codes = append(codes, r.Code)
	}
	return codes
}

// mapping is a list of selects: what is called so counts to which factor.
type mapping struct {
	title, lead, none string
	fields            []mappingField
}

type mappingField struct{ name, label, chosen string }

func (p *factorSettingsPage) mappings() []mapping {
	of := func(key, name string, codes []string, m map[string]factor.Code, label func(string) string) mapping {
		n := mapping{title: p.T("console.factor." + key), lead: p.T("console.factor." + key + "_lead"), none: p.T("console.factor." + key + "_none")}
		for _, c := range codes {
			n.fields = append(n.fields, mappingField{name + "_" + c, label(c), string(m[c])})
		}
		return n
	}
	list := []mapping{
		of("map_answers", "answer", p.answerCodes(), p.set.Answers, p.reason),
		of("map_reasons", "reason", p.reasonCodes(), p.set.Reasons, func(c string) string { return p.Say(p.cases.ReasonText(c, p.Lang())) }),
		of("map_causes", "cause", p.causeCodes(), p.set.Causes, func(c string) string { return p.Say(p.cases.CauseText(c, p.Lang())) }),
	}
	ratings := of("map_ratings", "", nil, nil, nil)
	for i := range p.scales {
		n := &p.scales[i]
		for _, q := range n.Questions {
			ratings.fields = append(ratings.fields, mappingField{scaleField(n, q.Code), n.Name(string(p.Lang())) + ": " + q.Words.In(string(p.Lang())), p.rated(n, q.Code)})
		}
	}
	return append(list, ratings)
}

func (p *factorSettingsPage) rated(n *survey.Survey, question string) string {
	for _, r := range p.set.Ratings {
		if r.SurveyID == n.ID && r.Question == question {
			return string(r.Factor)
		}
	}
	return ""
}

func (p *factorSettingsPage) options(chosen string) []web.Option {
	list := []web.Option{{Label: p.T("console.factor.counts_to_none")}}
	for _, c := range factor.Codes() {
		if slices.Contains(p.set.On(), c) || chosen == string(c) {
			list = append(list, web.Option{Value: string(c), Label: p.name(c)})
		}
	}
	return web.Choose(list, chosen)
}

// refused is what is wrong with a list of the form; its fields have other names
// than the settings.
func (p *factorSettingsPage) refused() []string {
	var list []string
	for _, words := range p.errs {
		if !slices.Contains(list, words) {
			list = append(list, words)
		}
	}
	slices.Sort(list)
	return list
}

func (p *factorSettingsPage) isOn(f factor.Setup) bool { return !f.Off }

func (p *factorSettingsPage) may() bool { return p.can(auth.FactorsWrite) }

// langName names a language of the texts in itself.
func langName(lang i18n.Lang) string { return strings.ToUpper(string(lang)) }

// seen is the version that was looked at: of a form that was sent, its own, so
// that sending it again does not pass over what somebody changed.
func (p *factorSettingsPage) seen() string {
	return cmp.Or(p.field("version"), strconv.FormatInt(p.version, 10))
}
