package console

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/i18n"
	"regulars/internal/stats"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// sentences are what the survey came to, in words.
func (p *surveyShown) sentences() []string {
	f := &p.Figures
	var list []string
	add := func(t i18n.Text) {
		if t.Key != "" {
			list = append(list, p.Say(t))
		}
	}
	if f.Kind == "" {
		return nil
	}
	add(f.Score.Says)
	if f.N >= survey.LeastAnswers {
		add(f.Top.Says)
		add(f.Response.Says)
		if f.Kind == survey.NPS && f.Bounds.Shown {
			add(f.Bounds.Says)
		}
		if f.Kind == survey.NPS {
			for _, t := range f.Weighted.Refused {
				add(t)
			}
			add(f.Weighted.Says)
		}
		if f.Kind == survey.NPS && f.Bounds.Shown {
			add(f.Silent.Says)
		}
	}
	return list
}

func (p *surveyShown) distribution() web.Chart {
	f := &p.Figures
	ch := web.Chart{
		ID: "distribution", Title: p.T("console.survey.distribution"), Sentence: p.T("console.survey.distribution_says", "n", f.N),
		LabelHead: p.T("console.survey.answer"), Figure: p.Number, Series: []web.Series{{Name: p.T("console.survey.answers"), Values: f.Distribution}},
	}
	for i := range f.Distribution {
		ch.Labels = append(ch.Labels, strconv.Itoa(f.From+i))
	}
	return ch
}

// trend is the chart of weeks with answers enough, in tenths, with the limits of
// chance.
func (p *surveyShown) trend() web.Chart {
	t := &p.Figures.Trend
	ch := web.Chart{
		ID: "trend", Title: p.T("console.survey.trend"), Sentence: p.Say(t.Says), LabelHead: p.T("console.survey.week"),
		Figure: func(n int64) string { return p.Decimal(n, 1) }, Series: []web.Series{{Name: p.T("console.survey.score")}},
	}
	if t.Limited {
		ch.Limits = []web.Limit{{Name: p.T("console.survey.limit_low")}, {Name: p.T("console.survey.centre")}, {Name: p.T("console.survey.limit_high")}}
	}
	for _, w := range t.Weeks {
		if !w.Shown {
			continue
		}
		ch.Labels, ch.Ticks, ch.Outside = append(ch.Labels, p.ShortDate(w.Monday)), append(ch.Ticks, p.DayMonth(w.Monday)), append(ch.Outside, w.Outside)
		ch.Series[0].Values = append(ch.Series[0].Values, tenthOf(w.Value))
		for i := range ch.Limits {
			ch.Limits[i].Values = append(ch.Limits[i].Values, tenthOf([]float64{t.Limits.Low, t.Limits.Centre, t.Limits.High}[i]))
		}
	}
	return ch
}

// tenthOf is a figure in tenths.
func tenthOf(x float64) int64 { return int64(math.Round(x * 10)) }

// tenths is a figure with one place.
func tenths(x float64) float64 { return math.Round(x*10) / 10 }

func (p *surveyShown) segments() web.Table {
	t := web.Table{
		Caption: p.T("console.survey.segments"),
		Columns: []web.Column{
			{Head: p.T("console.survey.group")}, {Head: p.T("console.survey.answers"), Figures: true}, {Head: p.T("console.survey.score"), Figures: true},
			{Head: p.T("console.survey.interval"), Figures: true}, {Head: p.T("console.survey.beside")},
		},
	}
	for _, g := range p.Figures.Segments {
		differs := web.Muted(p.T("console.survey.alike"))
		if g.Different {
			differs = web.Badge(web.Warn, p.T("console.survey.different"))
		}
		value := g.Value
		switch g.By {
		case "mode":
			value = p.Say(survey.Mode(g.Value).Text())
		case "lang":
			value = i18n.Lang(g.Value).Endonym()
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.T("console.survey.by."+g.By, "value", value)), web.Words(p.Number(g.Votes.N())), web.Words(p.Decimal(tenthOf(g.Score.Value), 1)),
			web.Words(p.T("console.survey.between", "low", tenths(g.Score.Low), "high", tenths(g.Score.High))), differs,
		}})
	}
	return t
}

// reasonCounts are how often each reason was confirmed.
func (p *surveyShown) reasonCounts() []web.Definition {
	var list []web.Definition
	for _, r := range p.reasons {
		if n := p.Reasons[r.Code]; n > 0 {
			list = append(list, web.Definition{Term: r.Names.In(string(p.Lang())), About: web.Words(p.Number(n))})
		}
	}
	return list
}

// driverTable shows the part of each question both ways, in hundredths of the
// spread of the score.
func (p *surveyShown) driverTable() web.Table {
	t := web.Table{Caption: p.T("console.survey.drivers"), Columns: []web.Column{
		{Head: p.T("console.survey.words")}, {Head: p.T("console.survey.part"), Figures: true}, {Head: p.T("console.survey.interval"), Figures: true},
		{Head: p.T("console.survey.part_orders"), Figures: true}, {Head: p.T("console.survey.interval"), Figures: true},
	}}
	for i, d := range p.Drivers.Parts {
		cells := []templ.Component{web.Own(p.Survey.Question(p.Drivers.Questions[i]).Words.Said(string(p.Lang())))}
		for _, part := range []stats.Interval{d.Johnson, d.Shapley} {
			cells = append(cells, web.Words(p.Percent(tenthOf(100*part.Value), 1000, 1)),
				web.Words(p.T("console.survey.between", "low", tenths(100*part.Low), "high", tenths(100*part.High))))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

// driversHidden says why no drivers are shown; empty where there is nothing to
// compare.
func (p *surveyShown) driversHidden() string {
	switch {
	case p.Drivers.Shown || len(p.Drivers.Questions) < 2:
		return ""
	case p.Drivers.N < p.Drivers.Needs():
		return p.T("console.survey.drivers_few", "n", p.Drivers.N, "needs", p.Drivers.Needs())
	}
	return p.T("console.survey.drivers_alike")
}

// questionForm says how a question is answered.
func questionForm(v *visit, q *survey.Question) string {
	said := v.T("survey.form." + string(q.Form))
	if q.Form == survey.Scale {
		said += ", " + strconv.Itoa(q.From) + "–" + strconv.Itoa(q.To)
	}
	if q.Optional {
		said += ", " + v.T("console.survey.skippable")
	}
	return said
}

// leads says where an answer leads: 0–6 → Question 3.
func leads(v *visit, s *survey.Spec, q *survey.Question, b survey.Branch) string {
	when := strconv.Itoa(b.From) + "–" + strconv.Itoa(b.To)
	if !q.Numbered() {
		var names []string
		for _, o := range q.Options {
			if slices.Contains(b.Options, o.Code) {
				names = append(names, o.Words.In(string(v.Lang())))
			}
		}
		when = strings.Join(names, ", ")
	}
	then := v.T("console.survey.end")
	if i := slices.IndexFunc(s.Questions, func(o survey.Question) bool { return o.Code == b.Then }); i >= 0 {
		then = v.T("console.survey.question", "n", i+1)
	}
	return when + " → " + then
}
