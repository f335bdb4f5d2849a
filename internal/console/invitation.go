package console

import (
	"net"
	"net/http"

	"regulars/internal/referral"
	"regulars/internal/web"
)

// joinTextVersion names the words of the consent on the page of an invitation.
const joinTextVersion = "referral-1"

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
		return nil, err
	}
	p.programme = p.Programme
	p.Brand = web.Brand{Name: p.Programme.Name, Home: referral.LinkPath(p.Code), Hue: p.Programme.Hue}
	p.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), p.Programme.ID)
	return p, err
}

func (c *Console) invitation(v *visit) error {
	p, err := c.meetInvitation(v)
	if err != nil {
		return err
	}
	if !p.joined {
		if err := c.Referrals.Click(v.ctx(), p.Invitation); err != nil {
			return err
		}
	}
	return v.render(invitationShown(p))
}

func (c *Console) acceptInvitation(v *visit) error {
	p, err := c.meetInvitation(v)
	if err != nil {
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
