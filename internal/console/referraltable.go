package console

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
	"regulars/internal/web"
)

func (v *visit) referralTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.referral.friends"), Href: v.at("/referrals"), Current: current == "friends"},
		{Label: v.T("console.referral.results"), Href: v.at("/referrals/results"), Current: current == "results"},
		{Label: v.T("console.referral.terms"), Href: v.at("/referrals/terms"), Current: current == "terms"},
		{Label: v.T("console.influencer.title"), Href: v.at("/referrals/influencers"), Current: current == "influencers"},
	}
}

func (l *referralList) head() web.Head {
	return web.Head{Title: l.T("console.referral.title"), Lead: l.T("console.referral.lead", "state", string(l.terms.State))}
}

func (l *referralList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.referral.every_state")}}
	for _, s := range referral.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *referralList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.referral.friends"),
		Columns: []web.Column{
			{Head: l.T("console.referral.friend")}, {Head: l.T("console.referral.inviter")}, {Head: l.T("console.referral.state")}, {Head: l.T("console.referral.came"), Figures: true},
		},
		Empty: l.empty(),
	}
	for _, r := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/referrals/" + r.ID.In(id.Referral) + "/details"),
			Cells: []templ.Component{
				twoLines(l.names[r.FriendID], l.note(r)), web.Words(l.names[r.InviterID]), referralState(l.visit, r.State), web.Words(l.Date(r.At)),
			},
		})
	}
	return t
}

// note says what is most worth knowing of a referral in a list.
func (v *visit) note(r *referral.Referral) string {
	switch {
	case r.State == referral.Refused:
		return v.Say(r.Why())
	case r.State == referral.Bought:
		return v.T("console.referral.due", "when", r.Due)
	}
	return ""
}

func referralState(v *visit, s referral.State) templ.Component {
	tone := map[referral.State]web.Tone{referral.Recorded: web.Neutral, referral.Bought: web.Warn, referral.Paying: web.Warn, referral.Paid: web.Good, referral.Refused: web.Bad}[s]
	return web.Badge(tone, v.Say(s.Text()))
}

func (l *referralList) empty() templ.Component {
	if l.state != "" {
		return web.Empty(web.Hint{Icon: web.IconSearch, Title: l.T("console.referral.none_of_state")})
	}
	h := web.Hint{Icon: web.IconMembers, Title: l.T("console.referral.none"), Text: l.T("console.referral.none_text")}
	if l.can(auth.ReferralsWrite) && l.terms.State != referral.On {
		h.Next = &web.Button{Label: l.T("console.referral.write_terms"), Kind: web.Primary, Href: l.at("/referrals/terms")}
	}
	return web.Empty(h)
}

func (l *referralList) cursor() web.Cursor {
	c := web.Cursor{Target: "#found"}
	page := func(trail string) string { return l.at("/referrals", "state", l.state, trailName, trail) }
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Referral)))
	}
	return c
}

// facts are what is known of one referral.
func (p *referralPage) facts() []web.Definition {
	said := func(key string, about templ.Component) web.Definition {
		return web.Definition{Term: p.T("console.referral." + key), About: about}
	}
	person := func(m id.ID) templ.Component {
		if p.outside[m] != nil {
			return web.Link(p.influencerAt(m.In(id.Influencer)), p.names[m])
		}
		if p.can(auth.MembersRead) {
			return web.Link(p.at("/members/"+m.In(id.Member)), p.names[m])
		}
		return web.Words(p.names[m])
	}
	list := []web.Definition{
		said("inviter", person(p.r.InviterID)), said("friend", person(p.r.FriendID)), said("came", web.Words(p.Date(p.r.At))),
		said("source", web.Words(p.T("console.referral.source_"+p.r.Source))),
	}
	for _, day := range []struct {
		key string
		at  time.Time
	}{{"bought", p.r.Bought}, {"due_on", p.r.Due}, {"closed", p.r.Closed}} {
		if !day.at.IsZero() {
			list = append(list, said(day.key, web.Words(p.Date(day.at))))
		}
	}
	if p.r.InviterOutcome != "" {
		list = append(list, said("inviter_got", web.Words(p.outcome(p.r.InviterOutcome))), said("friend_got", web.Words(p.outcome(p.r.FriendOutcome))))
	}
	return list
}

// outcome says what one side got.
func (p *referralPage) outcome(code string) string {
	switch code {
	case referral.OutcomePaid, referral.OutcomePaying, referral.OutcomeNone:
		return p.T("console.referral.outcome_" + code)
	}
	return p.Say(referral.WhyText(code))
}

func (p *referralPage) actions() templ.Component {
	if !p.can(auth.ReferralsWrite) {
		return nil
	}
	switch p.r.State {
	case referral.Recorded, referral.Bought:
		return web.Action(web.Button{Label: p.T("console.referral.refuse"), Kind: web.Danger, Opens: "refuse"})
	case referral.Refused:
		if p.r.Final() {
			return nil
		}
		return web.Action(web.Button{Label: p.T("console.referral.allow"), Opens: "allow"})
	}
	return nil
}

// lead says in a sentence what referrals came to.
func (p *referralResultPage) lead() string {
	all := p.results.All
	if all == (referral.Month{}) {
		return p.T("console.referral.results_lead_none")
	}
	said := p.T("console.referral.results_lead", "sharers", all.Sharers, "clicks", all.Clicks, "friends", all.Friends, "bought", all.Bought, "paid", all.Paid)
	if k, enough := p.results.Factor(); enough {
		return said + " " + p.T("console.referral.factor", "k", p.Decimal(k, 3), "invitations", all.Invitations(), "members", p.results.Members, "bought", all.Bought)
	}
	return said + " " + p.T("console.referral.no_factor")
}

func (p *referralResultPage) table() web.Table {
	t := web.Table{Caption: p.T("console.referral.results"), Columns: []web.Column{{Head: p.T("console.referral.month")}}}
	for _, key := range []string{"sharers", "clicks", "came_n", "bought_n", "paid_n", "refused_n"} {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.referral." + key), Figures: true})
	}
	for _, m := range p.results.Months {
		row := web.Row{Cells: []templ.Component{web.Words(p.Month(time.Date(int(m.Month/100), time.Month(m.Month%100), 1, 0, 0, 0, 0, p.programme.Zone)))}}
		for _, n := range []int64{m.Sharers, m.Clicks, m.Friends, m.Bought, m.Paid, m.Refused} {
			row.Cells = append(row.Cells, web.Words(p.Number(n)))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Empty = web.Empty(web.Hint{Icon: web.IconMembers, Title: p.T("console.referral.none"), Text: p.T("console.referral.none_text")})
	return t
}
