package sale

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Sold is how many sales there were, and what was paid for their goods, in minor
// units, whatever came back since.
type Sold struct{ Sales, Goods int64 }

// SoldByShop counts a programme's sales of from ≤ occurred < until; those of no
// shop under 0. It reads every sale of the programme.
func SoldByShop(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (map[id.ID]Sold, error) {
	all, err := countSold(ctx, q, `shop_id`, programme, from, until)
	if err != nil {
		return nil, fmt.Errorf("counting sales by shop: %w", err)
	}
	return all, nil
}

// SoldByMember counts them by the account under which they were made.
func SoldByMember(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (map[id.ID]Sold, error) {
	all, err := countSold(ctx, q, `member_id`, programme, from, until)
	if err != nil {
		return nil, fmt.Errorf("counting sales by member: %w", err)
	}
	return all, nil
}

func countSold(ctx context.Context, q db.Queryer, by string, programme id.ID, from, until time.Time) (map[id.ID]Sold, error) {
	rows, err := q.Query(ctx, `SELECT `+by+`, COUNT(*), CAST(SUM(goods) AS BIGINT) FROM sale WHERE programme_id = $1 AND occurred >= $2 AND occurred < $3 GROUP BY `+by,
		programme, db.Micros(from), db.Micros(until))
	all := map[id.ID]Sold{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (n Sold, err error) {
		var which id.ID
		err = r.Scan(&which, &n.Sales, &n.Goods)
		all[which] = n
		return n, err
	})
	return all, err
}
