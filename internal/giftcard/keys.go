package giftcard

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Keys returns the keys of a programme's cards with these ids, in one
// statement; in none when there are none.
func Keys(ctx context.Context, q db.Queryer, programme id.ID, ids []id.ID) ([]Key, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT programme_id, number FROM gift_card WHERE programme_id = `+args.Add(programme)+
		` AND id IN `+args.In(ids)+` ORDER BY programme_id, number`, args.Values()...)
	keys, err := db.Collect(rows, err, func(r *sql.Rows) (k Key, err error) {
		return k, r.Scan(&k.ProgrammeID, &k.Number)
	})
	if err != nil {
		return nil, fmt.Errorf("finding gift cards: %w", err)
	}
	return keys, nil
}
