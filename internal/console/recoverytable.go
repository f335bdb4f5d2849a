package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/outreach"
	"regulars/internal/recovery"
	"regulars/internal/web"
)

func (l *recoveryShelf) table() web.Table {
	t := web.Table{
		Caption: l.T("console.recovery.title"),
		Columns: []web.Column{
			{Head: l.T("console.recovery.name")}, {Head: l.T("console.recovery.state")}, {Head: l.T("console.recovery.whom")},
			{Head: l.T("console.recovery.asked"), Figures: true}, {Head: l.T("console.recovery.held"), Figures: true}, {Head: l.T("console.recovery.window"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconMoon, Title: l.T("console.recovery.none"), Text: l.T("console.recovery.none_text")}),
	}
	for _, r := range l.list {
		asked, held := "—", "—"
		if !r.Started.IsZero() {
			asked, held = l.Number(r.Tally.Asked), l.Number(r.Tally.Held)
		}
		t.Rows = append(t.Rows, web.Row{Href: l.recoveryAt(r.ID, ""), Cells: []templ.Component{
			web.Words(r.Spec.Name), badgeAbout(campaignTone(r.State), l.Say(r.State.Text()), l.recoverySince(r)), web.Words(l.aims(&r.Spec)),
			web.Words(asked), web.Words(held), web.Words(l.T("console.recovery.days", "n", r.Spec.Window)),
		}})
	}
	return t
}

// recoverySince says since when a campaign stands so.
func (v *visit) recoverySince(r *recovery.Campaign) string {
	switch r.State {
	case recovery.Running:
		return v.T("console.silence.since", "day", v.ShortDate(r.Started))
	case recovery.Ended:
		return v.ShortDate(r.Until.Add(-time.Microsecond))
	}
	return ""
}

// aims says whom a campaign is for.
func (v *visit) aims(s *recovery.Spec) string {
	var list []string
	for _, a := range s.Whom {
		list = append(list, v.Say(a.Text()))
	}
	return strings.Join(list, ", ")
}

func (p *recoveryPage) facts() []web.Definition {
	s := &p.Spec
	list := []web.Definition{
		{Term: p.T("console.recovery.state"), About: badgeAbout(campaignTone(p.State), p.Say(p.State.Text()), p.recoverySince(p.Campaign))},
		{Term: p.T("console.recovery.whom"), About: web.Words(p.aims(s))},
	}
	fact := func(key, about string) {
		if about != "" {
			list = append(list, web.Definition{Term: p.T("console.recovery." + key), About: web.Words(about)})
		}
	}
	fact("ranks", p.rankNames())
	if s.Least > 0 {
		fact("least", p.Money(s.Least, ""))
	}
	fact("gift", p.giftSays())
	fact("held_share", p.Percent(int64(s.Held), 10_000, 0))
	fact("window", p.T("console.recovery.days", "n", s.Window))
	if last, err := time.ParseInLocation(time.DateOnly, s.Ends, p.programme.Zone); err == nil {
		fact("ends", p.Date(last))
	}
	return list
}

func (p *recoveryPage) rankNames() string {
	var list []string
	for _, r := range p.choices.Ranks {
		if slices.Contains(p.Spec.Ranks, r.Code) {
			list = append(list, r.Name)
		}
	}
	return strings.Join(list, ", ")
}

func (p *recoveryPage) giftSays() string {
	g := &p.Spec.Gift
	switch g.Kind {
	case recovery.GiftPoints:
		for i := range p.choices.Wallets {
			if w := &p.choices.Wallets[i]; w.ID == g.WalletID {
				return p.Decimal(g.Points, w.Decimals) + " · " + w.Name
			}
		}
	case recovery.GiftCode:
		for _, b := range p.choices.Batches {
			if b.ID == g.BatchID {
				return p.Say(g.Kind.Text()) + " · " + b.Name
			}
		}
	}
	return p.Say(g.Kind.Text())
}

func (p *recoveryPage) actions() templ.Component {
	var list []web.Button
	draft := p.State == recovery.Draft
	if draft && p.can(auth.RecoveriesStart) && p.foretold.Asked+p.foretold.Held > 0 {
		list = append(list, web.Button{Label: p.T("console.recovery.start"), Kind: web.Primary, Opens: "start"})
	}
	if draft && p.can(auth.ChurnWrite) {
		list = append(list, web.Button{Label: p.T("console.known.edit"), Icon: web.IconEdit, Href: p.recoveryAt(p.ID, "/edit")}, web.Button{Label: p.T("console.recovery.discard"), Kind: web.Quiet, Opens: "discard"})
	}
	if p.State == recovery.Running && p.can(auth.RecoveriesStart) {
		list = append(list, web.Button{Label: p.T("console.recovery.end"), Kind: web.Quiet, Opens: "end"})
	}
	if len(list) == 0 {
		return nil
	}
	return web.Actions(list...)
}

// tally is whom it is for: of a draft as it would be now.
func (p *recoveryPage) tally() *recovery.Tally {
	if p.State == recovery.Draft {
		return &p.foretold
	}
	return &p.Tally
}

// tallySays tells in a sentence whom it is for.
func (p *recoveryPage) tallySays() string {
	t := p.tally()
	key := "console.recovery.says_asked"
	if p.State == recovery.Draft {
		key = "console.recovery.says_draft"
	}
	said := p.T(key, "n", t.Looked, "asked", t.Asked, "held", t.Held, "left", t.LeftOut())
	if p.State == recovery.Running && p.Chosen.IsZero() {
		said += " " + p.T("console.recovery.choosing")
	}
	return said
}

func (p *recoveryPage) tallyTable() web.Table {
	t := web.Table{Caption: p.T("console.recovery.for_whom"), Columns: []web.Column{{Head: p.T("console.recovery.for_whom")}, {Head: p.T("console.recovery.members"), Figures: true}}}
	row := func(label string, n int64) {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(label), web.Words(p.Number(n))}})
	}
	n := p.tally()
	row(p.T("console.recovery.are_asked"), n.Asked)
	row(p.T("console.recovery.are_held"), n.Held)
	for _, l := range recovery.Lefts() {
		if n.Left[l] > 0 {
			row(p.T("console.recovery.left_out", "why", p.Say(l.Text())), n.Left[l])
		}
	}
	return t
}

// trial is the comparison of the asked with those held back.
func (p *recoveryPage) trial() trial { return trial{p.visit, &p.Comparison, "console.recovery."} }

// outcome tells in sentences what came of it.
func (p *recoveryPage) outcome() []string {
	said := append(p.trial().says(), p.costs()...)
	if len(p.letters) > 0 {
		n := p.letters
		said = append(said, p.T("console.recovery.letters", "sent", n[outreach.Sent], "waiting", n[outreach.Queued]+n[outreach.Deferred], "refused", n[outreach.Refused], "failed", n[outreach.Failed]))
	}
	return said
}

// costs tells what the gifts cost, and what each customer won back did.
func (p *recoveryPage) costs() (said []string) {
	say := func(key string, args ...any) { said = append(said, p.T("console.recovery."+key, args...)) }
	if p.Spec.Gift.Kind != recovery.NoGift {
		said = append(said, p.trial().costs()...)
	}
	if p.Pending > 0 && p.State == recovery.Ended {
		say("pending", "n", p.Pending)
	}
	unmet := int64(0)
	for _, n := range p.Unmet {
		unmet += n
	}
	if unmet > 0 {
		say("unmet", "n", unmet)
	}
	return said
}

// message is what they are told, in the language of the page if it is in it.
func (p *recoveryPage) message() (subject, body i18n.Said) {
	subjects, bodies := map[string]string{}, map[string]string{}
	for l, w := range p.Spec.Words {
		subjects[string(l)], bodies[string(l)] = w.Subject, w.Body
	}
	return p.own(subjects), p.own(bodies)
}

func (p *recoveryPage) crumbs() []web.Crumb {
	return []web.Crumb{{Label: p.T("console.silence.title"), Href: p.at("/silence")}, {Label: p.T("console.recovery.tab"), Href: p.at("/silence/recoveries")}, {Label: p.Spec.Name}}
}

// hidden is what a question about a draft posts.
func (p *recoveryPage) hidden() map[string]string {
	return map[string]string{"version": strconv.FormatInt(p.Version, 10)}
}

// readCampaigns reads for which campaigns the person was chosen, for those who
// may see it.
func (c *Console) readCampaigns(v *visit, p *person) (err error) {
	if v.can(auth.ChurnRead) {
		p.campaigns, err = c.Recoveries.Of(v.ctx(), v.actor, v.programme.ID, p.ID)
	}
	return err
}

// campaignLinks tells of each campaign what became of the person in it.
func (p *person) campaignLinks(v *visit) []web.Definition {
	var list []web.Definition
	for i := range p.campaigns {
		n := &p.campaigns[i]
		said := v.T("console.recovery.lot_"+string(n.State), "day", v.ShortDate(n.At))
		if n.Held {
			said = v.T("console.recovery.lot_held", "day", v.ShortDate(n.At))
		}
		if n.State == recovery.LotAsked || n.State == recovery.LotHeld {
			said += " " + v.T("console.recovery.until", "day", v.ShortDate(n.Until.Add(-time.Microsecond)))
		}
		list = append(list, web.Definition{Term: n.Name, About: web.Link(v.at("/silence/recoveries/"+n.Recovery), said)})
	}
	return list
}
