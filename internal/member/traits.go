package member

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Traits are what rules may ask of a member.
type Traits struct {
	Enrolled   time.Time // zero if they have not joined
	Tags       []string
	Attributes map[string]string
	Birth      Birth // without the year
}

// EveryTrait returns the traits of all members of a programme who have any.
func EveryTrait(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]Traits, error) {
	all := map[id.ID]Traits{}
	rows, err := q.Query(ctx, `SELECT id, enrolled, tags, attributes, birth_day, birth_month FROM member
		WHERE programme_id = $1 AND (enrolled > 0 OR tags <> '' OR attributes <> '' OR birth_month > 0)`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var m id.ID
		var t Traits
		var enrolled int64
		var tags, attributes string
		err := r.Scan(&m, &enrolled, &tags, &attributes, &t.Birth.Day, &t.Birth.Month)
		t.Enrolled = db.Time(enrolled)
		all[m] = t
		if tags == "" && attributes == "" {
			return struct{}{}, err
		}
		err = errors.Join(err, restored(tags, &t.Tags), restored(attributes, &t.Attributes))
		all[m] = t
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the traits of members: %w", err)
	}
	return all, nil
}

// Survivors returns, for every member of a programme who was merged away, whom
// into.
func Survivors(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]id.ID, error) {
	merged := map[id.ID]id.ID{}
	rows, err := q.Query(ctx, `SELECT id, merged_into FROM member WHERE programme_id = $1 AND merged_into <> 0`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var loser, survivor id.ID
		err := r.Scan(&loser, &survivor)
		merged[loser] = survivor
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was merged: %w", err)
	}
	return merged, nil
}

// EverMerged returns the pairs of profiles of a programme that were merged at
// some time, also those that have been parted since.
func EverMerged(ctx context.Context, q db.Queryer, programme id.ID) ([][2]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT survivor_id, loser_id FROM member_merge WHERE programme_id = $1`, programme)
	pairs, err := db.Collect(rows, err, func(r *sql.Rows) (pair [2]id.ID, err error) {
		err = r.Scan(&pair[0], &pair[1])
		return pair, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was ever merged: %w", err)
	}
	return pairs, nil
}

// EverWith returns a member and everybody with whom they were ever merged, also by
// way of others, and those too who have been parted since; by id.
func EverWith(ctx context.Context, q db.Queryer, programme, member id.ID) ([]id.ID, error) {
	rows, err := q.Query(ctx, `WITH RECURSIVE with_them(id) AS (SELECT CAST($1 AS BIGINT) UNION
		SELECT CASE WHEN m.survivor_id = w.id THEN m.loser_id ELSE m.survivor_id END FROM with_them AS w
		JOIN member_merge AS m ON m.programme_id = $2 AND (m.survivor_id = w.id OR m.loser_id = w.id)) SELECT id FROM with_them ORDER BY id`, member, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (who id.ID, err error) { return who, r.Scan(&who) })
	if err != nil {
		return nil, fmt.Errorf("reading with whom a member was ever merged: %w", err)
	}
	return list, nil
}
