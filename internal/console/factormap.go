package console

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/factor"
	"regulars/internal/id"
	"regulars/internal/web"
)

// mapPage is how much each factor matters and how well it is done.
type mapPage struct {
	*factorPage
	*factor.Map
	days int
}

func (c *Console) factorMap(v *visit) error {
	page, err := c.meetFactors(v)
	if err != nil {
		return err
	}
	p := &mapPage{factorPage: page, days: factorDays}
	if days, err := strconv.Atoi(v.field("days")); err == nil && slices.Contains(supportDays[:], days) {
		p.days = days
	}
	ask := factor.Ask{Period: factor.Lately(v.programme.ID, p.now), Basis: factor.ByFeedback}
	ask.From = p.now.AddDate(0, 0, -p.days)
	if shop, err := id.Parse(id.Shop, v.field("shop")); err == nil && p.shop(shop) != "" {
		ask.ShopID = shop
	}
	if n, err := id.Parse(id.Survey, v.field("basis")); err == nil {
		ask.Basis, ask.SurveyID = factor.ByRatings, n
	}
	if p.Map, err = c.Factors.Map(v.ctx(), v.actor, ask); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(mapFigures(p))
	}
	return v.render(mapShown(p))
}

func (p *mapPage) periods() []web.Option {
	var list []web.Option
	for _, n := range supportDays {
		list = append(list, web.Option{Value: strconv.Itoa(n), Label: p.T("console.support.days", "n", n)})
	}
	return web.Choose(list, strconv.Itoa(p.days))
}

func (p *mapPage) shopOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.support.every_shop")}}
	for _, s := range p.shops {
		list = append(list, web.Option{Value: s.ID.In(id.Shop), Label: s.Name})
	}
	chosen := ""
	if p.ShopID != 0 {
		chosen = p.ShopID.In(id.Shop)
	}
	return web.Choose(list, chosen)
}

func (p *mapPage) bases() []web.Option {
	list := []web.Option{{Label: p.T("console.factor.basis_feedback")}}
	for i := range p.Questionnaires {
		n := &p.Questionnaires[i]
		list = append(list, web.Option{Value: n.ID.In(id.Survey), Label: p.T("console.factor.basis_ratings", "survey", n.Name(string(p.Lang())))})
	}
	chosen := ""
	if p.Basis == factor.ByRatings {
		chosen = p.SurveyID.In(id.Survey)
	}
	return web.Choose(list, chosen)
}

// placed are the factors on the map, the most pressing first.
func (p *mapPage) placed() (list []factor.Figure) {
	for _, f := range p.Figures {
		if f.Placed {
			list = append(list, f)
		}
	}
	return list
}

// sentence says what is most pressing, before anything else.
func (p *mapPage) sentence() string {
	placed := p.placed()
	if len(placed) == 0 {
		return p.T("console.factor.map_empty", "least", factor.LeastPieces, "all", p.Count.All, "coded", p.Count.Coded)
	}
	var mend []string
	for _, f := range placed {
		if f.Quadrant == factor.MendFirst {
			mend = append(mend, p.name(f.Factor))
		}
	}
	if len(mend) == 0 {
		return p.T("console.factor.map_fine", "n", len(placed))
	}
	return p.T("console.factor.map_mend", "n", len(mend), "factors", p.List(mend))
}

// rests says what the figures rest on, and what importance means here.
func (p *mapPage) rests() string {
	if p.Basis == factor.ByFeedback {
		return p.T("console.factor.rests_feedback", "coded", p.Count.Coded, "all", p.Count.All)
	}
	if p.Importance == factor.Derived {
		return p.T("console.factor.rests_derived", "n", p.Answers, "r2", p.share(p.R2))
	}
	return p.T("console.factor.rests_few", "n", p.Answers)
}

// share prints a share in whole per cent.
func (v *visit) share(x float64) string {
	return v.Percent(int64(math.Round(x*1000)), 1000, 0)
}

func (p *mapPage) chart() web.QuadrantChart {
	c := web.QuadrantChart{
		ID: "map", Title: p.T("console.factor.map_title"), Sentence: p.T("console.factor.map_says"),
		Across: p.T("console.factor.weighing." + string(p.Importance)), Up: p.T("console.factor.measured." + string(p.Basis)),
		LineAcross: p.ImportanceLine, LineUp: p.PerformanceLine, Figure: func(n int64) string { return p.Percent(n, 100, 0) },
		Corners: [4]string{p.Say(factor.Enough.Text()), p.Say(factor.KeepUp.Text()), p.Say(factor.MendLater.Text()), p.Say(factor.MendFirst.Text())},
	}
	for i, f := range p.placed() {
		c.Spots = append(c.Spots, web.QuadrantSpot{
			Number: web.Numbered(i), Name: p.name(f.Factor), X: f.Importance.Value, XLow: f.Importance.Low, XHigh: f.Importance.High,
			Y: f.Performance.Value, YLow: f.Performance.Low, YTop: f.Performance.High,
		})
	}
	return c
}

func (p *mapPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.factor.map_table"),
		Columns: []web.Column{
			{Head: p.T("console.factor.factor")}, {Head: p.T("console.factor.field")}, {Head: p.T("console.factor.importance"), Figures: true},
			{Head: p.T("console.factor.performance"), Figures: true}, {Head: p.T("console.factor.n"), Figures: true}, {Head: p.T("console.factor.change"), Figures: true},
			{Head: p.T("console.factor.priority"), Figures: true},
		},
	}
	for i, f := range p.placed() {
		t.Rows = append(t.Rows, web.Row{Href: p.at("/factors/coded", "factor", string(f.Factor)), Cells: []templ.Component{
			web.Words(web.Numbered(i) + ". " + p.name(f.Factor)), p.field4(&f), web.Words(p.spread(f.Importance.Value, f.Importance.Low, f.Importance.High)),
			web.Words(p.spread(f.Performance.Value, f.Performance.Low, f.Performance.High)), web.Words(p.resting(&f)), web.Words(p.changed(&f)), web.Words(p.share(f.Priority)),
		}})
	}
	return t
}

// field4 names the quadrant, and says so where chance could have it elsewhere.
func (p *mapPage) field4(f *factor.Figure) templ.Component {
	words := p.Say(f.Quadrant.Text())
	tone := map[factor.Quadrant]web.Tone{factor.MendFirst: web.Bad, factor.KeepUp: web.Good}[f.Quadrant]
	if !f.Sure {
		return badgeAbout(cmp.Or(tone, web.Neutral), words, p.T("console.factor.unsure"))
	}
	return web.Badge(cmp.Or(tone, web.Neutral), words)
}

// spread prints a share with its interval.
func (v *visit) spread(value, low, high float64) string {
	return v.T("console.factor.spread", "value", v.share(value), "low", v.share(low), "high", v.share(high))
}

// resting is how many pieces or marks the performance rests on.
func (p *mapPage) resting(f *factor.Figure) string {
	n := f.N(p.Basis)
	if n < factor.Preliminary {
		return p.T("console.factor.early", "n", n)
	}
	return p.Number(n)
}

// changed compares with the period before.
func (p *mapPage) changed(f *factor.Figure) string {
	switch {
	case f.Changed:
		key := "console.factor.change_unclear"
		if !f.Change.Contains(0) {
			key = "console.factor.change_clear"
		}
		return p.T(key, "by", p.points(f.Change.Value), "low", p.points(f.Change.Low), "high", p.points(f.Change.High))
	case f.BeforeN > 0:
		return p.T("console.factor.before", "value", p.share(f.Before.Value), "low", p.share(f.Before.Low), "high", p.share(f.Before.High))
	}
	return "—"
}

// points prints a difference of shares in percentage points with its sign.
func (v *visit) points(x float64) string {
	n := int64(math.Round(x * 100))
	if n < 0 {
		return "−" + v.Number(-n)
	}
	return "+" + v.Number(n)
}

// few lists the factors about which too little is known to place them.
func (p *mapPage) few() []string {
	var list []string
	for _, f := range p.Figures {
		if !f.Placed {
			list = append(list, p.T("console.factor.few", "factor", p.name(f.Factor), "n", f.N(p.Basis)))
		}
	}
	return list
}
