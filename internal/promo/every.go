package promo

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// EachCode calls fn with every code of the programme, in the order of their
// texts. It streams them, so fn must not use q; give it a snapshot.
func EachCode(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Code) error) error {
	return eachCode(ctx, q, `SELECT `+codeColumns+` FROM promo_code AS c`+codeJoins+`WHERE c.programme_id = $1 ORDER BY c.programme_id, c.text`,
		[]any{programme}, fn)
}

// EachRedemption calls fn with every use of the programme's offers, by member
// and event. It streams them, as EachCode does.
func EachRedemption(ctx context.Context, q db.Queryer, programme id.ID, fn func(Redemption) error) error {
	rows, err := q.Query(ctx, `SELECT member_id, event_id, no, programme_id, offer_id, version_id, code_id, shop_id, amount, at
		FROM promo_redemption WHERE programme_id = $1 ORDER BY member_id, event_id, no`, programme)
	if err := db.Each(rows, err, scanRedemption, fn); err != nil {
		return fmt.Errorf("reading every redemption: %w", err)
	}
	return nil
}

func scanRedemption(r *sql.Rows) (Redemption, error) {
	var n Redemption
	var at int64
	err := r.Scan(&n.MemberID, &n.EventID, &n.No, &n.ProgrammeID, &n.OfferID, &n.VersionID, &n.CodeID, &n.ShopID, &n.Amount, &at)
	n.At = db.Time(at)
	return n, err
}
