package console

import (
	"cmp"
	"math"
	"strconv"
	"strings"

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
		{Label: v.T("console.recovery.tab"), Href: v.at("/silence/recoveries"), Current: current == "recoveries"},
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
	var said string
	if s.Model.Leaves() {
		said = v.T("console.silence.says", "n", s.Said(), "silent", s.Count[churn.Silent], "unspoken", s.Left[churn.None])
	}
	if s.Model.Rates() && s.Run.Rhythms > 0 {
		said = strings.TrimSpace(said + " " + v.T("console.silence.says_unusual", "n", s.Run.Rhythms, "found", s.Run.Unusual, "chance", int64(math.Round(s.Run.Chance)), "clear", s.Run.Clear))
	}
	if s.Model.Rates() && s.Run.Unusual > 0 && float64(s.Run.Unusual) <= s.Run.Chance {
		said += " " + v.T("console.silence.no_more")
	}
	if said == "" {
		return ""
	}
	if s.Run.Few > 0 {
		said += " " + v.T("console.silence.few", "n", s.Run.Few, "days", churn.LeastDays)
	}
	return said
}

func (l *silentList) tiles() []web.Stat {
	if !l.summary.Model.Leaves() {
		return l.unusualTiles()
	}
	var list []web.Stat
	for _, s := range churn.States() {
		list = append(list, web.Stat{
			Sentence: l.T("console.silence.tile." + string(s)), Figure: l.Number(l.summary.Count[s]), Note: l.T("console.silence.goods_in_year", "sum", l.Money(l.summary.Goods[s], "")),
			Href: l.at("/silence", "state", string(s)),
		})
	}
	return list
}

// unusualTiles are the figures where nothing is known of leaving.
func (l *silentList) unusualTiles() []web.Stat {
	r, share := l.summary.Run, l.Percent(l.set.Unusual, 100, 0)
	return []web.Stat{
		{Sentence: l.T("console.silence.tile.unusual"), Figure: l.Number(r.Unusual), Note: l.T("console.silence.goods_in_year", "sum", l.Money(l.summary.RareGoods, "")), Href: l.at("/silence", "state", unusual)},
		{Sentence: l.T("console.silence.tile.by_chance"), Figure: l.Number(int64(math.Round(r.Chance))), Note: l.T("console.silence.chance_note")},
		{Sentence: l.T("console.silence.tile.clear"), Figure: l.Number(r.Clear), Note: l.T("console.silence.clear_note", "share", share)},
		{Sentence: l.T("console.silence.tile.known"), Figure: l.Number(r.Rhythms), Href: l.at("/silence", "state", however)},
	}
}

// how says by what somebody is called silent.
func (l *silentList) how() []string {
	var said []string
	if l.summary.Model.Leaves() {
		said = append(said, l.T("console.silence.how", "silent", l.set.Silent)+" "+l.foretold(l.summary))
	} else {
		said = append(said, l.T("console.silence.no_leaving"))
	}
	if l.summary.Model.Rates() {
		said = append(said, l.T("console.silence.how_unusual", "unusual", l.set.Unusual))
	}
	return said
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
	if l.measure.Model.Rates() {
		list = append(list, web.Option{Value: unusual, Label: l.T("churn.state.unusual")})
	}
	if l.measure.Model.Leaves() {
		for _, s := range churn.States() {
			list = append(list, web.Option{Value: string(s), Label: l.Say(s.Text())})
		}
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
func (v *visit) blamed(n *churn.Standing, m *churn.Measure) string {
	if !n.Quietly(m.Run.Day) {
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

// waited says how probable so long a wait is, and whether it is beyond chance.
func (v *visit) waited(n *churn.Standing, m *churn.Measure) string {
	wait, _, known := m.Wait(n)
	switch {
	case !known:
		return "—"
	case wait < 0.001:
		return v.T("console.silence.under_tenth")
	case wait < 0.1:
		return v.shareOf(wait)
	}
	return v.share(wait)
}

// standsSo says how somebody stands: where nothing is known of leaving, whether
// the silence is unusual.
func (v *visit) standsSo(n *churn.Standing, m *churn.Measure) templ.Component {
	if n.State != "" {
		return badgeAbout(standingTone(n.State), v.Say(n.State.Text()), v.standsSince(n))
	}
	if !n.Unusual(m.Run.Day) {
		return badgeAbout(web.Neutral, v.T("churn.state.as_usual"), v.standsSince(n))
	}
	begun := v.T("console.silence.since", "day", v.ShortDate((n.Last + churn.Day(n.Rare)).Begin(v.programme.Zone)))
	return badgeAbout(web.Warn, v.T("churn.state.unusual"), begun)
}

// waitCell is how probable so long a wait is, with what is beyond chance.
func (v *visit) waitCell(n *churn.Standing, m *churn.Measure) templ.Component {
	if m.Clear(n) {
		return web.TwoLines(v.waited(n, m), v.T("console.silence.clear"))
	}
	return web.Words(v.waited(n, m))
}

func (l *silentList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.silence.members"),
		Columns: []web.Column{
			{Head: l.T("console.members.who")}, {Head: l.T("console.silence.evidence")}, {Head: l.T("console.silence.state")}, {Head: l.T("console.silence.before")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconCheck, Title: l.T("console.silence.nobody"), Text: l.T("console.silence.nobody_text")}),
	}
	leaves, rates := l.measure.Model.Leaves(), l.measure.Model.Rates()
	if leaves {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.silence.chance"), Figures: true})
	}
	if rates && !leaves {
		t.Columns = append(t.Columns, web.Column{Head: l.T("console.silence.wait"), Figures: true})
	}
	t.Columns = append(t.Columns, web.Column{Head: l.T("console.silence.goods"), Figures: true})
	for i := range l.list {
		n := &l.list[i]
		row, known := l.rows[n.MemberID]
		if !known {
			continue
		}
		cells := []templ.Component{
			nameCell(l.visit, &row), twoLines(l.rhythm(n, &l.measure), l.T("console.silence.on_days", "n", n.Days)), l.standsSo(n, &l.measure), web.Words(l.blamed(n, &l.measure)),
		}
		switch {
		case leaves && rates:
			said := l.T("console.silence.wait_of", "chance", l.waited(n, &l.measure))
			if l.measure.Clear(n) {
				said = joined(said, l.T("console.silence.clear"))
			}
			cells = append(cells, web.TwoLines(l.chance(n, &l.measure), said))
		case leaves:
			cells = append(cells, web.Words(l.chance(n, &l.measure)))
		default:
			cells = append(cells, l.waitCell(n, &l.measure))
		}
		t.Rows = append(t.Rows, web.Row{Href: l.at("/members/" + n.MemberID.In(id.Member)), Quiet: row.Status == member.Erased, Cells: append(cells, web.Words(l.Money(n.Goods, "")))})
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
		{Term: v.T("console.silence.state"), About: v.standsSo(n, &p.measure)},
		{Term: v.T("console.silence.evidence"), About: web.Words(v.rhythm(n, &p.measure))},
	}
	var bounds []string
	if n.State != "" {
		bounds = append(bounds, v.T("console.silence.after", "slips", n.Slips, "quiet", n.Quiet))
	}
	if n.Rare > 0 {
		bounds = append(bounds, v.T("console.silence.rare_after", "n", n.Rare))
	}
	list = append(list, web.Definition{Term: v.T("console.silence.bounds"), About: web.Words(strings.Join(bounds, "; "))})
	if n.State == churn.Silent || n.State == churn.Slipping {
		list = append(list, web.Definition{Term: v.T("console.silence.chance"), About: web.Words(v.chance(n, &p.measure))})
	}
	if n.Quietly(p.measure.Run.Day) {
		if _, _, known := p.measure.Wait(n); known {
			list = append(list, web.Definition{Term: v.T("console.silence.wait"), About: v.waitCell(n, &p.measure)})
		}
		list = append(list, web.Definition{Term: v.T("console.silence.before"), About: web.Words(v.blamed(n, &p.measure))})
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
