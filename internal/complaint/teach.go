package complaint

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Teachable returns the codes of the causes that a lesson can be about: those of
// the settings but "other", which says nothing of what lay behind.
func (s *Service) Teachable(ctx context.Context, q db.Queryer, programme id.ID) ([]string, error) {
	_, set, _, err := s.place(ctx, q, programme, 0)
	var codes []string
	for _, c := range set.Causes {
		if c.Code != Other {
			codes = append(codes, c.Code)
		}
	}
	return codes, err
}

// Caused counts the complaints that were made from a moment until another, by
// what lay behind them, "" for those whose cause nobody has found; and the orders
// of that time.
func (s *Service) Caused(ctx context.Context, q db.Queryer, programme id.ID, from, to time.Time) (counts map[string]int64, orders int64, err error) {
	counts = map[string]int64{}
	rows, err := q.Query(ctx, `SELECT c.cause, COUNT(*) FROM complaint_case AS c
		WHERE c.programme_id = $1 AND `+complained+` AND c.opened >= $2 AND c.opened < $3 GROUP BY c.cause`, programme, db.Micros(from), db.Micros(to))
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var cause string
		var n int64
		err = r.Scan(&cause, &n)
		counts[cause] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("counting complaints by cause: %w", err)
	}
	n, err := s.Orders(ctx, q, programme, from, to)
	if err != nil {
		return nil, 0, err
	}
	return counts, n[0], nil
}

// Around counts the complaints of a cause and all orders, for a span before a moment
// and for as long after it.
func (s *Service) Around(ctx context.Context, q db.Queryer, programme id.ID, cause string, at time.Time, span time.Duration) (before, after Rate, err error) {
	from, to := at.Add(-span), at.Add(span)
	var earlier, later int64
	err = q.QueryRow(ctx, `SELECT COUNT(CASE WHEN c.opened < $3 THEN 1 END), COUNT(CASE WHEN c.opened >= $3 THEN 1 END) FROM complaint_case AS c
		WHERE c.programme_id = $1 AND `+complained+` AND c.cause = $2 AND c.opened >= $4 AND c.opened < $5`,
		programme, cause, db.Micros(at), db.Micros(from), db.Micros(to)).Scan(&earlier, &later)
	if err != nil {
		return before, after, fmt.Errorf("counting complaints before and after: %w", db.Fault(err))
	}
	orders, err := s.Orders(ctx, q, programme, from, at, to)
	if err != nil {
		return before, after, err
	}
	return rateOf(earlier, orders[0]), rateOf(later, orders[1]), nil
}
