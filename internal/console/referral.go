package console

import (
	"cmp"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// referralPath is the address of the list of referrals.
const referralPath = inProgramme + "/referrals"

func (c *Console) referralRoutes() []route {
	one := referralPath + "/{referral}"
	return []route{
		{pattern: "GET " + referralPath, permission: auth.ReferralsRead, do: c.referrals},
		{pattern: "GET " + referralPath + "/results", permission: auth.ReferralsRead, do: c.referralResults},
		{pattern: "GET " + referralPath + "/terms", permission: auth.ReferralsRead, do: c.referralTerms},
		{pattern: "POST " + referralPath + "/terms", permission: auth.ReferralsWrite, do: c.saveReferralTerms},
		{pattern: "GET " + one + "/details", permission: auth.ReferralsRead, do: c.referral},
		{pattern: "POST " + one + "/refuse", permission: auth.ReferralsWrite, do: c.refuseReferral},
		{pattern: "POST " + one + "/allow", permission: auth.ReferralsWrite, do: c.allowReferral},
		{pattern: "GET /r/{code}", open: true, do: c.invitation},
		{pattern: "POST /r/{code}", open: true, do: c.acceptInvitation},
	}
}

// referralsShown is how many referrals a page has.
const referralsShown = 30

// referralList is a page of referrals.
type referralList struct {
	*visit
	state string
	trail trail
	terms referral.Terms
	list  []*referral.Referral
	names map[id.ID]string
	next  id.ID
}

func (c *Console) referrals(v *visit) error {
	l := &referralList{visit: v, state: v.field("state"), trail: v.trail()}
	query := referral.Query{ProgrammeID: v.programme.ID, State: referral.State(l.state), Limit: referralsShown + 1}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Referral, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Referrals.List(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > referralsShown {
		l.list = l.list[:referralsShown]
		l.next = l.list[referralsShown-1].ID
	}
	if l.names, err = c.namesIn(v, l.list...); err != nil {
		return err
	}
	if l.terms, err = c.Referrals.Terms(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(referralTable(l))
	}
	return v.render(referralListPage(l))
}

// namesIn returns how those are called whom referrals are about, by the ids of
// then.
func (c *Console) namesIn(v *visit, list ...*referral.Referral) (map[id.ID]string, error) {
	names := map[id.ID]string{}
	if len(list) == 0 {
		return names, nil
	}
	var ids []id.ID
	for _, r := range list {
		ids = append(ids, r.InviterID, r.FriendID)
	}
	found, err := member.Read(v.ctx(), c.DB.Reader(), ids)
	if err != nil {
		return nil, err
	}
	identities, err := c.identitiesFor(v, ids)
	for _, m := range ids {
		if one := found[m]; one != nil {
			names[m] = calledIn(v, one, identities[one.ID])
		}
	}
	if err != nil || !v.can(auth.ReferralsRead) {
		return names, err
	}
	outside, err := c.Referrals.Outsiders(v.ctx(), v.actor, v.programme.ID, ids...)
	for m, o := range outside {
		names[m] = cmp.Or(o.Name, m.In(id.Member))
	}
	return names, err
}

// identitiesFor reads by what members are known, for who may see that.
func (c *Console) identitiesFor(v *visit, members []id.ID) (map[id.ID][]member.Identity, error) {
	if !v.can(auth.MembersRead) {
		return nil, nil
	}
	return member.Identities(v.ctx(), c.DB.Reader(), members)
}

// calledIn is what a member is called in a list: as among the members, and by
// the id where that would tell nobody from another.
func calledIn(v *visit, m *member.Member, identities []member.Identity) string {
	if m.Name() == "" && len(identities) == 0 {
		return m.ID.In(id.Member)
	}
	return shownName(v, m, identities)
}

// referralPage is one referral.
type referralPage struct {
	*visit
	r     *referral.Referral
	names map[id.ID]string
	// outside is the inviter where it is no member.
	outside map[id.ID]*referral.Outsider
	open    string // the dialog that needs mending
	errs    web.FormErrors
}

func (c *Console) meetReferral(v *visit) (*referralPage, error) {
	which, err := v.pathID("referral", id.Referral)
	if err != nil {
		return nil, err
	}
	p := &referralPage{visit: v}
	if p.r, err = c.Referrals.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.outside, err = c.Referrals.Outsiders(v.ctx(), v.actor, v.programme.ID, p.r.InviterID); err != nil {
		return nil, err
	}
	p.names, err = c.namesIn(v, p.r)
	return p, err
}

func (c *Console) referral(v *visit) error {
	p, err := c.meetReferral(v)
	if err != nil {
		return err
	}
	return v.render(referralShown(p))
}

func (c *Console) refuseReferral(v *visit) error {
	return c.decideReferral(v, "refuse", "console.referral.refused", func(p *referralPage) error {
		_, err := c.Referrals.Refuse(v.ctx(), v.actor, v.programme.ID, p.r.ID, v.field("reason"))
		return err
	})
}

func (c *Console) allowReferral(v *visit) error {
	return c.decideReferral(v, "allow", "console.referral.allowed", func(p *referralPage) error {
		_, err := c.Referrals.Allow(v.ctx(), v.actor, v.programme.ID, p.r.ID, v.field("reason"))
		return err
	})
}

func (c *Console) decideReferral(v *visit, dialog, key string, do func(*referralPage) error) error {
	p, err := c.meetReferral(v)
	if err != nil {
		return err
	}
	if err := do(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.open, p.errs = dialog, errs
			return referralShown(p)
		})
	}
	return v.done(p.path("/details"), key)
}

func (p *referralPage) path(end string) string {
	return p.at("/referrals/" + p.r.ID.In(id.Referral) + end)
}

// referralResultPage is what referrals came to.
type referralResultPage struct {
	*visit
	results referral.Results
}

func (c *Console) referralResults(v *visit) error {
	p := &referralResultPage{visit: v}
	var err error
	if p.results, err = c.Referrals.Results(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(referralResultsPage(p))
}
