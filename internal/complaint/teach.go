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

// Caused counts the complaints that were opened from a moment until another, by
// what lay behind them, "" for those whose cause nobody has found; and the orders
// of that time.
func (s *Service) Caused(ctx context.Context, q db.Queryer, programme id.ID, from, to time.Time) (counts map[string]int64, orders int64, err error) {
	counts = map[string]int64{}
	rows, err := q.Query(ctx, `SELECT cause, COUNT(*) FROM complaint_case
		WHERE programme_id = $1 AND kind = 'complaint' AND opened >= $2 AND opened < $3 GROUP BY cause`, programme, db.Micros(from), db.Micros(to))
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
