package console

import (
	"cmp"
	"slices"

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
	for _, m := range p.Result.Movers {
		ids = append(ids, m.MemberID)
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
	return p.at("/programme/simulations/" + p.ID.In(id.Simulation))
}

// of names what was simulated, and where that stands.
func (p *simulationPage) of() (name, href string) {
	if p.Rule != nil {
		return p.Rule.Rule.Name, p.at("/programme/rules/" + p.Rule.Rule.ID.In(id.Rule))
	}
	return p.Ladder.Versions[0].Name, p.at("/programme/ranks/" + p.Ladder.ID.In(id.Ladder))
}

func (p *simulationPage) head() web.Head {
	name, href := p.of()
	h := web.Head{Title: p.T("console.rule.simulation_of", "name", name), Crumbs: append(p.ruleCrumbs(name), web.Crumb{Label: p.T("console.rule.simulation")})}
	h.Crumbs[1].Href = href
	if p.Ladder != nil {
		h.Crumbs[0] = web.Crumb{Label: p.T("console.rule.tab.ranks"), Href: p.at("/programme/ranks")}
	}
	h.Actions = web.Action(web.Button{Label: p.T("console.rule.back_to_draft"), Href: href})
	return h
}

// finished reports whether nothing more is to come.
func (p *simulationPage) finished() bool {
	return p.Result != nil || p.Failed != nil || p.job.State == jobs.Dead
}

// sentence says what the draft would change, most important first.
func (p *simulationPage) sentence() string { return p.Result.Sentence(p.Printer, p.decimals) }

func (p *simulationPage) points(n int64) string { return p.Decimal(n, p.decimals) }

func (p *simulationPage) signed(n int64) string {
	switch {
	case n > 0:
		return "+" + p.points(n)
	case n < 0:
		return "−" + p.points(-n)
	}
	return "0"
}

// compared is a sum in both worlds.
type compared struct {
	name       string
	now, draft int64
}

func (p *simulationPage) sums() []compared {
	n, d := p.Result.Now, p.Result.Draft
	return []compared{
		{p.T("console.rule.sum_issued"), n.Issued, d.Issued},
		{p.T("console.rule.sum_clawed"), n.ClawedBack, d.ClawedBack},
		{p.T("console.rule.sum_expired"), n.Expired, d.Expired},
		{p.T("console.rule.sum_spent"), n.Spent, d.Spent},
		{p.T("console.rule.sum_owed"), n.Liability, d.Liability},
	}
}

// chart sets both worlds side by side.
func (p *simulationPage) chart() web.Chart {
	ch := web.Chart{
		ID: "points", Title: p.T("console.rule.sim_chart"), Sentence: p.chartSentence(), LabelHead: p.T("console.rule.sum"),
		Series: []web.Series{{Name: p.T("console.rule.sim_now")}, {Name: p.T("console.rule.sim_draft")}},
		Figure: p.points,
	}
	for _, s := range p.sums() {
		ch.Labels = append(ch.Labels, s.name)
		ch.Series[0].Values = append(ch.Series[0].Values, s.now)
		ch.Series[1].Values = append(ch.Series[1].Values, s.draft)
	}
	return ch
}

// chartSentence says the two figures that matter most in both worlds.
func (p *simulationPage) chartSentence() string {
	n, d := p.Result.Now, p.Result.Draft
	return p.T("console.rule.sim_chart_says", "given", p.points(n.Issued), "would", p.points(d.Issued), "owed", p.points(n.Liability), "then", p.points(d.Liability))
}

func (p *simulationPage) table() web.Table {
	t := p.comparison(p.T("console.rule.sim_points"), p.T("console.rule.sum"))
	for _, s := range p.sums() {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(s.name), web.Words(p.points(s.now)), web.Words(p.points(s.draft)), web.Words(p.signed(s.draft - s.now)),
		}})
	}
	n, d := p.Result.Now.LiabilityMinor, p.Result.Draft.LiabilityMinor
	t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
		web.Words(p.T("console.rule.sum_worth")), web.Words(p.Money(n, "")), web.Words(p.Money(d, "")), web.Words(p.SignedMoney(d-n, "")),
	}})
	return t
}

func (p *simulationPage) comparison(caption, first string) web.Table {
	return web.Table{Caption: caption, ShowCaption: true, Columns: []web.Column{
		{Head: first}, {Head: p.T("console.rule.sim_now"), Figures: true}, {Head: p.T("console.rule.sim_draft"), Figures: true},
		{Head: p.T("console.rule.sim_change"), Figures: true},
	}}
}

// rankTable counts the members of each rank in both worlds, the lowest first.
func (p *simulationPage) rankTable() web.Table {
	t := p.comparison(p.T("console.rule.sim_ranks"), p.T("console.rule.rank"))
	for _, code := range p.rankCodes() {
		n, d := p.Result.Now.Ranks[code], p.Result.Draft.Ranks[code]
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.rankName(code)), web.Words(p.Number(n)), web.Words(p.Number(d)), web.Words(p.Signed(d - n)),
		}})
	}
	return t
}

// rankCodes are those of the ladder in order, and then any other.
func (p *simulationPage) rankCodes() []string {
	var codes []string
	if p.Ladder != nil {
		for _, r := range p.Ladder.Versions[0].Ranks {
			codes = append(codes, r.Code)
		}
	}
	for _, r := range p.ranks {
		if !slices.Contains(codes, r.Code) {
			codes = append(codes, r.Code)
		}
	}
	return slices.DeleteFunc(codes, func(code string) bool {
		_, now := p.Result.Now.Ranks[code]
		_, then := p.Result.Draft.Ranks[code]
		return !now && !then
	})
}

func (p *simulationPage) rankName(code string) string {
	if p.Ladder != nil {
		for _, r := range p.Ladder.Versions[0].Ranks {
			if r.Code == code {
				return r.Name
			}
		}
	}
	return p.names.Value("rank", code)
}

// moverTable lists the members for whom most would change.
func (p *simulationPage) moverTable() web.Table {
	t := p.comparison(p.T("console.rule.movers"), p.T("console.rule.member"))
	for _, m := range p.Result.Movers {
		row := web.Row{Cells: []templ.Component{
			web.Words(p.person(m)), web.Words(p.points(m.Now)), web.Words(p.points(m.Draft)), web.Words(p.signed(m.Draft - m.Now)),
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

// said is what was simulated, in sentences.
func (p *simulationPage) said() []string {
	if p.Rule != nil {
		return p.describe(p.Rule, p.names)
	}
	return p.ladderSentences(&p.Ladder.Versions[0].Definition)
}

// simulationTable lists the simulations of a draft.
func simulationTable(v *visit, list []simulation) web.Table {
	t := web.Table{Caption: v.T("console.rule.simulated"), Columns: []web.Column{
		{Head: v.T("console.rule.asked")}, {Head: v.T("console.rule.sim_change")},
	}}
	for i := range list {
		p := &simulationPage{visit: v, simulation: &list[i]}
		t.Rows = append(t.Rows, web.Row{Href: p.path(), Cells: []templ.Component{web.Words(v.DateTime(p.ID.Time())), web.Words(p.short())}})
	}
	return t
}

// short says in a few words what came of a simulation.
func (p *simulationPage) short() string {
	switch {
	case p.Failed != nil:
		return p.Failed.say(p.Printer)
	case p.Result == nil:
		return p.T("console.rule.sim_running")
	}
	return p.T("console.rule.sim_short",
		"sum", p.SignedMoney(p.Result.Draft.LiabilityMinor-p.Result.Now.LiabilityMinor, ""))
}
