package console

import (
	"math"

	"github.com/a-h/templ"

	"regulars/internal/i18n"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// feelingsSaid are what a question about a feeling came to, in words; the
// balance of the main one is said above it.
func (p *surveyShown) feelingsSaid(e *survey.Emotions) []string {
	main := p.Survey.Main() != nil && p.Survey.Main().Code == e.Question
	figures := []*survey.Figure{&e.Positive, &e.Negative}
	if !main {
		figures = []*survey.Figure{&e.Balance, &e.Positive, &e.Negative}
	}
	var list []string
	for _, f := range figures {
		if f.Shown {
			list = append(list, p.Say(f.Says))
		}
	}
	if len(list) == 0 && !main {
		list = append(list, p.Say(e.Balance.Says))
	}
	return list
}

// feelings counts the answers by what was felt, in words.
func (p *surveyShown) feelings(e *survey.Emotions) web.Chart {
	ch := web.Chart{
		ID: "feelings-" + e.Question, Title: p.T("console.survey.distribution"), Sentence: p.T("console.survey.emotion_says", "n", e.N),
		LabelHead: p.T("console.survey.feeling"), Figure: p.Number, Series: []web.Series{{Name: p.T("console.survey.answers"), Values: e.Distribution}},
	}
	for _, n := range survey.Feelings() {
		ch.Labels = append(ch.Labels, p.Say(survey.Feeling(n)))
	}
	return ch
}

// sides are the shares of good and bad feelings by touchpoint, of those with
// answers enough.
func (p *surveyShown) sides(e *survey.Emotions) web.Chart {
	ch := web.Chart{
		ID: "touchpoints-" + e.Question, Title: p.T("console.survey.balance_chart"), Sentence: p.T("console.survey.balance_chart_says", "least", survey.LeastAnswers),
		LabelHead: p.T("console.survey.touchpoint"), Figure: func(n int64) string { return p.Percent(n, 100, 0) },
		Series: []web.Series{{Name: p.T("console.survey.positive")}, {Name: p.T("console.survey.negative")}},
	}
	for i := range e.Touchpoints {
		t := &e.Touchpoints[i]
		if !t.Balance.Shown {
			continue
		}
		ch.Labels = append(ch.Labels, p.Say(t.Touchpoint.Text()))
		ch.Series[0].Values = append(ch.Series[0].Values, int64(math.Round(t.Positive.Value)))
		ch.Series[1].Values = append(ch.Series[1].Values, int64(math.Round(t.Negative.Value)))
	}
	return ch
}

func (p *surveyShown) touchpointTable(e *survey.Emotions) web.Table {
	t := web.Table{Caption: p.T("console.survey.touchpoints"), Columns: []web.Column{
		{Head: p.T("console.survey.touchpoint")}, {Head: p.T("console.survey.answers"), Figures: true}, {Head: p.T("console.survey.positive"), Figures: true},
		{Head: p.T("console.survey.negative"), Figures: true}, {Head: p.T("console.survey.balance"), Figures: true}, {Head: p.T("console.survey.interval"), Figures: true},
		{Head: p.T("console.survey.beside")},
	}}
	for i := range e.Touchpoints {
		at := &e.Touchpoints[i]
		cells := []templ.Component{web.Words(p.Say(at.Touchpoint.Text())), web.Words(p.Number(at.N))}
		if !at.Balance.Shown {
			none, few := web.Muted("–"), web.Muted(p.T("console.survey.too_few", "least", survey.LeastAnswers))
			cells = append(cells, none, none, none, none, few)
		} else {
			b := &at.Balance
			cells = append(cells, web.Words(p.Percent(tenthOf(at.Positive.Value), 1000, 0)), web.Words(p.Percent(tenthOf(at.Negative.Value), 1000, 0)),
				web.Words(p.Decimal(tenthOf(b.Value), 1)), web.Words(p.T("console.survey.between", "low", tenths(b.Low), "high", tenths(b.High))), p.judged(at))
		}
		t.Rows = append(t.Rows, web.Row{Quiet: at.Touchpoint == "", Cells: cells})
	}
	return t
}

// judged says whether a touchpoint differs from the others.
func (p *surveyShown) judged(at *survey.AtTouchpoint) templ.Component {
	early := ""
	if at.Preliminary {
		early = ", " + p.T("console.survey.early")
	}
	switch {
	case !at.Compared:
		return web.Muted(p.T("console.survey.not_compared") + early)
	case !at.Different:
		return web.Muted(p.T("console.survey.alike") + early)
	case at.Difference.Value > 0:
		return web.Badge(web.Good, p.T("console.survey.different")+early)
	}
	return web.Badge(web.Warn, p.T("console.survey.different")+early)
}

// askedWords are those of a question.
func (p *surveyShown) askedWords(question string) i18n.Said {
	return p.Survey.Question(question).Words.Said(string(p.Lang()))
}
