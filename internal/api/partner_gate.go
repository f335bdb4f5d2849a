package api

import (
	"context"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/partner"
)

// opens refuses operations that are not for partners to a partner's key,
// whatever its scopes.
func (c *call) opens(o operation) error {
	if c == nil || c.actor.PartnerID == 0 || o.partners {
		return nil
	}
	return fault.Refused("partner_key", "a partner's key cannot do this; it may recognise members, send sales and returns of its own shops, and read its own statements")
}

// partner returns the partner of the key, or nil.
func (c *call) partner() *partner.Partner {
	i := slices.IndexFunc(c.setting.partners, func(p partner.Partner) bool { return p.ID == c.actor.PartnerID })
	if i < 0 {
		return nil
	}
	return &c.setting.partners[i]
}

// theirs reports whether a shop was the partner's at the time.
func (c *call) theirs(shop id.ID, at time.Time) bool {
	return shop != 0 && slices.ContainsFunc(c.setting.assigned, func(s partner.Shop) bool {
		return s.ShopID == shop && s.PartnerID == c.actor.PartnerID && !at.Before(s.Begins) && (s.Ends.IsZero() || at.Before(s.Ends))
	})
}

func notYourShop() *fault.Error {
	return fault.Refused("not_your_shop", "a partner's key sends and reads what happens in its own shops; name one of them")
}

func notForPartners(pointer string) error {
	return fault.Refused("not_for_partner_keys", "a partner's key cannot send this; leave it out").At(pointer)
}

// partnerMaySend refuses to a partner's key what it may not send: all but
// purchases and returns of its own shops, and all that would tell or change who
// a member is. Other keys may send what they like.
func (s *server) partnerMaySend(ctx context.Context, c *call, n *newEvent, e *flow.Event) error {
	if c.actor.PartnerID == 0 {
		return nil
	}
	switch {
	case e.Kind != journal.Purchase && e.Kind != journal.Return:
		return notForPartners("/kind")
	case n.Profile != nil:
		return notForPartners("/profile")
	case n.Enrol:
		return notForPartners("/enrol")
	case len(n.Identities) > 1:
		return notForPartners("/identities/1")
	case n.Member != "" && len(n.Identities) > 0:
		return notForPartners("/identities")
	case n.Checkout != nil && len(n.Checkout.GiftCards) > 0:
		return notForPartners("/checkout/gift_cards")
	}
	at := e.Occurred
	if at.IsZero() {
		at = s.Now()
	}
	if p := c.partner(); p == nil || p.State() == partner.Ended || !c.theirs(c.setting.shopID(e.Shop), at) {
		return notYourShop().At("/shop")
	}
	if e.Kind == journal.Return {
		return s.partnerSold(ctx, c, e)
	}
	return nil
}

// partnerSold refuses a return of what was not sold in the partner's shops.
func (s *server) partnerSold(ctx context.Context, c *call, e *flow.Event) error {
	r := e.Payload.Return
	if r == nil || r.SaleReference == "" {
		return fault.Refused("partner_return_uncited", "a partner's key returns goods of a sale in its own shops; name the sale").At("/return/sale_reference")
	}
	key := journal.Key{ProgrammeID: c.programme(), Source: r.SaleSource, ExternalID: r.SaleReference}
	if key.Source == "" {
		key.Source = e.Source
	}
	known, err := journal.Known(ctx, s.DB.Reader(), []journal.Key{key})
	if err != nil {
		return err
	}
	if same, there := known[key]; there && !same.Waiting {
		sold, err := journal.Get(ctx, s.DB.Reader(), same.MemberID, same.EventID)
		if err != nil {
			return err
		}
		if c.theirs(sold.ShopID, sold.Occurred) {
			return nil
		}
	}
	return notYourShop().At("/return/sale_reference")
}

// partnerEvent shows a partner what came of an event in its own shops. Others
// are not known to it.
func (s *server) partnerEvent(ctx context.Context, c *call, same journal.Same) (eventView, error) {
	missing := fault.Missing("unknown_event_key", "no event was taken from this source under this number")
	if same.Waiting {
		return eventView{}, missing
	}
	e, err := journal.Get(ctx, s.DB.Reader(), same.MemberID, same.EventID)
	if err != nil {
		return eventView{}, err
	}
	if !c.theirs(e.ShopID, e.Occurred) {
		return eventView{}, missing
	}
	views, err := c.events(ctx, s.DB.Reader(), []*journal.Event{e})
	if err != nil {
		return eventView{}, err
	}
	v := views[0]
	wallet := c.setting.walletCode(c.partner().WalletID)
	v.Actor, v.Attributes = "", nil
	v.Movements = slices.DeleteFunc(v.Movements, func(m movementView) bool { return m.Wallet != wallet })
	return v, nil
}

// forPartner leaves of an answer what a partner needs at its till: the sale, the
// points that it moved in the partner's wallet, and what is available there
// where it may see that. It tells nothing of ranks, of rules and offers that do not apply, or of other
// wallets.
func (c *call) forPartner(a *flow.Answer) *flow.Answer {
	v := *a
	p := c.partner()
	if p == nil {
		return &flow.Answer{EventID: a.EventID, MemberID: a.MemberID, Repeated: a.Repeated, Waiting: a.Waiting}
	}
	v.Ranks, v.Skipped = nil, nil
	v.Movements, v.Balances = nil, nil
	for _, m := range a.Movements {
		if m.WalletID == p.WalletID {
			v.Movements = append(v.Movements, m)
		}
	}
	for _, b := range a.Balances {
		if b.WalletID == p.WalletID && p.MaySee {
			v.Balances = append(v.Balances, flow.Balance{WalletID: b.WalletID, Code: b.Code, Available: b.Available})
		}
	}
	if a.Sale != nil {
		sale := *a.Sale
		sale.Refused = slices.DeleteFunc(slices.Clone(sale.Refused), func(r flow.RefusedOffer) bool { return r.Code == "" })
		v.Sale = &sale
	}
	return &v
}

// shopID returns the shop of a code, 0 for none.
func (s *setting) shopID(code string) id.ID {
	for _, shop := range s.shops {
		if shop.Code == code {
			return shop.ID
		}
	}
	return 0
}
