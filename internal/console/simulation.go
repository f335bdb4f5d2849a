package console

import (
	"cmp"
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
		row("console.rule.sum_worth", func(o flow.Outcome) int64 { return o.Figures.Owed }),
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

// chartSentence says the two figures that matter most in every world.
func (p *simulationPage) chartSentence() string {
	var says []string
	for i, o := range p.outcomes() {
		says = append(says, p.T("console.simulator.chart_says", "world", p.world(i), "given", p.points(o.Issued), "owed", p.points(o.Liability)))
	}
	return strings.Join(says, " ")
}

// world heads the figures of a world: the programme as it is is the first, the
// drafts follow.
func (p *simulationPage) world(i int) string {
	if i == 0 {
		return p.T("console.rule.sim_now")
	}
	return p.column(i - 1)
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
		parts = append(parts, p.T("console.rule.sim_short", "sum", p.SignedMoney(d.Figures.Owed-p.Result.Now.Figures.Owed, "")))
	}
	return strings.Join(parts, " · ")
}
