package touch

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// What is what of mentions wants to be looked at.
type What string

// What wants to be looked at: mentions that sound negative, many at once in a
// feed, and a feed that cannot be read.
const (
	Negative What = "negative"
	Burst    What = "burst"
	Failing  What = "failing"
)

// Sign is one thing that wants to be looked at. A feed is named but for negative
// mentions, which are of all feeds; N counts mentions, or failures in a row, and
// Latest is the latest of negative mentions.
type Sign struct {
	What   What
	FeedID id.ID
	Feed   string
	N      int64
	Latest id.ID
}

// Signs returns what of a programme's mentions and feeds wants to be looked at.
func Signs(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) ([]Sign, error) {
	list, err := signs(ctx, q, `SELECT 'negative', 0, '', COUNT(*), MAX(id) FROM touch_mention
		WHERE programme_id = $1 AND state = 'new' AND (tone = 'negative' OR tone = '' AND suggested = 'negative') HAVING COUNT(*) > 0`, programme)
	if err != nil {
		return nil, err
	}
	bursts, err := signs(ctx, q, `SELECT 'burst', f.id, f.name, COUNT(*), 0 FROM touch_feed AS f JOIN touch_mention AS m ON m.programme_id = f.programme_id AND m.feed_id = f.id
		WHERE f.programme_id = $1 AND f.burst > 0 AND m.state = 'new' AND m.published > $2 GROUP BY f.id, f.name, f.burst HAVING COUNT(*) >= f.burst ORDER BY f.id`,
		programme, db.Micros(now.Add(-24*time.Hour)))
	if err != nil {
		return nil, err
	}
	broken, err := signs(ctx, q, `SELECT 'failing', id, name, failures, 0 FROM touch_feed WHERE programme_id = $1 AND NOT paused AND failures >= $2 ORDER BY id`, programme, failing)
	return append(append(list, bursts...), broken...), err
}

func signs(ctx context.Context, q db.Queryer, text string, args ...any) ([]Sign, error) {
	rows, err := q.Query(ctx, text, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Sign, err error) {
		return n, r.Scan(&n.What, &n.FeedID, &n.Feed, &n.N, &n.Latest)
	})
	if err != nil {
		return nil, fmt.Errorf("reading what mentions want to be looked at: %w", err)
	}
	return list, nil
}
