package console

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/returns"
	"regulars/internal/web"
)

func (v *visit) returnTabs(current string) []web.Tab {
	var tabs []web.Tab
	for _, t := range [][2]string{{"list", ""}, {"rules", "/rules"}} {
		tabs = append(tabs, web.Tab{Label: v.T("console.return." + t[0]), Href: v.at("/returns" + t[1]), Current: current == t[0]})
	}
	return tabs
}

func (l *returnList) cursor() web.Cursor {
	page := func(trail string) string { return l.at("/returns", "state", l.state, trailName, trail) }
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Return)))
	}
	return c
}

func (l *returnList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.promise.every_state")}, {Value: waitingReturns, Label: l.T("console.return.waiting")}}
	for _, s := range returns.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *returnList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.return.list"),
		Columns: []web.Column{
			{Head: l.T("console.return.what")}, {Head: l.T("console.promise.state")}, {Head: l.T("console.promise.order")},
			{Head: l.T("console.return.asked"), Figures: true}, {Head: l.T("console.return.clock"), Figures: true},
		},
		Empty: web.Empty(l.none()),
	}
	for _, r := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/returns/" + r.Number()), Quiet: r.State == returns.Cancelled,
			Cells: []templ.Component{
				twoLines(l.T("console.return.items", "n", len(r.Items)), r.Number()), web.Badge(returnTone(r.State), l.Say(r.State.Text())),
				web.Words(firstOr(r.Order, "—")), web.Words(l.DateTime(r.Asked)), runs(l.visit, l.clocks[r.ID], l.now),
			},
		})
	}
	return t
}

// mostCounted is how far a heading counts.
const mostCounted = 100

// upTo is a count as a heading says it: exactly, or that it is more.
func (v *visit) upTo(n int) string {
	if n > mostCounted {
		return v.Number(mostCounted) + "+"
	}
	return v.Number(int64(n))
}

// lead says how many returns wait for staff.
func (l *returnList) lead() string {
	return l.T("console.return.lead", "none", l.waiting == 0, "n", l.upTo(l.waiting))
}

// none says that there is no return; how to begin is said where none was looked
// for in particular.
func (l *returnList) none() web.Hint {
	h := web.Hint{Icon: web.IconReturn, Title: l.T("console.return.no_returns")}
	if l.state == "" {
		h.Text = l.T("console.return.no_returns_text")
	}
	return h
}

func returnTone(s returns.State) web.Tone {
	switch s {
	case returns.Done:
		return web.Good
	case returns.Declined:
		return web.Bad
	case returns.Cancelled, returns.Accepted:
		return web.Neutral
	default:
		return web.Warn
	}
}

// runs shows a clock: by when something was promised, and whether it is late.
func runs(v *visit, c *flow.Clock, now time.Time) templ.Component {
	switch {
	case c == nil:
		return web.Muted("—")
	case c.State == string(promise.Kept):
		return web.Badge(web.Good, v.Say(promise.Kept.Text()))
	case c.Late(now):
		return web.Badge(web.Bad, v.T("console.return.late", "by", c.Due))
	case c.State == string(promise.Open) && c.Warned:
		return web.Badge(web.Warn, v.DateTime(c.Due))
	default:
		return web.Words(v.DateTime(c.Due))
	}
}

// itemFacts says of an item what is known of it.
func (p *returnFile) itemFacts(t returns.Item) []web.Definition {
	list := []web.Definition{
		{Term: p.T("console.promise.state"), About: web.Words(p.Say(t.State.Text()))},
		{Term: p.T("console.return.quantity"), About: web.Words(p.Trimmed(t.Quantity, 3))},
		{Term: p.T("console.return.paid"), About: web.Words(p.Money(t.Amount, ""))},
		{Term: p.T("console.return.wants"), About: web.Words(p.Say(t.Outcome.Text()))},
		{Term: p.T("console.return.rule"), About: web.Words(t.Rule)},
	}
	add := func(key, value string) {
		if value != "" {
			list = append(list, web.Definition{Term: p.T("console.return." + key), About: web.Words(value)})
		}
	}
	if t.Fee > 0 {
		add("fee", p.Money(t.Fee, ""))
	}
	if t.KeepShare > 0 {
		add("keep", p.Percent(t.KeepShare, 10_000, 0))
	}
	if !p.r.Settled.IsZero() && t.State == returns.ItemAccepted && t.Outcome != returns.ForExchange {
		add("given", p.Money(t.Given, ""))
	}
	add("answer", t.Answer)
	return list
}

func (p *returnFile) facts() []web.Definition {
	list := []web.Definition{
		{Term: p.T("console.promise.state"), About: web.Badge(returnTone(p.r.State), p.Say(p.r.State.Text()))},
		{Term: p.T("console.return.clock"), About: runs(p.visit, p.clock, p.now)},
		{Term: p.T("console.promise.order"), About: web.Words(firstOr(p.r.Order, "—"))},
	}
	add := func(key, value string) {
		if value != "" && value != "—" {
			list = append(list, web.Definition{Term: p.T("console.return." + key), About: web.Words(value)})
		}
	}
	add("asked", p.DateTime(p.r.Asked))
	add("decided_at", p.DateTime(p.r.Decided))
	add("arrived_at", p.DateTime(p.r.Arrived))
	add("settled_at", p.DateTime(p.r.Settled))
	if !p.r.Settled.IsZero() {
		add("refund", p.Money(p.r.Refund, ""))
		if p.r.Fee > 0 {
			add("fee", p.Money(p.r.Fee, ""))
		}
	}
	add("note", p.r.Note)
	if p.r.MemberID != 0 {
		list = append(list, web.Definition{Term: p.T("console.promise.member"), About: web.Link(p.at("/members/"+p.r.MemberID.In(id.Member)), p.T("console.promise.to_member"))})
	}
	return list
}

// lead says what comes next.
func (p *returnFile) lead() string {
	if p.r.State == returns.Owed {
		return p.T("console.return.next.owed", "sum", p.r.Refund, "exchange", p.exchanges())
	}
	return p.T("console.return.next." + string(p.r.State))
}

// exchanges reports whether another piece is to be sent.
func (p *returnFile) exchanges() bool {
	for _, t := range p.r.Items {
		if t.State == returns.ItemAccepted && t.Outcome == returns.ForExchange {
			return true
		}
	}
	return false
}

func (p *returnFile) path(verb string) string { return p.at("/returns/" + p.r.Number() + verb) }

// decisions are what staff may say about an item.
func (p *returnFile) decisions(name string) []web.Option {
	return web.Choose([]web.Option{
		{Value: "accept", Label: p.T("console.return.accept")}, {Value: "decline", Label: p.T("console.return.decline")}, {Label: p.T("console.return.later")},
	}, p.field(name))
}

// sku is the number of the goods, where the heading is not that already.
func (p *returnFile) sku(t returns.Item) string {
	if t.Label == "" {
		return ""
	}
	return t.SKU
}
