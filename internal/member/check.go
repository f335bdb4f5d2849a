package member

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct {
	MemberID id.ID
	What     string
}

// checks are queries for the members of a programme ($1) who contradict
// themselves, and what is wrong with them.
var checks = []struct{ what, query string }{
	{"the member is merged into one that does not stand by itself", `SELECT m.id FROM member m
		LEFT JOIN member s ON s.id = m.merged_into AND s.merged_into = 0 AND s.programme_id = m.programme_id
		WHERE m.programme_id = $1 AND m.merged_into <> 0 AND s.id IS NULL ORDER BY m.id`},
	{"an identity belongs to a member who is gone, merged or erased", `SELECT DISTINCT i.member_id FROM member_identity i
		LEFT JOIN member m ON m.id = i.member_id AND m.merged_into = 0 AND m.status <> 'erased' AND m.programme_id = i.programme_id
		WHERE i.programme_id = $1 AND m.id IS NULL ORDER BY i.member_id`},
	{"an erased member still has a profile", `SELECT id FROM member WHERE programme_id = $1 AND status = 'erased'
		AND (given_name <> '' OR family_name <> '' OR language <> '' OR zone <> '' OR birth_month <> 0 OR tags <> '' OR attributes <> '') ORDER BY id`},
	{"a merged or erased member can still be found by words or tags", `SELECT m.id FROM member m
		WHERE m.programme_id = $1 AND (m.status = 'erased' OR m.merged_into <> 0)
		AND (m.id IN (SELECT member_id FROM member_word WHERE programme_id = $1) OR m.id IN (SELECT member_id FROM member_tag WHERE programme_id = $1)) ORDER BY m.id`},
	{"the member has tags and cannot be found by them, or the reverse", `SELECT m.id FROM member m
		WHERE m.programme_id = $1 AND m.merged_into = 0
		AND (m.tags <> '') <> (m.id IN (SELECT member_id FROM member_tag WHERE programme_id = $1)) ORDER BY m.id`},
	{"the member is enrolled without a date, or the reverse", `SELECT id FROM member WHERE programme_id = $1
		AND status <> 'erased' AND (status = 'enrolled') <> (enrolled <> 0) ORDER BY id`},
}

// Check returns what contradicts itself among a programme's members.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	for _, c := range checks {
		rows, err := q.Query(ctx, c.query, programme)
		found, err := db.Collect(rows, err, scanID)
		if err != nil {
			return nil, fmt.Errorf("checking members (%s): %w", c.what, err)
		}
		for _, m := range found {
			faults = append(faults, Fault{m, c.what})
		}
	}
	lost, err := unfindable(ctx, q, programme)
	return append(faults, lost...), err
}

// unfindable returns the members whose names have words, none of which search
// would meet.
func unfindable(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT id, given_name, family_name FROM member WHERE programme_id = $1 AND merged_into = 0 AND (given_name <> '' OR family_name <> '')
		AND id NOT IN (SELECT member_id FROM member_word WHERE programme_id = $1) ORDER BY id`, programme)
	var faults []Fault
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		f := Fault{What: "the member has a name and cannot be found by it"}
		var given, family string
		err := r.Scan(&f.MemberID, &given, &family)
		if len(spoken(given, family)) > 0 {
			faults = append(faults, f)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("checking search words: %w", err)
	}
	return faults, nil
}
