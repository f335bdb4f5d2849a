package journal

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct {
	MemberID, EventID id.ID
	What              string
}

// checks are queries for the events of a programme ($1) that contradict
// themselves, and what is wrong with them.
var checks = []struct{ what, query string }{
	{"the event is not the one that its source and external id name", `SELECT e.member_id, e.id FROM event e
		LEFT JOIN event_key k ON k.programme_id = e.programme_id AND k.source = e.source AND k.external_id = e.external_id
			AND k.event_id = e.id AND k.member_id = e.member_id AND NOT k.waiting
		WHERE e.programme_id = $1 AND k.event_id IS NULL ORDER BY e.id`},
	{"a source and external id name an event that is not there", `SELECT k.member_id, k.event_id FROM event_key k
		LEFT JOIN event e ON e.member_id = k.member_id AND e.id = k.event_id
		WHERE k.programme_id = $1 AND NOT k.waiting AND e.id IS NULL ORDER BY k.event_id`},
	{"a return is said to wait and does not, or the reverse", `SELECT COALESCE(k.member_id, w.member_id), COALESCE(k.event_id, w.id)
		FROM (SELECT * FROM event_key WHERE programme_id = $1 AND waiting) AS k
		FULL JOIN (SELECT * FROM event_waiting WHERE programme_id = $1) AS w
			ON w.id = k.event_id AND w.source = k.source AND w.external_id = k.external_id
		WHERE w.id IS NULL OR k.event_id IS NULL ORDER BY 2`},
	{"a return waits for a sale that has come", `SELECT w.member_id, w.id FROM event_waiting w
		JOIN event_key k ON k.programme_id = w.programme_id AND k.source = w.awaited_source AND k.external_id = w.awaited_id
		JOIN event e ON e.member_id = k.member_id AND e.id = k.event_id AND e.kind = 'purchase'
		WHERE w.programme_id = $1 ORDER BY w.id`},
}

// Check returns what contradicts itself in a programme's journal.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	for _, c := range checks {
		rows, err := q.Query(ctx, c.query, programme)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (Fault, error) {
			f := Fault{What: c.what}
			err := r.Scan(&f.MemberID, &f.EventID)
			return f, err
		})
		if err != nil {
			return nil, fmt.Errorf("checking the journal (%s): %w", c.what, err)
		}
		faults = append(faults, found...)
	}
	return faults, nil
}
