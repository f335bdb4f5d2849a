package member

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Search returns a page of the members asked for, the latest first, and the id
// that Query.Before takes for the next page, 0 when this is the last. Losers
// of merges are found as their survivors.
func Search(ctx context.Context, q db.Queryer, what Query) ([]*Member, id.ID, error) {
	query, args := what.statement()
	rows, err := q.Query(ctx, query, args...)
	members, err := db.Collect(rows, err, scanMember)
	if err != nil {
		return nil, 0, fmt.Errorf("searching members: %w", err)
	}
	if n := what.size(); len(members) > n {
		return members[:n], members[n-1].ID, nil
	}
	return members, 0, nil
}

// Birthdays returns up to limit enrolled members whose birthday is on the day,
// by id, beginning after an id. Those of 29 February have theirs on the 28th
// when the year has no 29th.
func Birthdays(ctx context.Context, q db.Queryer, programme id.ID, year int, month time.Month, day int, after id.ID, limit int) ([]id.ID, error) {
	last := day
	if tomorrow := time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC); month == time.February && tomorrow.Month() == time.March {
		last = 29
	}
	rows, err := q.Query(ctx, `SELECT id FROM member WHERE programme_id = $1 AND birth_month > 0 AND birth_month = $2
		AND birth_day BETWEEN $3 AND $4 AND id > $5 AND status = $6 AND merged_into = 0 ORDER BY id LIMIT $7`,
		programme, int(month), day, last, after, string(Enrolled), limit)
	ids, err := db.Collect(rows, err, scanID)
	if err != nil {
		return nil, fmt.Errorf("reading birthdays: %w", err)
	}
	return ids, nil
}

// EnrolledAfter returns up to limit enrolled members of the programme by id,
// beginning after an id.
func EnrolledAfter(ctx context.Context, q db.Queryer, programme, after id.ID, limit int) ([]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT id FROM member WHERE programme_id = $1 AND id > $2 AND status = $3 AND merged_into = 0 ORDER BY id LIMIT $4`,
		programme, after, string(Enrolled), limit)
	ids, err := db.Collect(rows, err, scanID)
	if err != nil {
		return nil, fmt.Errorf("reading members who have joined: %w", err)
	}
	return ids, nil
}

func scanID(r *sql.Rows) (id.ID, error) {
	var n id.ID
	err := r.Scan(&n)
	return n, err
}

// Count returns how many members of each status the programme has; those
// merged away are not counted.
func Count(ctx context.Context, q db.Queryer, programme id.ID) (map[Status]int64, error) {
	counts := make(map[Status]int64)
	rows, err := q.Query(ctx, `SELECT status, COUNT(*) FROM member WHERE programme_id = $1 AND merged_into = 0 GROUP BY status`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var s Status
		var n int64
		err := r.Scan(&s, &n)
		counts[s] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting members: %w", err)
	}
	return counts, nil
}
