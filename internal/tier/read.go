package tier

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Due names an account in which something is due.
type Due struct {
	ProgrammeID, MemberID, LadderID id.ID
	At                              time.Time
}

// DueMembers returns accounts in which something was due by an instant, the
// longest overdue first. Posting and saving takes them off the list.
func DueMembers(ctx context.Context, q db.Queryer, until time.Time, limit int) ([]Due, error) {
	rows, err := q.Query(ctx, `SELECT l.programme_id, s.member_id, s.ladder_id, s.next_due
		FROM standing AS s JOIN ladder AS l ON l.id = s.ladder_id
		WHERE s.next_due <= $1 AND s.next_due < 9223372036854775807 ORDER BY s.next_due LIMIT $2`, db.Micros(until), limit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Due, error) {
		var d Due
		var at int64
		err := r.Scan(&d.ProgrammeID, &d.MemberID, &d.LadderID, &at)
		d.At = db.Time(at)
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for ranks that are due: %w", err)
	}
	return list, nil
}

// Count is how many members hold a rank.
type Count struct {
	LadderID id.ID
	Rank     string
	Members  int64
}

// Counts returns for every rank of a programme's ladders how many members hold
// it, as last posted. Members who never had an account are not counted, nor are
// those merged into others; a rank that nobody holds is left out.
func Counts(ctx context.Context, q db.Queryer, programme id.ID) ([]Count, error) {
	rows, err := q.Query(ctx, `SELECT s.ladder_id, s.rank_code, COUNT(*)
		FROM ladder AS l JOIN standing AS s ON s.ladder_id = l.id
		WHERE l.programme_id = $1 AND NOT s.closed GROUP BY s.ladder_id, s.rank_code ORDER BY s.ladder_id, s.rank_code`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Count, error) {
		var c Count
		err := r.Scan(&c.LadderID, &c.Rank, &c.Members)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting ranks: %w", err)
	}
	return list, nil
}

// Holders returns up to limit members who hold a rank of a ladder, as last
// posted, the latest first, beginning below an id unless it is 0. The first
// rank is held by many more: all who never had an account.
func Holders(ctx context.Context, q db.Queryer, ladder id.ID, rank string, before id.ID, limit int) ([]id.ID, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := q.Query(ctx, `SELECT member_id FROM standing
		WHERE ladder_id = $1 AND rank_code = $2 AND NOT closed AND member_id < $3 ORDER BY member_id DESC LIMIT $4`, ladder, rank, before, limit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (id.ID, error) {
		var one id.ID
		err := r.Scan(&one)
		return one, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the holders of a rank: %w", err)
	}
	return list, nil
}

// RankCode is the SQL of the code of the rank that the member in a column holds
// on a ladder, as last posted; NULL where they never had an account.
func RankCode(args *db.Args, column string, ladder id.ID) string {
	return `(SELECT t.rank_code FROM standing AS t WHERE t.member_id = ` + column + ` AND t.ladder_id = ` + args.Add(ladder) + ` AND NOT t.closed)`
}

// History returns the changes of rank of the members on all ladders, by member
// and ladder in the order in which they happened.
func History(ctx context.Context, q db.Queryer, members ...id.ID) ([]Change, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT member_id, ladder_id, no, at, recorded, from_code, to_code, reason, event_id, actor FROM rank_change
		WHERE member_id IN `+args.In(members)+` ORDER BY member_id, ladder_id, no`, args.Values()...)
	list, err := db.Collect(rows, err, scanChange)
	if err != nil {
		return nil, fmt.Errorf("reading changes of rank: %w", err)
	}
	return list, nil
}

func scanChange(r *sql.Rows) (Change, error) {
	var c Change
	var at, recorded int64
	var reason []byte
	err := r.Scan(&c.MemberID, &c.LadderID, &c.No, &at, &recorded, &c.From, &c.To, &reason, &c.EventID, &c.Actor)
	if err != nil {
		return c, err
	}
	c.At, c.Recorded = db.Time(at), db.Time(recorded)
	return c, json.Unmarshal(reason, &c.Reason)
}
