package flow

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// Fault is something in the database that contradicts itself.
type Fault struct {
	Programme id.ID  `json:"-"`
	Room      string `json:"room"`
	What      string `json:"what"`
}

// Check verifies the invariants of every programme on one snapshot and returns
// what is wrong.
func (s *Service) Check(ctx context.Context) ([]Fault, error) {
	var faults []Fault
	err := s.db.View(ctx, func(q db.Queryer) error {
		programmes, err := program.List(ctx, q)
		if err != nil {
			return err
		}
		for _, p := range programmes {
			found, err := s.check(ctx, q, p.ID)
			if err != nil {
				return fmt.Errorf("checking programme %s: %w", p.Slug, err)
			}
			faults = append(faults, found...)
		}
		return nil
	})
	return faults, err
}

// check asks every room in turn.
func (s *Service) check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	note := func(room, what string) { faults = append(faults, Fault{programme, room, what}) }
	for _, ask := range []func() error{
		func() error { return checkPeople(ctx, q, programme, note) },
		func() error { return checkSales(ctx, q, programme, note) },
		func() error { return checkStanding(ctx, q, programme, note) },
		func() error { return checkGiftCards(ctx, q, programme, note) },
		func() error { return checkRewards(ctx, q, programme, note) },
		func() error { return checkOffers(ctx, q, programme, note) },
		func() error { return checkFlagships(ctx, q, programme, note) },
	} {
		if err := ask(); err != nil {
			return nil, err
		}
	}
	for _, r := range s.rooms {
		if err := r.Check(ctx, q, programme, func(what string) { note(r.Name(), what) }); err != nil {
			return nil, fmt.Errorf("checking %s: %w", r.Name(), err)
		}
	}
	return faults, nil
}

func checkPeople(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	members, err := member.Check(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, f := range members {
		note("members", f.MemberID.In(id.Member)+": "+f.What)
	}
	events, err := journal.Check(ctx, q, programme)
	for _, f := range events {
		note("journal", f.EventID.In(id.Event)+" of "+f.MemberID.In(id.Member)+": "+f.What)
	}
	return err
}

func checkSales(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	survivors, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return err
	}
	sales, err := sale.Check(ctx, q, programme, survivors)
	for _, f := range sales {
		note("sales", f.SaleID.In(id.Sale)+" of "+f.MemberID.In(id.Member)+": "+f.What)
	}
	if err != nil {
		return err
	}
	conflicts, err := sale.CheckConflicts(ctx, q, programme)
	for _, c := range conflicts {
		note("till conflicts", c.In(id.Conflict)+": its sale is not there, or it was settled by nobody")
	}
	return err
}

func checkStanding(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	points, err := ledger.Check(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, f := range points {
		note("points", f.String())
	}
	ranks, err := tier.Check(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, f := range ranks {
		note("ranks", f.MemberID.In(id.Member)+": "+f.What)
	}
	rules, err := earn.Check(ctx, q, programme)
	for _, f := range rules {
		note("rules", f.What)
	}
	return err
}

func checkGiftCards(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	cards, err := giftcard.Check(ctx, q, programme)
	for _, f := range cards {
		note("gift cards", f.String())
	}
	return err
}

func checkRewards(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	rewards, err := reward.Check(ctx, q, programme)
	for _, f := range rewards {
		note("rewards", f.What)
	}
	return err
}

func checkFlagships(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	flagships, err := product.Check(ctx, q, programme)
	for _, f := range flagships {
		note("flagships", f.What)
	}
	return err
}

func checkOffers(ctx context.Context, q db.Queryer, programme id.ID, note func(room, what string)) error {
	offers, err := promo.Check(ctx, q, programme)
	for _, f := range offers {
		what := f.What
		if f.OfferID != 0 {
			what = f.OfferID.In(id.Offer) + ": " + what
		}
		note("offers", what)
	}
	return err
}
