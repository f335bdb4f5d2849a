package plan

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"unicode"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Mark is what is noted of a charge.
type Mark string

// The marks.
const (
	MarkPaid     Mark = "paid"
	MarkFailed   Mark = "failed"
	MarkRefunded Mark = "refunded"
)

// Marks returns every mark.
func Marks() []Mark { return []Mark{MarkPaid, MarkFailed, MarkRefunded} }

const maxReference = 200 // bytes

// checkReference takes a provider's own name for a payment, and nothing that
// looks like a card's number.
func checkReference(text string) error {
	if len(text) > maxReference || !plain(text, false) || strings.ContainsFunc(text, unicode.IsControl) {
		return fault.Invalid("charge_reference", "the reference takes at most %d bytes of plain text", maxReference).At("/reference").With("limit", maxReference)
	}
	return refuseCards("/reference", text)
}

// Charges returns a page of charges, the latest first. It needs plans.read.
func (s *Service) Charges(ctx context.Context, a auth.Actor, w Query) ([]*Charge, error) {
	if err := a.Can(w.ProgrammeID, auth.PlansRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := w.where(&args, "c")
	return selectCharges(ctx, s.db.Reader(), where, args.Values()...)
}

// Charge returns one charge. It needs plans.read.
func (s *Service) Charge(ctx context.Context, a auth.Actor, programme, charge id.ID) (*Charge, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return nil, err
	}
	return findCharge(ctx, s.db.Reader(), programme, charge)
}

// Note notes that a charge was paid, failed or was given back; noting the same
// again changes nothing. It needs charges.write.
func (s *Service) Note(ctx context.Context, a auth.Actor, programme, charge id.ID, mark Mark, reference string) (*Charge, error) {
	if err := a.Can(programme, auth.ChargesWrite); err != nil {
		return nil, err
	}
	if err := checkReference(reference); err != nil {
		return nil, err
	}
	var c *Charge
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		found, err := findCharge(ctx, tx, programme, charge)
		if err != nil {
			return err
		}
		p, b, err := s.openCharge(ctx, tx, found)
		if err != nil {
			return err
		}
		c = b.find(charge)
		was := c.State
		if err := b.mark(c, mark, reference); err != nil {
			return err
		}
		if c.State == was {
			return nil
		}
		if err := s.save(ctx, tx, p); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "charge." + string(mark), Subject: charge.In(id.Charge),
			Detail: map[string]any{"state": string(c.State), "amount": c.Amount, "refund": c.Refund}})
	})
	return c, err
}

func (b *book) mark(c *Charge, mark Mark, reference string) error {
	switch mark {
	case MarkPaid:
		b.pay(c, reference)
		return nil
	case MarkFailed:
		return b.fail(c, reference)
	case MarkRefunded:
		return b.refunded(c, reference)
	}
	return fault.Invalid("charge_mark", "a charge is noted as paid, failed or refunded").At("/state")
}

func (b *book) find(charge id.ID) *Charge {
	for _, c := range b.charges {
		if c.ID == charge {
			return c
		}
	}
	return nil
}

// openCharge opens the person whose charge it is, the book of its subscription
// among theirs even when that has ended.
func (s *Service) openCharge(ctx context.Context, tx *db.Tx, c *Charge) (*person, *book, error) {
	p, err := s.open(ctx, tx, c.ProgrammeID, c.MemberID)
	if f := fault.As(err); f != nil && f.Code == "member_erased" {
		p, err = load(ctx, tx, tx.IDs(), c.ProgrammeID, []id.ID{c.MemberID}, s.moment())
	}
	if err != nil {
		return nil, nil, err
	}
	for _, b := range p.books {
		if b.sub.ID == c.SubscriptionID {
			return p, b, nil
		}
	}
	for _, sub := range p.past {
		if sub.ID != c.SubscriptionID {
			continue
		}
		b, err := p.book(ctx, tx, sub)
		p.books = append(p.books, b)
		return p, b, err
	}
	return nil, nil, fault.Missing("unknown_charge", "the programme has no charge %s", c.ID.In(id.Charge)).With("charge", c.ID.In(id.Charge))
}

// Verify returns the programme in whose name a provider's message was signed,
// which is that of the charge in it.
func (s *Service) Verify(ctx context.Context, h http.Header, body []byte) (id.ID, error) {
	var named struct {
		Charge string `json:"charge"`
	}
	if json.Unmarshal(body, &named) != nil {
		return 0, unsigned()
	}
	charge, err := id.Parse(id.Charge, named.Charge)
	if err != nil {
		return 0, unsigned()
	}
	c, err := findCharge(ctx, s.db.Reader(), 0, charge)
	if fault.As(err) != nil {
		return 0, unsigned()
	} else if err != nil {
		return 0, err
	}
	settings, err := loadSettings(ctx, s.db.Reader(), c.ProgrammeID)
	if err != nil {
		return 0, err
	}
	return c.ProgrammeID, verify(h, settings.secret, s.now(), body)
}
