package console

import (
	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// surveyEffect is what asking itself did. It has a page of its own, as all sales
// are looked through for it.
type surveyEffect struct {
	*visit
	survey survey.Survey
	effect survey.Effect
}

func (c *Console) surveyEffect(v *visit) error {
	which, err := v.pathID("survey", id.Survey)
	if err != nil {
		return err
	}
	p := &surveyEffect{visit: v}
	if p.survey, err = c.Surveys.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	if p.effect, err = c.Surveys.Effect(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	return v.render(surveyEffectPage(p))
}

func (p *surveyEffect) crumbs() []web.Crumb {
	return []web.Crumb{
		{Label: p.T("console.survey.title"), Href: p.at("/surveys")},
		{Label: p.survey.Name(string(p.Lang())), Href: p.surveyAt(p.survey.ID, "")},
		{Label: p.T("console.survey.effect")},
	}
}

// table shows both groups beside each other.
func (p *surveyEffect) table() web.Table {
	e := &p.effect
	t := web.Table{Caption: p.T("console.survey.effect"), Columns: []web.Column{
		{Head: p.T("console.survey.effect_who")}, {Head: p.T("console.survey.effect_members"), Figures: true}, {Head: p.T("console.survey.effect_again"), Figures: true},
	}}
	for _, g := range []struct {
		key        string
		all, again int64
	}{{"effect_asked", e.Asked, e.AskedAgain}, {"effect_never", e.Never, e.NeverAgain}} {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.T("console.survey." + g.key)), web.Words(p.Number(g.all)), web.Words(p.Number(g.again) + " (" + p.Percent(g.again, g.all, 1) + ")"),
		}})
	}
	return t
}
