package console

import (
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/survey"
	"regulars/internal/web"
)

const (
	samplesShown = 10 // draws of managers on the page of a survey
	samplesPage  = 30 // draws on a page of their own
)

// draws are a page of the samples of a survey.
type draws struct {
	list  []survey.Sample
	at    string // the page's address
	trail trail
	next  string // the mark of the next page, or empty
}

// readDraws reads the page of draws that the address names; size is how many
// stand on one.
func (c *Console) readDraws(v *visit, of survey.SampleQuery, at string, size int) (n draws, err error) {
	n.at, n.trail = at, v.trail()
	if mark := n.trail.mark(); mark != "" {
		if of.Before, err = id.Parse(id.SurveySample, mark); err != nil {
			n.trail = nil // an old address
		}
	}
	of.Limit = size + 1
	if n.list, err = c.Surveys.Samples(v.ctx(), v.actor, of); err == nil && len(n.list) > size {
		n.list = n.list[:size]
		n.next = n.list[size-1].ID.In(id.SurveySample)
	}
	return n, err
}

func (n *draws) cursor() web.Cursor {
	var c web.Cursor
	if len(n.trail) > 0 {
		c.Previous = address(n.at, trailName, n.trail.back())
	}
	if n.next != "" {
		c.Next = address(n.at, trailName, n.trail.forth(n.next))
	}
	return c
}

// surveySampleList is every draw that managers had made of a survey.
type surveySampleList struct {
	*surveyBelow
	draws draws
}

func (c *Console) surveySamples(v *visit) error {
	p, err := c.surveyOf(v)
	if err != nil {
		return err
	}
	l := &surveySampleList{surveyBelow: p}
	of := survey.SampleQuery{ProgrammeID: v.programme.ID, SurveyID: p.Survey.ID, Once: true}
	if l.draws, err = c.readDraws(v, of, v.surveyAt(p.Survey.ID, "/samples"), samplesPage); err != nil {
		return err
	}
	return v.render(surveySamplesPage(l))
}

func (v *visit) sampleTable(samples []survey.Sample) web.Table {
	t := web.Table{Caption: v.T("console.survey.samples"), Columns: []web.Column{
		{Head: v.T("console.survey.standing_of")}, {Head: v.T("console.survey.method")}, {Head: v.T("console.survey.state")}, {Head: v.T("console.survey.eligible"), Figures: true},
		{Head: v.T("console.survey.drawn"), Figures: true}, {Head: v.T("console.survey.invited"), Figures: true}, {Head: v.T("console.survey.seed"), Figures: true},
	}, Empty: web.Empty(web.Hint{Icon: web.IconSurvey, Title: v.T("console.survey.no_draws"), Text: v.T("console.survey.no_draws_text")})}
	for i := range samples {
		n := &samples[i]
		t.Rows = append(t.Rows, web.Row{Cells: append([]templ.Component{web.Words(v.DateTime(n.Made)), web.Words(v.Say(n.Plan.Method.Text()))}, v.drawn(n)...)})
	}
	return t
}

// drawn is how far a sample is, as cells of a table.
func (v *visit) drawn(n *survey.Sample) []templ.Component {
	return []templ.Component{
		web.Words(v.Say(n.State.Text())), web.Words(v.Number(n.Eligible)), web.Words(v.Number(n.Drawn)), web.Words(v.Number(n.Invited)),
		web.Words(strconv.FormatInt(n.Plan.Seed, 10)),
	}
}
