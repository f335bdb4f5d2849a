package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/web"
)

// namePeople reads the names of the members who are most affected.
func (c *Console) namePeople(p *simulationPage) error {
	p.people = map[id.ID]string{}
	if p.Result == nil || !p.can(auth.MembersRead) {
		return nil
	}
	var ids []id.ID
	for _, d := range p.Result.Drafts {
		for _, m := range d.Movers {
			ids = append(ids, m.MemberID)
		}
	}
	found, err := member.Read(p.ctx(), c.DB.Reader(), ids)
	if err != nil {
		return err
	}
	identities, err := member.Identities(p.ctx(), c.DB.Reader(), ids)
	for one, m := range found {
		p.people[one] = shownName(p.visit, m, identities[m.ID])
	}
	return err
}

// path is the address of the simulation.
func (p *simulationPage) path() string {
	return p.at("/simulator/" + p.ID.In(id.Simulation))
}

// called names all that was simulated.
func (p *simulationPage) called() string {
	names := make([]string, len(p.Drafts))
	for i := range p.Drafts {
		names[i] = p.draftName(i)
	}
	return strings.Join(names, " · ")
}

func (p *simulationPage) draftName(i int) string {
	return cmp.Or(p.Drafts[i].Name, p.T("console.simulator.draft_"+string(rune('a'+i))))
}

func (p *simulationPage) head() web.Head {
	h := web.Head{
		Title:  p.T("console.rule.simulation_of", "name", p.called()),
		Crumbs: []web.Crumb{{Label: p.T("console.simulator.title"), Href: p.at("/simulator")}, {Label: p.T("console.rule.simulation")}},
	}
	if name, href := p.origin(); href != "" {
		h.Actions = web.Action(web.Button{Label: p.T("console.simulator.back_to", "name", name), Href: href})
	}
	return h
}

// origin is where the draft stands that was simulated, if it is one alone.
func (p *simulationPage) origin() (name, href string) {
	if len(p.Drafts) != 1 {
		return "", ""
	}
	d := p.Drafts[0]
	if len(d.Rules)+len(d.Ladders)+len(d.Offers)+len(d.Rewards) != 1 {
		return "", ""
	}
	switch {
	case len(d.Rules) == 1:
		href = "/programme/rules/" + d.Rules[0].Rule.ID.In(id.Rule)
	case len(d.Ladders) == 1:
		href = "/programme/ranks/" + d.Ladders[0].ID.In(id.Ladder)
	case len(d.Offers) == 1:
		href = "/offers/" + d.Offers[0].OfferID.In(id.Offer)
	default:
		href = "/rewards/" + d.Rewards[0].ID.In(id.Reward)
	}
	return p.draftName(0), p.at(href)
}

// finished reports whether nothing more is to come.
func (p *simulationPage) finished() bool {
	return p.Result != nil || p.Failed != nil || p.job.State == jobs.Dead
}

// noticed heads what is said of a draft: by its name where there are two.
func (p *simulationPage) noticed(draft int) string {
	if len(p.Drafts) > 1 {
		return p.numbered(draft)
	}
	return p.sentence(draft)
}

// sentence says what a draft would change, most important first.
func (p *simulationPage) sentence(draft int) string {
	return p.Result.Sentence(p.Printer, p.decimals, draft)
}

func (p *simulationPage) points(n int64) string { return p.Decimal(n, p.decimals) }

// percent shows a share that is told per 10,000.
func (p *simulationPage) percent(n int64) string { return p.Percent(n, 10_000, 2) }

func (p *simulationPage) signed(n int64) string {
	switch {
	case n > 0:
		return "+" + p.points(n)
	case n < 0:
		return "−" + p.points(-n)
	}
	return "0"
}

// figure is a row in which all worlds are set side by side.
type figure struct {
	name string
	of   func(flow.Outcome) int64
	say  func(int64) string
	sign func(int64) string // of a change; nil where none is shown
}

func (p *simulationPage) sums() []figure {
	row := func(key string, of func(flow.Outcome) int64) figure { return figure{p.T(key), of, p.points, p.signed} }
	return []figure{
		row("console.rule.sum_issued", func(o flow.Outcome) int64 { return o.Issued }),
		row("console.rule.sum_clawed", func(o flow.Outcome) int64 { return o.ClawedBack }),
		row("console.rule.sum_expired", func(o flow.Outcome) int64 { return o.Expired }),
		row("console.rule.sum_spent", func(o flow.Outcome) int64 { return o.Spent }),
		row("console.rule.sum_owed", func(o flow.Outcome) int64 { return o.Liability }),
	}
}

func (p *simulationPage) costs() []figure {
	money := func(n int64) string { return p.Money(n, "") }
	signed := func(n int64) string { return p.SignedMoney(n, "") }
	row := func(key string, of func(flow.Outcome) int64) figure { return figure{p.T(key), of, money, signed} }
	share := func(key string, of func(flow.Outcome) int64) figure { return figure{p.T(key), of, p.percent, nil} }
	return []figure{
		row("console.rule.sum_worth", func(o flow.Outcome) int64 { return o.LiabilityMinor }),
		row("flow.simulated.goods", func(o flow.Outcome) int64 { return o.Figures.Goods }),
		row("flow.simulated.discounts", func(o flow.Outcome) int64 { return o.Figures.Discounts }),
		row("flow.simulated.points", func(o flow.Outcome) int64 { return o.Figures.Points }),
		row("console.simulator.cost", func(o flow.Outcome) int64 { return o.Figures.Cost() }),
		share("console.simulator.share_of_sales", func(o flow.Outcome) int64 { return o.Figures.ShareOfSales() }),
		share("console.simulator.share_of_value", func(o flow.Outcome) int64 { return o.Figures.ShareOfValue() }),
	}
}

// chart sets all worlds side by side.
func (p *simulationPage) chart() web.Chart {
	ch := web.Chart{
		ID: "points", Title: p.T("console.rule.sim_chart"), Sentence: p.chartSentence(), LabelHead: p.T("console.rule.sum"),
		Series: []web.Series{{Name: p.T("console.rule.sim_now")}}, Figure: p.points,
	}
	for i := range p.Result.Drafts {
		ch.Series = append(ch.Series, web.Series{Name: p.column(i)})
	}
	for _, s := range p.sums() {
		ch.Labels = append(ch.Labels, s.name)
		for i, o := range p.outcomes() {
			ch.Series[i].Values = append(ch.Series[i].Values, s.of(o))
		}
	}
	return ch
}

// outcomes are those of all worlds, as it is first.
func (p *simulationPage) outcomes() []flow.Outcome {
	all := []flow.Outcome{p.Result.Now}
	for _, d := range p.Result.Drafts {
		all = append(all, d.Outcome)
	}
	return all
}

// column heads what a draft says.
func (p *simulationPage) column(i int) string {
	if len(p.Drafts) == 1 {
		return p.T("console.rule.sim_draft")
	}
	return p.T("console.simulator.draft_" + string(rune('a'+i)))
}

// numbered names a draft among others as its column does.
func (p *simulationPage) numbered(i int) string { return p.column(i) + ": " + p.draftName(i) }

// chartSentence says the two figures that matter most in the first two worlds.
func (p *simulationPage) chartSentence() string {
	n, d := p.Result.Now, p.Result.Drafts[0]
	return p.T("console.rule.sim_chart_says", "given", p.points(n.Issued), "would", p.points(d.Issued), "owed", p.points(n.Liability), "then", p.points(d.Liability))
}

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

// segmentTable shows by rank or by purchases what is given back, and who gains.
func (p *simulationPage) segmentTable(by string) web.Table {
	t := web.Table{Caption: p.T("console.simulator.by_" + by), ShowCaption: true, Columns: []web.Column{
		{Head: p.T("console.simulator.head_" + by)}, {Head: p.T("console.rule.sim_now"), Figures: true},
	}}
	for i := range p.Drafts {
		t.Columns = append(t.Columns, web.Column{Head: p.column(i), Figures: true})
	}
	for _, s := range p.Result.Segments {
		if s.By != by {
			continue
		}
		name := s.Value
		if by == "rank" {
			name = p.rankName(s.Value)
		}
		cells := []templ.Component{
			web.TwoLines(name, p.T("console.simulator.members", "n", s.Members)), web.Words(p.percent(s.Now.ShareOfSales())),
		}
		for _, d := range s.Drafts {
			cells = append(cells, web.TwoLines(p.percent(d.ShareOfSales()), p.T("console.simulator.gain_lose", "gained", d.Gained, "lost", d.Lost)))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
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

func (p *simulationPage) person(m flow.Mover) string {
	return cmp.Or(p.people[m.MemberID], m.MemberID.In(id.Member))
}

func (p *simulationPage) whatTitle(draft int) string {
	if len(p.Drafts) == 1 {
		return p.T("console.rule.sim_what")
	}
	return p.numbered(draft)
}

// said is what a draft says, in sentences.
func (p *simulationPage) said(draft int) []string {
	var all []string
	d := p.Drafts[draft]
	for i := range d.Rules {
		all = append(all, p.describe(&d.Rules[i], p.names)...)
	}
	for i := range d.Ladders {
		all = append(all, p.ladderSentences(&d.Ladders[i].Versions[0].Definition)...)
	}
	for i := range d.Offers {
		all = append(all, p.tell(&d.Offers[i], p.offers)...)
	}
	for _, r := range d.Rewards {
		all = append(all, p.T("console.simulator.reward_costs", "name", r.Name, "points", p.points(r.Points)))
	}
	return all
}

// simulationTable lists simulations.
func simulationTable(v *visit, list []simulation) web.Table {
	t := web.Table{Caption: v.T("console.rule.simulated"), Columns: []web.Column{
		{Head: v.T("console.rule.asked")}, {Head: v.T("console.simulator.what")}, {Head: v.T("console.rule.sim_change")},
	}}
	for i := range list {
		p := &simulationPage{visit: v, simulation: &list[i]}
		t.Rows = append(t.Rows, web.Row{Href: p.path(), Cells: []templ.Component{
			web.Words(v.DateTime(p.ID.Time())), web.Words(p.called()), web.Words(p.short()),
		}})
	}
	return t
}

// short says in a few words what came of a simulation.
func (p *simulationPage) short() string {
	switch {
	case p.Failed != nil:
		return p.Failed.Say(p.Printer)
	case p.Result == nil:
		return p.T("console.rule.sim_running")
	}
	var parts []string
	for _, d := range p.Result.Drafts {
		parts = append(parts, p.T("console.rule.sim_short", "sum", p.SignedMoney(d.LiabilityMinor-p.Result.Now.LiabilityMinor, "")))
	}
	return strings.Join(parts, " · ")
}
