package factor

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/stats"
	"regulars/internal/touch"
)

// SupportIndex is what the Support Index of a period is asked of.
type SupportIndex interface {
	Support(ctx context.Context, a auth.Actor, programme id.ID, from, to time.Time) (touch.Support, error)
}

// SupportEffect is the Support Index before an action began and after it was
// done, over equally many days. Like Effect it is no proof.
type SupportEffect struct {
	// Before and After are of the customers served.
	Before, After touch.Index
	// Change is the share of customers whose positive review is confirmed, after
	// less before, with Newcombe's interval.
	Change stats.Interval
	// BeforeFrom and BeforeTo bound what counts as before, From and To what counts
	// as after.
	BeforeFrom, BeforeTo, From, To time.Time
}

// Shown is false where either side has too few customers.
func (e *SupportEffect) Shown() bool { return e.Before.Shown() && e.After.Shown() }

// support asks for the Support Index of both sides of an action that was done.
// The side before is as long as that after: the longer somebody looks, the more
// customers have left a review.
func (s *Service) support(ctx context.Context, a auth.Actor, n *Action) (*SupportEffect, error) {
	from, to := n.after(s.clock())
	e := &SupportEffect{BeforeFrom: n.Began.Add(-to.Sub(from)), BeforeTo: n.Began, From: from, To: to}
	before, err := s.Support.Support(ctx, a, n.ProgrammeID, e.BeforeFrom, e.BeforeTo)
	if err != nil {
		return nil, err
	}
	after, err := s.Support.Support(ctx, a, n.ProgrammeID, e.From, e.To)
	if err != nil {
		return nil, err
	}
	e.Before, e.After = before.ByCustomers, after.ByCustomers
	e.Change = stats.ShareDifference(e.After.Sure, e.After.Base, e.Before.Sure, e.Before.Base, stats.Confidence)
	return e, nil
}
