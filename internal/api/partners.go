package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/partner"
)

const examplePartner = `{"name": "Bakery on the Square", "contact": "1 Market Street", "may_grant": true, "may_accept": true, "wallet": "points",
  "terms": {"issue_price": "1.5", "redeem_price": "0.8", "issue_fee": "0.05", "redeem_fee": "0", "rounding": "half_up"}}`

func (s *server) addPartners() {
	read(s, operation{
		id: "list-partners", method: http.MethodGet, path: "/v1/partners", tag: tagPartners, needs: needs(auth.PartnersRead), summary: "List partners by name",
	}, s.listPartners)
	write(s, operation{
		id: "create-partner", method: http.MethodPost, path: "/v1/partners", tag: tagPartners, needs: needs(auth.PartnersWrite), created: true,
		summary: "Take in a partner", text: "With its first terms, which hold for every sale until others begin.", example: examplePartner,
	}, s.createPartner, s.showPartner)
	read(s, operation{
		id: "get-partner", method: http.MethodGet, path: "/v1/partners/{partner}", tag: tagPartners, needs: needs(auth.PartnersRead), partners: true, summary: "Get a partner with its terms and shops",
	}, func(ctx context.Context, c *call, in *partnerIn) (partnerView, error) {
		n, err := in.id()
		if err != nil {
			return partnerView{}, err
		}
		return s.partnerOf(ctx, c, c.actor, n)
	})
	write(s, operation{
		id: "change-partner", method: http.MethodPatch, path: "/v1/partners/{partner}", tag: tagPartners, needs: needs(auth.PartnersWrite),
		summary: "Change a partner", text: "Fields left out stay. It holds for what is taken from then on.",
	}, s.changePartner, s.showPartner)
	write(s, operation{
		id: "end-partner", method: http.MethodPost, path: "/v1/partners/{partner}/end", tag: tagPartners, needs: needs(auth.PartnersWrite, auth.PartnersRead, auth.KeysRead, auth.KeysWrite),
		summary: "End a partnership", text: "For good: its shops neither give nor take points any more, and its keys are revoked. What comes back of earlier sales is settled still.",
	}, func(ctx context.Context, c *call, in *partnerIn, _ *nothing) (string, error) {
		return s.onPartner(c, in, func(n id.ID) (partner.Partner, error) { return s.Partners.End(ctx, c.actor, c.programme(), n) })
	}, s.showPartner)
	s.addPartnerTerms()
	s.addPartnerKeys()
	s.addPartnerStatements()
}

// addPartnerTerms adds what is agreed with partners.
func (s *server) addPartnerTerms() {
	write(s, operation{
		id: "add-partner-terms", method: http.MethodPost, path: "/v1/partners/{partner}/terms", tag: tagPartners, needs: needs(auth.PartnersWrite), created: true,
		summary: "Set new terms for sales from a moment on", text: "Terms are never changed, and new ones do not begin in the past: what was sold before keeps its prices.",
	}, func(ctx context.Context, c *call, in *partnerIn, body *newTerms) (string, error) {
		spec, err := body.spec("")
		if err != nil {
			return "", err
		}
		return s.onPartner(c, in, func(n id.ID) (partner.Partner, error) {
			return s.Partners.AddTerms(ctx, c.actor, c.programme(), n, body.Begins, spec)
		})
	}, s.showPartner)
	write(s, operation{
		id: "assign-partner-shop", method: http.MethodPost, path: "/v1/partners/{partner}/shops", tag: tagPartners, needs: needs(auth.PartnersWrite), created: true,
		summary: "Make a shop the partner's", text: "From a moment on, which may be past: what happened there since is settled too.",
	}, func(ctx context.Context, c *call, in *partnerIn, body *newPartnerShop) (string, error) {
		shop := c.setting.shopID(body.Shop)
		begins := body.Begins
		if begins.IsZero() {
			begins = s.Now()
		}
		return s.onPartner(c, in, func(n id.ID) (partner.Partner, error) {
			return s.Partners.AssignShop(ctx, c.actor, c.programme(), n, shop, begins)
		})
	}, s.showPartner)
	write(s, operation{
		id: "release-partner-shop", method: http.MethodDelete, path: "/v1/partners/{partner}/shops/{shop}", tag: tagPartners, needs: needs(auth.PartnersWrite),
		summary: "Release a shop of the partner, now",
	}, func(ctx context.Context, c *call, in *partnerShopIn, _ *nothing) (string, error) {
		shop, err := parseID(id.Shop, "shop", string(in.Shop))
		if err != nil {
			return "", err
		}
		return s.onPartner(c, &partnerIn{in.Partner}, func(n id.ID) (partner.Partner, error) {
			return s.Partners.ReleaseShop(ctx, c.actor, c.programme(), n, shop)
		})
	}, s.showPartner)
	write(s, operation{
		id: "share-offer", method: http.MethodPut, path: "/v1/partners/{partner}/offers/{offer}", tag: tagPartners, needs: needs(auth.PartnersWrite),
		summary: "Say which part of an offer's discounts the partner bears",
		text:    "From now on. A discount given in our shops the partner pays for by its share; one given in its own shops we pay for by the rest. A share of 0 ends it.",
	}, func(ctx context.Context, c *call, in *partnerOfferIn, body *newShare) (string, error) {
		offer, err := parseID(id.Offer, "offer", in.Offer)
		if err != nil {
			return "", err
		}
		part, err := money.ParseRate(body.Share)
		if err != nil {
			return "", fault.At("/share", err)
		}
		return s.onPartner(c, &partnerIn{in.Partner}, func(n id.ID) (partner.Partner, error) {
			return s.Partners.ShareOffer(ctx, c.actor, c.programme(), partner.Share{OfferID: offer, PartnerID: n, Part: part})
		})
	}, s.showPartner)
}

// partnerIn names a partner in an address.
type partnerIn struct {
	Partner partnerID `path:"partner"`
}

func (in *partnerIn) id() (id.ID, error) { return parseID(id.Partner, "partner", string(in.Partner)) }

type partnerID string

// Schema describes it for the document.
func (partnerID) Schema(huma.Registry) *huma.Schema { return shown(id.Partner, "The partner.") }

type partnerShopIn struct {
	Partner partnerID `path:"partner"`
	Shop    shopID    `path:"shop"`
}

type partnerOfferIn struct {
	Partner partnerID `path:"partner"`
	Offer   string    `path:"offer" doc:"The offer." example:"off_01h9x3k7q2v5n"`
}

// onPartner does something to a partner and names it.
func (s *server) onPartner(c *call, in *partnerIn, do func(n id.ID) (partner.Partner, error)) (string, error) {
	defer s.settings.forget(c.programme())
	n, err := in.id()
	if err != nil {
		return "", err
	}
	_, err = do(n)
	return string(in.Partner), err
}

type newPartner struct {
	Name      string   `json:"name" minLength:"1" maxLength:"400" example:"Bakery on the Square"`
	Contact   string   `json:"contact,omitempty" maxLength:"4000" doc:"Whom statements are for." example:"1 Market Street"`
	MayGrant  bool     `json:"may_grant,omitempty" doc:"Its shops give points."`
	MayAccept bool     `json:"may_accept,omitempty" doc:"Its shops take points."`
	MaySee    *bool    `json:"may_see,omitempty" doc:"Its keys learn how many points a member has, and the given name of those who consented to it; true when left out."`
	Wallet    string   `json:"wallet,omitempty" maxLength:"40" doc:"The wallet that is settled, by id or code; the programme's first when left out. It is fixed." example:"points"`
	Terms     newTerms `json:"terms"`
}

// newTerms are rates, written as decimals or fractions.
type newTerms struct {
	Begins      time.Time `json:"begins,omitzero" doc:"The first moment of sales to which they apply; left out for the first terms." example:"2027-01-01T00:00:00Z"`
	IssuePrice  string    `json:"issue_price,omitempty" maxLength:"40" doc:"What the partner pays for one smallest unit of points given in its shops, in minor units." example:"1.5"`
	RedeemPrice string    `json:"redeem_price,omitempty" maxLength:"40" doc:"What the partner gets for one smallest unit of points spent in its shops, in minor units." example:"0.8"`
	IssueFee    string    `json:"issue_fee,omitempty" maxLength:"40" doc:"What the partner pays on top, as a part of the sum for points given: 0.05 is 5 %." example:"0.05"`
	RedeemFee   string    `json:"redeem_fee,omitempty" maxLength:"40" doc:"The same for points spent." example:"0"`
	Rounding    string    `json:"rounding,omitempty" enum:"half_up,half_even,floor,ceil" doc:"How fees are rounded to minor units; half_up when left out."`
}

// spec reads the terms, which stand at a place in the body.
func (n *newTerms) spec(at string) (partner.TermsSpec, error) {
	spec := partner.TermsSpec{Rounding: money.Rounding(n.Rounding)}
	for _, r := range []struct {
		name, text string
		to         *money.Rate
	}{
		{"issue_price", n.IssuePrice, &spec.IssuePrice}, {"redeem_price", n.RedeemPrice, &spec.RedeemPrice},
		{"issue_fee", n.IssueFee, &spec.IssueFee}, {"redeem_fee", n.RedeemFee, &spec.RedeemFee},
	} {
		if r.text == "" {
			continue
		}
		var err error
		if *r.to, err = money.ParseRate(r.text); err != nil {
			return spec, fault.At(at+"/"+r.name, err)
		}
	}
	return spec, nil
}

type newPartnerShop struct {
	Shop   string    `json:"shop" minLength:"1" maxLength:"200" doc:"The code of a shop of the programme." example:"bakery"`
	Begins time.Time `json:"begins,omitzero" doc:"Now when left out." example:"2026-01-01T00:00:00Z"`
}

type newShare struct {
	Share string `json:"share" minLength:"1" maxLength:"40" doc:"0.3 is 30 %." example:"0.3"`
}

type partnerPatch struct {
	Name      *string `json:"name,omitempty" maxLength:"400"`
	Contact   *string `json:"contact,omitempty" maxLength:"4000"`
	MayGrant  *bool   `json:"may_grant,omitempty"`
	MayAccept *bool   `json:"may_accept,omitempty"`
	MaySee    *bool   `json:"may_see,omitempty"`
}

func (s *server) createPartner(ctx context.Context, c *call, _ *nothing, body *newPartner) (string, error) {
	defer s.settings.forget(c.programme())
	w, err := c.setting.wallet(body.Wallet)
	if err != nil {
		return "", noWallet("/wallet")
	}
	if !body.Terms.Begins.IsZero() {
		return "", fault.Invalid("terms_past", "the first terms hold from ever; leave their beginning out").At("/terms/begins")
	}
	n := partner.NewPartner{Spec: partner.Spec{Name: body.Name, Contact: body.Contact, MayGrant: body.MayGrant, MayAccept: body.MayAccept, MaySee: true}, WalletID: w.ID}
	change(&n.MaySee, body.MaySee)
	if n.Terms, err = body.Terms.spec("/terms"); err != nil {
		return "", err
	}
	p, err := s.Partners.Create(ctx, c.actor, c.programme(), n)
	return p.ID.In(id.Partner), err
}

func (s *server) changePartner(ctx context.Context, c *call, in *partnerIn, body *partnerPatch) (string, error) {
	return s.onPartner(c, in, func(n id.ID) (partner.Partner, error) {
		return s.Partners.Update(ctx, c.actor, c.programme(), n, func(p *partner.Spec) {
			change(&p.Name, body.Name)
			change(&p.Contact, body.Contact)
			change(&p.MayGrant, body.MayGrant)
			change(&p.MayAccept, body.MayAccept)
			change(&p.MaySee, body.MaySee)
		})
	})
}

func (s *server) listPartners(ctx context.Context, c *call, _ *nothing) (partnerList, error) {
	list, err := s.Partners.List(ctx, c.actor, c.programme())
	v := partnerList{Items: make([]partnerView, len(list))}
	for i := range list {
		v.Items[i] = c.partnerView(&list[i], nil, nil)
	}
	return v, err
}

func (s *server) showPartner(ctx context.Context, c *call, subject string) (partnerView, error) {
	n, err := parseID(id.Partner, "partner", subject)
	if err != nil {
		return partnerView{}, err
	}
	return s.partnerOf(ctx, c, watcher, n)
}

func (s *server) partnerOf(ctx context.Context, c *call, a auth.Actor, n id.ID) (partnerView, error) {
	p, err := s.Partners.Get(ctx, a, c.programme(), n)
	if err != nil {
		return partnerView{}, err
	}
	shops, err := s.Partners.Shops(ctx, a, c.programme(), n)
	if err != nil {
		return partnerView{}, err
	}
	shares, err := s.Partners.OfferShares(ctx, a, c.programme(), n)
	return c.partnerView(&p, shops, shares), err
}
