package plan

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

// check notes bought ranks that differ from what is paid for, periods that
// leave a gap or overlap, more than one charge for a period, and money that
// does not add up.
func check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	off, err := astray(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, m := range slices.Sorted(maps.Keys(off)) {
		note(m.In(id.Member) + " " + off[m])
	}
	for _, look := range looks {
		rows, err := q.Query(ctx, look.query, programme)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
		if err != nil {
			return fmt.Errorf("checking plans (%s): %w", look.what, err)
		}
		for _, n := range found {
			note(n.In(look.prefix) + " " + look.what)
		}
	}
	return nil
}

const mostFound = ` LIMIT 100`

// looks name what is at fault.
var looks = []struct {
	prefix      id.Prefix
	what, query string
}{
	{id.Subscription, "has periods with a gap between them or one over the other", `SELECT DISTINCT p.subscription_id FROM plan_period AS p
		JOIN subscription AS s ON s.member_id = p.member_id AND s.id = p.subscription_id
		LEFT JOIN plan_period AS n ON n.member_id = p.member_id AND n.subscription_id = p.subscription_id AND n.no = p.no - 1
		WHERE s.programme_id = $1 AND (p.ends < p.begins OR p.no > 1 AND (n.no IS NULL OR n.ends <> p.begins))` + mostFound},
	{id.Subscription, "ended at another time than its last period", `SELECT s.id FROM subscription AS s JOIN plan_period AS p
		ON p.member_id = s.member_id AND p.subscription_id = s.id AND p.no = (SELECT MAX(l.no) FROM plan_period AS l WHERE l.member_id = s.member_id AND l.subscription_id = s.id)
		WHERE s.programme_id = $1 AND s.state = 'ended' AND p.ends <> s.ended` + mostFound},
	{id.Subscription, "has ended and something is still asked for it", `SELECT DISTINCT s.id FROM subscription AS s JOIN charge AS c
		ON c.member_id = s.member_id AND c.subscription_id = s.id
		WHERE s.programme_id = $1 AND s.state = 'ended' AND c.state IN ('due', 'requested', 'failed')` + mostFound},
	{id.Subscription, "is in force and nothing will ever happen in it", `SELECT s.id FROM subscription AS s
		WHERE s.programme_id = $1 AND (s.state = 'ended') <> (s.next_due = 9223372036854775807)` + mostFound},
	{id.Subscription, "is unpaid and nothing is asked for it, or the reverse", `SELECT s.id FROM subscription AS s WHERE s.programme_id = $1
		AND s.state IN ('waiting', 'trial', 'active', 'grace', 'left') AND (s.state IN ('grace', 'waiting')) <> EXISTS (SELECT 1 FROM charge AS c
			WHERE c.member_id = s.member_id AND c.subscription_id = s.id AND c.state IN ('due', 'requested', 'failed') AND c.purpose <> 'upgrade')` + mostFound},
	{id.Subscription, "has a paid period without a charge of its price", `SELECT DISTINCT p.subscription_id FROM plan_period AS p
		JOIN subscription AS s ON s.member_id = p.member_id AND s.id = p.subscription_id
		LEFT JOIN charge AS c ON c.member_id = p.member_id AND c.subscription_id = p.subscription_id AND c.no = p.no AND c.amount + c.credit = p.price
		WHERE s.programme_id = $1 AND NOT p.trial AND c.id IS NULL` + mostFound},
	{id.Charge, "gives back more than was paid, or in no state for it", `SELECT c.id FROM charge AS c WHERE c.programme_id = $1
		AND (c.amount <= 0 OR c.credit < 0 OR c.refund < 0 OR c.refund > c.amount OR (c.refund > 0) <> (c.state IN ('refund_due', 'refunded'))
			OR (c.paid > 0) <> (c.state IN ('paid', 'refund_due', 'refunded')))` + mostFound},
	{id.Charge, "has the number of another invoice", `SELECT MAX(c.id) FROM charge AS c WHERE c.programme_id = $1 GROUP BY c.invoice HAVING COUNT(*) > 1` + mostFound},
}
