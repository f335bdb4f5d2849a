package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/stats"
	"regulars/internal/web"
)

func (v *visit) promiseTabs(current string) []web.Tab {
	var tabs []web.Tab
	for _, t := range [][2]string{{"list", ""}, {"rates", "/rates"}, {"parcels", "/parcels"}, {"settings", "/settings"}} {
		tabs = append(tabs, web.Tab{Label: v.T("console.promise." + t[0]), Href: v.at("/promises" + t[1]), Current: current == t[0]})
	}
	return tabs
}

func (l *promiseList) cursor() web.Cursor {
	page := func(trail string) string {
		return l.at("/promises", "state", l.state, "kind", l.kind, "only", l.only, trailName, trail)
	}
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Promise)))
	}
	return c
}

func (l *promiseList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.promise.every_state")}}
	for _, s := range promise.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *promiseList) kindOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.promise.every_kind")}}
	for _, k := range promise.Kinds() {
		options = append(options, web.Option{Value: string(k), Label: l.Say(k.Text())})
	}
	return web.Choose(options, l.kind)
}

func (l *promiseList) onlyOptions() []web.Option {
	return web.Choose([]web.Option{
		{Label: l.T("console.promise.all")}, {Value: "soon", Label: l.T("console.promise.soon")}, {Value: "unmended", Label: l.T("console.promise.unmended")},
	}, l.only)
}

func (l *promiseList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.promise.list"),
		Columns: []web.Column{
			{Head: l.T("console.promise.what")}, {Head: l.T("console.promise.state")}, {Head: l.T("console.promise.order")}, {Head: l.T("console.promise.due"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconClock, Title: l.T("console.promise.none"), Text: l.T("console.promise.none_text")}),
	}
	for _, p := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/promises/" + p.ID.In(id.Promise)), Quiet: p.State == promise.Withdrawn,
			Cells: []templ.Component{
				twoLines(firstOr(p.What, l.Say(p.Kind.Text())), l.Say(p.Kind.Text())), promiseState(l.visit, p), web.Words(firstOr(p.Order, "—")), web.Words(l.dueOf(p)),
			},
		})
	}
	return t
}

// dueOf says when a promise is due, or which price was shown.
func (v *visit) dueOf(p *promise.Promise) string {
	if p.Kind == promise.Price {
		return v.Money(p.Shown, "")
	}
	if p.Longer > 0 {
		return v.DateTime(p.Due) + ", " + v.T("console.promise.longer", "months", p.Longer)
	}
	return v.DateTime(p.Due)
}

func promiseState(v *visit, p *promise.Promise) templ.Component {
	switch {
	case p.State == promise.Open && !p.Warned.IsZero():
		return web.Badge(web.Warn, v.T("console.promise.soon"))
	case p.State == promise.Broken && p.Mended.IsZero():
		return web.Badge(web.Bad, v.Say(p.State.Text()))
	case p.State == promise.Broken:
		return web.Badge(web.Warn, v.T("console.promise.put_right"))
	case p.State == promise.Kept:
		return web.Badge(web.Good, v.Say(p.State.Text()))
	default:
		return web.Badge(web.Neutral, v.Say(p.State.Text()))
	}
}

// share says the share that was kept with its interval, as far as it may.
func (p *ratesPage) share(r promise.Rate) string { return p.shareSaid(r.Kept, r.N()) }

// shareSaid says a share of n with its interval, as far as it may be said.
func (v *visit) shareSaid(kept, n int64) string {
	if n < promise.FewestShown {
		return v.T("console.promise.too_few", "n", n)
	}
	i := stats.Wilson(kept, n, stats.Confidence)
	perMille := func(x float64) string { return v.Percent(int64(x*1000+0.5), 1000, 1) }
	said := v.T("console.promise.share", "share", perMille(i.Value), "low", perMille(i.Low), "high", perMille(i.High), "n", n)
	if n < promise.FewestFirm {
		said += " " + v.T("console.promise.preliminary")
	}
	return said
}

// lead says the whole in a sentence.
func (p *ratesPage) lead() string {
	w := p.rates.Whole
	if w.N() < promise.FewestShown {
		return p.T("console.promise.lead_few", "n", w.N())
	}
	low := int64(w.Share().Low * 100) // rounded against us
	return p.T("console.promise.lead", "kept", w.Kept, "n", w.N(), "low", low)
}

func (p *ratesPage) table(title string, list []promise.Rate, name func(promise.Rate) string) web.Table {
	t := web.Table{Caption: title, Columns: []web.Column{
		{Head: title}, {Head: p.T("promise.state.kept"), Figures: true}, {Head: p.T("promise.state.broken"), Figures: true},
		{Head: p.T("promise.state.withdrawn"), Figures: true}, {Head: p.T("console.promise.rate")},
	}}
	for _, r := range list {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(name(r)), web.Words(p.Number(r.Kept)), web.Words(p.Number(r.Broken)), web.Words(p.Number(r.Withdrawn)), web.Words(p.share(r)),
		}})
	}
	return t
}

func (p *ratesPage) byShop() web.Table {
	return p.table(p.T("console.promise.shop"), p.rates.ByShop, func(r promise.Rate) string { return firstOr(p.shops[r.ShopID], p.T("console.promise.no_shop")) })
}

func (p *ratesPage) byKind() web.Table {
	return p.table(p.T("console.promise.kind"), p.rates.ByKind, func(r promise.Rate) string { return p.Say(r.Kind.Text()) })
}

// byMonth begins with the first month in which a promise ended.
func (p *ratesPage) byMonth() web.Table {
	list := p.rates.ByMonth
	list = list[max(0, slices.IndexFunc(list, func(r promise.Rate) bool { return r.N()+r.Withdrawn > 0 })):]
	return p.table(p.T("console.promise.month"), list, func(r promise.Rate) string { return p.Month(r.Month) })
}

func (l *parcelList) cursor() web.Cursor {
	page := func(trail string) string {
		return l.at("/promises/parcels", "status", l.status, "number", l.number, trailName, trail)
	}
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Parcel)))
	}
	return c
}

func (l *parcelList) statusOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.promise.every_state")}}
	for _, s := range promise.Statuses() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.status)
}

func (l *parcelList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.promise.parcels"),
		Columns: []web.Column{
			{Head: l.T("console.promise.number")}, {Head: l.T("console.promise.state")}, {Head: l.T("console.promise.order")}, {Head: l.T("console.promise.happened"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconReturn, Title: l.T("console.promise.no_parcels"), Text: l.T("console.promise.no_parcels_text")}),
	}
	for _, p := range l.list {
		tone := map[promise.Status]web.Tone{promise.Delivered: web.Good, promise.Failed: web.Warn, promise.Returned: web.Warn}[p.Status]
		t.Rows = append(t.Rows, web.Row{Href: "/track/" + p.Code, Cells: []templ.Component{
			twoLines(p.Number, p.Carrier), web.Badge(tone, l.Say(p.Status.Text())), web.Words(firstOr(p.Order, "—")), web.Words(l.DateTime(p.Happened)),
		}})
	}
	return t
}

func (p *promisePage) title() string { return firstOr(p.p.What, p.Say(p.p.Kind.Text())) }

func (p *promisePage) facts() []web.Definition {
	list := []web.Definition{
		{Term: p.T("console.promise.state"), About: promiseState(p.visit, p.p)}, {Term: p.T("console.promise.kind"), About: web.Words(p.Say(p.p.Kind.Text()))},
		{Term: p.T("console.promise.due"), About: web.Words(p.dueOf(p.p))},
	}
	add := func(key, value string) {
		if value != "" && value != "—" {
			list = append(list, web.Definition{Term: p.T("console.promise." + key), About: web.Words(value)})
		}
	}
	if p.p.Changes > 0 {
		add("expected", p.DateTime(p.p.Expected))
	}
	add("made", p.DateTime(p.p.Made))
	add("actual", p.DateTime(p.p.Actual))
	if p.p.Kind == promise.Price && !p.p.Actual.IsZero() {
		add("charged", p.Money(p.p.Charged, ""))
	}
	add("put_right", p.DateTime(p.p.Mended))
	add("order", p.p.Order)
	add("source", p.p.Source)
	add("note", p.p.Note)
	if p.p.MemberID != 0 {
		list = append(list, web.Definition{Term: p.T("console.promise.member"), About: web.Link(p.at("/members/"+p.p.MemberID.In(id.Member)), p.T("console.promise.to_member"))})
	}
	return list
}

func (p *promiseSettingPage) carrierOptions() []web.Option {
	var list []web.Option
	for _, c := range promise.Carriers() {
		list = append(list, web.Option{Value: string(c), Label: p.T("console.promise.carrier." + string(c))})
	}
	return web.Choose(list, p.field("carrier"))
}

// openSays says which webhooks are open, and where.
func (p *promiseSettingPage) openSays() string {
	names := make([]string, len(p.open))
	for i, c := range p.open {
		names[i] = "/hooks/parcels/" + p.programme.Slug + "/" + string(c)
	}
	if len(names) == 0 {
		return p.T("console.promise.closed")
	}
	return p.T("console.promise.open", "where", p.List(names))
}

// show returns what a field holds: what was typed, or else what is kept.
func (p *promiseSettingPage) show(name, kept string) string {
	if p.r.Method == "POST" {
		return p.field(name)
	}
	return kept
}

func (p *promisePage) path(verb string) string {
	return p.at("/promises/" + p.p.ID.In(id.Promise) + verb)
}

func tick(on bool) string {
	if on {
		return "on"
	}
	return ""
}
