package promise

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/tier"
)

// lengthen makes a warranty as much longer as the rank says that the member held
// when it was given, and returns the programme's zone.
func (s *Service) lengthen(ctx context.Context, q db.Queryer, p *Promise) (*time.Location, error) {
	g, err := program.Load(ctx, q, p.ProgrammeID)
	if err != nil || p.Kind != Warranty || p.MemberID == 0 {
		return g.Zone, err
	}
	members, err := member.Aliases(ctx, q, p.MemberID)
	if err != nil {
		return nil, err
	}
	terms, err := tier.TermsAt(ctx, q, p.ProgrammeID, members, p.Made)
	if err != nil {
		return nil, err
	}
	p.Longer = terms.WarrantyMonths
	p.Due = lengthened(p.Due, p.Longer, g.Zone)
	p.Expected = p.Due
	return g.Zone, nil
}

// lengthened is a time so many months later by the programme's calendar.
func lengthened(due time.Time, months int, zone *time.Location) time.Time {
	if months == 0 {
		return due
	}
	return db.Time(db.Micros(earn.AddMonths(due, months, zone)))
}
