package calls

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
)

// Results are what came of a list: who was spoken with, and what those who were
// to be phoned bought beside those held back. What is spent is what the calls
// cost.
type Results struct {
	*List
	experiment.Comparison
	// Lots counts whoever was to be phoned by what became of them, Outcomes the
	// calls by what came of each.
	Lots     map[Lot]int64
	Outcomes map[Outcome]int64
}

// Calls is how many calls were made.
func (r *Results) Calls() (n int64) {
	for _, k := range r.Outcomes {
		n += k
	}
	return n
}

// Results returns what came of a list. It needs calls.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme, n id.ID) (*Results, error) {
	if err := a.Can(programme, auth.CallsRead); err != nil {
		return nil, err
	}
	var r *Results
	return r, s.DB.View(ctx, func(q db.Queryer) error {
		l, err := kind.Load(ctx, q, programme, n, s.Now(), "")
		if err != nil {
			return err
		}
		r = &Results{List: l, Lots: map[Lot]int64{}}
		if r.Outcomes, err = outcomes(ctx, q, l); err != nil || l.Started.IsZero() {
			return err
		}
		return r.weigh(ctx, q, s)
	})
}

// weigh compares those who were to be phoned with those held back.
func (r *Results) weigh(ctx context.Context, q db.Queryer, s *Service) error {
	list, err := selectChosen(ctx, q, `list_id = $1 AND programme_id = $2 ORDER BY member_id`, r.ID, r.ProgrammeID)
	if err != nil {
		return err
	}
	subjects := make([]experiment.Subject, len(list))
	for i, n := range list {
		subjects[i] = experiment.Subject{MemberID: n.MemberID, Held: n.Held, At: n.At, Until: n.Until, Cost: int64(n.Tries) * r.Spec.Cost}
		if !n.Held {
			r.Lots[n.State]++
		}
	}
	t, err := experiment.NewTrial(ctx, q, r.ProgrammeID, subjects)
	if err != nil {
		return err
	}
	c, err := t.Compare(ctx, q, s.clock())
	if err == nil {
		r.Comparison = *c
	}
	return err
}

// outcomes counts the calls of a list by what came of each.
func outcomes(ctx context.Context, q db.Queryer, l *List) (map[Outcome]int64, error) {
	type counted struct {
		outcome Outcome
		n       int64
	}
	all := map[Outcome]int64{}
	rows, err := q.Query(ctx, `SELECT outcome, COUNT(*) FROM call_made WHERE list_id = $1 AND programme_id = $2 GROUP BY outcome`, l.ID, l.ProgrammeID)
	err = db.Each(rows, err, func(r *sql.Rows) (c counted, err error) { return c, r.Scan(&c.outcome, &c.n) }, func(c counted) error {
		all[c.outcome] = c.n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting calls: %w", err)
	}
	return all, nil
}
