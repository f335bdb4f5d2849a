package challenge

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// Trial says what a spec would have given one member in the past.
type Trial struct {
	// Rewards is how many; limits of all members together are left out.
	Rewards int64
	Reached Reached
	// The past that was looked at: Since ≤ occurred < Until.
	Since, Until time.Time
}

// Try looks what a spec would have given a member: over the past 12 months, or
// over as long a time as the challenge lasts where it is done once between
// fixed dates. It changes nothing. It needs challenges.read and members.read.
func (s *Service) Try(ctx context.Context, a auth.Actor, programme, m id.ID, spec Spec) (Trial, error) {
	for _, needs := range []auth.Permission{auth.ChallengesRead, auth.MembersRead} {
		if err := a.Can(programme, needs); err != nil {
			return Trial{}, err
		}
	}
	if err := spec.Check(); err != nil {
		return Trial{}, err
	}
	var t Trial
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		t, err = s.try(ctx, q, programme, m, spec)
		return err
	})
	return t, err
}

func (s *Service) try(ctx context.Context, q db.Queryer, programme, m id.ID, spec Spec) (Trial, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return Trial{}, err
	}
	one, err := member.Of(ctx, q, programme, m)
	if err != nil {
		return Trial{}, err
	}
	aliases, err := member.Aliases(ctx, q, one.ID)
	if err != nil {
		return Trial{}, err
	}
	t := Trial{Until: s.clock()}
	t.Since = t.Until.In(p.Zone).AddDate(-1, 0, 0)
	if spec.Form == Goal && spec.Span == Fixed {
		t.Since = t.Until.Add(-spec.Ends.Sub(later(spec.Begins, spec.Ends.AddDate(-1, 0, 0))))
	}
	spec.Begins, spec.Ends = t.Since, t.Until
	marks, err := past(ctx, q, &spec, aliases)
	if err != nil {
		return Trial{}, err
	}
	t.Reached = spec.Fold(marks, later(t.Since, one.Enrolled), p.Zone)
	if t.Rewards = t.Reached.Total(); spec.PerMember > 0 {
		t.Rewards = min(t.Rewards, spec.PerMember)
	}
	return t, nil
}

// pastPage is how many sales or visits are read at once.
const pastPage = 200

// past marks what the members did in the time of a spec, from the journal and
// the sales.
func past(ctx context.Context, q db.Queryer, spec *Spec, members []id.ID) ([]Mark, error) {
	var marks []Mark
	for before := (sale.Cursor{Occurred: spec.Ends}); ; {
		page, err := sale.List(ctx, q, members, before, pastPage)
		if err != nil {
			return nil, err
		}
		var keys []sale.SaleKey
		for _, b := range page {
			if spec.covers(b.Occurred) {
				keys = append(keys, sale.SaleKey{MemberID: b.MemberID, ID: b.ID})
			}
		}
		if len(keys) == 0 {
			break
		}
		full, err := sale.LoadSales(ctx, q, keys)
		if err != nil {
			return nil, err
		}
		for _, b := range full {
			if m := spec.ofSale(b); m != nil {
				marks = append(marks, *m)
			}
		}
		before = sale.After(page[len(page)-1])
	}
	if spec.Counts != Visits {
		return marks, nil
	}
	return pastVisits(ctx, q, spec, members, marks)
}

func pastVisits(ctx context.Context, q db.Queryer, spec *Spec, members []id.ID, marks []Mark) ([]Mark, error) {
	for before := (journal.Cursor{Occurred: spec.Ends}); ; {
		page, err := journal.Timeline(ctx, q, members, before, pastPage, journal.Visit)
		if err != nil {
			return nil, err
		}
		for _, v := range page {
			if m := spec.ofVisit(v); m != nil {
				marks = append(marks, *m)
			}
		}
		if len(page) < pastPage || page[len(page)-1].Occurred.Before(spec.Begins) {
			return marks, nil
		}
		before = page[len(page)-1].Cursor()
	}
}
