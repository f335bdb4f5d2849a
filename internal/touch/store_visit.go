package touch

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// sortedVisits gives counters in the order of their key, so that processes never
// wait for each other in a circle.
func sortedVisits(visits map[visit]int64) []visit {
	return slices.SortedFunc(maps.Keys(visits), func(a, b visit) int {
		return cmp.Or(cmp.Compare(a.programme, b.programme), cmp.Compare(a.hour, b.hour), cmp.Compare(a.code, b.code),
			cmp.Compare(a.door, b.door), cmp.Compare(a.platform, b.platform))
	})
}

// Traffic is how often doors were used at a touchpoint.
type Traffic struct {
	TouchpointID id.ID
	Door         Door
	// Platform is empty for scans; with one it counts those who went on there.
	Platform Platform
	Visits   int64
}

// loadTraffic sums visits from a moment to before another.
func loadTraffic(ctx context.Context, q db.Queryer, programme id.ID, from, to time.Time) ([]Traffic, error) {
	rows, err := q.Query(ctx, `SELECT touchpoint_id, door, platform, CAST(SUM(visits) AS BIGINT) FROM touch_visit
		WHERE programme_id = $1 AND hour >= $2 AND hour < $3 GROUP BY touchpoint_id, door, platform ORDER BY 1, 2, 3`, programme, db.Micros(from), db.Micros(to))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (t Traffic, err error) {
		return t, r.Scan(&t.TouchpointID, &t.Door, &t.Platform, &t.Visits)
	})
	if err != nil {
		return nil, fmt.Errorf("reading visits: %w", err)
	}
	return list, nil
}
