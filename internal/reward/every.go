package reward

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// EachRedemption calls fn with every redemption of the programme, by member and
// in their order. It streams them, so fn must not use q; give it a snapshot.
func EachRedemption(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Redemption) error) error {
	rows, err := q.Query(ctx, `SELECT `+redemptionColumns+` FROM redemption AS n WHERE n.programme_id = $1 ORDER BY n.member_id, n.id`, programme)
	if err := db.Each(rows, err, scanRedemption, fn); err != nil {
		return fmt.Errorf("reading every redemption: %w", err)
	}
	return nil
}
