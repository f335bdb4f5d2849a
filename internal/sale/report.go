package sale

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Period is what a programme sold within a stretch of time. Sums are in minor
// units.
type Period struct {
	Sales int64
	// Goods are of all sales, RepeatGoods of those that were not the member's
	// first; both less what has come back of them since.
	Goods, RepeatGoods int64
}

// ByPeriod adds up a programme's sales from each bound to the next: bounds in
// the order of time make one period fewer. It reads every sale of the
// programme, once.
func ByPeriod(ctx context.Context, q db.Queryer, programme id.ID, bounds []time.Time) ([]Period, error) {
	if len(bounds) < 2 {
		return nil, nil
	}
	var args db.Args
	query := `SELECT p, COUNT(*), CAST(SUM(kept) AS BIGINT), CAST(SUM(CASE WHEN nth > 1 THEN kept ELSE 0 END) AS BIGINT)
		FROM (SELECT nth, goods - returned AS kept, ` + periodOf(&args, bounds) + ` AS p FROM sale
			WHERE programme_id = ` + args.Add(programme) + ` AND occurred >= ` + args.Add(db.Micros(bounds[0])) +
		` AND occurred < ` + args.Add(db.Micros(bounds[len(bounds)-1])) + `) AS dated GROUP BY p`
	periods := make([]Period, len(bounds)-1)
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (int, error) {
		var n int
		var p Period
		err := r.Scan(&n, &p.Sales, &p.Goods, &p.RepeatGoods)
		if err == nil {
			periods[n] = p
		}
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up sales by period: %w", err)
	}
	return periods, nil
}

// periodOf numbers the periods for a sale within the bounds.
func periodOf(args *db.Args, bounds []time.Time) string {
	if len(bounds) == 2 {
		return "0"
	}
	var b strings.Builder
	b.WriteString("CASE")
	for i, end := range bounds[1 : len(bounds)-1] {
		b.WriteString(" WHEN occurred < " + args.Add(db.Micros(end)) + " THEN " + strconv.Itoa(i))
	}
	b.WriteString(" ELSE " + strconv.Itoa(len(bounds)-2) + " END")
	return b.String()
}

// Latest returns the time of a programme's latest sale; the zero time when it
// has none.
func Latest(ctx context.Context, q db.Queryer, programme id.ID) (time.Time, error) {
	var last int64
	err := q.QueryRow(ctx, `SELECT COALESCE(MAX(last_at), 0) FROM sale_tally WHERE programme_id = $1`, programme).Scan(&last)
	if err != nil {
		return time.Time{}, fmt.Errorf("finding the latest sale: %w", err)
	}
	return db.Time(last), nil
}

// CountUnmatched returns how many returned lines of a programme found no sale,
// or not for all that came back.
func CountUnmatched(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM return_unmatched WHERE programme_id = $1`, programme).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting unmatched returns: %w", err)
	}
	return n, nil
}

// Item is something that was sold, as the lines of sales name it.
type Item struct{ SKU, Name, Category string }

// Items returns what a programme ever sold, fees aside, by SKU; where lines name
// it in several ways, the last in the order of letters, which is never the empty
// one. It reads every line of the programme, once.
func Items(ctx context.Context, q db.Queryer, programme id.ID) ([]Item, error) {
	rows, err := q.Query(ctx, `SELECT l.sku, MAX(l.name), MAX(l.category) FROM sale AS s JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id
		WHERE s.programme_id = $1 AND l.sku <> '' AND NOT l.fee GROUP BY l.sku ORDER BY l.sku`, programme)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (i Item, err error) { return i, r.Scan(&i.SKU, &i.Name, &i.Category) })
	if err != nil {
		return nil, fmt.Errorf("listing what was sold: %w", err)
	}
	return all, nil
}
