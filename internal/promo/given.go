package promo

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Given is in how many sales offers took something off, and how much, in minor
// units. Points that were multiplied and gifts take nothing off.
type Given struct{ Sales, Amount int64 }

// The ways to count what was taken off.
const (
	givenByShop   = "shop_id"
	givenByMember = "member_id"
	givenByOffer  = "offer_id"
)

// GivenByShop counts the sales of from ≤ at < until in which offers took
// something off, by shop; those of no shop under 0. It reads all redemptions.
func GivenByShop(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (map[id.ID]Given, error) {
	return givenBy(ctx, q, givenByShop, programme, from, until)
}

// GivenByMember counts them by the account under which they were made.
func GivenByMember(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (map[id.ID]Given, error) {
	return givenBy(ctx, q, givenByMember, programme, from, until)
}

// GivenByOffer counts them by offer; a sale counts for each that was in it.
func GivenByOffer(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (map[id.ID]Given, error) {
	return givenBy(ctx, q, givenByOffer, programme, from, until)
}

func givenBy(ctx context.Context, q db.Queryer, by string, programme id.ID, from, until time.Time) (map[id.ID]Given, error) {
	rows, err := q.Query(ctx, `SELECT x.who, COUNT(*), CAST(SUM(x.off) AS BIGINT) FROM (SELECT `+by+` AS who, member_id, event_id, SUM(amount) AS off FROM promo_redemption
		WHERE programme_id = $1 AND at >= $2 AND at < $3 GROUP BY `+by+`, member_id, event_id HAVING SUM(amount) > 0) AS x GROUP BY x.who`,
		programme, db.Micros(from), db.Micros(until))
	all := map[id.ID]Given{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (n Given, err error) {
		var which id.ID
		err = r.Scan(&which, &n.Sales, &n.Amount)
		all[which] = n
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting the sales with a discount: %w", err)
	}
	return all, nil
}
