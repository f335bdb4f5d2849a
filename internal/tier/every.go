package tier

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// EachChange calls fn with every change of rank on the programme's ladders, by
// member and ladder in the order in which they happened. It streams them, so fn
// must not use q; give it a snapshot.
func EachChange(ctx context.Context, q db.Queryer, programme id.ID, fn func(Change) error) error {
	rows, err := q.Query(ctx, `SELECT c.member_id, c.ladder_id, c.no, c.at, c.recorded, c.from_code, c.to_code, c.reason, c.event_id, c.actor
		FROM rank_change c JOIN ladder l ON l.id = c.ladder_id WHERE l.programme_id = $1 ORDER BY c.member_id, c.ladder_id, c.no`, programme)
	if err := db.Each(rows, err, scanChange, fn); err != nil {
		return fmt.Errorf("reading every change of rank: %w", err)
	}
	return nil
}
