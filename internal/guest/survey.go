package guest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/program"
	"regulars/internal/survey"
	"regulars/internal/web"
)

func (g *Guest) surveyRoutes() []route {
	one, declinePath := survey.Path+"{token}", survey.DeclinePath+"{token}"
	return []route{
		{pattern: "GET " + survey.OpenPath + "{code}", open: true, do: g.showOpenSurvey},
		{pattern: "POST " + survey.OpenPath + "{code}", open: true, do: g.beginSurvey},
		{pattern: "GET " + one, open: true, do: g.showSurvey},
		{pattern: "POST " + one, open: true, do: g.answerSurvey},
		{pattern: "GET " + declinePath, open: true, do: g.showDecline},
		{pattern: "POST " + declinePath, open: true, do: g.declineSurvey},
	}
}

var (
	// answerPace bounds the answers that one network sends, beginPace the
	// questionnaires that it begins by open links.
	answerPace = auth.Pace{Burst: 120, Every: time.Second}
	beginPace  = auth.Pace{Burst: 20, Every: 30 * time.Second}
)

// asked is one question as it is shown.
type asked struct {
	*visit
	survey.Session
	question *survey.Question
	back     *survey.Question
	number   int
	given    []string
	errs     web.FormErrors
}

// speak lets a survey's page speak the language that the link asks for, or else
// the one that was chosen on this device, or in which it was begun, in the colours
// of its programme.
func (g *Guest) speak(v *visit, s *survey.Session) {
	v.programme = s.Programme
	l, named := i18n.ParseLang(v.field("lang"))
	if !named {
		l, named = i18n.ParseLang(v.cookie(langCookie))
	}
	if !named {
		if l, named = i18n.ParseLang(s.Lang); !named {
			l = v.language()
		}
	}
	v.Page = web.NewPage(v.w, v.r, g.Texts.Printer(l, s.Programme.Zone, s.Programme.Currency))
	v.Brand = web.Brand{Name: s.Programme.Name, Home: "/me/" + s.Programme.Slug + "/", Hue: s.Programme.Hue}
}

func (g *Guest) meetSurvey(v *visit) (*asked, error) {
	s, err := g.Surveys.Open(v.ctx(), v.r.PathValue("token"))
	if err != nil {
		if s.Programme.ID != 0 {
			g.speak(v, &s)
		}
		return nil, g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	g.speak(v, &s)
	return &asked{visit: v, Session: s}, nil
}

// showSurvey asks the question of the address, where it is on the way, or else
// the next one. An answer in the address is only chosen beforehand: programs that
// look ahead in mail send nothing.
func (g *Guest) showSurvey(v *visit) error {
	a, err := g.meetSurvey(v)
	if err != nil {
		return err
	}
	if a.Done {
		return v.render(surveyThanks(a, a.Survey.Thanks.Said(string(v.Lang()))))
	}
	a.ask(v.r.URL.Query().Get("q"))
	if chosen := v.r.URL.Query()["a"]; len(chosen) > 0 {
		a.given = chosen
	}
	return v.render(surveyPage(a))
}

// ask turns to the question of the code, or to the next one.
func (a *asked) ask(code string) {
	path := a.Survey.Path(a.Answers)
	at := slices.Index(path, code)
	if at < 0 {
		at = len(path) - 1
	}
	a.question, a.number = a.Survey.Question(path[at]), at+1
	a.back = a.Survey.Before(a.Answers, a.question.Code)
	if old, answered := a.Answers[a.question.Code]; answered && !old.Skipped {
		switch a.question.Form {
		case survey.Scale, survey.Emotion:
			a.given = []string{strconv.Itoa(old.Number)}
		case survey.Text:
			a.given = []string{old.Text}
		default:
			a.given = old.Choices
		}
	}
}

func (g *Guest) answerSurvey(v *visit) error {
	if err := g.charge(v.ctx(), auth.From("survey from:", v.r.RemoteAddr, answerPace)); err != nil {
		return err
	}
	a, err := g.meetSurvey(v)
	if err != nil {
		return err
	}
	a.ask(v.field("question"))
	q := a.Survey.Question(v.field("question"))
	if q == nil {
		return v.redirect(a.path(""))
	}
	values := v.r.PostForm["answer"]
	read, err := q.Read(values)
	if err == nil {
		_, err = g.Surveys.Answer(v.ctx(), v.r.PathValue("token"), q.Code, read, string(v.Lang()))
	}
	if f := fault.As(err); f != nil && (f.Code == "survey_not_asked" || f.Code == "survey_answered") {
		return v.redirect(a.path("")) // a page of before: go on where it stands
	}
	if err != nil {
		return v.mendAt("answer", err, func(errs web.FormErrors) component {
			a.errs, a.given = errs, values
			return surveyPage(a)
		})
	}
	return v.redirect(a.path(""))
}

// path is the address of the survey, at a question if one is named.
func (a *asked) path(question string) string {
	to := survey.Path + a.r.PathValue("token")
	sep := "?"
	if question != "" {
		to, sep = to+"?q="+question, "&"
	}
	if l, named := i18n.ParseLang(a.field("lang")); named {
		to += sep + "lang=" + string(l)
	}
	return to
}

// named is what the survey is called.
func (a *asked) named() i18n.Said { return a.Survey.Names.Said(string(a.Lang())) }

// options are the answers that can be chosen.
func (a *asked) options() []web.Option {
	var list []web.Option
	lang := string(a.Lang())
	if a.question.Form == survey.Scale {
		for n := a.question.From; n <= a.question.To; n++ {
			list = append(list, web.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n)})
		}
	}
	if a.question.Form == survey.Emotion {
		for _, n := range survey.Feelings() {
			list = append(list, web.Option{Value: strconv.Itoa(n), Label: a.Say(survey.Feeling(n))})
		}
	}
	for _, o := range a.question.Options {
		said := o.Words.Said(lang)
		list = append(list, web.Option{Value: o.Code, Label: said.Text, Lang: said.Lang})
	}
	return web.Choose(list, a.given...)
}

func (a *asked) text() string {
	if len(a.given) == 0 {
		return ""
	}
	return a.given[0]
}

// Lang is the language of the page.
func (a *asked) Lang() i18n.Lang { return a.visit.Lang() }

// ready is the question as a field. The figures of a scale are plates alike, so
// that none draws the eye; what its ends mean stands below.
func (a *asked) ready() web.Field {
	asked := a.question.Words.Said(string(a.Lang()))
	f := web.Field{Name: "answer", Label: asked.Text, Lang: asked.Lang, Error: a.errs["answer"], Optional: a.question.Optional, Plates: a.question.Form != survey.Text}
	if f.Width = web.Full; a.question.Form == survey.Scale {
		f.Width, f.Help, f.HelpLang = web.Short, a.ends(), a.question.Low.Said(string(a.Lang())).Lang
	}
	return f
}

// ends says what the ends of a scale mean.
func (a *asked) ends() string {
	q, lang := a.question, string(a.Lang())
	var words []string
	for _, end := range []struct {
		figure int
		words  string
	}{{q.From, q.Low.In(lang)}, {q.To, q.High.In(lang)}} {
		if end.words != "" {
			words = append(words, strconv.Itoa(end.figure)+" – "+end.words)
		}
	}
	return strings.Join(words, " · ")
}

func (g *Guest) showDecline(v *visit) error {
	a, err := g.meetSurvey(v)
	if err != nil {
		return err
	}
	if !a.Personal {
		return web.NotFound(v.w, v.r)
	}
	return v.render(surveyDecline(a))
}

func (g *Guest) declineSurvey(v *visit) error {
	if err := g.charge(v.ctx(), auth.From("survey from:", v.r.RemoteAddr, answerPace)); err != nil {
		return err
	}
	a, err := g.meetSurvey(v)
	if f := fault.As(err); f != nil && f.Code == "survey_declined" {
		return web.Render(v.w, v.r, http.StatusOK, surveyDeclined(v))
	}
	if err != nil {
		return err
	}
	if err := g.Surveys.Decline(a.ctx(), v.r.PathValue("token")); err != nil {
		return err
	}
	return v.render(surveyDeclined(v))
}

// meetOpen finds the survey of a link that anybody may use.
func (g *Guest) meetOpen(v *visit) (survey.Survey, error) {
	n, err := g.Surveys.FindOpen(v.ctx(), v.r.PathValue("code"))
	if err != nil {
		return n, g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	p, err := program.Load(v.ctx(), g.DB.Reader(), n.ProgrammeID)
	g.speak(v, &survey.Session{Programme: p})
	return n, err
}

func (g *Guest) showOpenSurvey(v *visit) error {
	n, err := g.meetOpen(v)
	if err != nil {
		return err
	}
	if n.State != survey.Published {
		return fault.Refused("survey_closed", "the survey is closed; thank you all the same")
	}
	return v.render(surveyBegin(v, n.Names.Said(string(v.Lang())), n.Intro.Said(string(v.Lang()))))
}

func (g *Guest) beginSurvey(v *visit) error {
	if err := g.charge(v.ctx(), auth.From("survey begun from:", v.r.RemoteAddr, beginPace)); err != nil {
		return err
	}
	n, err := g.meetOpen(v)
	if err != nil {
		return err
	}
	token, err := g.Surveys.Begin(v.ctx(), &n, v.field(survey.AtName))
	if err != nil {
		return err
	}
	to := survey.Path + token
	if l, named := i18n.ParseLang(v.field("lang")); named {
		to += "?lang=" + string(l)
	}
	return v.redirect(to)
}

func (a *asked) words() web.Field {
	f := a.ready()
	f.Value, f.Attrs = a.text(), templ.Attributes{"rows": "5", "maxlength": strconv.Itoa(survey.MaxText)}
	return f
}
