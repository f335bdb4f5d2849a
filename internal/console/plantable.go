package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/plan"
	"regulars/internal/web"
)

func (v *visit) planTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.plan.title"), Href: v.at("/plans"), Current: current == "plans"},
		{Label: v.T("console.plan.members"), Href: v.at("/plans/members"), Current: current == "members"},
		{Label: v.T("console.plan.charges"), Href: v.at("/plans/charges"), Current: current == "charges"},
		{Label: v.T("console.plan.payment"), Href: v.at("/plans/payment"), Current: current == "payment"},
	}
}

// within is how many members hold the benefits of a plan.
func within(r plan.Results) int64 {
	n := int64(0)
	for state, members := range r.States {
		if state.InForce() {
			n += members
		}
	}
	return n
}

func (l *planList) head() web.Head {
	members, revenue := int64(0), int64(0)
	for _, r := range l.results {
		members, revenue = members+within(r), revenue+r.Revenue
	}
	h := web.Head{Title: l.T("console.plan.title"), Lead: l.T("console.plan.lead", "n", len(l.all), "members", members, "revenue", revenue)}
	if len(l.all) == 0 {
		h.Lead = l.T("console.plan.lead_none")
	}
	if l.can(auth.PlansWrite) && len(l.all) > 0 {
		h.Actions = web.Action(web.Button{Label: l.T("console.plan.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/plans/new")})
	}
	return h
}

func (l *planList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.plan.title"),
		Columns: []web.Column{
			{Head: l.T("console.plan.name")}, {Head: l.T("console.plan.state")}, {Head: l.T("console.plan.price"), Figures: true},
			{Head: l.T("console.plan.members"), Figures: true}, {Head: l.T("console.plan.revenue"), Figures: true},
		},
		Empty: l.empty(),
	}
	for _, p := range l.all {
		r := l.results[p.ID]
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/plans/" + p.ID.In(id.Plan)), Quiet: p.Retired,
			Cells: []templ.Component{
				twoLines(l.planName(p), p.Code), planState(l.visit, p.State()), web.Words(l.planPrice(&p.Latest().Spec)),
				web.Words(l.Number(within(r))), web.Words(l.Money(r.Revenue, "")),
			},
		})
	}
	return t
}

func (l *planList) empty() templ.Component {
	h := web.Hint{Icon: web.IconCalendar, Title: l.T("console.plan.none"), Text: l.T("console.plan.none_text")}
	if l.can(auth.PlansWrite) {
		h.Next = &web.Button{Label: l.T("console.plan.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/plans/new")}
	}
	return web.Empty(h)
}

// planPrice says the price with its interval.
func (v *visit) planPrice(s *plan.Spec) string {
	return v.Money(s.Price, "") + " " + v.Say(s.Interval.Text())
}

func planState(v *visit, s plan.PlanState) templ.Component {
	tone := web.Neutral
	if s == plan.Published {
		tone = web.Good
	}
	return web.Badge(tone, v.Say(s.Text()))
}

func (p *planPage) path(more string) string { return p.at("/plans/" + p.plan.ID.In(id.Plan) + more) }

func (p *planPage) actions() templ.Component {
	if !p.can(auth.PlansWrite) {
		return nil
	}
	buttons := []web.Button{{Label: p.T("console.plan.edit"), Icon: web.IconEdit, Href: p.path("/edit")}}
	if p.plan.Draft != nil {
		buttons = append([]web.Button{{Label: p.T("console.plan.publish"), Kind: web.Primary, Opens: "publish"}}, buttons...)
	}
	if p.plan.State() == plan.Published {
		buttons = append(buttons, web.Button{Label: p.T("console.plan.retire"), Opens: "retire"})
	}
	return web.Actions(buttons...)
}

// lead sums up what became of the plan.
func (p *planPage) lead() string {
	r := p.result
	said := p.T("console.plan.result", "members", within(r), "revenue", r.Revenue)
	if r.Trials > 0 {
		said += " " + p.T("console.plan.trials", "n", r.Trials, "paid", r.Converted)
	}
	if low, high, told := r.TrialRate(); told {
		said += " " + p.T("console.plan.trial_rate", "low", p.Percent(low, 1000, 0), "high", p.Percent(high, 1000, 0))
	}
	return said
}

// sentences say in plain language what a plan gives and takes.
func (p *planPage) sentences(s *plan.Spec) []string {
	said := []string{p.T("console.plan.costs", "price", p.planPrice(s), "days", s.GraceDays)}
	if s.TrialDays > 0 {
		said = append(said, p.T("console.plan.free", "days", s.TrialDays))
	}
	if s.LadderID != 0 {
		said = append(said, p.T("console.plan.holds", "rank", p.ranks[rankValue(s.LadderID, s.Rank)]))
	}
	points := func(n int64) string { return p.price(p.wallets, s.WalletID, n, 0) }
	if s.Welcome > 0 {
		said = append(said, p.T("console.plan.welcomes", "points", points(s.Welcome)))
	}
	if s.Renewal > 0 {
		said = append(said, p.T("console.plan.gives", "points", points(s.Renewal)))
	}
	return append(said, p.T("console.plan.tags", "tag", p.plan.Tag()))
}

func (p *planPage) states() []web.Definition {
	var list []web.Definition
	for _, s := range plan.States() {
		if n := p.result.States[s]; n > 0 {
			list = append(list, web.Definition{Term: p.Say(s.Text()), About: web.Words(p.Number(n))})
		}
	}
	return list
}

// months is the table of what happened month by month.
func (p *planPage) months() web.Table {
	t := web.Table{Caption: p.T("console.plan.months"), Empty: web.Empty(web.Hint{Icon: web.IconCalendar, Title: p.T("console.plan.nobody"), Text: p.T("console.plan.nobody_text")})}
	for i, key := range []string{"month", "joined", "gone", "churn", "revenue"} {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.plan." + key), Figures: i > 0})
	}
	for _, m := range p.result.Months {
		if m.Joined+m.Gone+m.Before+m.Revenue == 0 {
			continue
		}
		churn := "—"
		if m.Before > 0 {
			churn = p.T("console.plan.of", "lost", m.Lost, "n", m.Before)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.Month(m.Begins)), web.Words(p.Number(m.Joined)), web.Words(p.Number(m.Gone)), web.Words(churn), web.Words(p.Money(m.Revenue, "")),
		}})
	}
	return t
}

func subscriptionState(v *visit, s plan.State) templ.Component {
	tone := map[plan.State]web.Tone{plan.Trial: web.Good, plan.Active: web.Good, plan.Grace: web.Warn, plan.Waiting: web.Warn, plan.Left: web.Neutral, plan.Ended: web.Neutral}[s]
	return web.Badge(tone, v.Say(s.Text()))
}

func (l *subscriptionList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.plan.every_state")}}
	for _, s := range plan.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *subscriptionList) table() web.Table {
	t := web.Table{Caption: l.T("console.plan.members"), Empty: web.Empty(web.Hint{Icon: web.IconMembers, Title: l.T("console.plan.nobody"), Text: l.T("console.plan.nobody_text")})}
	for i, key := range []string{"member", "state", "joined", "ends"} {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.plan." + key), Figures: i > 1})
	}
	for _, s := range l.list {
		ends := s.Ends
		if s.State == plan.Ended {
			ends = s.Ended
		}
		t.Rows = append(t.Rows, web.Row{Href: l.who.address(l.visit, s.MemberID), Quiet: s.State == plan.Ended, Cells: []templ.Component{
			twoLines(l.who.of(s.MemberID), l.names[s.PlanID]), subscriptionState(l.visit, s.State), web.Words(l.ShortDate(s.Joined)), web.Words(l.ShortDate(ends)),
		}})
	}
	return t
}

func (l *subscriptionList) cursor() web.Cursor {
	page := func(trail string) string { return l.at("/plans/members", "state", l.state, trailName, trail) }
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Subscription)))
	}
	return c
}

func (l *chargeList) stateOptions() []web.Option {
	options := []web.Option{{Value: openState, Label: l.T("console.plan.open_charges")}}
	for _, s := range plan.ChargeStates() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	options = append(options, web.Option{Value: everyState, Label: l.T("console.plan.every_state")})
	return web.Choose(options, l.state)
}

func (l *chargeList) table() web.Table {
	t := web.Table{Caption: l.T("console.plan.charges"), Empty: web.Empty(web.Hint{Icon: web.IconCheck, Title: l.T("console.plan.no_charges"), Text: l.T("console.plan.no_charges_text")})}
	for i, key := range []string{"invoice", "member", "amount", "due", "state"} {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.plan." + key), Figures: i == 0 || i == 2 || i == 3})
	}
	if l.can(auth.ChargesWrite) {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.plan.note")})
	}
	for _, c := range l.list {
		cells := []templ.Component{
			web.Words(l.Number(c.Invoice)), who(l.visit, l.who, c.MemberID, joined(l.names[c.PlanID], l.Say(c.Purpose.Text()))), twoLines(l.asked(c), c.Reference), web.Words(l.ShortDate(c.Due)), chargeState(l.visit, c.State),
		}
		if l.can(auth.ChargesWrite) {
			cells = append(cells, chargeNotes(l.visit, l.at("/plans/charges/"+c.ID.In(id.Charge)), c))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells, Quiet: c.State == plan.Cancelled})
	}
	return t
}

func chargeState(v *visit, s plan.ChargeState) templ.Component {
	tone := web.Neutral
	switch s {
	case plan.Paid, plan.Refunded:
		tone = web.Good
	case plan.Due, plan.Requested, plan.RefundDue:
		tone = web.Warn
	case plan.Failed:
		tone = web.Bad
	}
	return web.Badge(tone, v.Say(s.Text()))
}

// unpaid reports whether staff may note a charge as paid.
func unpaid(c *plan.Charge) bool {
	return c.State == plan.Due || c.State == plan.Requested || c.State == plan.Failed
}

func (l *chargeList) cursor() web.Cursor {
	page := func(trail string) string { return l.at("/plans/charges", "state", l.state, trailName, trail) }
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Charge)))
	}
	return c
}

func (p *paymentPage) methodOptions() []web.Option {
	var list []web.Option
	for _, m := range plan.Methods() {
		list = append(list, web.Option{Value: string(m), Label: p.Say(m.Text())})
	}
	return web.Choose(list, string(p.now.Method))
}
