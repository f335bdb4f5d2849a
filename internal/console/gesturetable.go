package console

import (
	"math"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/gesture"
	"regulars/internal/id"
	"regulars/internal/stats"
	"regulars/internal/web"
)

func (l *gestureShelf) table() web.Table {
	t := web.Table{
		Caption: l.T("console.gesture.title"), Columns: []web.Column{{Head: l.T("console.gesture.name")}, {Head: l.T("console.gesture.state")}, {Head: l.T("console.gesture.cost"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconGesture, Title: l.T("console.gesture.none"), Text: l.T("console.gesture.none_text")}),
	}
	for _, g := range l.list {
		t.Rows = append(t.Rows, web.Row{Href: l.gestureAt(g.ID, ""), Quiet: !g.Active(), Cells: []templ.Component{
			ownLines(l.own(g.Spec.Names), l.limitsOf(g)), gestureState(l.visit, g), web.Words(l.costOf(g)),
		}})
	}
	return t
}

func gestureState(v *visit, g *gesture.Gesture) templ.Component {
	switch {
	case !g.Active():
		return web.Badge(web.Neutral, v.T("console.gesture.is_retired"))
	case !g.Measured.IsZero():
		return web.Badge(web.Accent, v.T("console.gesture.is_measured"))
	}
	return web.Badge(web.Good, v.T("console.gesture.is_active"))
}

func (v *visit) costOf(g *gesture.Gesture) string {
	if g.Spec.Cost == 0 {
		return "—"
	}
	return v.Money(g.Spec.Cost, g.Spec.Currency)
}

// limitsOf says in a line what it is and how seldom it is given.
func (v *visit) limitsOf(g *gesture.Gesture) string {
	said := []string{v.Say(g.Spec.Kind.Text())}
	if g.Spec.EveryDays > 0 {
		said = append(said, v.T("console.gesture.once_in", "n", g.Spec.EveryDays))
	}
	if g.Spec.MonthMost > 0 {
		said = append(said, v.T("console.gesture.month_short", "n", g.Spec.MonthMost))
	}
	return joined(said...)
}

// lead says what was given, and what it cost or saved.
func (p *gesturePage) lead() string {
	switch {
	case p.Given == 0:
		return p.T("console.gesture.lead_none")
	case p.Spec.Kind == gesture.Tip:
		return p.T("console.gesture.lead_tip", "n", p.Given, "people", p.People, "sum", p.Money(p.Saved, ""))
	}
	return p.T("console.gesture.lead_given", "n", p.Given, "people", p.People, "sum", p.Money(p.Cost, ""))
}

func (p *gesturePage) actions() templ.Component {
	if !p.Active() || !p.can(auth.GesturesWrite) {
		return nil
	}
	return web.Actions(web.Button{Label: p.T("console.known.edit"), Icon: web.IconEdit, Href: p.gestureAt(p.ID, "/edit")}, web.Button{Label: p.T("console.gesture.retire"), Kind: web.Quiet, Opens: "retire"})
}

func (p *gesturePage) facts() []web.Definition {
	s := &p.Spec
	list := []web.Definition{{Term: p.T("console.gesture.state"), About: gestureState(p.visit, p.Gesture)}, {Term: p.T("console.gesture.kind"), About: web.Words(p.Say(s.Kind.Text()))}}
	fact := func(term, about string) {
		if about != "" {
			list = append(list, web.Definition{Term: p.T("console.gesture." + term), About: web.Words(about)})
		}
	}
	if s.Cost > 0 {
		fact("cost", p.Money(s.Cost, s.Currency))
	}
	if s.EveryDays > 0 {
		fact("seldom", p.T("console.gesture.once_in", "n", s.EveryDays))
	}
	fact("this_month", p.Number(p.Month))
	if s.MonthMost > 0 {
		fact("month", p.Number(s.MonthMost))
	}
	if s.Kind == gesture.Favour {
		if s.CalmDays > 0 {
			fact("calm_short", p.T("console.gesture.days", "n", s.CalmDays))
		}
		fact("during_short", p.T("console.gesture.during_"+tick01(s.DuringCase)))
	}
	if s.Withhold > 0 {
		fact("withhold", p.Percent(int64(s.Withhold), 10_000, 0))
	}
	var roles, shops []string
	for _, r := range s.Roles {
		roles = append(roles, p.Say(r.Text()))
	}
	for _, n := range s.Shops {
		shops = append(shops, p.shops[n])
	}
	fact("roles", joined(roles...))
	fact("shops", joined(shops...))
	if !p.Retired.IsZero() {
		fact("retired_on", p.Date(p.Retired))
	}
	return list
}

func tick01(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// points shows a difference between shares in parts of a hundred.
func (p *gesturePage) points(i stats.Interval) (value, low, high string) {
	one := func(x float64) string { return p.figures().show(int64(math.Round(x*1000)), 1) }
	return one(i.Value), one(i.Low), one(i.High)
}

// effectSays tells what the draw showed.
func (p *gesturePage) effectSays() []string {
	e := p.Effect
	if !e.Shown {
		return []string{p.T("console.gesture.effect_few", "given", e.Given.N, "withheld", e.Withheld.N, "least", gesture.LeastPeople, "waiting", e.Waiting)}
	}
	value, low, high := p.points(e.Back)
	said := []string{
		p.T("console.gesture.effect_"+direction(e.Back), "value", value, "low", low, "high", high),
		p.T("console.gesture.effect_money", "value", p.mean(e.Money.Value), "low", p.mean(e.Money.Low), "high", p.mean(e.Money.High), "cost", p.Money(p.Spec.Cost, p.Spec.Currency)),
	}
	if e.Waiting > 0 {
		said = append(said, p.T("console.gesture.effect_waiting", "n", e.Waiting))
	}
	return said
}

func (p *gesturePage) effectTable() web.Table {
	t := web.Table{Caption: p.T("console.gesture.effect"), Columns: []web.Column{
		{Head: p.T("console.gesture.group")}, {Head: p.T("console.gesture.people"), Figures: true}, {Head: p.T("console.gesture.again"), Figures: true}, {Head: p.T("console.gesture.each"), Figures: true},
	}}
	for _, row := range []struct {
		name string
		g    gesture.Group
	}{{"given", p.Effect.Given}, {"withheld", p.Effect.Withheld}} {
		again, each := "—", "—"
		if row.g.N >= gesture.LeastPeople {
			w := stats.Wilson(row.g.Again, row.g.N, stats.Confidence)
			again, each = p.T("console.standard.figure", "value", p.shareOf(w.Value), "low", p.shareOf(w.Low), "high", p.shareOf(w.High)), p.mean(float64(row.g.Goods)/float64(row.g.N))
		} else if row.g.N > 0 {
			again = p.Number(row.g.Again)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.T("console.gesture.group_" + row.name)), web.Words(p.Number(row.g.N)), web.Words(again), web.Words(each)}})
	}
	return t
}

// followedSays tells what was, without a draw.
func (p *gesturePage) followedSays() []string {
	f := p.Followed
	if !f.Shown {
		return []string{p.T("console.gesture.followed_few", "had", f.Had, "matched", f.Matched, "least", gesture.LeastPeople)}
	}
	value, low, high := p.points(f.Difference)
	return []string{p.T("console.gesture.followed_says", "n", f.Matched, "share", p.shareOf(float64(f.Again)/float64(f.Matched)), "others", f.Others,
		"others_share", p.shareOf(float64(f.OthersAgain)/float64(f.Others)), "value", value, "low", low, "high", high),
		p.T("console.gesture.followed_money", "each", p.mean(float64(f.Goods)/float64(f.Matched)), "others_each", p.mean(float64(f.OthersGoods)/float64(f.Others)),
			"value", p.mean(f.Money.Value), "low", p.mean(f.Money.Low), "high", p.mean(f.Money.High))}
}

func (p *gesturePage) withdrawalSays() []string {
	w := p.Withdrawal
	switch {
	case w.Early:
		return []string{p.T("console.gesture.withdrawal_early", "at", w.At, "until", w.Until)}
	case !w.Shown:
		return []string{p.T("console.gesture.withdrawal_few", "had", w.Had, "never", w.Never, "least", gesture.LeastPeople)}
	}
	d := w.Difference
	return []string{p.T("console.gesture.withdrawal_"+direction(d), "value", p.mean(math.Abs(d.Value)), "low", p.mean(d.Low), "high", p.mean(d.High))}
}

func (p *gesturePage) withdrawalTable() web.Table {
	t := web.Table{Caption: p.T("console.gesture.withdrawal"), Columns: []web.Column{
		{Head: p.T("console.gesture.group")}, {Head: p.T("console.gesture.people"), Figures: true}, {Head: p.T("console.gesture.before"), Figures: true}, {Head: p.T("console.gesture.after"), Figures: true},
	}}
	w := p.Withdrawal
	row := func(name string, n, before, after int64) {
		mean := func(sum int64) string {
			if n < gesture.LeastPeople {
				return "—"
			}
			return p.mean(float64(sum) / float64(n))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.T("console.gesture.group_" + name)), web.Words(p.Number(n)), web.Words(mean(before)), web.Words(mean(after))}})
	}
	row("had", w.Had, w.HadBefore, w.HadAfter)
	row("never", w.Never, w.NeverBefore, w.NeverAfter)
	return t
}

func givingState(v *visit, n gesture.State) templ.Component {
	tone := map[gesture.State]web.Tone{gesture.Given: web.Good, gesture.Withheld: web.Neutral, gesture.TakenBack: web.Neutral}[n]
	return web.Badge(tone, v.Say(n.Text()))
}

// givenBy says who gave it and where.
func givenBy(v *visit, n *gesture.Giving, actors map[string]string, shops map[id.ID]string) string {
	return joined(firstOr(actors[n.Actor], v.T("console.gesture.by_system")), shops[n.ShopID])
}

func (p *gesturePage) givingTable() web.Table {
	t := web.Table{
		Caption: p.T("console.gesture.givings"), Columns: []web.Column{{Head: p.T("console.gesture.to_whom")}, {Head: p.T("console.gesture.state")}, {Head: p.T("console.gesture.at"), Figures: true}},
		Empty: web.Muted(p.T("console.gesture.givings_none")),
	}
	for _, n := range p.givings {
		row := web.Row{Quiet: n.State == gesture.TakenBack}
		who := firstOr(p.names[n.MemberID], n.MemberID.In(id.Member))
		if p.can(auth.MembersRead) {
			row.Href = p.at("/members/" + n.MemberID.In(id.Member) + "/gestures")
		}
		row.Cells = []templ.Component{twoLines(who, givenBy(p.visit, n, p.actors, p.shops)), givingState(p.visit, n.State), web.Words(p.ShortDate(n.At))}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (m *memberGestures) boxAction() string {
	if m.can(auth.GesturesGive) {
		return m.T("console.gesture.give")
	}
	return m.T("console.plan.see")
}

func (m *memberGestures) giveButton() []web.Button {
	if !m.possible() {
		return nil
	}
	return []web.Button{{Label: m.T("console.gesture.give_do"), Kind: web.Primary}}
}

func (m *memberGestures) table() web.Table {
	t := web.Table{
		Caption: m.T("console.gesture.had"), Columns: []web.Column{{Head: m.T("console.gesture.name")}, {Head: m.T("console.gesture.state")}, {Head: m.T("console.gesture.at"), Figures: true}, {Head: m.T("console.gesture.mistake")}},
		Empty: web.Muted(m.T("console.gesture.none_of_member")),
	}
	for _, n := range m.list {
		about := givenBy(m.visit, n, m.actors, m.shops)
		if n.Advised != "" {
			about = joined(about, m.T("console.gesture.instead", "advised", n.Advised, "asked", firstOr(n.Asked, "—")))
		}
		if n.Saved > 0 {
			about = joined(about, m.T("console.gesture.kept", "sum", m.Money(n.Saved, "")))
		}
		if n.Note != "" {
			about = joined(about, n.Note)
		}
		if n.Reason != "" {
			about = joined(about, n.Reason)
		}
		back := web.Words("")
		if m.undoable(n) {
			back = web.Action(web.Button{Label: m.T("console.gesture.back"), Small: true, Kind: web.Quiet, Opens: "back-" + n.ID.In(id.Giving)})
		}
		t.Rows = append(t.Rows, web.Row{Quiet: n.State == gesture.TakenBack, Cells: []templ.Component{twoLines(m.called(n), about), givingState(m.visit, n.State), web.Words(m.ShortDate(n.At)), back}})
	}
	return t
}
