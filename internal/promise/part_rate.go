package promise

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// PartRate is how the promises of one part of a price were kept: of the prices
// of which it is known by which parts they were charged, those that have it.
type PartRate struct {
	Part Part
	// Kept were charged no more than shown, Grew more; of these Hidden had not
	// been shown at all.
	Kept, Grew, Hidden int64
	// Total is by how much those that grew did, Median the middle one of them
	// (of two the mean, half a unit rounded up), in minor units. What others were
	// charged less is not set against it.
	Total, Median int64
}

// N is how many prices have the part.
func (r PartRate) N() int64 { return r.Kept + r.Grew }

// Share is the share that was kept with its 95 % score interval (Wilson).
func (r PartRate) Share() stats.Interval { return stats.Wilson(r.Kept, r.N(), stats.Confidence) }

// Prices tells how many prices were charged in the span, and of how many it is
// known by which parts.
type Prices struct{ Charged, ByPart int64 }

const chargedParts = `FROM promise AS p JOIN promise_part AS c ON c.programme_id = p.programme_id AND c.promise_id = p.id
	WHERE p.programme_id = $1 AND p.ends >= $2 AND p.ends < $3 AND p.kind = 'price' AND c.was_charged`

// readPartRates adds the parts of prices up.
func (r *Rates) readPartRates(ctx context.Context, q db.Queryer, programme id.ID) error {
	from, to := db.Micros(r.From), db.Micros(r.To)
	if err := q.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM promise AS p WHERE p.programme_id = $1 AND p.ends >= $2 AND p.ends < $3 AND p.kind = 'price' AND p.actual > 0),
		(SELECT COUNT(DISTINCT p.id) `+chargedParts+`)`, programme, from, to).Scan(&r.Prices.Charged, &r.Prices.ByPart); err != nil {
		return fmt.Errorf("counting prices: %w", err)
	}
	if r.Prices.ByPart == 0 {
		return nil
	}
	var err error
	r.ByPart, err = ReadPartRates(ctx, q, chargedParts, programme, from, to)
	return err
}

// ReadPartRates adds parts of prices up, in the order in which they are shown.
// from is what follows SELECT's list, its args its values: it names the parts c,
// with the columns part, was_shown, shown and charged, and ends in a condition.
func ReadPartRates(ctx context.Context, q db.Queryer, from string, args ...any) ([]PartRate, error) {
	medians, err := readMedians(ctx, q, from, args)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT c.part, CAST(SUM(CASE WHEN c.charged > c.shown THEN 0 ELSE 1 END) AS BIGINT), CAST(SUM(CASE WHEN c.charged > c.shown THEN 1 ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN c.was_shown THEN 0 ELSE 1 END) AS BIGINT), CAST(SUM(CASE WHEN c.charged > c.shown THEN c.charged - c.shown ELSE 0 END) AS BIGINT) `+
		from+` GROUP BY c.part`, args...)
	list, err := db.Collect(rows, err, func(row *sql.Rows) (n PartRate, err error) {
		err = row.Scan(&n.Part, &n.Kept, &n.Grew, &n.Hidden, &n.Total)
		n.Median = medians[n.Part]
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding the parts of prices up: %w", err)
	}
	slices.SortFunc(list, func(a, b PartRate) int { return slices.Index(PartNames(), a.Part) - slices.Index(PartNames(), b.Part) })
	return list, nil
}

// readMedians returns the median growth of each part that grew.
func readMedians(ctx context.Context, q db.Queryer, from string, args []any) (map[Part]int64, error) {
	rows, err := q.Query(ctx, `SELECT y.part, CAST(SUM(y.growth) AS BIGINT), COUNT(*) FROM (
			SELECT c.part AS part, c.charged - c.shown AS growth, ROW_NUMBER() OVER (PARTITION BY c.part ORDER BY c.charged - c.shown) AS no,
				COUNT(*) OVER (PARTITION BY c.part) AS n `+from+` AND c.charged > c.shown) AS y
		WHERE y.no = (y.n + 1) / 2 OR y.no = (y.n + 2) / 2 GROUP BY y.part`, args...)
	medians := map[Part]int64{}
	type middle struct {
		part   Part
		sum, n int64
	}
	err = db.Each(rows, err, func(r *sql.Rows) (m middle, err error) { return m, r.Scan(&m.part, &m.sum, &m.n) }, func(m middle) error {
		medians[m.part] = (m.sum + m.n - 1) / m.n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading by how much prices grew: %w", err)
	}
	return medians, nil
}
