package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/tier"
)

// sweepPage is how many accounts one transaction of a sweep settles.
const sweepPage = 256

// Sweep posts what is due by the moment on accounts that have been quiet:
// pending points become usable, ranks change, points expire, each on its own
// day. It also applies returns that missed their sale. It returns how many members it settled, and tells progress after each
// page.
func (s *Service) Sweep(ctx context.Context, until time.Time, progress func(members int)) (int, error) {
	if err := s.rejoinAll(ctx); err != nil {
		return 0, err
	}
	if err := s.forgetOpenSales(ctx, until); err != nil {
		return 0, err
	}
	n := 0
	for {
		members, err := s.due(ctx, until)
		if err != nil || len(members) == 0 {
			return n, err
		}
		if err := s.sweep(ctx, members, until); err != nil {
			return n, fmt.Errorf("posting what is due: %w", err)
		}
		if n += len(members); progress != nil {
			progress(n)
		}
	}
}

// due returns members on whom the clock has something to do.
func (s *Service) due(ctx context.Context, until time.Time) ([]id.ID, error) {
	accounts, err := ledger.DueAccounts(ctx, s.db.Reader(), until, sweepPage)
	if err != nil {
		return nil, err
	}
	standings, err := tier.DueMembers(ctx, s.db.Reader(), until, sweepPage)
	if err != nil {
		return nil, err
	}
	members := make([]id.ID, 0, len(accounts)+len(standings))
	for _, k := range accounts {
		members = append(members, k.MemberID)
	}
	for _, d := range standings {
		members = append(members, d.MemberID)
	}
	slices.Sort(members)
	return slices.Compact(members), nil
}

func (s *Service) sweep(ctx context.Context, members []id.ID, until time.Time) error {
	return s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		accounts, err := s.loadDue(ctx, tx, members, until)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if err := a.post(until); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, accounts)
	})
}
