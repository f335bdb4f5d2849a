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
	{"the steps of a code are not those that it counts", `SELECT c.offer_id, c.id FROM promo_code AS c
		LEFT JOIN (SELECT text, COUNT(*) AS n, MAX(no) AS last FROM promo_code_step WHERE programme_id = $1 GROUP BY text) AS s ON s.text = c.text
		WHERE c.programme_id = $1 AND (c.moves <> COALESCE(s.n, 0) OR c.moves <> COALESCE(s.last, 0))`},
	{"the steps of a code do not tell its uses or its state", `SELECT c.offer_id, c.id FROM promo_code AS c
		LEFT JOIN (SELECT text, CAST(SUM(CASE move WHEN 'redeemed' THEN times WHEN 'restored' THEN -times ELSE 0 END) AS BIGINT) AS uses,
			MAX(CASE WHEN move = 'delivered' THEN at ELSE 0 END) AS delivered, MAX(CASE WHEN move = 'seen' THEN at ELSE 0 END) AS seen,
			MAX(CASE WHEN move = 'reminded' THEN at ELSE 0 END) AS reminded, MAX(CASE WHEN move = 'cancelled' THEN at ELSE 0 END) AS cancelled,
			MAX(CASE WHEN move = 'expired' THEN at ELSE 0 END) AS swept
			FROM promo_code_step WHERE programme_id = $1 GROUP BY text) AS s ON s.text = c.text
		WHERE c.programme_id = $1 AND (c.uses <> COALESCE(s.uses, 0) OR c.delivered <> COALESCE(s.delivered, 0) OR c.seen <> COALESCE(s.seen, 0)
			OR c.reminded <> COALESCE(s.reminded, 0) OR c.cancelled <> COALESCE(s.cancelled, 0) OR c.swept <> COALESCE(s.swept, 0))`},
	// What was given back has its redemption still.
	{"the uses of a code are not those of its redemptions", `SELECT c.offer_id, c.id FROM promo_code AS c
		LEFT JOIN (SELECT code_id, COUNT(*) AS n FROM promo_redemption WHERE programme_id = $1 AND code_id <> 0 GROUP BY code_id) AS r ON r.code_id = c.id
		LEFT JOIN (SELECT text, CAST(SUM(times) AS BIGINT) AS n FROM promo_code_step WHERE programme_id = $1 AND move = 'restored' GROUP BY text) AS s ON s.text = c.text
		WHERE c.programme_id = $1 AND c.uses + COALESCE(s.n, 0) <> COALESCE(r.n, 0)`},
	{"a redemption names a code that does not exist, or is of another offer", `SELECT r.offer_id, r.code_id FROM promo_redemption AS r
		LEFT JOIN promo_code AS c ON c.id = r.code_id AND c.programme_id = r.programme_id AND c.offer_id = r.offer_id
		WHERE r.programme_id = $1 AND r.code_id <> 0 AND c.id IS NULL`},
	{"a batch does not have the codes that it counts, or more than were wanted", `SELECT b.offer_id, b.id FROM promo_batch AS b
		LEFT JOIN (SELECT batch_id, COUNT(*) AS n FROM promo_code WHERE programme_id = $1 GROUP BY batch_id) AS c ON c.batch_id = b.id
		WHERE b.programme_id = $1 AND (b.made <> COALESCE(c.n, 0) OR b.made > b.wanted OR b.done > 0 AND b.made < b.wanted)`},
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
