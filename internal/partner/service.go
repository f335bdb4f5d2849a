package partner

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/promo"
)

// Service is what can be done with partners and their statements. Changes of
// one programme's partners come one after another, since each bumps the
// programme's version first.
type Service struct {
	d    *db.DB
	auth *auth.Service
	now  func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, a *auth.Service, now func() time.Time) *Service { return &Service{d, a, now} }

// may checks the permission, and that a partner's key asks about its own.
func may(a auth.Actor, programme, partner id.ID, p auth.Permission) error {
	if err := a.Can(programme, p); err != nil {
		return err
	}
	if a.PartnerID != 0 && a.PartnerID != partner {
		return fault.Refused("other_partner", "this key is another partner's; it sees its own alone")
	}
	return nil
}

// List returns every partner of the programme by name. It needs partners.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]Partner, error) {
	if err := may(a, programme, 0, auth.PartnersRead); err != nil {
		return nil, err
	}
	return All(ctx, s.d.Reader(), programme)
}

// Get returns one partner. It needs partners.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, partner id.ID) (Partner, error) {
	if err := may(a, programme, partner, auth.PartnersRead); err != nil {
		return Partner{}, err
	}
	return Load(ctx, s.d.Reader(), programme, partner)
}

// NewPartner is a partner to be made, with its first terms.
type NewPartner struct {
	Spec
	WalletID id.ID
	Terms    TermsSpec
}

// Create makes a partner. It needs partners.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, programme id.ID, n NewPartner) (Partner, error) {
	if err := fault.Gather(n.check(), fault.At("/terms", n.Terms.check())); err != nil {
		return Partner{}, err
	}
	p := Partner{ProgrammeID: programme, Spec: n.Spec, WalletID: n.WalletID, Made: s.moment()}
	err := s.change(ctx, a, programme, "partner.create", nil, func(tx *db.Tx) (*Partner, error) {
		if _, err := ledger.LoadWallet(ctx, tx, programme, n.WalletID); err != nil {
			return nil, fault.At("/wallet", err)
		}
		p.ID = tx.IDs().New()
		p.Terms = []Terms{{ID: tx.IDs().New(), PartnerID: p.ID, TermsSpec: n.Terms}}
		if err := upsertPartner(ctx, tx, &p); err != nil {
			return nil, err
		}
		return &p, insertTerms(ctx, tx, p.Terms[0])
	})
	return p, err
}

// Update writes what a partner is. It holds for what is taken from then on:
// statements that are closed keep the name and the contact that they were closed
// with. The trace names what was changed. It needs partners.write.
func (s *Service) Update(ctx context.Context, a auth.Actor, programme, partner id.ID, change func(*Spec)) (Partner, error) {
	var p Partner
	trace := map[string]any{}
	err := s.change(ctx, a, programme, "partner.update", trace, func(tx *db.Tx) (_ *Partner, err error) {
		if p, err = Load(ctx, tx, programme, partner); err != nil {
			return nil, err
		}
		before := p.Spec
		change(&p.Spec)
		if err := p.check(); err != nil {
			return nil, err
		}
		trace["changed"] = p.differs(before)
		return &p, upsertPartner(ctx, tx, &p)
	})
	return p, err
}

// AddTerms adds terms for sales from a moment on, which is not past: what has
// been settled keeps its price. It needs partners.write.
func (s *Service) AddTerms(ctx context.Context, a auth.Actor, programme, partner id.ID, begins time.Time, spec TermsSpec) (Partner, error) {
	if err := spec.check(); err != nil {
		return Partner{}, err
	}
	begins = db.Time(db.Micros(begins))
	return s.alter(ctx, a, programme, partner, "partner.terms", func(tx *db.Tx, p *Partner) error {
		if !p.Ended.IsZero() {
			return ended()
		}
		last := p.Terms[len(p.Terms)-1].Begins
		if begins.Before(s.now().Add(-time.Minute)) || !last.Before(begins) {
			return fault.Invalid("terms_past", "new terms begin after those before them and not in the past").At("/begins")
		}
		t := Terms{ID: tx.IDs().New(), PartnerID: p.ID, Begins: begins, TermsSpec: spec}
		p.Terms = append(p.Terms, t)
		return insertTerms(ctx, tx, t)
	})
}

// End ends a partnership for good: the shops neither give nor take points any
// more, and the keys open nothing. What comes back of earlier sales is settled
// still. It needs partners.write and keys.write.
func (s *Service) End(ctx context.Context, a auth.Actor, programme, partner id.ID) (Partner, error) {
	for _, needed := range []auth.Permission{auth.PartnersWrite, auth.KeysWrite} {
		if err := a.Can(programme, needed); err != nil {
			return Partner{}, err
		}
	}
	keys, err := s.Keys(ctx, a, programme, partner)
	if err != nil {
		return Partner{}, err
	}
	for _, k := range keys {
		if !k.Revoked.IsZero() {
			continue
		}
		if err := s.auth.RevokeKey(ctx, a, programme, k.ID); err != nil {
			return Partner{}, err
		}
	}
	return s.alter(ctx, a, programme, partner, "partner.end", func(tx *db.Tx, p *Partner) error {
		if p.Ended.IsZero() {
			p.Ended = s.moment()
		}
		return upsertPartner(ctx, tx, p)
	})
}

// Shops returns the shops of a partner, past ones too. It needs partners.read.
func (s *Service) Shops(ctx context.Context, a auth.Actor, programme, partner id.ID) ([]Shop, error) {
	if _, err := s.Get(ctx, a, programme, partner); err != nil {
		return nil, err
	}
	all, err := Shops(ctx, s.d.Reader(), programme)
	return slices.DeleteFunc(all, func(shop Shop) bool { return shop.PartnerID != partner }), err
}

// AssignShop makes a shop of the programme the partner's from a moment on, which
// may be past: then what happened there since is settled too. It needs
// partners.write.
func (s *Service) AssignShop(ctx context.Context, a auth.Actor, programme, partner, shop id.ID, begins time.Time) (Partner, error) {
	begins = db.Time(db.Micros(begins))
	return s.alter(ctx, a, programme, partner, "partner.shop", func(tx *db.Tx, p *Partner) error {
		if !p.Ended.IsZero() {
			return ended()
		}
		shops, err := program.Shops(ctx, tx, programme)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(shops, func(known program.Shop) bool { return known.ID == shop }) {
			return fault.Missing("unknown_shop", "the programme has no such shop").At("/shop")
		}
		assigned, err := Shops(ctx, tx, programme)
		if err != nil {
			return err
		}
		for _, other := range assigned {
			if other.ShopID == shop && (other.Ends.IsZero() || other.Ends.After(begins)) {
				return fault.Conflict("shop_assigned", "the shop is a partner's at that time already; release it first").At("/shop")
			}
		}
		if err := upsertShop(ctx, tx, programme, Shop{ShopID: shop, PartnerID: partner, Begins: begins}); err != nil {
			return err
		}
		// What the reader has noted so far it noted without this.
		if err := ask(ctx, tx, programme); err != nil || !begins.Before(s.now()) {
			return err
		}
		return jobs.Add(ctx, tx, s.now(), jobs.New{Kind: CollectJob, Unique: programme.In(id.Programme), Payload: collect{programme}})
	})
}

// ReleaseShop ends that a shop is the partner's, now. It needs partners.write.
func (s *Service) ReleaseShop(ctx context.Context, a auth.Actor, programme, partner, shop id.ID) (Partner, error) {
	return s.alter(ctx, a, programme, partner, "partner.release", func(tx *db.Tx, _ *Partner) error {
		assigned, err := Shops(ctx, tx, programme)
		if err != nil {
			return err
		}
		for _, one := range assigned {
			if one.ShopID == shop && one.PartnerID == partner && one.Ends.IsZero() {
				one.Ends = s.moment()
				if one.Ends.Before(one.Begins) {
					one.Ends = one.Begins
				}
				return upsertShop(ctx, tx, programme, one)
			}
		}
		return fault.Missing("unknown_shop", "the partner has no such shop").At("/shop")
	})
}

// ShareOffer says which part of an offer's discounts a partner bears from now
// on; 0 ends it. What was sold before counts by what was said then. It needs
// partners.write.
func (s *Service) ShareOffer(ctx context.Context, a auth.Actor, programme id.ID, share Share) (Partner, error) {
	if !within(share.Part, 1) {
		return Partner{}, fault.Invalid("partner_share", "a share is between 0 and 1, with at most six decimals").At("/share")
	}
	return s.alter(ctx, a, programme, share.PartnerID, "partner.offer", func(tx *db.Tx, p *Partner) error {
		if !p.Ended.IsZero() {
			return ended()
		}
		if _, err := promo.LoadHistory(ctx, tx, programme, share.OfferID); err != nil {
			return err
		}
		share.Begins = db.Time(db.Micros(s.now()))
		if err := setShare(ctx, tx, programme, share); err != nil {
			return err
		}
		// An event may have been told of already that was dated ahead.
		return ask(ctx, tx, programme)
	})
}

// OfferShares returns the offers whose cost the partner shares now. It needs
// partners.read.
func (s *Service) OfferShares(ctx context.Context, a auth.Actor, programme, partner id.ID) ([]Share, error) {
	if _, err := s.Get(ctx, a, programme, partner); err != nil {
		return nil, err
	}
	all, err := shares(ctx, s.d.Reader(), programme)
	return slices.DeleteFunc(sharesAt(all, db.Time(db.Micros(s.now()))), func(one Share) bool { return one.PartnerID != partner }), err
}

// AddKey makes an API key that is bound to the partner and returns it with its
// text, which is shown once. It needs partners.write and keys.write.
func (s *Service) AddKey(ctx context.Context, a auth.Actor, programme, partner id.ID, name string, expires time.Time) (auth.Key, string, error) {
	if err := may(a, programme, partner, auth.PartnersWrite); err != nil {
		return auth.Key{}, "", err
	}
	p, err := Load(ctx, s.d.Reader(), programme, partner)
	if err != nil {
		return auth.Key{}, "", err
	}
	if !p.Ended.IsZero() {
		return auth.Key{}, "", ended()
	}
	return s.auth.CreateKey(ctx, a, auth.NewKey{ProgrammeID: programme, PartnerID: partner, Name: name, Scopes: auth.PartnerScopes(), Expires: expires})
}

// Keys returns the keys of a partner, the latest first. It needs partners.read
// and keys.read.
func (s *Service) Keys(ctx context.Context, a auth.Actor, programme, partner id.ID) ([]auth.Key, error) {
	if _, err := s.Get(ctx, a, programme, partner); err != nil {
		return nil, err
	}
	all, err := s.auth.Keys(ctx, a, programme)
	return slices.DeleteFunc(all, func(k auth.Key) bool { return k.PartnerID != partner }), err
}

// ShopLimits tells flow what the shops of partners may not do.
func ShopLimits(ctx context.Context, q db.Queryer, programme id.ID) ([]flow.ShopLimit, error) {
	b, err := loadBook(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var limits []flow.ShopLimit
	for _, shop := range b.shops {
		p := b.partners[shop.PartnerID]
		l := flow.ShopLimit{ShopID: shop.ShopID, From: shop.Begins, Until: shop.Ends, NoGrant: !p.MayGrant}
		if p.MayAccept {
			l.Accepts = p.WalletID
		}
		if p.Ended.IsZero() {
			limits = append(limits, l)
			continue
		}
		before, after := l, flow.ShopLimit{ShopID: l.ShopID, From: p.Ended, Until: l.Until, NoGrant: true}
		if before.Until.IsZero() || before.Until.After(p.Ended) {
			before.Until = p.Ended
		}
		limits = append(limits, before, after)
	}
	return limits, nil
}

func ended() error {
	return fault.Refused("partner_ended", "the partnership has ended; make a new partner")
}

// moment is now, as it is kept.
func (s *Service) moment() time.Time { return db.Time(db.Micros(s.now())) }

func (s *Service) alter(ctx context.Context, a auth.Actor, programme, partner id.ID, action string, do func(*db.Tx, *Partner) error) (Partner, error) {
	var p Partner
	err := s.change(ctx, a, programme, action, nil, func(tx *db.Tx) (_ *Partner, err error) {
		if p, err = Load(ctx, tx, programme, partner); err != nil {
			return nil, err
		}
		return &p, do(tx, &p)
	})
	return p, err
}

// change does something to the partners and leaves its trace, with what do adds
// to it.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, action string, trace map[string]any, do func(*db.Tx) (*Partner, error)) error {
	if err := a.Can(programme, auth.PartnersWrite); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		p, err := do(tx)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: p.ID.In(id.Partner), Detail: trace})
	})
}
