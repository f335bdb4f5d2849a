package console

import (
	"fmt"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// surveyStanding is how a survey asks day by day.
type surveyStanding struct {
	*surveyBelow
	plan    survey.StandingPlan
	now     *survey.Standing // nil where there is none yet
	preview *survey.Preview  // nil until it is asked for
	draws   draws
}

// standingDays is how many days' draws stand on a page.
const standingDays = 14

func (c *Console) meetStanding(v *visit) (*surveyStanding, error) {
	p, err := c.surveyOf(v)
	if err != nil {
		return nil, err
	}
	f := &surveyStanding{surveyBelow: p, plan: survey.StandingPlan{
		After: survey.AfterPurchase, Wait: 3, Hour: 10, Most: 50, Rest: survey.DefaultRest, Days: survey.DefaultDays, Seed: c.Now().Unix(),
	}}
	of := survey.SampleQuery{ProgrammeID: v.programme.ID, SurveyID: p.Survey.ID, Standing: true}
	if f.draws, err = c.readDraws(v, of, v.surveyAt(p.Survey.ID, "/standing"), standingDays); err != nil {
		return nil, err
	}
	n, err := c.Surveys.Standing(v.ctx(), v.actor, v.programme.ID, p.Survey.ID)
	if wrong := fault.As(err); wrong != nil && wrong.Kind == fault.KindMissing {
		return f, nil
	}
	f.now, f.plan = &n, n.StandingPlan
	return f, err
}

// surveyStanding shows the standing question, and with a plan in the address whom
// that would have asked.
func (c *Console) surveyStanding(v *visit) error {
	f, err := c.meetStanding(v)
	if err != nil {
		return err
	}
	if v.field("after") == "" {
		return v.render(surveyStandingPage(f))
	}
	if f.reads(v); len(f.errs) > 0 {
		return v.mendAll(f.errs, f.again)
	}
	seen, err := c.Surveys.PreviewStanding(v.ctx(), v.actor, v.programme.ID, f.Survey.ID, f.plan)
	if err != nil {
		return v.mend(err, f.again)
	}
	f.preview = &seen
	return v.render(surveyStandingPage(f))
}

// reads takes the plan that was typed, and notes what is none.
func (f *surveyStanding) reads(v *visit) {
	f.errs = web.FormErrors{}
	f.plan = survey.StandingPlan{After: survey.Trigger(v.field("after")), Touchpoint: survey.Touchpoint(v.field("touchpoint"))}
	for name, into := range map[string]*int{"wait": &f.plan.Wait, "hour": &f.plan.Hour, "most": &f.plan.Most, "rest": &f.plan.Rest, "days": &f.plan.Days} {
		*into = typedNumber(v, name, f.errs)
	}
	f.plan.Seed = typedSeed(v, f.errs)
}

// again is the page with what is to be mended.
func (f *surveyStanding) again(errs web.FormErrors) component {
	f.errs = errs
	return surveyStandingPage(f)
}

// previewed says how many a plan would have asked on an average day.
func (f *surveyStanding) previewed() string {
	day := func(n int64) float64 { return tenths(float64(n) / survey.PreviewDays) }
	return f.T("console.survey.standing_previewed", "days", survey.PreviewDays, "happened", day(f.preview.Happened), "may", day(f.preview.May), "drawn", day(f.preview.Drawn))
}

func (c *Console) saveStanding(v *visit) error {
	f, err := c.meetStanding(v)
	if err != nil {
		return err
	}
	if f.reads(v); len(f.errs) > 0 {
		return v.mendAll(f.errs, f.again)
	}
	if _, err := c.Surveys.SetStanding(v.ctx(), v.actor, v.programme.ID, f.Survey.ID, f.plan); err != nil {
		return v.mend(err, f.again)
	}
	return v.done(v.surveyAt(f.Survey.ID, "/standing"), "console.survey.standing_saved")
}

// pauseStanding returns what pauses a standing question, or lets it go on.
func (c *Console) pauseStanding(paused bool, said string) func(*visit) error {
	return func(v *visit) error {
		p, err := c.surveyOf(v)
		if err != nil {
			return err
		}
		if _, err := c.Surveys.PauseStanding(v.ctx(), v.actor, v.programme.ID, p.Survey.ID, paused); err != nil {
			return err
		}
		return v.done(v.surveyAt(p.Survey.ID, "/standing"), said)
	}
}

// state says how it stands: when the next draw is, that it is paused, or that
// there is none yet.
func (f *surveyStanding) state() string {
	switch {
	case f.Survey.State != survey.Published:
		return f.T("console.survey.standing_closed")
	case f.now == nil:
		return f.T("console.survey.standing_none")
	case f.now.Paused:
		return f.T("console.survey.standing_paused")
	}
	return f.T("console.survey.standing_next", "at", f.now.Next)
}

func (f *surveyStanding) triggers() []web.Option {
	var options []web.Option
	for _, t := range survey.Triggers() {
		options = append(options, web.Option{Value: string(t), Label: f.Say(t.Text())})
	}
	return web.Choose(options, string(f.plan.After))
}

func (f *surveyStanding) hours() []web.Option {
	var options []web.Option
	for hour := range 24 {
		options = append(options, web.Option{Value: fmt.Sprint(hour), Label: fmt.Sprintf("%02d:00", hour)})
	}
	return web.Choose(options, fmt.Sprint(f.plan.Hour))
}

func (f *surveyStanding) touchpoints() []web.Option {
	options := []web.Option{{Label: f.T("console.survey.standing_touchpoint_open")}}
	for _, t := range survey.Touchpoints() {
		options = append(options, web.Option{Value: string(t), Label: f.Say(t.Text())})
	}
	return web.Choose(options, string(f.plan.Touchpoint))
}

// days are the draws of the last days.
func (f *surveyStanding) days() web.Table {
	t := web.Table{
		Caption: f.T("console.survey.standing_days"),
		Columns: []web.Column{
			{Head: f.T("console.survey.standing_of")}, {Head: f.T("console.survey.state")}, {Head: f.T("console.survey.eligible"), Figures: true},
			{Head: f.T("console.survey.drawn"), Figures: true}, {Head: f.T("console.survey.invited"), Figures: true}, {Head: f.T("console.survey.seed"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconMessage, Title: f.T("console.survey.standing_no_days"), Text: f.T("console.survey.standing_no_days_text")}),
	}
	for i := range f.draws.list {
		n := &f.draws.list[i]
		t.Rows = append(t.Rows, web.Row{Cells: append([]templ.Component{web.Words(f.DateTime(n.Made))}, f.drawn(n)...)})
	}
	return t
}
