package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fraud"
	"regulars/internal/id"
	"regulars/internal/web"
)

func (v *visit) fraudTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.fraud.flags"), Href: v.at("/fraud"), Current: current == "flags"},
		{Label: v.T("console.fraud.rules"), Href: v.at("/fraud/rules"), Current: current == "rules"},
	}
}

func (l *flagList) head() web.Head {
	return web.Head{Title: l.T("console.fraud.title"), Lead: l.T("console.fraud.lead")}
}

func (l *flagList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.fraud.every_state")}}
	for _, s := range fraud.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *flagList) kindOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.fraud.every_kind")}}
	for _, k := range fraud.Kinds() {
		options = append(options, web.Option{Value: string(k), Label: l.Say(k.Text())})
	}
	return web.Choose(options, l.kind)
}

// subject is whom or what a flag is about.
func (n *fraudNames) subject(v *visit, f *fraud.Flagged) string {
	who, _, _ := strings.Cut(f.Subject, " ")
	if f.Kind.AboutMember() && len(f.Parts) > 0 {
		return n.people[f.Parts[0].MemberID]
	}
	if strings.Contains(who, ":") {
		return n.actor(who)
	}
	return v.T("console.fraud.people", "n", len(f.Parts))
}

func (l *flagList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.fraud.flags"),
		Columns: []web.Column{
			{Head: l.T("console.fraud.what")}, {Head: l.T("console.fraud.subject")}, {Head: l.T("console.fraud.state")}, {Head: l.T("console.fraud.happened"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconCheck, Title: l.T("console.fraud.none"), Text: l.T("console.fraud.none_text")}),
	}
	for _, f := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/fraud/" + f.ID.In(id.Flag) + "/details"), Quiet: f.State != fraud.Open,
			Cells: []templ.Component{
				twoLines(l.Say(f.Kind.Text()), l.flagSays(f, l.names.wallets)), web.Words(l.names.subject(l.visit, f)), flagState(l.visit, f.State), web.Words(l.DateTime(f.At)),
			},
		})
	}
	return t
}

// flagSays tells the figure of a flag; points by the decimals of their wallet.
func (v *visit) flagSays(f *fraud.Flagged, w wallets) string {
	if f.Kind.InPoints() && len(w) > 0 && w[0].Decimals > 0 {
		return v.T("console.fraud.figure") + ": " + v.fraudFigure(f.Kind, f.Figure, w)
	}
	return v.Say(f.Says())
}

func (v *visit) fraudFigure(k fraud.Kind, n int64, w wallets) string {
	if k.InPoints() && len(w) > 0 {
		return v.Trimmed(n, w[0].Decimals)
	}
	return v.Number(n)
}

func flagState(v *visit, s fraud.State) templ.Component {
	tone := map[fraud.State]web.Tone{fraud.Open: web.Warn, fraud.Allowed: web.Good, fraud.Confirmed: web.Bad, fraud.Withdrawn: web.Neutral}[s]
	return web.Badge(tone, v.Say(s.Text()))
}

func (l *flagList) cursor() web.Cursor {
	c := web.Cursor{Target: "#found"}
	page := func(trail string) string { return l.at("/fraud", "state", l.state, "kind", l.kind, trailName, trail) }
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Flag)))
	}
	return c
}

// lead says what was seen, what passes and what is usual.
func (p *flagPage) lead() string {
	figure := func(n int64) string { return p.fraudFigure(p.f.Kind, n, p.names.wallets) }
	said := p.flagSays(p.f, p.names.wallets) + ". " + p.T("console.fraud.passes", "more", figure(p.f.More))
	if p.usual.Others > 0 {
		said += " " + p.T("console.fraud.usual", "n", p.usual.Others, "median", figure(p.usual.Median), "most", figure(p.usual.Most))
	}
	return said
}

func (p *flagPage) facts() []web.Definition {
	said := func(key string, about templ.Component) web.Definition {
		return web.Definition{Term: p.T("console.fraud." + key), About: about}
	}
	list := []web.Definition{
		said("state", flagState(p.visit, p.f.State)), said("subject", web.Words(p.names.subject(p.visit, p.f))), said("raised", web.Words(p.DateTime(p.f.Raised))),
	}
	if !p.f.Begins.IsZero() {
		list = append(list, said("begins", web.Words(p.DateTime(p.f.Begins))))
	}
	if given, aside := p.f.Points(); given > 0 {
		list = append(list, said("points", web.Words(p.price(p.names.wallets, p.wallet(), given, 0))))
		list = append(list, said("aside", web.Words(p.price(p.names.wallets, p.wallet(), aside, 0))))
	}
	if p.f.Decider != "" {
		list = append(list, said("decided", web.Words(p.DateTime(p.f.Decided))), said("decider", web.Words(p.names.actor(p.f.Decider))))
		if p.f.Note != "" {
			list = append(list, said("note", web.Words(p.f.Note)))
		}
	}
	return list
}

func (p *flagPage) wallet() id.ID {
	if len(p.names.wallets) == 0 {
		return 0
	}
	return p.names.wallets[0].ID
}

func (p *flagPage) actions() templ.Component {
	if !p.deciding() {
		return nil
	}
	return templ.Join(
		web.Action(web.Button{Label: p.T("console.fraud.confirm"), Kind: web.Danger, Opens: "confirm"}),
		web.Action(web.Button{Label: p.T("console.fraud.allow"), Kind: web.Primary, Opens: "allow"}),
	)
}

// person shows a member, as a link for those who may see members.
func (p *flagPage) person(m id.ID) templ.Component {
	if m == 0 {
		return web.Words("—")
	}
	if p.can(auth.MembersRead) {
		return web.Link(p.at("/members/"+m.In(id.Member)), p.names.people[m])
	}
	return web.Words(p.names.people[m])
}

func (p *flagPage) parts() web.Table {
	t := web.Table{
		Caption: p.T("console.fraud.parts"),
		Columns: []web.Column{{Head: p.T("console.fraud.member")}, {Head: p.T("console.fraud.points"), Figures: true}, {Head: p.T("console.fraud.aside"), Figures: true}},
	}
	for _, n := range p.f.Parts {
		points := func(amount int64) templ.Component {
			return web.Words(p.fraudFigure(fraud.PointsDay, amount, p.names.wallets))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{p.person(n.MemberID), points(n.Points), points(n.Aside)}})
	}
	return t
}

func (p *flagPage) evidence() web.Table {
	t := web.Table{
		Caption: p.T("console.fraud.evidence", "n", p.f.Events, "shown", len(p.f.Evidence)),
		Columns: []web.Column{
			{Head: p.T("console.fraud.happened")}, {Head: p.T("console.fraud.member")}, {Head: p.T("console.fraud.actor")}, {Head: p.T("console.fraud.figure"), Figures: true},
		},
	}
	for _, e := range p.f.Evidence {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.DateTime(e.At)), p.person(e.MemberID), web.Words(p.names.actor(e.Actor)), web.Words(p.fraudFigure(p.f.Kind, e.Amount, p.names.wallets)),
		}})
	}
	return t
}
