package journal

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Named returns what any source sent under an external id, in the order of their
// sources, for people who know the number of an order and not who named it so.
//
// The recursion steps from source to source along the key, of which there are
// few, rather than walking all events.
func Named(ctx context.Context, q db.Queryer, programme id.ID, externalID string) ([]Same, error) {
	rows, err := q.Query(ctx, `WITH RECURSIVE s(source) AS (
			SELECT MIN(source) FROM event_key WHERE programme_id = $1
			UNION ALL
			SELECT (SELECT MIN(k.source) FROM event_key AS k WHERE k.programme_id = $1 AND k.source > s.source) FROM s WHERE s.source IS NOT NULL
		)
		SELECT e.programme_id, e.source, e.external_id, e.event_id, e.member_id, e.hash, e.waiting
		FROM s CROSS JOIN event_key AS e WHERE e.programme_id = $1 AND e.source = s.source AND e.external_id = $2 ORDER BY e.source`, programme, externalID)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (s Same, err error) {
		return s, r.Scan(&s.ProgrammeID, &s.Source, &s.ExternalID, &s.EventID, &s.MemberID, &s.Hash, &s.Waiting)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for events by their number: %w", err)
	}
	return list, nil
}
