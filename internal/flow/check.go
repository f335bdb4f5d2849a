package flow

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
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
			found, err := check(ctx, q, p.ID)
			if err != nil {
				return fmt.Errorf("checking programme %s: %w", p.Slug, err)
			}
			faults = append(faults, found...)
		}
		return nil
	})
	return faults, err
}

func check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	points, err := ledger.Check(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	for _, f := range points {
		faults = append(faults, Fault{programme, "points", f.String()})
	}
	ranks, err := tier.Check(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	for _, f := range ranks {
		faults = append(faults, Fault{programme, "ranks", f.MemberID.In(id.Member) + ": " + f.What})
	}
	members, err := member.Check(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	for _, f := range members {
		faults = append(faults, Fault{programme, "members", f.MemberID.In(id.Member) + ": " + f.What})
	}
	return faults, nil
}
