package promo

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// codeChecks are queries for the codes or batches of a programme ($1) that
// contradict themselves, by their offers, and what is wrong with them.
var codeChecks = []struct{ what, query string }{
	{"a code was used more often than it may be", `SELECT c.offer_id, c.id FROM promo_code AS c
		WHERE c.programme_id = $1 AND (c.uses < 0 OR c.max_uses > 0 AND c.uses > c.max_uses)`},
	{"the state of a code is not what its life has made of it", `SELECT c.offer_id, c.id FROM promo_code AS c
		WHERE c.programme_id = $1 AND c.state <> CASE WHEN c.max_uses > 0 AND c.uses >= c.max_uses THEN 'redeemed'
			WHEN c.cancelled > 0 THEN 'cancelled' WHEN c.swept > 0 THEN 'expired'
			WHEN c.seen > 0 THEN 'seen' WHEN c.delivered > 0 THEN 'delivered' ELSE 'issued' END`},
	// The two sides are added up and not joined: what a join costs PostgreSQL
	// depends on what it believes of tables that have just been filled.
	{"the steps of a code do not tell its life", `SELECT MAX(x.offer_id), MAX(x.id) FROM (
			SELECT text, offer_id, id, 0 AS no, moves, uses, delivered, seen, reminded, cancelled, swept FROM promo_code
			WHERE programme_id = $1 AND (moves <> 0 OR uses <> 0 OR state <> 'issued' OR reminded <> 0)
			UNION ALL SELECT text, 0, 0, no, -1, CASE move WHEN 'redeemed' THEN -times WHEN 'restored' THEN times ELSE 0 END,
				CASE move WHEN 'delivered' THEN -at ELSE 0 END, CASE move WHEN 'seen' THEN -at ELSE 0 END,
				CASE move WHEN 'reminded' THEN -at ELSE 0 END, CASE move WHEN 'cancelled' THEN -at ELSE 0 END,
				CASE move WHEN 'expired' THEN -at ELSE 0 END
			FROM promo_code_step WHERE programme_id = $1) AS x
		GROUP BY x.text HAVING SUM(x.moves) <> 0 OR MAX(x.no) <> COUNT(*) - 1 OR SUM(x.uses) <> 0 OR SUM(x.delivered) <> 0
			OR SUM(x.seen) <> 0 OR SUM(x.reminded) <> 0 OR SUM(x.cancelled) <> 0 OR SUM(x.swept) <> 0`},
	// What was given back has its redemption still.
	{"the uses of a code are not those of its redemptions", `SELECT MAX(x.offer_id), x.id FROM (
			SELECT id, offer_id, uses AS n FROM promo_code WHERE programme_id = $1 AND uses <> 0
			UNION ALL SELECT c.id, c.offer_id, s.times FROM promo_code_step AS s
				JOIN promo_code AS c ON c.programme_id = s.programme_id AND c.text = s.text WHERE s.programme_id = $1 AND s.move = 'restored'
			UNION ALL SELECT code_id, offer_id, -1 FROM promo_redemption WHERE programme_id = $1 AND code_id <> 0) AS x
		GROUP BY x.id HAVING SUM(x.n) <> 0`},
	{"a redemption names a code that does not exist, or is of another offer", `SELECT r.offer_id, r.code_id FROM promo_redemption AS r
		LEFT JOIN promo_code AS c ON c.id = r.code_id AND c.programme_id = r.programme_id AND c.offer_id = r.offer_id
		WHERE r.programme_id = $1 AND r.code_id <> 0 AND c.id IS NULL`},
	{"a batch does not have the codes that it counts", `SELECT MAX(x.offer_id), x.id FROM (
			SELECT id, offer_id, made AS n FROM promo_batch WHERE programme_id = $1
			UNION ALL SELECT batch_id, offer_id, -1 FROM promo_code WHERE programme_id = $1) AS x
		GROUP BY x.id HAVING SUM(x.n) <> 0`},
	{"a batch has more codes than were wanted, or is whole with fewer", `SELECT b.offer_id, b.id FROM promo_batch AS b
		WHERE b.programme_id = $1 AND (b.made > b.wanted OR b.done > 0 AND b.made < b.wanted)`},
	{"a code belongs to no batch, or to one of another offer", `SELECT c.offer_id, c.id FROM promo_code AS c
		LEFT JOIN promo_batch AS b ON b.id = c.batch_id AND b.programme_id = c.programme_id AND b.offer_id = c.offer_id
		WHERE c.programme_id = $1 AND b.id IS NULL`},
	{"uses are held of a code that does not exist", `SELECT 0, 0 FROM promo_code_hold AS h
		LEFT JOIN promo_code AS c ON c.programme_id = h.programme_id AND c.text = h.text
		WHERE h.programme_id = $1 AND (c.id IS NULL OR h.times < 1)`},
}

// checkCodes returns what contradicts itself in a programme's codes.
func checkCodes(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	for _, c := range codeChecks {
		rows, err := q.Query(ctx, c.query+` ORDER BY 2 LIMIT 100`, programme)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (f Fault, err error) {
			var subject id.ID
			err = r.Scan(&f.OfferID, &subject)
			f.What = fmt.Sprintf("%s (%d)", c.what, subject)
			return f, err
		})
		if err != nil {
			return nil, fmt.Errorf("checking codes (%s): %w", c.what, err)
		}
		faults = append(faults, found...)
	}
	return faults, nil
}
