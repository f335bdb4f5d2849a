package console

import (
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/standard"
	"regulars/internal/web"
)

func (v *visit) visitTabs(current string) []web.Tab {
	var tabs []web.Tab
	for _, t := range []struct {
		key, path string
		may       bool
	}{
		{"list", "", v.can(auth.StandardsRead)}, {"mine", "/mine", true}, {"draw", "/draw", v.can(auth.VisitsPlan)},
		{"scenarios", "/scenarios", v.can(auth.VisitsPlan)}, {"visitors", "/visitors", v.can(auth.VisitsPlan)}, {"audit", "/audit", v.can(auth.AuditsWrite)},
	} {
		if t.may {
			tabs = append(tabs, web.Tab{Label: v.T("console.visit.tab." + t.key), Href: v.at("/visits" + t.path), Current: current == t.key})
		}
	}
	return tabs
}

func (l *visitList) cursor() web.Cursor {
	page := func(trail string) string {
		return l.at("/visits", "kind", l.kind, "state", l.state, "shop", l.shop, trailName, trail)
	}
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Visit)))
	}
	return c
}

func (l *visitList) kindOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.visit.every_kind")}}
	for _, k := range standard.Kinds() {
		options = append(options, web.Option{Value: string(k), Label: l.Say(k.Text())})
	}
	return web.Choose(options, l.kind)
}

func (l *visitList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.visit.every_state")}}
	for _, n := range standard.States() {
		options = append(options, web.Option{Value: string(n), Label: l.Say(n.Text())})
	}
	return web.Choose(options, l.state)
}

func visitState(v *visit, n standard.State, failed bool) templ.Component {
	switch {
	case n == standard.Sent && failed:
		return web.Badge(web.Bad, v.T("console.visit.failed"))
	case n == standard.Sent:
		return web.Badge(web.Good, v.Say(n.Text()))
	case n == standard.Missed:
		return web.Badge(web.Warn, v.Say(n.Text()))
	}
	return web.Badge(web.Neutral, v.Say(n.Text()))
}

func (l *visitList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.visit.title"),
		Columns: []web.Column{{Head: l.T("console.visit.what")}, {Head: l.T("console.standard.shop")}, {Head: l.T("console.visit.state")}, {Head: l.T("console.standard.day"), Figures: true}, {Head: l.T("console.standard.score"), Figures: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconVisit, Title: l.T("console.visit.none"), Text: l.T("console.visit.none_text")}),
	}
	for _, n := range l.list {
		t.Rows = append(t.Rows, web.Row{Href: l.at("/visits/" + n.ID.In(id.Visit)), Quiet: n.State == standard.Cancelled, Cells: []templ.Component{
			twoLines(l.names[n.StandardID], l.kindOf(n)), web.Words(l.shops[n.ShopID]), visitState(l.visit, n.At(l.now), n.Failed), web.Words(l.whichShortDay(n.Day)), web.Words(l.scoreOf(n)),
		}})
	}
	return t
}

// kindOf says whether the shop knew, and which of two raters it was.
func (v *visit) kindOf(n *standard.Visit) string {
	if n.PairID != 0 {
		return v.T("console.visit.second_rater")
	}
	return v.Say(n.Kind.Text())
}

// lead says what was found, or how far the visit is.
func (p *visitPage) lead() string {
	day := p.whichDay(p.file.Day)
	switch {
	case p.state != standard.Sent:
		return p.T("console.visit.says_state", "state", string(p.state), "day", day)
	case p.file.Failed:
		return p.T("console.visit.says_failed", "score", p.scoreOf(p.file.Visit), "day", day)
	}
	return p.T("console.visit.says_score", "score", p.scoreOf(p.file.Visit), "day", day)
}

// scoreOf is the score of a sheet in percent.
func (v *visit) scoreOf(n *standard.Visit) string {
	if n.Score == standard.Unjudged {
		return "—"
	}
	return v.Percent(n.Score, 10_000, 1)
}

func (p *visitPage) facts() []web.Definition {
	f := p.file
	list := []web.Definition{
		{Term: p.T("console.visit.state"), About: visitState(p.visit, p.state, f.Failed)},
		{Term: p.T("console.standard.score"), About: web.Words(p.scoreOf(f.Visit))},
		{Term: p.T("console.standard.shop"), About: web.Words(p.shop)},
		{Term: p.T("console.standard.day"), About: web.Words(p.whichDay(f.Day))},
		{Term: p.T("console.visit.standard"), About: web.Link(p.standardAt(f.StandardID, ""), f.Spec.Names.In(string(p.Lang()))+" · "+p.T("console.visit.version", "n", f.Version))},
	}
	add := func(key, about string) {
		if about != "" {
			list = append(list, web.Definition{Term: p.T(key), About: web.Words(about)})
		}
	}
	add("console.visit.visitor", p.visitor)
	add("console.visit.auditor", p.actors[auth.Actor{Kind: auth.KindStaff, ID: f.AuditorID}.String()])
	if f.PairID != 0 {
		list = append(list, web.Definition{Term: p.T("console.visit.seconds"), About: web.Link(p.at("/visits/"+f.PairID.In(id.Visit)), p.T("console.visit.first"))})
	}
	add("console.visit.arrived", f.Arrived.String())
	add("console.visit.served", f.Served.String())
	add("console.visit.left", f.Departed.String())
	add("console.visit.receipt", f.Reference)
	if f.SaleID != 0 {
		add("console.visit.sale", p.T("console.visit.sale_found"))
	}
	return list
}

// found says what was found of a criterion.
func (v *visit) found(c *standard.Criterion, a standard.Answer) string {
	switch {
	case a.None:
		return v.T("console.visit.nothing")
	case c.Form == standard.YesNo && a.Value == 1:
		return v.T("console.visit.yes")
	case c.Form == standard.YesNo:
		return v.T("console.visit.no")
	}
	return v.T("console.visit.of_top", "n", a.Value, "top", c.Top)
}

func (p *visitPage) sheetTable() web.Table {
	t := web.Table{Caption: p.T("console.visit.sheet"), Columns: []web.Column{{Head: p.T("console.standard.criterion")}, {Head: p.T("console.visit.found")}}}
	commented := false
	for _, a := range p.file.Answers {
		commented = commented || a.Comment != ""
	}
	if commented {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.visit.comment")})
	}
	for i := range p.file.Spec.Criteria {
		c := &p.file.Spec.Criteria[i]
		a, given := p.file.Answers[c.Code]
		if !given {
			continue
		}
		said := web.Words(p.found(c, a))
		if !a.None && a.Value == 0 {
			said = web.Badge(web.Warn, p.found(c, a))
		}
		for _, code := range p.file.Failures {
			if code == c.Code {
				said = web.Badge(web.Bad, p.found(c, a))
			}
		}
		cells := []templ.Component{ownLines(c.Words.Said(string(p.Lang())), p.about(c)), said}
		if commented {
			cells = append(cells, web.Words(a.Comment))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

// answers are what a criterion may be corrected to.
func (p *visitPage) answers(c *standard.Criterion) []web.Option {
	var list []web.Option
	for n := c.Best(); n >= 0; n-- {
		list = append(list, web.Option{Value: strconv.Itoa(n), Label: p.found(c, standard.Answer{Value: n})})
	}
	chosen := strconv.Itoa(p.file.Answers[c.Code].Value)
	if p.file.Answers[c.Code].None {
		chosen = "none"
	}
	return web.Choose(append(list, web.Option{Value: "none", Label: p.T("console.visit.nothing")}), chosen)
}

func (l *mineList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.visit.tab.mine"),
		Columns: []web.Column{{Head: l.T("console.standard.shop")}, {Head: l.T("console.standard.day"), Figures: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconVisit, Title: l.T("console.visit.mine_none"), Text: l.T("console.visit.mine_none_text")}),
	}
	for _, n := range l.list {
		t.Rows = append(t.Rows, web.Row{Href: n.Link, Cells: []templ.Component{web.Words(l.shops[n.ShopID]), web.Words(l.whichShortDay(n.Day))}})
	}
	return t
}

func (f *drawForm) table() web.Table {
	t := web.Table{Caption: f.T("console.visit.rounds"), Columns: []web.Column{
		{Head: f.T("console.visit.scenario")}, {Head: f.T("console.visit.window")}, {Head: f.T("console.standard.visits"), Figures: true}, {Head: f.T("console.visit.doubles"), Figures: true}, {Head: f.T("console.visit.seed"), Figures: true},
	}}
	for _, n := range f.rounds {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(f.names[n.ScenarioID]), web.Words(f.whichShortDay(n.From) + " – " + f.whichShortDay(n.To)), web.Words(f.Number(int64(n.Lots.Each * len(n.Lots.Shops)))), web.Words(f.Number(int64(n.Lots.Doubles))), web.Words(strconv.FormatInt(n.Lots.Seed, 10)),
		}})
	}
	return t
}

func (f *scenarioForm) table() web.Table {
	t := web.Table{
		Caption: f.T("console.visit.tab.scenarios"), Columns: []web.Column{{Head: f.T("console.visit.scenario")}, {Head: f.T("console.visit.deed")}, {Head: f.T("console.visit.budget"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconVisit, Title: f.T("console.visit.no_scenario"), Text: f.T("console.visit.no_scenario_text")}),
	}
	for _, n := range f.all {
		t.Rows = append(t.Rows, web.Row{Href: f.at("/visits/scenarios", "scenario", n.ID.In(id.Scenario)), Quiet: !n.Retired.IsZero(), Cells: []templ.Component{
			ownLines(n.Names.Said(string(f.Lang())), n.Task.In(string(f.Lang()))), web.Words(f.Say(n.Deed.Text())), web.Words(f.Money(n.Budget, "")),
		}})
	}
	return t
}

func (f *scenarioForm) deeds() []web.Option {
	var list []web.Option
	for _, n := range standard.Deeds() {
		list = append(list, web.Option{Value: string(n), Label: f.Say(n.Text())})
	}
	return web.Choose(list, string(f.plot.Deed))
}

// seed is offered for a draw: nobody has chosen it.
func (f *drawForm) seed() int64 { return f.today }

func (f *visitorForm) table() web.Table {
	t := web.Table{
		Caption: f.T("console.visit.tab.visitors"), Columns: []web.Column{{Head: f.T("console.visit.visitor")}, {Head: f.T("console.visit.contact")}, {Head: f.T("console.visit.forget"), Hidden: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconVisit, Title: f.T("console.visit.no_visitor"), Text: f.T("console.visit.no_visitor_text")}),
	}
	for _, n := range f.rows {
		last := web.Muted(f.T("console.visit.gone"))
		if n.Gone.IsZero() {
			last = web.Action(web.Button{Label: f.T("console.visit.forget"), Small: true, Kind: web.Quiet, Opens: "forget-" + n.ID.In(id.Visitor)})
		}
		t.Rows = append(t.Rows, web.Row{Quiet: !n.Gone.IsZero(), Cells: []templ.Component{twoLines(n.name, f.Say(n.Kind.Text())), web.Words(firstOr(n.Contact, "—")), last}})
	}
	return t
}

// shown is the scenario that is written, or empty for a new one.
func (f *scenarioForm) shown() string {
	if f.which == 0 {
		return ""
	}
	return f.which.In(id.Scenario)
}

func (f *scenarioForm) heading() string {
	if f.which == 0 {
		return f.T("console.visit.new_scenario")
	}
	return f.T("console.visit.scenario")
}
