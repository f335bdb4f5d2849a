package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/web"
)

func (p *simulationPage) pointTable() web.Table {
	return p.compare(p.comparison(p.T("console.simulator.points"), p.T("console.rule.sum")), p.sums())
}

func (p *simulationPage) costTable() web.Table {
	return p.compare(p.comparison(p.T("console.simulator.money"), p.T("console.simulator.figure")), p.costs())
}

// comparison is an empty table with a column for every world, and one for the
// change where there is one draft.
func (p *simulationPage) comparison(caption, first string) web.Table {
	t := web.Table{Caption: caption, ShowCaption: true, Columns: []web.Column{{Head: first}, {Head: p.T("console.rule.sim_now"), Figures: true}}}
	for i := range p.Drafts {
		t.Columns = append(t.Columns, web.Column{Head: p.column(i), Figures: true})
	}
	if len(p.Drafts) == 1 {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.rule.sim_change"), Figures: true})
	}
	return t
}

func (p *simulationPage) compare(t web.Table, figures []figure) web.Table {
	for _, f := range figures {
		var values []int64
		for _, o := range p.outcomes() {
			values = append(values, f.of(o))
		}
		t.Rows = append(t.Rows, web.Row{Cells: p.cells(f.name, f.say, f.sign, values...)})
	}
	return t
}

// cells are those of one row: the name, the values, and the change of the first
// draft where there is one alone.
func (p *simulationPage) cells(name string, say, sign func(int64) string, values ...int64) []templ.Component {
	cells := []templ.Component{web.Words(name)}
	for _, n := range values {
		cells = append(cells, web.Words(say(n)))
	}
	switch {
	case len(p.Drafts) > 1:
	case sign == nil:
		cells = append(cells, web.Words(""))
	default:
		cells = append(cells, web.Words(sign(values[1]-values[0])))
	}
	return cells
}

// rankTable counts the members of each rank in all worlds, the lowest first.
func (p *simulationPage) rankTable() web.Table {
	var rows []figure
	for _, code := range p.rankCodes() {
		rows = append(rows, figure{p.rankName(code), func(o flow.Outcome) int64 { return o.Ranks[code] }, p.Number, p.Signed})
	}
	return p.compare(p.comparison(p.T("console.rule.sim_ranks"), p.T("console.rule.rank")), rows)
}

// rankCodes are those of a drafted ladder in order, and then any other.
func (p *simulationPage) rankCodes() []string {
	var codes []string
	for _, d := range p.Drafts {
		for _, l := range d.Ladders {
			for _, r := range l.Versions[0].Ranks {
				codes = append(codes, r.Code)
			}
		}
	}
	for _, r := range p.ranks {
		codes = append(codes, r.Code)
	}
	var shown []string
	for _, code := range codes {
		held := slices.ContainsFunc(p.outcomes(), func(o flow.Outcome) bool { return o.Ranks[code] > 0 })
		if held && !slices.Contains(shown, code) {
			shown = append(shown, code)
		}
	}
	return shown
}

func (p *simulationPage) rankName(code string) string {
	for _, d := range p.Drafts {
		for _, l := range d.Ladders {
			for _, r := range l.Versions[0].Ranks {
				if r.Code == code {
					return r.Name
				}
			}
		}
	}
	return p.names.Value("rank", code)
}

// segmentTable shows by rank or by purchases what every world gives back, and
// who gains; a line for each world.
func (p *simulationPage) segmentTable(by string) web.Table {
	t := web.Table{Caption: p.T("console.simulator.by_" + by), ShowCaption: true, Columns: []web.Column{
		{Head: p.T("console.simulator.head_" + by)}, {Head: p.T("console.simulator.cost"), Figures: true},
		{Head: p.T("console.simulator.share_of_sales"), Figures: true}, {Head: p.T("console.simulator.share_of_value"), Figures: true},
		{Head: p.T("console.rule.sum_worth"), Figures: true}, {Head: p.T("console.simulator.who_gains"), Figures: true},
	}}
	for _, s := range p.Result.Segments {
		if s.By != by {
			continue
		}
		name := s.Value
		if by == "rank" {
			name = p.rankName(s.Value)
		}
		name += ", " + p.T("console.simulator.members", "n", s.Members)
		t.Rows = append(t.Rows, p.segmentRow(name, 0, s.Now, ""))
		for i, d := range s.Drafts {
			t.Rows = append(t.Rows, p.segmentRow(name, i+1, d.Figures, p.T("console.simulator.gain_lose", "gained", d.Gained, "lost", d.Lost)))
		}
	}
	return t
}

func (p *simulationPage) segmentRow(segment string, world int, f flow.Figures, gains string) web.Row {
	return web.Row{Cells: []templ.Component{
		web.TwoLines(p.world(world), segment), web.Words(p.Money(f.Cost(), "")), web.Words(p.percent(f.ShareOfSales())),
		web.Words(p.percent(f.ShareOfValue())), web.Words(p.Money(f.Owed, "")), web.Words(gains),
	}}
}

// moverTable lists the members for whom most would change by a draft.
func (p *simulationPage) moverTable(draft int) web.Table {
	caption := p.T("console.rule.movers")
	if len(p.Drafts) > 1 {
		caption = p.column(draft) + ": " + caption
	}
	t := web.Table{Caption: caption, ShowCaption: true, Columns: []web.Column{
		{Head: p.T("console.rule.member")}, {Head: p.T("console.rule.sim_now"), Figures: true}, {Head: p.column(draft), Figures: true},
		{Head: p.T("console.rule.sim_change"), Figures: true},
	}}
	for _, m := range p.Result.Drafts[draft].Movers {
		row := web.Row{Cells: []templ.Component{
			web.Words(p.person(m)), web.Words(p.Money(m.Now, "")), web.Words(p.Money(m.Draft, "")),
			web.TwoLines(p.SignedMoney(m.Draft-m.Now, ""), p.T("console.simulator.in_points", "points", p.signed(m.DraftPoints-m.NowPoints))),
		}}
		if p.can(auth.MembersRead) {
			row.Href = p.at("/members/" + m.MemberID.In(id.Member))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
