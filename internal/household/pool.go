package household

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

// Reader is the kind of job by which flow tells of committed events.
const Reader = "household.read"

// source names the transfers that this room makes by itself.
const source = "household"

// Read lets points that events made available flow to the owners. It may be
// told twice of an event.
func (s *Service) Read(ctx context.Context, j *jobs.Job) error {
	var told flow.Committed
	if err := j.Read(&told); err != nil {
		return err
	}
	programmes := map[id.ID][]id.ID{}
	for _, e := range told.Events {
		if e.Kind != journal.Transfer && e.Kind != journal.TransferUndo && !slices.Contains(programmes[e.ProgrammeID], e.MemberID) {
			programmes[e.ProgrammeID] = append(programmes[e.ProgrammeID], e.MemberID)
		}
	}
	for programme, members := range programmes {
		set, err := LoadSettings(ctx, s.d.Reader(), programme)
		if err != nil {
			return err
		}
		if !set.Pooling {
			continue
		}
		for _, m := range members {
			if err := s.poolOf(ctx, programme, m); err != nil {
				return fmt.Errorf("pooling the points of %s: %w", m.In(id.Member), err)
			}
		}
	}
	return nil
}

// poolOf lets the new points of a member flow to the owner.
func (s *Service) poolOf(ctx context.Context, programme, m id.ID) error {
	p, err := meet(ctx, s.d.Reader(), programme, m)
	if err != nil {
		return err
	}
	h, err := Current(ctx, s.d.Reader(), p.aliases)
	if err != nil || h == nil {
		return err
	}
	return s.pour(ctx, h, p)
}

// poured bounds how many lots flow at once; the next sweep takes more.
const poured = 200

// pour passes what is available of lots that came since the member joined on to
// the owner, each lot once: what comes back to it later stays where it is.
func (s *Service) pour(ctx context.Context, h *Household, p person) error {
	if slices.Contains(p.aliases, h.OwnerID) {
		return nil
	}
	i := slices.IndexFunc(h.Members, func(m Member) bool { return slices.Contains(p.aliases, m.MemberID) })
	wallets, err := ledger.Wallets(ctx, s.d.Reader(), h.ProgrammeID)
	if err != nil || i < 0 {
		return err
	}
	for _, w := range wallets {
		lots, err := ledger.OpenLots(ctx, s.d.Reader(), ledger.AccountKey{MemberID: p.ID, WalletID: w.ID}, s.now(), poured)
		if err != nil {
			return err
		}
		for _, l := range lots {
			if !l.Released || l.Amount == 0 || l.Earned.Before(h.Members[i].Joined) {
				continue // pending, passed on by somebody, or older than the household
			}
			if err := s.pourLot(ctx, h, p.ID, l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) pourLot(ctx context.Context, h *Household, from id.ID, l ledger.Lot) error {
	_, err := s.flow.Transfer(ctx, system, flow.Transfer{
		ProgrammeID: h.ProgrammeID, From: from, To: h.OwnerID, WalletID: l.WalletID, Lot: flow.LotKey{EventID: l.EventID, ID: l.ID},
		Source: source, ExternalID: "pool:" + l.ID.In(id.Lot), For: string(Pool), Within: s.noted(h, Pool),
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return nil // spent meanwhile, the owner is gone, or it went before to another owner
	}
	return err
}

// noted writes a transfer of the household within flow's transaction, if the
// two still share the household.
func (s *Service) noted(h *Household, what Purpose) func(context.Context, *db.Tx, flow.Transferred) error {
	return func(ctx context.Context, tx *db.Tx, done flow.Transferred) error {
		for _, m := range []id.ID{done.From, done.To} {
			aliases, err := aliasesOf(ctx, tx, m)
			if err != nil {
				return err
			}
			now, err := Current(ctx, tx, aliases)
			if err != nil {
				return err
			}
			if now == nil || now.ID != h.ID {
				return fault.Conflict("household_left", "the member has left the household")
			}
		}
		t := transferOf(h.ProgrammeID, what, done)
		t.HouseholdID = h.ID
		return insertTransfer(ctx, tx, t)
	}
}

// swept is how many households are looked at in one page.
const swept = 200

// Sweep lets points flow that became available by the clock alone. It is to run
// now and then.
func (s *Service) Sweep(ctx context.Context) error {
	for after := id.ID(0); ; {
		list, err := selectHouseholds(ctx, s.d.Reader(), `id > $1 AND dissolved = 0 ORDER BY id LIMIT $2`, after, swept)
		if err != nil {
			return err
		}
		for _, h := range list {
			after = h.ID
			if err := s.pourAll(ctx, h); err != nil {
				return fmt.Errorf("pooling of household %s: %w", h.ID.In(id.Household), err)
			}
		}
		if len(list) < swept {
			return s.giveBack(ctx, s.now().Add(-stranded))
		}
	}
}

func (s *Service) pourAll(ctx context.Context, h *Household) error {
	set, err := LoadSettings(ctx, s.d.Reader(), h.ProgrammeID)
	if err != nil || !set.Pooling {
		return err
	}
	for _, m := range h.Members {
		p, err := meet(ctx, s.d.Reader(), h.ProgrammeID, m.MemberID)
		if err != nil {
			return err
		}
		if err := s.pour(ctx, h, p); err != nil {
			return err
		}
	}
	return nil
}

// stranded is after what time points that were fetched for a purchase go back
// if the purchase never came.
const stranded = 10 * time.Minute
