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
	if err := payable(e); err != nil {
		return flow.Answer{}, err
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

func payable(e *flow.Event) error {
	if e.Kind != journal.Purchase || e.Payload.Checkout == nil || e.Who.MemberID == 0 {
		return fault.Invalid("household_pay", "the pool pays for a purchase with a checkout, of a member that is named").At("/member")
	}
	return nil
}

// Quote says what a purchase would come to that Pay takes, and changes nothing.
func (s *Service) Quote(ctx context.Context, a auth.Actor, e *flow.Event) (flow.Answer, error) {
	if err := a.Can(e.ProgrammeID, auth.EventsWrite); err != nil {
		return flow.Answer{}, err
	}
	if err := payable(e); err != nil {
		return flow.Answer{}, err
	}
	_, wanted, err := s.lacks(ctx, e)
	if err != nil {
		return flow.Answer{}, err
	}
	for i := range wanted {
		wanted[i].ExternalID = "quote:" + wanted[i].WalletID.In(id.Wallet) + ":" + e.ExternalID
	}
	return s.flow.QuoteAfter(ctx, system, wanted, e)
}

// fetch passes on what a purchase lacks of points.
func (s *Service) fetch(ctx context.Context, e *flow.Event) ([]*Transfer, error) {
	h, wanted, err := s.lacks(ctx, e)
	if err != nil {
		return nil, err
	}
	var fetched []*Transfer
	for _, one := range wanted {
		t, err := s.fetchOne(ctx, h, one, e)
		if err != nil {
			return fetched, err
		}
		fetched = append(fetched, t)
	}
	return fetched, nil
}

// lacks returns the household of a purchase's member, and what is to be passed
// on from its pool for what their own points fall short.
func (s *Service) lacks(ctx context.Context, e *flow.Event) (*Household, []flow.Transfer, error) {
	set, err := LoadSettings(ctx, s.d.Reader(), e.ProgrammeID)
	if err != nil {
		return nil, nil, err
	}
	p, err := meet(ctx, s.d.Reader(), e.ProgrammeID, e.Who.MemberID)
	if err != nil {
		return nil, nil, err
	}
	h, err := Current(ctx, s.d.Reader(), p.aliases)
	if err != nil {
		return nil, nil, err
	}
	if h == nil || !set.Pooling {
		return nil, nil, fault.Refused("household_no_pool", "the member has no pool to pay from").At("/member")
	}
	var wanted []flow.Transfer
	for _, want := range e.Payload.Checkout.Points {
		key := ledger.AccountKey{MemberID: p.ID, WalletID: want.WalletID}
		have, err := ledger.Balances(ctx, s.d.Reader(), []ledger.AccountKey{key}, s.now())
		if err != nil {
			return nil, nil, err
		}
		if missing := want.Points - have[key][ledger.Available]; missing > 0 && p.ID != h.OwnerID {
			wanted = append(wanted, flow.Transfer{ProgrammeID: h.ProgrammeID, From: h.OwnerID, To: p.ID, WalletID: want.WalletID, Points: missing, Source: source, For: string(Pay)})
		}
	}
	return h, wanted, nil
}

func (s *Service) fetchOne(ctx context.Context, h *Household, wanted flow.Transfer, e *flow.Event) (*Transfer, error) {
	try := id.ID(0)
	if err := s.d.InTx(ctx, func(tx *db.Tx) error { try = tx.IDs().New(); return nil }); err != nil {
		return nil, err
	}
	wanted.ExternalID = "pay:" + try.In(id.Event)
	wanted.Within = func(ctx context.Context, tx *db.Tx, done flow.Transferred) error {
		if err := s.noted(h, Pay)(ctx, tx, done); err != nil {
			return err
		}
		return insertFetched(ctx, tx, fetched{done.Out, h.ProgrammeID, e.Source, e.ExternalID, done.At})
	}
	done, err := s.flow.Transfer(ctx, system, wanted)
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
