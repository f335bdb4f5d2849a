package console

import (
	"strconv"

	"regulars/internal/survey"
	"regulars/internal/web"
)

// surveyAsk is the form by which members are drawn and asked.
type surveyAsk struct {
	*surveyBelow
	plan    survey.Plan
	counted *survey.Eligibles
}

// planOf reads a plan; before anything was typed it is a draw of 200 by the
// clock.
func (c *Console) planOf(v *visit) (survey.Plan, web.FormErrors) {
	p := survey.Plan{Method: survey.Random, Wanted: 200, Days: survey.DefaultDays, Seed: c.Now().Unix()}
	errs := web.FormErrors{}
	if v.field("method") == "" {
		return p, errs
	}
	p = survey.Plan{Method: survey.Method(v.field("method")), By: survey.Segment(v.field("by")), Tag: v.field("tag"), Touchpoint: survey.Touchpoint(v.field("touchpoint"))}
	for name, into := range map[string]*int{"wanted": &p.Wanted, "bought": &p.Bought, "days": &p.Days} {
		*into = typedNumber(v, name, errs)
	}
	p.Seed = typedSeed(v, errs)
	if p.Method == survey.Everybody {
		p.Wanted = 0
	}
	if p.Method != survey.Quota {
		p.By = ""
	}
	return p, errs
}

// planSurvey counts whom a plan would ask, and asks nobody.
func (c *Console) planSurvey(v *visit) error {
	p, err := c.surveyOf(v)
	if err != nil {
		return err
	}
	f := &surveyAsk{surveyBelow: p}
	f.plan, f.errs = c.planOf(v)
	if v.field("method") != "" && len(f.errs) == 0 {
		n, err := c.Surveys.Count(v.ctx(), v.actor, v.programme.ID, p.Survey.ID, f.plan)
		if err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				f.errs = errs
				return surveyAskPage(f)
			})
		}
		f.counted = &n
	}
	return v.render(surveyAskPage(f))
}

func (c *Console) askSurvey(v *visit) error {
	p, err := c.surveyOf(v)
	if err != nil {
		return err
	}
	f := &surveyAsk{surveyBelow: p}
	if f.plan, f.errs = c.planOf(v); len(f.errs) > 0 {
		return v.mendAll(f.errs, func(web.FormErrors) component { return surveyAskPage(f) })
	}
	if _, err := c.Surveys.Ask(v.ctx(), v.actor, v.programme.ID, p.Survey.ID, f.plan); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return surveyAskPage(f)
		})
	}
	return v.done(v.surveyAt(p.Survey.ID, ""), "console.survey.asked")
}

func (f *surveyAsk) methods() []web.Option {
	var options []web.Option
	for _, m := range survey.Methods() {
		options = append(options, web.Option{Value: string(m), Label: f.Say(m.Text())})
	}
	return web.Choose(options, string(f.plan.Method))
}

func (f *surveyAsk) groups() []web.Option {
	var options []web.Option
	for _, s := range survey.Segments() {
		options = append(options, web.Option{Value: string(s), Label: f.Say(s.Text())})
	}
	return web.Choose(options, string(f.plan.By))
}

// touchpoints are what a draw may ask about.
func (f *surveyAsk) touchpoints() []web.Option {
	options := []web.Option{{Label: f.T("console.survey.plan_touchpoint_open")}}
	for _, t := range survey.Touchpoints() {
		options = append(options, web.Option{Value: string(t), Label: f.Say(t.Text())})
	}
	return web.Choose(options, string(f.plan.Touchpoint))
}

// typedSeed reads the seed of a draw.
func typedSeed(v *visit, errs web.FormErrors) int64 {
	slip := web.FormErrors{}
	n := typedNumber(v, "seed", slip)
	if len(slip) > 0 {
		errs["seed"] = v.T("fault.survey_seed")
	}
	return int64(n)
}

// shortNumber leaves a field empty where nothing was chosen.
func shortNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
