package promise

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Incident is a promise that was broken to a person: open until it is put right.
type Incident struct {
	Open bool
	// Solved is when it was put right, zero while it is open.
	Solved time.Time
}

// Incidents returns what was broken to a person, whose aliases the members are.
func Incidents(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]Incident, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT mended FROM promise WHERE member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+
		` AND state = 'broken' ORDER BY id`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Incident, err error) {
		var mended int64
		err = r.Scan(&mended)
		n.Solved = db.Time(mended)
		n.Open = n.Solved.IsZero()
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading broken promises: %w", err)
	}
	return list, nil
}
