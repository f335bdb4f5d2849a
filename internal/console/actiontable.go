package console

import (
	"cmp"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/factor"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/web"
)

// says tells how much is to be done and how much of it is overdue.
func (p *actionList) says() string {
	open, late := 0, 0
	for i := range p.items {
		if p.items[i].Open {
			open++
		}
		if p.items[i].Overdue {
			late++
		}
	}
	return p.T("console.factor.actions_says", "open", open, "late", late)
}

// late are the titles of what is overdue.
func (p *actionList) late() []string {
	var list []string
	for i := range p.items {
		if n := &p.items[i]; n.Overdue {
			list = append(list, p.T("console.factor.late", "title", title(n), "who", p.owner(n), "day", p.ShortDate(n.Due())))
		}
	}
	return list
}

func title(n *factor.Item) string {
	if n.Action != nil {
		return n.Action.Title
	}
	return n.Corrective.Title
}

// owner is what whose it is is called; who has left is told by the id.
func (p *actionList) owner(n *factor.Item) string {
	return cmp.Or(p.names[ownerName(n)], n.OwnerID().In(id.Staff))
}

// scopes leads between the list of this programme and that of all.
func (p *actionList) scopes() []web.Tab {
	if len(p.programmes) < 2 {
		return nil
	}
	return []web.Tab{
		{Label: p.programme.Name, Href: p.at("/actions"), Current: !p.everywhere},
		{Label: p.T("console.factor.everywhere"), Href: p.at("/actions", "scope", "all"), Current: p.everywhere},
	}
}

func (p *actionList) table() web.Table {
	t := web.Table{
		Caption: p.T("console.factor.actions"),
		Columns: []web.Column{
			{Head: p.T("console.factor.what")}, {Head: p.T("console.factor.factor")}, {Head: p.T("console.factor.owner")}, {Head: p.T("console.factor.cost"), Figures: true},
			{Head: p.T("console.factor.due")}, {Head: p.T("console.factor.state")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconAction, Title: p.T("console.factor.actions_none"), Text: p.T("console.factor.actions_none_text")}),
	}
	for i := range p.items {
		n := &p.items[i]
		t.Rows = append(t.Rows, web.Row{Href: p.hrefOf(n), Quiet: !n.Open, Cells: []templ.Component{
			twoLines(title(n), p.where(n)), twoLines(p.factorOf(n), p.pressing(n)), web.Words(p.owner(n)), web.Words(p.cost(n)), p.dueOf(n), p.stateOf(n),
		}})
	}
	return t
}

// where names the programme of a line on the list of all, and says that a
// corrective action is one.
func (p *actionList) where(n *factor.Item) string {
	switch {
	case n.Corrective != nil && p.everywhere:
		return n.Programme.Name + " · " + p.T("console.factor.corrective")
	case n.Corrective != nil:
		return p.T("console.factor.corrective")
	case p.everywhere:
		return n.Programme.Name
	}
	return ""
}

// hrefOf is where a line is worked on: its own page, or that of corrective
// actions.
func (p *actionList) hrefOf(n *factor.Item) string {
	at := "/p/" + n.Programme.Slug
	if n.Corrective != nil {
		return at + "/complaints/actions"
	}
	return at + "/actions/" + n.Action.ID.In(id.FactorAction)
}

func (p *actionList) factorOf(n *factor.Item) string {
	if n.Programme.ID != p.programme.ID && n.Factor != "" {
		return p.Say(n.Factor.Text())
	}
	return p.name(n.Factor)
}

// pressing says why a line stands where it does.
func (p *actionList) pressing(n *factor.Item) string {
	f := n.Figure
	switch {
	case !n.Open:
		return ""
	case !f.Placed:
		return p.T("console.factor.pressing_few")
	}
	return p.T("console.factor.pressing", "priority", p.share(f.Priority), "importance", p.share(f.Importance.Value), "gap", p.share(f.Gap))
}

func (p *actionList) cost(n *factor.Item) string {
	if n.Action == nil || n.Action.Cost == 0 {
		return "—"
	}
	return p.Money(n.Action.Cost, n.Programme.Currency)
}

func (p *actionList) dueOf(n *factor.Item) templ.Component {
	day := p.ShortDate(n.Due())
	if n.Overdue {
		return web.Badge(web.Bad, p.T("console.factor.overdue", "day", day))
	}
	if n.Action != nil && n.Open {
		return web.TwoLines(day, p.Say(n.Action.Effort.Text()))
	}
	return web.Words(day)
}

func (p *actionList) stateOf(n *factor.Item) templ.Component {
	state := factor.Planned
	switch {
	case n.Action != nil:
		state = n.Action.State
	case !n.Open:
		state = factor.Done
	}
	tone := map[factor.State]web.Tone{factor.Done: web.Good, factor.Doing: web.Accent}[state]
	return web.Badge(cmp.Or(tone, web.Neutral), p.Say(state.Text()))
}

func (p *actionList) factorOptions(chosen string) []web.Option {
	list := []web.Option{{Label: p.T("console.factor.choose")}}
	for _, c := range p.set.On() {
		list = append(list, web.Option{Value: string(c), Label: p.name(c)})
	}
	return web.Choose(list, cmp.Or(p.field("factor"), chosen))
}

func (p *actionList) effortOptions(chosen factor.Effort) []web.Option {
	var list []web.Option
	for _, e := range factor.Efforts() {
		list = append(list, web.Option{Value: string(e), Label: p.Say(e.Text())})
	}
	return web.Choose(list, cmp.Or(p.field("effort"), string(chosen), string(factor.Weeks)))
}

func (p *actionList) ownerOptions(chosen id.ID) []web.Option {
	return web.Choose(p.staff.options(p.T("console.factor.choose"), chosen, 0), cmp.Or(p.field("owner"), shownStaff(chosen)))
}

// filled is what a form holds of an action that is there, as typed where it was
// sent.
func (p *actionList) filled(name, kept string) string { return cmp.Or(p.field(name), kept) }

func (p *actionPage) spec() factor.Spec { return p.item.Action.Spec }

func (p *actionPage) costKept() string {
	if p.item.Action.Cost == 0 {
		return ""
	}
	return p.figures().show(p.item.Action.Cost, p.programme.Currency.Decimals())
}

// turns are the states to which the action may be moved, but for dropping.
func (p *actionPage) turns() []factor.State {
	switch p.item.Action.State {
	case factor.Idea:
		return []factor.State{factor.Planned, factor.Doing, factor.Done}
	case factor.Planned:
		return []factor.State{factor.Doing, factor.Done, factor.Idea}
	case factor.Doing:
		return []factor.State{factor.Done, factor.Planned}
	case factor.Done:
		return []factor.State{factor.Doing}
	}
	return []factor.State{factor.Idea}
}

func turnText(s factor.State) i18n.Text { return i18n.Text{Key: "console.factor.turn." + string(s)} }

// lead says how far it is, whose it is, and until when.
func (p *actionPage) lead() string {
	n := p.item.Action
	return p.T("console.factor.action_says", "state", string(n.State), "who", p.owner(p.item), "late", tick(p.item.Overdue), "day", p.ShortDate(p.item.Due()))
}

func (p *actionPage) facts() []web.Definition {
	n := p.item.Action
	list := []web.Definition{
		{Term: p.T("console.factor.state"), About: p.stateOf(p.item)},
		{Term: p.T("console.factor.factor"), About: web.Words(p.factorOf(p.item))},
		{Term: p.T("console.factor.owner"), About: web.Words(p.owner(p.item))},
		{Term: p.T("console.factor.due"), About: web.Words(p.ShortDate(p.item.Due()))},
		{Term: p.T("console.factor.effort"), About: web.Words(p.Say(n.Effort.Text()))},
		{Term: p.T("console.factor.cost"), About: web.Words(p.cost(p.item))},
		{Term: p.T("console.factor.why"), About: web.Words(n.Why)},
	}
	add := func(key, words string) {
		if words != "" {
			list = append(list, web.Definition{Term: p.T(key), About: web.Words(words)})
		}
	}
	add("console.factor.expected", n.Expected)
	add("console.factor.order", p.pressing(p.item))
	if !n.Began.IsZero() {
		add("console.factor.began", p.Date(n.Began))
	}
	if !n.Done.IsZero() {
		add("console.factor.done_on", p.Date(n.Done))
	}
	add("console.factor.dropped_why", n.DroppedWhy)
	return list
}

// followed says what feedback about the factor was like before and after.
func (p *actionPage) followed() string {
	e := p.item.Effect
	switch {
	case e == nil:
		return ""
	case !e.Shown:
		return p.T("console.factor.effect_few", "before", e.BeforeN, "after", e.AfterN, "least", factor.LeastPieces)
	}
	key := "console.factor.effect_unclear"
	if !e.Change.Contains(0) {
		key = "console.factor.effect"
	}
	return p.T(key, "before", p.spread(e.Before.Value, e.Before.Low, e.Before.High), "before_n", e.BeforeN, "after", p.spread(e.After.Value, e.After.Low, e.After.High), "after_n", e.AfterN,
		"by", p.points(e.Change.Value), "low", p.points(e.Change.Low), "high", p.points(e.Change.High), "from", e.From, "to", e.To)
}

// supported says what the Support Index was before and after.
func (p *actionPage) supported() string {
	e := p.item.Support
	switch {
	case e == nil:
		return ""
	case !e.Shown():
		return p.T("console.factor.support_few", "before", e.Before.Base, "after", e.After.Base)
	}
	key := "console.factor.support_unclear"
	if !e.Change.Contains(0) {
		key = "console.factor.support"
	}
	return p.T(key, "before_low", p.shareOf(e.Before.Low), "before_high", p.shareOf(e.Before.High), "before_n", e.Before.Base, "after_low", p.shareOf(e.After.Low), "after_high", p.shareOf(e.After.High), "after_n", e.After.Base,
		"by", p.pointsOf(e.Change.Value), "low", p.pointsOf(e.Change.Low), "high", p.pointsOf(e.Change.High), "days", int(e.To.Sub(e.From).Hours()/24))
}

func (p *actionPage) may() bool { return p.can(auth.FactorsWrite) }
