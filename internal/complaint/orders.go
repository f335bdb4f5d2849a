package complaint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Sales are kept for the counter, not by time: counting those of a period walks
// all of them. With many that takes long, so that a job counts them by the hour
// and reports read what it wrote.
const (
	// manyOrders is from how many on a count that was made before will do.
	manyOrders = 50_000
	// counted is how old it may be.
	counted = 3 * time.Hour
)

var (
	tableOrders  = db.NewTable("complaint_orders", []string{"programme_id", "hour"}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "hour", Kind: db.Int}, db.Column{Name: "orders", Kind: db.Int})
	tableCounted = db.NewTable("complaint_counted", []string{"programme_id"}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "orders", Kind: db.Int})
)

// Orders counts the orders between each two of the moments, by the hour: an hour
// belongs where it begins, the one of the first moment to what follows it. Of a
// programme with many orders those of the last hour or so may be missing.
func (s *Service) Orders(ctx context.Context, q db.Queryer, programme id.ID, moments ...time.Time) ([]int64, error) {
	counts := make([]int64, len(moments)-1)
	text, err := s.hours(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	first := moments[0].Truncate(time.Hour)
	begins := append([]time.Time{first}, moments[1:]...)
	rows, err := q.Query(ctx, text, programme, db.Micros(first)/time.Hour.Microseconds(), db.Micros(moments[len(moments)-1]), time.Hour.Microseconds())
	err = db.Each(rows, err, func(r *sql.Rows) (n [2]int64, err error) { return n, r.Scan(&n[0], &n[1]) }, func(n [2]int64) error {
		at := db.Time(n[0] * time.Hour.Microseconds())
		i, exact := slices.BinarySearchFunc(begins, at, time.Time.Compare)
		if !exact {
			i--
		}
		if 0 <= i && i < len(counts) {
			counts[i] += n[1]
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting orders: %w", err)
	}
	return counts, nil
}

// hours is the statement that reads orders by the hour: as they were counted, or
// from the sales where those are few or the count is old.
func (s *Service) hours(ctx context.Context, q db.Queryer, programme id.ID) (string, error) {
	var at, orders int64
	err := q.QueryRow(ctx, `SELECT at, orders FROM complaint_counted WHERE programme_id = $1`, programme).Scan(&at, &orders)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading when orders were counted: %w", db.Fault(err))
	}
	if orders >= manyOrders && s.clock().Sub(db.Time(at)) <= counted {
		return `SELECT o.hour, o.orders FROM complaint_orders AS o WHERE o.programme_id = $1 AND o.hour >= $2 AND o.hour * $4 < $3`, nil
	}
	return `SELECT s.occurred / $4 AS hour, COUNT(*) FROM sale AS s WHERE s.programme_id = $1 AND s.occurred >= $2 * $4 AND s.occurred < $3 GROUP BY 1`, nil
}

type orderHour struct {
	programme id.ID
	hour      int64
}

// CountOrders counts the orders of every programme by the hour, and writes what
// is otherwise than before. It does nothing else with sales than read them once.
func (s *Service) CountOrders(ctx context.Context) error {
	at := s.clock()
	now, err := readHours(ctx, s.DB.Reader(), `SELECT s.programme_id, s.occurred / $1, COUNT(*) FROM sale AS s GROUP BY 1, 2`, time.Hour.Microseconds())
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		before, err := readHours(ctx, tx, `SELECT programme_id, hour, orders FROM complaint_orders`)
		if err != nil {
			return err
		}
		var rows, sums [][]any
		all := map[id.ID]int64{}
		for k, n := range now {
			all[k.programme] += n
			if before[k] != n {
				rows = append(rows, []any{k.programme, k.hour, n})
			}
		}
		for k := range before {
			if _, still := now[k]; !still {
				rows = append(rows, []any{k.programme, k.hour, int64(0)})
			}
		}
		for p, n := range all {
			sums = append(sums, []any{p, db.Micros(at), n})
		}
		if err := tx.Upsert(ctx, tableOrders, rows); err != nil {
			return err
		}
		return tx.Upsert(ctx, tableCounted, sums)
	})
}

func readHours(ctx context.Context, q db.Queryer, text string, args ...any) (map[orderHour]int64, error) {
	counts := map[orderHour]int64{}
	rows, err := q.Query(ctx, text, args...)
	err = db.Each(rows, err, func(r *sql.Rows) (n [3]int64, err error) { return n, r.Scan(&n[0], &n[1], &n[2]) }, func(n [3]int64) error {
		counts[orderHour{id.ID(n[0]), n[1]}] = n[2]
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting orders by the hour: %w", err)
	}
	return counts, nil
}
