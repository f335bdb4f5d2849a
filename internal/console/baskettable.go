package console

import (
	"math"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/web"
)

func (v *visit) basketTabs(current string) []web.Tab {
	var tabs []web.Tab
	for _, t := range [][2]string{{"report", ""}, {"list", "/list"}, {"settings", "/settings"}} {
		tabs = append(tabs, web.Tab{Label: v.T("console.basket." + t[0]), Href: v.at("/baskets" + t[1]), Current: current == t[0]})
	}
	return tabs
}

// tallied says a share with its interval and the number behind it, as far as it
// may be said.
func tallied[K ~string](v *visit, t basket.Tally[K]) string {
	if t.Of == 0 {
		return "—"
	}
	return v.shareSaid(t.N, t.Of)
}

func (p *basketFigures) periods() []web.Option {
	var list []web.Option
	for _, n := range basketPeriods {
		list = append(list, web.Option{Value: strconv.Itoa(n), Label: p.T("console.support.days", "n", n)})
	}
	return web.Choose(list, strconv.Itoa(p.period))
}

// sentence says the most of it before anything else.
func (p *basketFigures) sentence() string {
	if p.Left == 0 {
		return p.T("console.basket.none_left", "days", p.period)
	}
	said := p.T("console.basket.says", "n", p.Left, "days", p.period, "known", p.Left-p.Silent)
	if r := p.Reasons; len(r) > 0 && r[0].Shown() && (len(r) == 1 || r[0].N > r[1].N) {
		said += " " + p.T("console.basket.says_reason", "reason", p.Say(p.Reasons[0].Kind.Text()), "share", p.share(p.Reasons[0].Share().Value))
	}
	return said
}

func (p *basketFigures) tiles() []web.Stat {
	share := func(n, of int64) string {
		if of < promise.FewestShown {
			return "—"
		}
		return p.share(float64(n) / float64(of))
	}
	response, grown := p.Response(), p.Price.Grown()
	return []web.Stat{
		{Sentence: p.T("console.basket.tile.left"), Figure: p.Number(p.Left), Note: p.T("console.basket.tile.left_note", "n", p.Left-p.Back.Known), Href: p.at("/baskets/list")},
		{Sentence: p.T("console.basket.tile.grew"), Figure: share(grown.N, grown.Of), Note: p.T("console.basket.tile.of", "k", grown.N, "n", grown.Of)},
		{Sentence: p.T("console.basket.tile.response"), Figure: share(response.N, response.Of), Note: p.T("console.basket.tile.of", "k", response.N, "n", response.Of)},
		{Sentence: p.T("console.basket.tile.back", "days", p.Days), Figure: share(p.Back.N, p.Back.Of), Note: p.T("console.basket.tile.back_note", "k", p.Back.N, "n", p.Back.Of, "waiting", p.Back.Waiting)},
	}
}

// bars is a chart of counts above the table of their shares.
func bars[K ~string](v *visit, name string, table web.Table, list []basket.Tally[K], say func(K) string) web.Chart {
	ch := web.Chart{
		ID: name, Title: v.T("console.basket." + name + "_title"), Sentence: v.T("console.basket." + name + "_chart"), Figure: v.Number,
		Series: []web.Series{{Name: v.T("console.basket.baskets")}}, Table: &table,
	}
	for _, t := range list {
		ch.Labels, ch.Series[0].Values = append(ch.Labels, say(t.Kind)), append(ch.Series[0].Values, t.N)
	}
	return ch
}

// shares is a table of counts with their shares.
func shares[K ~string](v *visit, caption, head string, list []basket.Tally[K], say func(K) string) web.Table {
	t := web.Table{Caption: caption, Columns: []web.Column{{Head: head}, {Head: v.T("console.basket.baskets"), Figures: true}, {Head: v.T("console.basket.share")}}}
	for _, k := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(say(k.Kind)), web.Words(v.Number(k.N)), web.Words(tallied(v, k))}})
	}
	return t
}

func (p *basketFigures) stepName(s basket.Step) string     { return p.Say(s.Text()) }
func (p *basketFigures) reasonName(r basket.Reason) string { return p.Say(r.Text()) }

func (p *basketFigures) stepChart() web.Chart {
	return bars(p.visit, "steps", p.stepTable(), p.Steps, p.stepName)
}

func (p *basketFigures) stepTable() web.Table {
	return shares(p.visit, p.T("console.basket.steps"), p.T("console.basket.step"), p.Steps, p.stepName)
}

func (p *basketFigures) reasonChart() web.Chart {
	return bars(p.visit, "reasons", p.reasonTable(), p.Reasons, p.reasonName)
}

// reasonTable ends with those of which nobody knows.
func (p *basketFigures) reasonTable() web.Table {
	t := shares(p.visit, p.T("console.basket.reasons"), p.T("console.basket.reason"), p.Reasons, p.reasonName)
	t.Rows = append(t.Rows, web.Row{
		Href: p.at("/baskets/list", "reason", noReason), Quiet: true, Cells: []templ.Component{web.Words(p.T("console.basket.no_reason")), web.Words(p.Number(p.Silent)), web.Words("—")},
	})
	return t
}

func (p *basketFigures) askedTable() web.Table {
	t := web.Table{Caption: p.T("console.basket.asked"), Columns: []web.Column{
		{Head: p.T("console.basket.way")}, {Head: p.T("console.basket.asked_n"), Figures: true}, {Head: p.T("console.basket.answered_n"), Figures: true},
		{Head: p.T("console.basket.silent_n"), Figures: true}, {Head: p.T("console.basket.response")},
	}}
	for _, a := range p.Asked {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.Say(a.Kind.Text())), web.Words(p.Number(a.Of)), web.Words(p.Number(a.N)), web.Words(p.Number(a.Of - a.N)), web.Words(tallied(p.visit, a)),
		}})
	}
	t.Rows = append(t.Rows, web.Row{Quiet: true, Cells: []templ.Component{
		web.Words(p.Say(basket.ByStaff.Text())), web.Words("—"), web.Words(p.Number(p.Told)), web.Words("—"), web.Words("—"),
	}})
	return t
}

// partChart is by how much the middle one of those parts grew that did.
func (p *basketFigures) partChart() web.Chart {
	table := p.partTable()
	ch := web.Chart{
		ID: "parts", Title: p.T("console.basket.parts_title"), Sentence: p.T("console.basket.parts_chart"),
		Figure: func(n int64) string { return p.Money(n, "") }, Series: []web.Series{{Name: p.T("console.promise.median")}}, Table: &table,
	}
	for _, r := range p.Parts {
		ch.Labels, ch.Series[0].Values = append(ch.Labels, p.Say(r.Part.Text())), append(ch.Series[0].Values, r.Median)
	}
	return ch
}

func (p *basketFigures) partTable() web.Table {
	t := web.Table{Caption: p.T("console.basket.parts"), Columns: []web.Column{
		{Head: p.T("console.promise.part")}, {Head: p.T("console.promise.median"), Figures: true}, {Head: p.T("console.basket.grew")}, {Head: p.T("console.basket.hidden")},
	}}
	row := func(name string, r basket.Growth, hidden string) {
		median := "—"
		if r.Grew > 0 {
			median = p.SignedMoney(r.Median, "")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(name), web.Words(median), web.Words(tallied(p.visit, r.Grown())), web.Words(hidden)}})
	}
	row(p.T("console.basket.total"), p.Price, "—")
	for _, r := range p.Parts {
		row(p.Say(r.Part.Text()), r, tallied(p.visit, r.Unshown()))
	}
	return t
}

func (p *basketFigures) backTable() web.Table {
	t := web.Table{Caption: p.T("console.basket.back"), Columns: []web.Column{
		{Head: p.T("console.basket.price")}, {Head: p.T("console.basket.baskets"), Figures: true}, {Head: p.T("basket.back.came_back"), Figures: true}, {Head: p.T("console.basket.share")},
	}}
	for _, row := range []struct {
		name string
		of   basket.Tally[basket.Back]
	}{{"back_grew", p.Back.Grew}, {"back_same", p.Back.Same}, {"back_all", p.Back.Tally}} {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.T("console.basket." + row.name)), web.Words(p.Number(row.of.Of)), web.Words(p.Number(row.of.N)), web.Words(tallied(p.visit, row.of)),
		}})
	}
	return t
}

// backSays sets price growth beside coming back, and says what that is not.
func (p *basketFigures) backSays() string {
	if !p.Back.Compared() {
		return p.T("console.basket.back_few", "grew", p.Back.Grew.Of, "same", p.Back.Same.Of, "least", promise.FewestShown)
	}
	d := p.Back.Difference
	said := p.T("console.basket.back_"+direction(d), "value", p.Number(int64(math.Abs(math.Round(d.Value*100)))), "low", p.points(d.Low), "high", p.points(d.High))
	if p.Back.Grew.Preliminary() || p.Back.Same.Preliminary() {
		said += " " + p.T("console.promise.preliminary")
	}
	return said
}

func (l *basketList) cursor() web.Cursor {
	page := func(trail string) string {
		return l.at("/baskets/list", "step", l.step, "reason", l.reason, trailName, trail)
	}
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != "" {
		c.Next = page(l.trail.forth(l.next))
	}
	return c
}

func (l *basketList) stepOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.basket.every_step")}}
	for _, s := range basket.Steps() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.step)
}

func (v *visit) reasonsOf(chosen string, first ...web.Option) []web.Option {
	for _, r := range basket.Reasons() {
		first = append(first, web.Option{Value: string(r), Label: v.Say(r.Text())})
	}
	return web.Choose(first, chosen)
}

func (l *basketList) reasonOptions() []web.Option {
	return l.reasonsOf(l.reason, web.Option{Label: l.T("console.basket.every_reason")}, web.Option{Value: noReason, Label: l.T("console.basket.no_reason")})
}

func (l *basketList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.basket.list"),
		Columns: []web.Column{
			{Head: l.T("console.basket.left")}, {Head: l.T("console.basket.step")}, {Head: l.T("console.basket.reason")}, {Head: l.T("console.basket.price"), Figures: true}, {Head: l.T("console.basket.after")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconBasket, Title: l.T("console.basket.none"), Text: l.T("console.basket.none_text")}),
	}
	for _, b := range l.list {
		reason := l.T("console.basket.not_known")
		if b.Reason != "" {
			reason = l.Say(b.Reason.Text())
		}
		t.Rows = append(t.Rows, web.Row{Href: l.basketAt(b.ID, ""), Cells: []templ.Component{
			twoLines(l.DateTime(b.Left), firstOr(l.names[b.MemberID], l.whose(b.Basket))), web.Words(l.Say(b.Step.Text())), web.Words(reason),
			twoLines(l.Money(b.Last, ""), l.growthOf(b.Basket)), backBadge(l.visit, b.Back),
		}})
	}
	return t
}

// whose says what may be said of whose a basket was, where no name may.
func (v *visit) whose(b *basket.Basket) string {
	if b.MemberID == 0 {
		return v.T("console.basket.visitor")
	}
	return v.T("console.basket.member")
}

// growthOf says by how much a price moved since it was first shown.
func (v *visit) growthOf(b *basket.Basket) string {
	minor, known := b.Growth()
	if !known || minor == 0 {
		return ""
	}
	return v.SignedMoney(minor, "")
}

func backBadge(v *visit, b basket.Back) templ.Component {
	tone := map[basket.Back]web.Tone{basket.CameBack: web.Good, basket.StayedAway: web.Warn}[b]
	return web.Badge(tone, v.Say(b.Text()))
}

func (p *basketPage) title() string { return p.T("console.basket.one", "left", p.Left) }

func (p *basketPage) facts() []web.Definition {
	list := []web.Definition{{Term: p.T("console.basket.after"), About: backBadge(p.visit, p.Back)}}
	fact := func(term, about string) {
		if about != "" {
			list = append(list, web.Definition{Term: p.T("console.basket." + term), About: web.Words(about)})
		}
	}
	fact("step", p.Say(p.Step.Text()))
	if name := p.names[p.MemberID]; name != "" {
		list = append(list, web.Definition{Term: p.T("console.basket.member"), About: web.Link(p.at("/members/"+p.MemberID.In(id.Member)), name)})
	} else {
		fact("member", p.whose(p.Basket))
	}
	if p.Items > 0 {
		fact("items", p.Number(p.Items))
	}
	if p.First > 0 {
		fact("first", p.Money(p.First, ""))
	}
	fact("last", p.Money(p.Last, ""))
	fact("growth", p.growthOf(p.Basket))
	fact("shop", p.shops[p.ShopID])
	fact("channel", p.Channel)
	fact("source", p.Source+" · "+p.ExternalID)
	if p.Asked != "" {
		fact("asked_how", joined(p.Say(p.Asked.Text()), p.DateTime(p.AskedAt)))
	}
	return list
}

// parts shows both prices by parts.
func (p *basketPage) parts() web.Table {
	t := web.Table{Caption: p.T("console.promise.parts"), Columns: []web.Column{
		{Head: p.T("console.promise.part")}, {Head: p.T("console.basket.first"), Figures: true}, {Head: p.T("console.basket.last"), Figures: true}, {Head: p.T("console.promise.growth"), Figures: true},
	}}
	for _, c := range p.Parts {
		first, growth := p.Money(c.Shown, ""), "—"
		if !c.WasShown {
			first = p.T("console.promise.not_shown")
		}
		if c.Growth() != 0 {
			growth = p.SignedMoney(c.Growth(), "")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{partCell(p.visit, c), web.Words(first), web.Words(p.Money(c.Charged, "")), web.Words(growth)}})
	}
	return t
}

// open reports whether the reason may still be written down.
func (p *basketPage) open() bool { return p.can(auth.BasketsWrite) && !p.Told() && !p.Forgotten() }

// typed is what stands in a field of the form: what was typed, or else what
// staff noted before.
func (p *basketPage) typed(name, kept string) string {
	if p.r.Method == "POST" {
		return p.field(name)
	}
	return kept
}

// basketSays puts what a timeline's event of a basket tells in words.
func basketSays(v *visit, name, value string) []string {
	switch name {
	case "step":
		return []string{v.T("console.basket.step") + ": " + v.Say(basket.Step(value).Text())}
	case "reason":
		return []string{v.T("console.basket.reason") + ": " + v.Say(basket.Reason(value).Text())}
	}
	return nil // the id says nothing to people
}
