package console

import (
	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// friendsShown is how many friends a member's page names.
const friendsShown = 5

// readFriends reads what a member has to do with referrals, for those who may
// see them.
func (c *Console) readFriends(v *visit, p *person) error {
	if !v.can(auth.ReferralsRead) {
		return nil
	}
	var err error
	if p.friends, err = c.Referrals.Standing(v.ctx(), v.actor, v.programme.ID, p.ID); err != nil {
		return err
	}
	about := p.friends.Referrals[:min(len(p.friends.Referrals), friendsShown)]
	if p.friends.Came != nil {
		about = append([]*referral.Referral{p.friends.Came}, about...)
	}
	p.names, err = c.namesIn(v, about...)
	return err
}

// invites reports whether there is anything to tell of referrals.
func (p *person) invites() bool {
	return p.friends.Code != "" || p.friends.Came != nil || len(p.friends.Referrals) > 0
}

// invitations are the member's code, how they came, and the latest friends.
func (p *person) invitations(v *visit) []web.Definition {
	var list []web.Definition
	if code := p.friends.Code; code != "" {
		list = append(list, web.Definition{Term: v.T("console.referral.code_of"), About: web.Link(referral.LinkPath(code), referral.ShowCode(code))})
	}
	at := func(r *referral.Referral) string { return v.at("/referrals/" + r.ID.In(id.Referral) + "/details") }
	if came := p.friends.Came; came != nil {
		list = append(list, web.Definition{Term: v.T("console.referral.inviter"), About: web.Link(at(came), p.names[came.InviterID])})
	}
	for _, r := range p.friends.Referrals[:min(len(p.friends.Referrals), friendsShown)] {
		list = append(list, web.Definition{Term: v.Say(r.State.Text()), About: web.Link(at(r), p.names[r.FriendID])})
	}
	return list
}
