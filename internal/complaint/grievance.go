package complaint

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Grievance is a complaint as other rooms count it, by moments alone.
type Grievance struct {
	MemberID id.ID // 0 where it is not known whose it is
	Opened   time.Time
	// Due is when the first answer was owed, Answered when it was given, and Solved
	// when it was put right; zero for none, not yet and not now.
	Due, Answered, Solved time.Time
}

// Received returns the complaints of a programme that were opened in a period, its
// end not included, as they stand now, in no order.
func Received(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) ([]Grievance, error) {
	return grievances(ctx, q, `programme_id = $1 AND opened >= $2 AND opened < $3`, programme, db.Micros(from), db.Micros(until))
}

// OpenedSince returns the complaints of accounts that were opened since a moment, in no
// order.
func OpenedSince(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID, from time.Time) ([]Grievance, error) {
	var args db.Args
	return grievances(ctx, q, `member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` AND opened >= `+args.Add(db.Micros(from)), args.Values()...)
}

// Unsolved returns the complaints of accounts that are under way still, in no
// order.
func Unsolved(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]Grievance, error) {
	var args db.Args
	return grievances(ctx, q, `member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` AND state IN ('open', 'reopened', 'waiting')`, args.Values()...)
}

func grievances(ctx context.Context, q db.Queryer, where string, args ...any) ([]Grievance, error) {
	rows, err := q.Query(ctx, `SELECT member_id, opened, first_due, first_answered, solved FROM complaint_case WHERE kind = 'complaint' AND `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (g Grievance, err error) {
		var opened, due, answered, solved int64
		err = r.Scan(&g.MemberID, &opened, &due, &answered, &solved)
		g.Opened, g.Due, g.Answered, g.Solved = db.Time(opened), db.Time(due), db.Time(answered), db.Time(solved)
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading complaints: %w", err)
	}
	return list, nil
}
