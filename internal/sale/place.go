package sale

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Span is a shop for a while: From ≤ t < To, where a zero To is no end. Group
// says what it belongs to, above 0.
type Span struct {
	ShopID   id.ID
	From, To time.Time
	Group    int
}

// Custom is what a member bought in one group of shops; group 0 is everywhere
// else.
type Custom struct {
	MemberID id.ID
	Group    int
	// First is the time of the first purchase there.
	First time.Time
	// Sales and Goods are those of a period, less what came back; in minor
	// units.
	Sales, Goods int64
}

// ByPlace tells of every member of a programme in which of the groups of shops
// they bought up to a moment, and how much of that since another. It reads every
// sale of the programme, once.
func ByPlace(ctx context.Context, q db.Queryer, programme id.ID, spans []Span, from, to time.Time) ([]Custom, error) {
	var args db.Args
	group := "0"
	if len(spans) > 0 {
		group = "CASE"
		for _, s := range spans {
			group += ` WHEN shop_id = ` + args.Add(s.ShopID) + ` AND occurred >= ` + args.Add(db.Micros(s.From))
			if !s.To.IsZero() {
				group += ` AND occurred < ` + args.Add(db.Micros(s.To))
			}
			group += fmt.Sprintf(" THEN %d", s.Group)
		}
		group += " ELSE 0 END"
	}
	since := args.Add(db.Micros(from))
	rows, err := q.Query(ctx, `SELECT member_id, place, MIN(occurred), CAST(SUM(CASE WHEN occurred >= `+since+` THEN 1 ELSE 0 END) AS BIGINT),
			CAST(SUM(CASE WHEN occurred >= `+since+` THEN goods - returned ELSE 0 END) AS BIGINT)
		FROM (SELECT member_id, occurred, goods, returned, `+group+` AS place FROM sale
			WHERE programme_id = `+args.Add(programme)+` AND occurred < `+args.Add(db.Micros(to))+`) AS placed
		GROUP BY member_id, place ORDER BY member_id, place`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Custom, error) {
		var c Custom
		var first int64
		err := r.Scan(&c.MemberID, &c.Group, &first, &c.Sales, &c.Goods)
		c.First = db.Time(first)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("telling sales by place: %w", err)
	}
	return list, nil
}
