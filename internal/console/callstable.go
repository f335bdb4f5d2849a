package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/calls"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/web"
)

func (l *callShelf) table() web.Table {
	t := web.Table{
		Caption: l.T("console.calls.title"),
		Columns: []web.Column{
			{Head: l.T("console.calls.name")}, {Head: l.T("console.calls.state")},
			{Head: l.T("console.calls.asked"), Figures: true}, {Head: l.T("console.calls.held"), Figures: true}, {Head: l.T("console.calls.ends")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconPhone, Title: l.T("console.calls.none"), Text: l.T("console.calls.none_text")}),
	}
	for _, n := range l.list {
		asked, held := "—", "—"
		if !n.Started.IsZero() {
			asked, held = l.Number(n.Tally.Asked), l.Number(n.Tally.Held)
		}
		t.Rows = append(t.Rows, web.Row{Href: l.callsAt(n.ID, ""), Cells: []templ.Component{
			web.Words(n.Spec.Name), badgeAbout(campaignTone(n.State), l.Say(n.State.Text()), ""), web.Words(asked), web.Words(held), web.Words(l.callsEnd(n)),
		}})
	}
	return t
}

// callsEnd is the last day on which a list phones anybody.
func (v *visit) callsEnd(l *calls.List) string {
	last, err := time.ParseInLocation(time.DateOnly, l.Spec.Ends, v.programme.Zone)
	if l.State == calls.Ended {
		last = l.Until.Add(-time.Microsecond)
	} else if err != nil {
		return l.Spec.Ends
	}
	return v.Date(last)
}

// wallet is that of the points that a list is about.
func (p *callPage) wallet() ledger.Wallet { return walletOf(p.choices.Wallets, p.Spec.WalletID) }

func walletOf(list []ledger.Wallet, n id.ID) ledger.Wallet {
	for _, w := range list {
		if w.ID == n {
			return w
		}
	}
	return ledger.Wallet{}
}

func (p *callPage) facts() []web.Definition {
	s, w := &p.Spec, p.wallet()
	list := []web.Definition{{Term: p.T("console.calls.state"), About: web.Badge(campaignTone(p.State), p.Say(p.State.Text()))}}
	fact := func(key, about string) {
		if about != "" {
			list = append(list, web.Definition{Term: p.T("console.calls." + key), About: web.Words(about)})
		}
	}
	fact("least", p.Decimal(s.Least, w.Decimals)+" · "+w.Name)
	fact("idle", p.T("console.recovery.days", "n", s.Idle))
	for _, r := range p.choices.Rewards {
		if r.ID == s.RewardID {
			fact("reward", r.Name)
		}
	}
	fact("skus", strings.Join(s.SKUs, ", "))
	fact("categories", strings.Join(s.Categories, ", "))
	fact("held_share", p.Percent(int64(s.Held), 10_000, 0))
	fact("window", p.T("console.recovery.days", "n", s.Window))
	fact("tries", p.Number(int64(s.Tries)))
	if s.Cost > 0 {
		fact("cost_of_call", p.Money(s.Cost, ""))
	}
	fact("ends", p.callsEnd(p.List))
	return list
}

func (p *callPage) actions() templ.Component {
	var list []web.Button
	draft, may := p.State == calls.Draft, p.can(auth.CallsWrite)
	if p.State == calls.Running && p.can(auth.CallsMake) && p.can(auth.MembersRead) {
		list = append(list, web.Button{Label: p.T("console.calls.to_desk"), Kind: web.Primary, Icon: web.IconPhone, Href: p.callsAt(p.ID, "/desk")})
	}
	if draft && may && p.foretold.Asked+p.foretold.Held > 0 {
		list = append(list, web.Button{Label: p.T("console.recovery.start"), Kind: web.Primary, Opens: "start"})
	}
	if draft && may {
		list = append(list, web.Button{Label: p.T("console.known.edit"), Icon: web.IconEdit, Href: p.callsAt(p.ID, "/edit")}, web.Button{Label: p.T("console.recovery.discard"), Kind: web.Quiet, Opens: "discard"})
	}
	if p.State == calls.Running && may {
		list = append(list, web.Button{Label: p.T("console.recovery.end"), Kind: web.Quiet, Opens: "end"})
	}
	if len(list) == 0 {
		return nil
	}
	return web.Actions(list...)
}

// tally is whom it is for: of a draft as it would be now.
func (p *callPage) tally() *calls.Tally {
	if p.State == calls.Draft {
		return &p.foretold
	}
	return &p.Tally
}

// tallySays tells in a sentence whom it is for, and how many points lie idle.
func (p *callPage) tallySays() string {
	t, w := p.tally(), p.wallet()
	worth, err := w.Liability(t.Points)
	if err != nil {
		worth = 0
	}
	key := "console.calls.says_asked"
	if p.State == calls.Draft {
		key = "console.calls.says_draft"
	}
	said := p.T(key, "n", t.Looked, "asked", t.Asked, "held", t.Held, "left", t.LeftOut(), "points", p.Decimal(t.Points, w.Decimals), "worth", p.Money(worth, ""))
	if p.State == calls.Running && p.Chosen.IsZero() {
		said += " " + p.T("console.recovery.choosing")
	}
	return said
}

func (p *callPage) tallyTable() web.Table {
	t := p.counts("console.calls.for_whom", "console.recovery.members")
	n := p.tally()
	p.count(&t, p.T("console.calls.are_asked"), n.Asked)
	p.count(&t, p.T("console.calls.held"), n.Held)
	for _, l := range calls.Lefts() {
		if n.Left[l] > 0 {
			p.count(&t, p.T("console.recovery.left_out", "why", p.Say(l.Text())), n.Left[l])
		}
	}
	return t
}

// counts is a table of how many there are of each.
func (p *callPage) counts(caption, many string) web.Table {
	return web.Table{Caption: p.T(caption), Columns: []web.Column{{Head: p.T(caption)}, {Head: p.T(many), Figures: true}}}
}

func (p *callPage) count(t *web.Table, label string, n int64) {
	t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(label), web.Words(p.Number(n))}})
}

// lotTable tells what became of whoever was to be phoned, outcomeTable what came
// of the calls.
func (p *callPage) lotTable() web.Table {
	t := p.counts("console.calls.lots", "console.recovery.members")
	for _, l := range calls.Lots() {
		p.count(&t, p.T("console.calls.lot_"+string(l)), p.Lots[l])
	}
	return t
}

func (p *callPage) outcomeTable() web.Table {
	t := p.counts("console.calls.outcomes", "console.calls.made")
	for _, o := range calls.Outcomes() {
		p.count(&t, p.Say(o.Text()), p.Outcomes[o])
	}
	return t
}

// trial is the comparison of whoever was to be phoned with those held back.
func (p *callPage) trial() trial { return trial{p.visit, &p.Comparison, "console.calls."} }

// brought tells in sentences what the calls brought.
func (p *callPage) brought() []string {
	said := p.trial().says()
	if p.Spec.Cost > 0 {
		said = append(said, p.trial().costs()...)
	}
	return said
}

// script is what is said, in the language of the page if it is in it.
func (p *callPage) script() i18n.Said {
	words := map[string]string{}
	for l, said := range p.Spec.Script {
		words[string(l)] = said
	}
	return p.own(words)
}

func (v *visit) callCrumbs(more ...web.Crumb) []web.Crumb {
	return append([]web.Crumb{{Label: v.T("console.calls.title"), Href: v.at("/calls")}}, more...)
}

// hidden is what a question about a draft posts.
func (p *callPage) hidden() map[string]string {
	return map[string]string{"version": strconv.FormatInt(p.Version, 10)}
}

// decimals are those of the points that are meant.
func (f *callForm) decimals() int { return walletOf(f.choices.Wallets, f.spec.WalletID).Decimals }

func (f *callForm) to() string {
	if f.id == 0 {
		return f.at("/calls/new")
	}
	return f.callsAt(f.id, "/edit")
}

func (f *callForm) title() string {
	if f.id == 0 {
		return f.T("console.calls.new")
	}
	return f.T("console.calls.edit")
}

func (f *callForm) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range f.choices.Wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.spec.WalletID.In(id.Wallet))
}

func (f *callForm) rewardOptions() []web.Option {
	list := []web.Option{{Value: "", Label: f.T("console.calls.no_reward")}}
	for _, r := range f.choices.Rewards {
		w := walletOf(f.choices.Wallets, r.WalletID)
		list = append(list, web.Option{Value: r.ID.In(id.Reward), Label: r.Name + " · " + f.Decimal(r.Points, w.Decimals)})
	}
	chosen := ""
	if f.spec.RewardID != 0 {
		chosen = f.spec.RewardID.In(id.Reward)
	}
	return web.Choose(list, chosen)
}

// needed marks the languages that a list cannot do without.
func (f *callForm) needed(l i18n.Lang) bool { return string(l) == f.programme.Languages[0] }

// name is whom whoever phones has on the line.
func (d *callDesk) name() string {
	if n := d.line.Member.Name(); n != "" {
		return n
	}
	return d.T("console.calls.nameless")
}

// knows is what whoever phones should know of them.
func (d *callDesk) knows() []web.Definition {
	l := d.line
	list := []web.Definition{
		{Term: d.T("console.calls.has"), About: web.TwoLines(d.Decimal(l.Available, l.Wallet.Decimals)+" · "+l.Wallet.Name, d.T("console.calls.worth", "sum", d.Money(l.Worth, "")))},
	}
	if l.Reward != "" {
		list = append(list, web.Definition{Term: d.T("console.calls.reward"), About: web.Words(l.Reward)})
	}
	for i, s := range l.Sales {
		term := ""
		if i == 0 {
			term = d.T("console.calls.bought")
		}
		list = append(list, web.Definition{Term: term, About: web.Words(d.ShortDate(s.Occurred) + " · " + d.Money(s.Total, ""))})
	}
	for _, m := range l.Before {
		list = append(list, web.Definition{Term: d.T("console.calls.call_no", "n", m.No), About: web.TwoLines(d.ShortDate(m.At)+" · "+d.Say(m.Outcome.Text()), m.Note)})
	}
	if l.Zone.String() != d.programme.Zone.String() {
		list = append(list, web.Definition{Term: d.T("console.calls.their_time"), About: web.Words(l.Zone.String())})
	}
	return append(list, web.Definition{Term: d.T("console.calls.more"), About: web.Link(d.at("/members/"+l.Member.ID.In(id.Member)), d.T("console.calls.profile"))})
}

func (d *callDesk) outcomeOptions() []web.Option {
	var list []web.Option
	for _, o := range calls.Outcomes() {
		list = append(list, web.Option{Value: string(o), Label: d.Say(o.Text()), Chosen: d.field("outcome") == string(o)})
	}
	return list
}
