package earn

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// usageKept is for how long a counter is kept once its period is over and
// nothing is counted in it any more. An event told later than that finds the
// limit of its period unused.
const usageKept = 400 * 24 * time.Hour

// usagePage is how many counters one transaction of a sweep looks at.
const usagePage = 5000

// Sweep removes the counters of caps whose period has long been over, unless a
// late event or an import of the past has counted in them since. Those of a cap
// without end stay. It is meant to run once a day.
func (s *Service) Sweep(ctx context.Context) error {
	before := s.now().Add(-usageKept)
	for after := id.ID(0); after < math.MaxInt64; {
		last, err := pageEnd(ctx, s.d.Reader(), after)
		if err != nil {
			return err
		}
		err = s.d.InTxAgain(ctx, func(tx *db.Tx) error { return deleteUsage(ctx, tx, after, last, before) })
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// pageEnd returns the last member of a page of counters that begins after one;
// the greatest number for the last page.
func pageEnd(ctx context.Context, q db.Queryer, after id.ID) (id.ID, error) {
	var last id.ID
	err := q.QueryRow(ctx, `SELECT member_id FROM earn_usage WHERE member_id > $1 ORDER BY member_id LIMIT 1 OFFSET $2`, after, usagePage).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MaxInt64, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for old counters of limits: %w", db.Fault(err))
	}
	return last, nil
}

// deleteUsage removes what is old of the counters of members above one and up
// to another. Programmes have calendars of their own, within a day of UTC's.
func deleteUsage(ctx context.Context, tx *db.Tx, after, last id.ID, before time.Time) error {
	var args db.Args
	query := `DELETE FROM earn_usage WHERE member_id > ` + args.Add(after) + ` AND member_id <= ` + args.Add(last) +
		` AND changed < ` + args.Add(db.Micros(before)) + ` AND (`
	for i, p := range []Period{Day, Week, Month, Year} {
		if i > 0 {
			query += ` OR `
		}
		begun := p.Start(before, time.UTC).AddDate(0, 0, -1)
		query += `period = ` + args.Add(string(p)) + ` AND period_start < ` + args.Add(db.Micros(begun))
	}
	if _, err := tx.Exec(ctx, query+`)`, args.Values()...); err != nil {
		return fmt.Errorf("removing old counters of limits: %w", err)
	}
	return nil
}
