package giftcard

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Service is what can be done with gift cards outside a sale. A verb names a
// card by its number, as somebody typed it, or by its shown id.
type Service struct {
	d   *db.DB
	now func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d: d, now: now} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.now())) }

// Issue makes the cards of an order. It needs giftcards.issue. An order under a
// key that was used before returns the batch of then; with other content it
// fails with "card_order_reused".
func (s *Service) Issue(ctx context.Context, a auth.Actor, programme id.ID, o Order) (Batch, error) {
	if err := a.Can(programme, auth.GiftCardsIssue); err != nil {
		return Batch{}, err
	}
	var b Batch
	err := s.d.InTx(ctx, func(tx *db.Tx) (err error) {
		b, err = s.issue(ctx, tx, a, programme, o)
		return err
	})
	return b, err
}

func (s *Service) issue(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, o Order) (Batch, error) {
	request, err := o.request()
	if err != nil {
		return Batch{}, err
	}
	p, err := program.Load(ctx, tx, programme)
	if err != nil {
		return Batch{}, err
	}
	o.Country = cmp.Or(o.Country, p.Region)
	now := s.clock()
	if err := o.check(now); err != nil {
		return Batch{}, err
	}
	if err := knownMembers(ctx, tx, programme, o.Recipients); err != nil {
		return Batch{}, err
	}
	b := Batch{ID: tx.IDs().New(), ProgrammeID: programme, Cards: o.cards(), Campaign: o.Campaign, Made: now}
	if b.CampaignID, err = campaign(ctx, tx, programme, o.Campaign); err != nil {
		return Batch{}, err
	}
	fresh, err := claimBatch(ctx, tx, cmp.Or(o.Key, b.ID.In(id.GiftBatch)), request, &b)
	if err != nil || !fresh {
		return b, err
	}
	cards, err := b.make(&o, p, tx.IDs().New)
	if err != nil {
		return Batch{}, err
	}
	if err := insertCards(ctx, tx, cards); err != nil {
		return Batch{}, err
	}
	return b, auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "giftcard.issue", Subject: b.ID.In(id.GiftBatch), Detail: map[string]any{
		"cards": b.Cards, "value": o.Value, "given": o.Given, "months": o.Months, "country": o.Country, "campaign": o.Campaign,
	}})
}

// make returns the cards of a batch, which hold their money unless they are to
// be activated later.
func (b *Batch) make(o *Order, p program.Programme, fresh func() id.ID) ([]*Card, error) {
	cards := make([]*Card, b.Cards)
	for i := range cards {
		r := o.recipient(i)
		c := &Card{
			ID: fresh(), ProgrammeID: b.ProgrammeID, Number: newNumber(), State: Inactive, Given: o.Given, Face: o.Value, Months: o.Months,
			Expires: o.Until, BatchID: b.ID, CampaignID: b.CampaignID, MemberID: r.MemberID, Label: r.Label, fresh: fresh,
		}
		if !o.Inactive {
			if err := c.Activate(b.Made, 0, p.Zone); err != nil {
				return nil, err
			}
		}
		cards[i] = c
	}
	return cards, nil
}

// knownMembers refuses recipients who are no members of the programme.
func knownMembers(ctx context.Context, q db.Queryer, programme id.ID, list []Recipient) error {
	var ids []id.ID
	for _, r := range list {
		if r.MemberID != 0 {
			ids = append(ids, r.MemberID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	members, err := member.Read(ctx, q, ids)
	if err != nil {
		return err
	}
	for i, r := range list {
		if r.MemberID == 0 {
			continue
		}
		if m := members[r.MemberID]; m == nil || m.ProgrammeID != programme || m.Status == member.Erased {
			return member.Unknown(r.MemberID).At(fmt.Sprintf("/recipients/%d/member", i))
		}
	}
	return nil
}

// Activate puts money on a card that waits to be sold; the value may be 0 where
// the card has one. It needs giftcards.sell.
func (s *Service) Activate(ctx context.Context, a auth.Actor, programme id.ID, name string, value int64) (*Card, error) {
	return s.change(ctx, a, programme, auth.GiftCardsSell, name, "giftcard.activate", func(tx *db.Tx, c *Card) error {
		zone, err := zoneOf(ctx, tx, programme)
		if err != nil {
			return err
		}
		return c.Activate(s.clock(), value, zone)
	})
}

// Unseen says that nobody looked at the card before.
const Unseen = int64(-1)

// TopUp adds what a customer paid to a card. Seen is what had been added when
// the card was looked at, so that a form which is sent twice adds once: the
// second time fails with "card_changed". It needs giftcards.sell.
func (s *Service) TopUp(ctx context.Context, a auth.Actor, programme id.ID, name string, amount, seen int64) (*Card, error) {
	return s.change(ctx, a, programme, auth.GiftCardsSell, name, "giftcard.top_up", func(tx *db.Tx, c *Card) error {
		if seen != Unseen && seen != c.Added {
			return fault.Conflict("card_changed", "the card has been topped up since you looked; look at its movements before you do it again").At("/amount")
		}
		zone, err := zoneOf(ctx, tx, programme)
		if err != nil {
			return err
		}
		return c.TopUp(s.clock(), amount, zone)
	})
}

func zoneOf(ctx context.Context, q db.Queryer, programme id.ID) (*time.Location, error) {
	p, err := program.Load(ctx, q, programme)
	return p.Zone, err
}

// Block stops a card from paying, as when it was lost. It needs
// giftcards.block.
func (s *Service) Block(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Card, error) {
	return s.change(ctx, a, programme, auth.GiftCardsBlock, name, "giftcard.block", func(_ *db.Tx, c *Card) error { return c.Block() })
}

// Unblock lets a blocked card pay again. It needs giftcards.block.
func (s *Service) Unblock(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Card, error) {
	return s.change(ctx, a, programme, auth.GiftCardsBlock, name, "giftcard.unblock", func(_ *db.Tx, c *Card) error { return c.Unblock() })
}

// Claim makes a card a member's. It needs giftcards.sell, or to be the member.
func (s *Service) Claim(ctx context.Context, a auth.Actor, programme, m id.ID, name string) (*Card, error) {
	if a.Kind != auth.KindMember || a.ID != m || a.ProgrammeID != programme {
		if err := a.Can(programme, auth.GiftCardsSell); err != nil {
			return nil, err
		}
	}
	return s.alter(ctx, a, programme, name, "giftcard.claim", func(tx *db.Tx, c *Card) error {
		if err := knownMembers(ctx, tx, programme, []Recipient{{MemberID: m}}); err != nil {
			return member.Unknown(m).At("/member")
		}
		aliases, err := member.Aliases(ctx, tx, m)
		if err != nil {
			return err
		}
		return c.Claim(m, aliases, s.clock())
	})
}

// change is alter for who holds the permission.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, p auth.Permission, name, action string, do func(*db.Tx, *Card) error) (*Card, error) {
	if err := a.Can(programme, p); err != nil {
		return nil, err
	}
	return s.alter(ctx, a, programme, name, action, do)
}

// alter does something to one card and leaves its trace.
func (s *Service) alter(ctx context.Context, a auth.Actor, programme id.ID, name, action string, do func(*db.Tx, *Card) error) (*Card, error) {
	var c *Card
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		k, err := keyOf(ctx, tx, programme, name)
		if err != nil {
			return err
		}
		cards, err := LoadCards(ctx, tx, []Key{k})
		if err != nil {
			return err
		}
		if c = cards[k]; c == nil {
			return Unknown()
		}
		before := c.Balance
		if err := do(tx, c); err != nil {
			return err
		}
		e := auth.Entry{ProgrammeID: programme, Action: action, Subject: c.ID.In(id.GiftCard)}
		if c.Balance != before {
			e.Detail = map[string]any{"amount": c.Balance - before}
		}
		if err := Save(ctx, tx, []*Card{c}); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, e)
	})
	return c, err
}

// expirePage is how many cards one transaction of Expire settles.
const expirePage = 256

// Expire posts what has run out by the moment, each at the end of its card, ends
// holds whose time is over, and returns on how many cards that was. Cards are unusable from their end on,
// whenever this runs.
func (s *Service) Expire(ctx context.Context, until time.Time) (int, error) {
	for n := 0; ; {
		keys, err := dueKeys(ctx, s.d.Reader(), until, expirePage)
		if err != nil || len(keys) == 0 {
			return n, err
		}
		if err := s.d.InTx(ctx, func(tx *db.Tx) error { return expire(ctx, tx, keys, until) }); err != nil {
			return n, fmt.Errorf("ending gift cards: %w", err)
		}
		n += len(keys)
	}
}

func expire(ctx context.Context, tx *db.Tx, keys []Key, until time.Time) error {
	cards, err := LoadCards(ctx, tx, keys)
	if err != nil {
		return err
	}
	list := make([]*Card, 0, len(cards))
	for _, c := range cards {
		c.Expire(until)
		c.lapse(until)
		list = append(list, c)
	}
	return Save(ctx, tx, list)
}
