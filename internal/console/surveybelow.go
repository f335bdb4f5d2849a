package console

import (
	"regulars/internal/id"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// surveyBelow is what every page below a survey knows of it: the survey, and not
// what it came to.
type surveyBelow struct {
	*visit
	Survey survey.Survey
	errs   web.FormErrors
}

func (c *Console) surveyOf(v *visit) (*surveyBelow, error) {
	which, err := v.pathID("survey", id.Survey)
	if err != nil {
		return nil, err
	}
	p := &surveyBelow{visit: v}
	p.Survey, err = c.Surveys.Get(v.ctx(), v.actor, v.programme.ID, which)
	return p, err
}

// below is the way to a page of the survey's.
func (p *surveyBelow) below(last string) []web.Crumb {
	return []web.Crumb{
		{Label: p.T("console.survey.title"), Href: p.at("/surveys")}, {Label: p.Survey.Name(string(p.Lang())), Href: p.surveyAt(p.Survey.ID, "")}, {Label: last},
	}
}

// typed is what stands in a field: what was typed where that is to be mended, else
// the value.
func (p *surveyBelow) typed(name, value string) string {
	if p.errs[name] != "" {
		return p.field(name)
	}
	return value
}
