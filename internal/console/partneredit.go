package console

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/web"
)

// partnerEdits are what may be changed of a partner.
func (c *Console) partnerEdits() []route {
	one := partnerPath + "/{partner}"
	return []route{
		{pattern: "GET " + one + "/edit", permission: auth.PartnersWrite, do: c.editPartner},
		{pattern: "POST " + one + "/edit", permission: auth.PartnersWrite, do: c.changePartner},
		{pattern: "POST " + one + "/terms", permission: auth.PartnersWrite, do: c.addPartnerTerms},
		{pattern: "POST " + one + "/offers", permission: auth.PartnersWrite, do: c.sharePartnerOffer},
		{pattern: "POST " + one + "/shops/release", permission: auth.PartnersWrite, do: c.releasePartnerShop},
		{pattern: "POST " + one + "/end", permission: auth.PartnersWrite, do: c.endPartner},
	}
}

// turnPartner changes the partner of the address and says so.
func (c *Console) turnPartner(v *visit, said string, do func(ctx context.Context, p *partnerPage) error) error {
	p, err := c.meetPartner(v)
	if err != nil {
		return err
	}
	if err := do(v.ctx(), p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return partnerShown(p)
		})
	}
	return v.done(p.path(""), said)
}

func (c *Console) addPartnerTerms(v *visit) error {
	return c.turnPartner(v, "console.partner.terms_added", func(ctx context.Context, p *partnerPage) error {
		spec, err := v.partnerTerms(p.wallets.decimals(p.partner.WalletID))
		if err != nil {
			return err
		}
		begins, err := v.day("begins")
		if err == nil && begins.IsZero() {
			err = fault.Invalid("terms_past", "new terms begin after those before them and not in the past").At("/begins")
		}
		if err != nil {
			return err
		}
		_, err = c.Partners.AddTerms(ctx, v.actor, v.programme.ID, p.partner.ID, begins, spec)
		return err
	})
}

func (c *Console) sharePartnerOffer(v *visit) error {
	return c.turnPartner(v, "console.partner.shared", func(ctx context.Context, p *partnerPage) error {
		offer, err := id.Parse(id.Offer, v.field("offer"))
		if err != nil {
			return err
		}
		part, err := v.rate("share", money.NewRate(1, 100))
		if err != nil {
			return err
		}
		_, err = c.Partners.ShareOffer(ctx, v.actor, v.programme.ID, partner.Share{OfferID: offer, PartnerID: p.partner.ID, Part: part})
		return err
	})
}

func (c *Console) releasePartnerShop(v *visit) error {
	return c.turnPartner(v, "console.partner.released", func(ctx context.Context, p *partnerPage) error {
		shop, err := id.Parse(id.Shop, v.field("shop"))
		if err == nil {
			_, err = c.Partners.ReleaseShop(ctx, v.actor, v.programme.ID, p.partner.ID, shop)
		}
		return err
	})
}

func (c *Console) endPartner(v *visit) error {
	return c.turnPartner(v, "console.partner.ended_done", func(ctx context.Context, p *partnerPage) error {
		_, err := c.Partners.End(ctx, v.actor, v.programme.ID, p.partner.ID)
		return err
	})
}

// rate reads a part or a price in a unit, 0 when nothing was typed.
func (v *visit) rate(name string, unit money.Rate) (money.Rate, error) {
	text := strings.ReplaceAll(v.field(name), ",", ".")
	if text == "" {
		return money.Rate{}, nil
	}
	rate, err := money.ParseRate(text)
	if err == nil {
		rate, err = rate.Mul(unit)
	}
	if f := fault.As(err); f != nil {
		err = f.At("/" + name)
	}
	return rate, err
}

// partnerTerms reads prices for one whole point, and fees in percent.
func (v *visit) partnerTerms(decimals int) (partner.TermsSpec, error) {
	var t partner.TermsSpec
	perPoint, percent := money.NewRate(1, tens(decimals)), money.NewRate(1, 100)
	for _, r := range []struct {
		name string
		unit money.Rate
		to   *money.Rate
	}{
		{"issue_price", perPoint, &t.IssuePrice}, {"redeem_price", perPoint, &t.RedeemPrice},
		{"issue_fee", percent, &t.IssueFee}, {"redeem_fee", percent, &t.RedeemFee},
	} {
		rate, err := v.rate(r.name, r.unit)
		if err == nil && strings.HasSuffix(r.name, "_fee") && rate.Num() > rate.Den() {
			err = fault.Invalid("partner_share", "a fee is between 0 and 100 %").At("/" + r.name)
		}
		if err != nil {
			return t, err
		}
		*r.to = rate
	}
	return t, nil
}

// readShares reads whose discounts the partner bears a part of, and for those
// who may see offers what they are called.
func (c *Console) readShares(p *partnerPage) error {
	var err error
	if p.shares, err = c.Partners.OfferShares(p.ctx(), p.actor, p.programme.ID, p.partner.ID); err != nil || !p.can(auth.RulesRead) {
		return err
	}
	p.offers, err = c.Promo.List(p.ctx(), p.actor, p.programme.ID)
	return err
}

// edits reports whether the reader may change the partner.
func (p *partnerPage) edits() bool {
	return p.can(auth.PartnersWrite) && p.partner.State() == partner.Active
}

func (p *partnerPage) head() web.Head {
	h := web.Head{
		Title: p.partner.Name, Lead: p.T("console.partner.says", "does", does(&p.partner)),
		Crumbs: []web.Crumb{{Label: p.T("console.partner.title"), Href: p.at("/partners")}, {Label: p.partner.Name}},
	}
	if !p.partner.Ended.IsZero() {
		h.Lead = p.T("console.partner.ended_on", "when", p.partner.Ended)
	}
	if p.edits() && p.can(auth.KeysWrite) {
		h.Actions = web.Action(web.Button{Label: p.T("console.partner.end"), Opens: "end"})
	}
	return h
}

// termsFailed reports whether new terms are to be mended, in their dialog.
func (p *partnerPage) termsFailed() bool {
	return p.edits() && strings.HasSuffix(p.r.URL.Path, "/terms") && len(p.errs) > 0
}

func (p *partnerPage) termsAction() templ.Component {
	if !p.edits() {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.partner.terms_new"), Small: true, Opens: "terms"})
}

func (p *partnerPage) shareTable() web.Table {
	t := web.Table{
		Caption: p.T("console.partner.shares"),
		Columns: []web.Column{{Head: p.T("console.partner.offer")}, {Head: p.T("console.partner.share"), Figures: true}, {Head: p.T("console.partner.share_since")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconOffer, Title: p.T("console.partner.no_shares"), Text: p.T("console.partner.no_shares_text")}),
	}
	for _, s := range p.shares {
		name := s.OfferID.In(id.Offer)
		for _, o := range p.offers {
			if o.ID == s.OfferID {
				name = o.Name
			}
		}
		since := p.T("console.partner.from_ever")
		if !s.Begins.IsZero() {
			since = p.Date(s.Begins)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(name), web.Words(p.percent(s.Part)), web.Words(since)}})
	}
	return t
}

func (p *partnerPage) offerOptions() []web.Option {
	var list []web.Option
	for _, o := range p.offers {
		list = append(list, web.Option{Value: o.ID.In(id.Offer), Label: o.Name})
	}
	return web.Choose(list, p.field("offer"))
}

// releases is what takes a shop back, where it is the partner's now.
func (p *partnerPage) releases(s partner.Shop, name string) templ.Component {
	if !p.edits() || !s.Ends.IsZero() {
		return web.Words("")
	}
	return releaseShop(p, s.ShopID, name)
}

// sharable reports whether there is an offer whose cost can be shared.
func (p *partnerPage) sharable() bool { return p.edits() && len(p.offers) > 0 }

// priceHelp shows by an example in which unit a price is typed.
func priceHelp(v *visit) string {
	return v.T("console.partner.price_help", "example", v.perPoint(money.NewRate(3, 2), 0))
}
