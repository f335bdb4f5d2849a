package console

import (
	"cmp"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/churn"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// leastForetold is from how many on it is told who came back of the silent.
const leastForetold = 10

func (v *visit) silenceTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.silence.members"), Href: v.at("/silence"), Current: current == "members"},
		{Label: v.T("console.silence.settings"), Href: v.at("/silence/settings"), Current: current == "settings"},
	}
}

// unsaid tells why nothing is said of anybody.
func (v *visit) unsaid(s *churn.Summary) web.Hint {
	h := web.Hint{Icon: web.IconMoon, Title: v.T("console.silence.nothing"), Text: v.T("console.silence.too_few", "least", churn.LeastRepeaters)}
	if s.Run.Ended.IsZero() {
		h.Text = v.T("console.silence.not_looked")
	}
	return h
}

// silenceSays tells in a sentence how many are silent, if anything can be said.
func (v *visit) silenceSays(s *churn.Summary) string {
	if s.Model == nil {
		return ""
	}
	said := v.T("console.silence.says", "n", s.Said(), "silent", s.Count[churn.Silent], "unspoken", s.Left[churn.None])
	if s.Run.Few > 0 {
		said += " " + v.T("console.silence.few", "n", s.Run.Few, "days", churn.LeastDays)
	}
	return said
}

func (l *silentList) tiles() []web.Stat {
	var list []web.Stat
	for _, s := range churn.States() {
		list = append(list, web.Stat{
			Sentence: l.T("console.silence.tile." + string(s)), Figure: l.Number(l.summary.Count[s]), Note: l.T("console.silence.goods_in_year", "sum", l.Money(l.summary.Goods[s], "")),
			Href: l.at("/silence", "state", string(s)),
		})
	}
	return list
}

// foretold holds the silent against what they then did.
func (v *visit) foretold(s *churn.Summary) string {
	if s.Foretold < leastForetold {
		return v.T("console.silence.foretold_few", "n", s.Foretold)
	}
	share := s.CameBack()
	return v.T("console.silence.foretold", "n", s.Foretold, "came", s.Came, "value", v.share(share.Value), "low", v.share(share.Low), "high", v.share(share.High))
}

func (l *silentList) stateOptions() []web.Option {
	list := []web.Option{{Value: however, Label: l.T("console.silence.every_state")}}
	for _, s := range churn.States() {
		list = append(list, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(list, l.state)
}

func (l *silentList) troubleOptions() []web.Option {
	list := []web.Option{{Label: l.T("console.silence.every_trouble")}, {Value: unspoken, Label: l.Say(churn.None.Text())}}
	for _, t := range churn.Troubles() {
		list = append(list, web.Option{Value: string(t), Label: l.Say(t.Text())})
	}
	return web.Choose(list, l.trouble)
}

func (l *silentList) shopOptions() []web.Option {
	list := []web.Option{{Label: l.T("console.support.every_shop")}}
	for _, s := range l.shops {
		list = append(list, web.Option{Value: s.Code, Label: s.Name})
	}
	return web.Choose(list, l.shop)
}

// rhythm says how somebody usually buys, and when they did last.
func (v *visit) rhythm(n *churn.Standing, m *churn.Measure) string {
	usual := v.T("console.silence.usual", "low", n.Low, "high", n.High)
	if n.Low == n.High {
		usual = v.T("console.silence.usual_one", "n", n.Low)
	}
	return usual + ", " + v.T("console.silence.last", "n", m.Quiet(n))
}

// standsSince says since when somebody stands so.
func (v *visit) standsSince(n *churn.Standing) string {
	return v.T("console.silence.since", "day", v.ShortDate(n.Since.Begin(v.programme.Zone)))
}

// blamed says what went wrong before, of those of whom it was asked.
func (v *visit) blamed(n *churn.Standing) string {
	if n.State != churn.Silent && n.State != churn.Slipping {
		return "—"
	}
	said := v.Say(n.Trouble.Text())
	if !n.TroubleAt.IsZero() {
		said = joined(said, v.ShortDate(n.TroubleAt))
	}
	return said
}

func (v *visit) chance(n *churn.Standing, m *churn.Measure) string {
	chance, known := m.Chance(n)
	switch {
	case !known:
		return "—"
	case chance < 0.01:
		return v.T("console.silence.under_one")
	}
	return v.share(chance)
}

func (l *silentList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.silence.members"),
		Columns: []web.Column{
			{Head: l.T("console.members.who")}, {Head: l.T("console.silence.evidence")}, {Head: l.T("console.silence.state")}, {Head: l.T("console.silence.before")},
			{Head: l.T("console.silence.chance"), Figures: true}, {Head: l.T("console.silence.goods"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconCheck, Title: l.T("console.silence.nobody"), Text: l.T("console.silence.nobody_text")}),
	}
	for i := range l.list {
		n := &l.list[i]
		row, known := l.rows[n.MemberID]
		if !known {
			continue
		}
		t.Rows = append(t.Rows, web.Row{Href: l.at("/members/" + n.MemberID.In(id.Member)), Quiet: row.Status == member.Erased, Cells: []templ.Component{
			nameCell(l.visit, &row), twoLines(l.rhythm(n, &l.measure), l.T("console.silence.on_days", "n", n.Days)), badgeAbout(standingTone(n.State), l.Say(n.State.Text()), l.standsSince(n)),
			web.Words(l.blamed(n)), web.Words(l.chance(n, &l.measure)), web.Words(l.Money(n.Goods, "")),
		}})
	}
	return t
}

func (l *silentList) cursor() web.Cursor {
	page := func(trail string) string {
		return l.at("/silence", "state", l.state, "trouble", l.trouble, "shop", l.shop, trailName, trail)
	}
	c := web.Cursor{Target: "#found"}
	if len(l.list) > 0 {
		c.Shown = l.T("console.silence.shown", "n", len(l.list))
	}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != "" {
		c.Next = page(l.trail.forth(l.next))
	}
	return c
}

// value is a field of the form: as it was typed, else as it holds.
func (f *silenceForm) value(name string, holds int64) string {
	if f.errs != nil {
		return f.field(name)
	}
	return strconv.FormatInt(holds, 10)
}

// learnt says from what it was learnt how customers buy.
func (f *silenceForm) learnt() string {
	m := f.summary.Model
	if m == nil {
		return f.T("console.silence.too_few", "least", churn.LeastRepeaters)
	}
	return f.T("console.silence.learnt", "day", f.Date(m.Learnt), "n", m.Members, "repeaters", m.Repeaters)
}

// readStanding reads how the person stands, for those who may see it.
func (c *Console) readStanding(v *visit, p *person) error {
	if !v.can(auth.ChurnRead) {
		return nil
	}
	var err error
	if p.stands, p.changes, err = c.Churn.Of(v.ctx(), v.actor, v.programme.ID, p.ID); err != nil || p.stands == nil {
		return err
	}
	p.measure, err = c.Churn.Measure(v.ctx(), v.actor, v.programme.ID)
	return err
}

// changesShown is how many changes of somebody's state their page tells.
const changesShown = 3

// standing tells how the person stands, and how that changed.
func (p *person) standing(v *visit) []web.Definition {
	n := p.stands
	list := []web.Definition{
		{Term: v.T("console.silence.state"), About: badgeAbout(standingTone(n.State), v.Say(n.State.Text()), v.standsSince(n))},
		{Term: v.T("console.silence.evidence"), About: web.Words(v.rhythm(n, &p.measure))},
		{Term: v.T("console.silence.bounds"), About: web.Words(v.T("console.silence.after", "slips", n.Slips, "quiet", n.Quiet))},
	}
	if n.State == churn.Silent || n.State == churn.Slipping {
		list = append(list, web.Definition{Term: v.T("console.silence.chance"), About: web.Words(v.chance(n, &p.measure))}, web.Definition{Term: v.T("console.silence.before"), About: web.Words(v.blamed(n))})
	}
	for _, c := range p.changes[:min(changesShown, len(p.changes))] {
		if c.To != "" {
			list = append(list, web.Definition{Term: v.ShortDate(c.Day.Begin(v.programme.Zone)), About: web.Words(v.Say(c.To.Text()))})
		}
	}
	return list
}

func standingTone(s churn.State) web.Tone {
	tone := map[churn.State]web.Tone{churn.Silent: web.Bad, churn.Slipping: web.Warn, churn.Returned: web.Good}[s]
	return cmp.Or(tone, web.Neutral)
}
