package household

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

// Pay takes a purchase whose points the household pays as far as the member's
// own fall short: exactly what is missing is passed on from the pool just
// before. When the purchase is refused it goes back. Points that a return gives
// back go to the member who paid. It needs events.write.
func (s *Service) Pay(ctx context.Context, a auth.Actor, e *flow.Event) (flow.Answer, error) {
	if err := a.Can(e.ProgrammeID, auth.EventsWrite); err != nil {
		return flow.Answer{}, err
	}
	if e.Kind != journal.Purchase || e.Payload.Checkout == nil || e.Who.MemberID == 0 {
		return flow.Answer{}, fault.Invalid("household_pay", "the pool pays for a purchase with a checkout, of a member that is named").At("/member")
	}
	key := journal.Key{ProgrammeID: e.ProgrammeID, Source: e.Source, ExternalID: e.ExternalID}
	known, err := journal.Known(ctx, s.d.Reader(), []journal.Key{key})
	if err != nil {
		return flow.Answer{}, err
	}
	if _, before := known[key]; before {
		return s.flow.TakeOne(ctx, e)
	}
	fetched, err := s.fetch(ctx, e)
	if err == nil {
		var answer flow.Answer
		if answer, err = s.flow.TakeOne(ctx, e); err == nil {
			return answer, nil
		}
	}
	if fault.As(err) == nil {
		return flow.Answer{}, err // whether it was taken is not known; the sweep will see
	}
	for _, t := range fetched {
		if back := s.takeBack(ctx, system, t, ""); back != nil {
			return flow.Answer{}, fmt.Errorf("giving back what was fetched from the pool: %w", back)
		}
	}
	return flow.Answer{}, err
}

// fetch passes on what a purchase lacks of points.
func (s *Service) fetch(ctx context.Context, e *flow.Event) ([]*Transfer, error) {
	set, err := LoadSettings(ctx, s.d.Reader(), e.ProgrammeID)
	if err != nil {
		return nil, err
	}
	p, err := meet(ctx, s.d.Reader(), e.ProgrammeID, e.Who.MemberID)
	if err != nil {
		return nil, err
	}
	h, err := householdOf(ctx, s.d.Reader(), p.aliases)
	if err != nil {
		return nil, err
	}
	if h == nil || !set.Pooling {
		return nil, fault.Refused("household_no_pool", "the member has no pool to pay from").At("/member")
	}
	var fetched []*Transfer
	for _, want := range e.Payload.Checkout.Points {
		key := ledger.AccountKey{MemberID: p.ID, WalletID: want.WalletID}
		have, err := ledger.Balances(ctx, s.d.Reader(), []ledger.AccountKey{key}, s.now())
		if err != nil {
			return fetched, err
		}
		missing := want.Points - have[key][ledger.Available]
		if missing <= 0 || p.ID == h.OwnerID {
			continue
		}
		t, err := s.fetchOne(ctx, h, p.ID, want.WalletID, missing, e)
		if err != nil {
			return fetched, err
		}
		fetched = append(fetched, t)
	}
	return fetched, nil
}

func (s *Service) fetchOne(ctx context.Context, h *Household, to, wallet id.ID, points int64, e *flow.Event) (*Transfer, error) {
	try := id.ID(0)
	if err := s.d.InTx(ctx, func(tx *db.Tx) error { try = tx.IDs().New(); return nil }); err != nil {
		return nil, err
	}
	done, err := s.flow.Transfer(ctx, system, flow.Transfer{
		ProgrammeID: h.ProgrammeID, From: h.OwnerID, To: to, WalletID: wallet, Points: points,
		Source: source, ExternalID: "pay:" + try.In(id.Event), For: string(Pay),
		Within: func(ctx context.Context, tx *db.Tx, done flow.Transferred) error {
			if err := s.noted(h, Pay)(ctx, tx, done); err != nil {
				return err
			}
			return insertFetched(ctx, tx, fetched{done.Out, h.ProgrammeID, e.Source, e.ExternalID, done.At})
		},
	})
	if err != nil {
		return nil, err
	}
	return loadTransfer(ctx, s.d.Reader(), h.ProgrammeID, done.Out)
}

// giveBack gives back what was fetched before a moment for purchases that never
// came, as when a process ended between the two.
func (s *Service) giveBack(ctx context.Context, before time.Time) error {
	list, err := selectFetched(ctx, s.d.Reader(), before)
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := s.settle(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) settle(ctx context.Context, f fetched) error {
	key := journal.Key{ProgrammeID: f.programme, Source: f.source, ExternalID: f.externalID}
	known, err := journal.Known(ctx, s.d.Reader(), []journal.Key{key})
	if err != nil {
		return err
	}
	if _, came := known[key]; !came {
		t, err := loadTransfer(ctx, s.d.Reader(), f.programme, f.transfer)
		if err != nil {
			return err
		}
		if t.Undone.IsZero() {
			if err := s.takeBack(ctx, system, t, ""); err != nil && fault.As(err) == nil {
				return err
			}
		}
	}
	return s.d.InTx(ctx, func(tx *db.Tx) error { return dropFetched(ctx, tx, f.transfer) })
}
