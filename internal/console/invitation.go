package console

import (
	"net"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// joinTextVersion names the words of the consent on the page of an invitation.
const joinTextVersion = "referral-1"

var (
	// joinPace bounds how often one network accepts invitations, clickPace how
	// many of its visits are counted, linkPace the links that it makes up.
	joinPace  = auth.Pace{Burst: 10, Every: time.Minute}
	clickPace = auth.Pace{Burst: 20, Every: time.Minute}
	linkPace  = auth.Pace{Burst: 30, Every: 15 * time.Second}
)

// charge counts what anybody may do against where it comes from; it refuses
// with "too_often".
func (c *Console) charge(v *visit, what string, p auth.Pace) error {
	return auth.Charge(v.ctx(), c.DB, c.Now(), auth.TooOften, auth.From(what+" from:", v.r.RemoteAddr, p))
}

// guessed counts a link that is none of ours.
func (c *Console) guessed(v *visit, err error) error {
	return auth.Guessed(v.ctx(), c.DB, c.Now(), err, auth.From("link from:", v.r.RemoteAddr, linkPace))
}

// invitationPage is what a link of a member opens.
type invitationPage struct {
	*visit
	referral.Invitation
	wallets wallets
	joined  bool
	errs    web.FormErrors
}

// meetInvitation reads a link, and lets the page look like its programme.
func (c *Console) meetInvitation(v *visit) (*invitationPage, error) {
	p := &invitationPage{visit: v, joined: v.r.Method == http.MethodGet && v.field("joined") != ""}
	var err error
	if p.Invitation, err = c.Referrals.Invitation(v.ctx(), v.r.PathValue("code")); err != nil {
		return nil, c.guessed(v, err)
	}
	p.dress(p.Programme)
	p.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), p.Programme.ID)
	return p, err
}

func (c *Console) invitation(v *visit) error {
	p, err := c.meetInvitation(v)
	if err != nil {
		return err
	}
	if !p.joined {
		err = c.click(v, p.Invitation)
	}
	if err != nil {
		return err
	}
	return v.render(invitationShown(p))
}

// click counts a visit, but not each of many from one place: the page opens all
// the same.
func (c *Console) click(v *visit, n referral.Invitation) error {
	err := c.charge(v, "invitation opened", clickPace)
	if f := fault.As(err); f != nil && f.Code == "too_often" {
		return nil
	}
	if err != nil {
		return err
	}
	return c.Referrals.Click(v.ctx(), n)
}

func (c *Console) acceptInvitation(v *visit) error {
	p, err := c.meetInvitation(v)
	if err != nil {
		return err
	}
	if err := c.charge(v, "joined", joinPace); err != nil {
		return err
	}
	address, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		address = ""
	}
	err = c.Referrals.Join(v.ctx(), p.Invitation, referral.Joining{
		GivenName: v.field("given_name"), Phone: v.field("phone"), Email: v.field("email"), Language: string(v.Lang()),
		Agreed: v.field("agreed") != "", Marketing: v.field("marketing") != "", TextVersion: joinTextVersion, Address: address,
	})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return invitationShown(p)
		})
	}
	return v.redirect(referral.LinkPath(p.Code) + "?joined=1")
}

func (p *invitationPage) head() web.Head {
	if p.joined {
		return web.Head{Title: p.T("console.invite.thanks"), Lead: p.T("console.invite.thanks_lead", "programme", p.Programme.Name)}
	}
	h := web.Head{Title: p.T("console.invite.title", "name", p.Name, "known", yesOrNo(p.Name != ""), "programme", p.Programme.Name)}
	h.Lead = p.T("console.invite.lead", "gift", p.giftWords(p.Terms.Friend, p.wallets, nil), "has", yesOrNo(!p.Terms.Friend.Nothing()),
		"least", yesOrNo(p.Terms.Minimum > 0), "sum", p.Money(p.Terms.Minimum, p.Programme.Currency), "days", int64(p.Terms.ReturnDays))
	return h
}
