package console

import (
	"math"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/standard"
	"regulars/internal/web"
)

func (l *standardList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.standard.title"),
		Columns: []web.Column{{Head: l.T("console.standard.name")}, {Head: l.T("console.standard.state")}, {Head: l.T("console.standard.criteria"), Figures: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconStandard, Title: l.T("console.standard.none"), Text: l.T("console.standard.none_text")}),
	}
	for _, n := range l.all {
		t.Rows = append(t.Rows, web.Row{Href: l.standardAt(n.ID, ""), Quiet: !n.Retired.IsZero(), Cells: []templ.Component{
			web.Own(n.Shown().Names.Said(string(l.Lang()))), standardState(l.visit, n), web.Words(l.Number(int64(len(n.Shown().Criteria)))),
		}})
	}
	return t
}

// lead says how many are in force.
func (l *standardList) lead() string {
	force, drafts := 0, 0
	for _, n := range l.all {
		switch {
		case !n.Retired.IsZero():
		case n.Version == 0:
			drafts++
		default:
			force++
		}
	}
	if len(l.all) == 0 {
		return l.T("console.standard.lead")
	}
	return l.T("console.standard.says_list", "force", force, "drafts", drafts)
}

// lead says what was found before anything else.
func (p *standardPage) lead() string {
	if p.n.Version == 0 {
		return p.T("console.standard.draft_lead")
	}
	return p.sentences()[0]
}

func standardState(v *visit, n *standard.Standard) templ.Component {
	switch {
	case !n.Retired.IsZero():
		return web.Badge(web.Neutral, v.T("console.standard.is_retired"))
	case n.Version == 0:
		return web.Badge(web.Neutral, v.T("console.standard.is_draft"))
	case n.Draft != nil:
		return web.Badge(web.Warn, v.T("console.standard.has_draft", "n", n.Version))
	}
	return web.Badge(web.Good, v.T("console.standard.in_force", "n", n.Version))
}

// standardField is the field that a part of a standard is typed in.
func standardField(pointer string) string {
	first := "_" + string(i18n.Langs()[0])
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if parts[0] != "criteria" || len(parts) < 3 {
		return map[string]string{"names": "name" + first, "intro": "intro" + first, "criteria": "words_0" + first}[parts[0]]
	}
	n := "_" + parts[1]
	switch parts[2] {
	case "words", "help":
		return parts[2] + n + first
	case "code":
		return "form" + n
	}
	return parts[2] + n
}

func (p *standardPage) kindTabs() []web.Tab {
	var tabs []web.Tab
	for _, k := range standard.Kinds() {
		tabs = append(tabs, web.Tab{Label: p.T("console.standard.kind." + string(k)), Href: p.standardAt(p.n.ID, "") + "?kind=" + string(k), Current: k == p.kind})
	}
	return tabs
}

// share says a share in percent with one decimal.
func (v *visit) shareOf(x float64) string { return v.Percent(int64(math.Round(x*1000)), 1000, 1) }

// pointsOf prints a difference of shares in percentage points with one decimal
// and its sign.
func (v *visit) pointsOf(x float64) string {
	n := int64(math.Round(x * 1000))
	if n < 0 {
		return "−" + v.Decimal(-n, 1)
	}
	return "+" + v.Decimal(n, 1)
}

// figureOf says a share with its interval, as far as it may.
func (v *visit) figureOf(f standard.Figure) string {
	if !f.Shown {
		return v.T("console.standard.too_few", "n", f.N)
	}
	said := v.T("console.standard.figure", "value", v.shareOf(f.Value), "low", v.shareOf(f.Low), "high", v.shareOf(f.High))
	if f.Preliminary {
		said += " " + v.T("console.standard.preliminary")
	}
	return said
}

// sentences are what the visits came to, in words.
func (p *standardPage) sentences() []string {
	r := p.results
	if !r.Score.Shown {
		return []string{p.T("console.standard.says_few", "n", r.N, "least", standard.LeastVisits)}
	}
	list := []string{
		p.T("console.standard.says_score", "n", r.N, "value", p.shareOf(r.Score.Value), "low", p.shareOf(r.Score.Low), "high", p.shareOf(r.Score.High)),
		p.T("console.standard.says_passed", "value", p.shareOf(r.Passed.Value), "low", p.shareOf(r.Passed.Low), "high", p.shareOf(r.Passed.High)),
	}
	tenth := func(x float64) string { return p.Decimal(int64(math.Round(x*10)), 1) }
	if w := r.Waited; w.Shown {
		list = append(list, p.T("console.standard.says_waited", "value", tenth(w.Value), "low", tenth(w.Low), "high", tenth(w.High)))
	}
	if r.MissedOnes > 0 {
		list = append(list, p.T("console.standard.says_missed", "missed", r.MissedOnes, "planned", r.Planned))
	}
	outside := 0
	for _, x := range r.Trend {
		if x.Outside {
			outside++
		}
	}
	if r.Limited {
		list = append(list, p.T("console.standard.says_trend", "outside", outside))
	}
	return list
}

// trend is the chart of single visits, in tenths of a percent, with the limits of
// chance.
func (p *standardPage) trend() web.Chart {
	r := p.results
	ch := web.Chart{
		ID: "trend", Title: p.T("console.standard.trend"), Sentence: p.T("console.standard.trend_says"), LabelHead: p.T("console.standard.day"),
		Figure: func(n int64) string { return p.Percent(n, 1000, 1) }, Series: []web.Series{{Name: p.T("console.standard.score")}},
	}
	if r.Limited {
		ch.Limits = []web.Limit{{Name: p.T("console.standard.limit_low")}, {Name: p.T("console.standard.centre")}, {Name: p.T("console.standard.limit_high")}}
	}
	mille := func(x float64) int64 { return int64(math.Round(x * 1000)) }
	for _, x := range r.Trend {
		ch.Labels, ch.Ticks = append(ch.Labels, p.ShortDate(x.At)+" · "+p.shops[x.ShopID]), append(ch.Ticks, p.DayMonth(x.At))
		ch.Outside, ch.Series[0].Values = append(ch.Outside, x.Outside), append(ch.Series[0].Values, mille(x.Score))
		for i := range ch.Limits {
			ch.Limits[i].Values = append(ch.Limits[i].Values, mille([]float64{r.Limits.Low, r.Limits.Centre, r.Limits.High}[i]))
		}
	}
	return ch
}

func (p *standardPage) shopTable() web.Table {
	t := web.Table{Caption: p.T("console.standard.by_shop"), Columns: []web.Column{
		{Head: p.T("console.standard.shop")}, {Head: p.T("console.standard.visits"), Figures: true}, {Head: p.T("console.standard.score"), Figures: true}, {Head: p.T("console.standard.passed"), Figures: true},
	}}
	for _, n := range p.results.Shops {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.shops[n.ShopID]), web.Words(p.Number(n.Passed.N)), web.Words(p.figureOf(n.Score)), web.Words(p.figureOf(n.Passed)),
		}})
	}
	return t
}

func (p *standardPage) criterionTable() web.Table {
	t := web.Table{Caption: p.T("console.standard.by_criterion"), Columns: []web.Column{
		{Head: p.T("console.standard.criterion")}, {Head: p.T("console.standard.judged"), Figures: true}, {Head: p.T("console.standard.kept"), Figures: true}, {Head: p.T("console.standard.failures"), Figures: true},
	}}
	for i := range p.results.Criteria {
		n := &p.results.Criteria[i]
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			ownLines(n.Words.Said(string(p.Lang())), p.about(&n.Criterion)), web.Words(p.Number(n.Kept.N)), web.Words(p.figureOf(n.Kept)), web.Words(p.Number(n.Failures)),
		}})
	}
	return t
}

// about says how a criterion is answered and what it counts.
func (v *visit) about(c *standard.Criterion) string {
	said := v.Say(c.Form.Text())
	if c.Form == standard.Scale {
		said = v.T("console.standard.to_top", "top", c.Top)
	}
	said += " · " + v.T("console.standard.weighs", "n", c.Weight)
	if c.Critical {
		said += " · " + v.T("console.standard.is_critical")
	}
	return said
}

func (p *standardPage) failureTable() web.Table {
	t := web.Table{Caption: p.T("console.standard.failed_visits"), Columns: []web.Column{{Head: p.T("console.standard.day")}, {Head: p.T("console.standard.shop")}, {Head: p.T("console.standard.what_failed")}}}
	for _, n := range p.results.Failures {
		var words []string
		for _, code := range n.Criteria {
			if c := p.results.Spec.Criterion(code); c != nil {
				words = append(words, c.Words.In(string(p.Lang())))
			}
		}
		t.Rows = append(t.Rows, web.Row{Href: p.at("/visits/" + n.VisitID.In(id.Visit)), Cells: []templ.Component{web.Words(p.whichShortDay(n.Day)), web.Words(p.shops[n.ShopID]), web.Words(strings.Join(words, " · "))}})
	}
	return t
}

// agreed says how far two raters agree.
func (p *standardPage) agreed(n standard.Agreed) string {
	switch {
	case n.Constant:
		return p.T("console.standard.constant")
	case !n.Kappa.Shown:
		return p.T("console.standard.too_few", "n", n.Kappa.N)
	}
	hundredth := func(x float64) string { return p.Decimal(int64(math.Round(x*100)), 2) }
	return p.T("console.standard.figure", "value", hundredth(n.Kappa.Value), "low", hundredth(n.Kappa.Low), "high", hundredth(n.Kappa.High))
}

func (p *standardPage) agreementTable() web.Table {
	t := web.Table{Caption: p.T("console.standard.agreement"), Columns: []web.Column{
		{Head: p.T("console.standard.criterion")}, {Head: p.T("console.standard.pairs"), Figures: true}, {Head: p.T("console.standard.alike"), Figures: true}, {Head: p.T("console.standard.kappa"), Figures: true},
	}}
	for _, n := range p.results.Agreement {
		name := i18n.Said{Text: p.T("console.standard.all_yes_no")}
		if c := p.results.Spec.Criterion(n.Code); c != nil {
			name = c.Words.Said(string(p.Lang()))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Own(name), web.Words(p.Number(n.Kappa.N)), web.Words(p.Number(n.Alike)), web.Words(p.agreed(n))}})
	}
	return t
}

func (v *visit) formOptions(c *standard.Criterion) []web.Option {
	var list []web.Option
	for _, f := range standard.Forms() {
		list = append(list, web.Option{Value: string(f), Label: v.Say(f.Text())})
	}
	return web.Choose(list, string(c.Form))
}

// small shows a number that may be left out.
func (v *visit) small(n int) string {
	if n == 0 {
		return ""
	}
	return v.Number(int64(n))
}
