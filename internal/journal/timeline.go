package journal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Timeline returns up to limit events of the members, who are all the aliases
// of one person: the latest first, before the cursor, and only of the kinds
// unless none is named.
func Timeline(ctx context.Context, q db.Queryer, members []id.ID, before Cursor, limit int, kinds ...Kind) ([]*Event, error) {
	if len(members) == 0 {
		return nil, nil
	}
	var args db.Args
	query := timeline(&args, members, before, limit, kinds)
	rows, err := q.Query(ctx, query, args.Values()...)
	events, err := db.Collect(rows, err, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("reading a timeline: %w", err)
	}
	return events, nil
}

// timeline asks each alias for its latest events by the index, and then takes
// the latest of them: nobody's whole past is read.
func timeline(args *db.Args, members []id.ID, before Cursor, limit int, kinds []Kind) string {
	rest := ""
	if before != (Cursor{}) {
		rest += ` AND (occurred, id) < (` + args.Add(db.Micros(before.Occurred)) + `, ` + args.Add(before.ID) + `)`
	}
	if len(kinds) > 0 {
		rest += ` AND kind IN ` + args.InText(texts(kinds))
	}
	end := ` ORDER BY occurred DESC, id DESC LIMIT ` + args.Add(limit)
	parts := make([]string, len(members))
	for i, m := range members {
		parts[i] = `SELECT * FROM (SELECT ` + eventColumns + ` FROM event WHERE member_id = ` + args.Add(m) + rest + end + `) AS alias`
	}
	return strings.Join(parts, ` UNION ALL `) + end
}

func texts(kinds []Kind) []string {
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = string(k)
	}
	return list
}

// Having returns those of the members who have an event of the kind, by one
// statement; by none when nobody is asked for.
func Having(ctx context.Context, q db.Queryer, kind Kind, members []id.ID) (map[id.ID]bool, error) {
	having := map[id.ID]bool{}
	if len(members) == 0 {
		return having, nil
	}
	var args db.Args
	query := `SELECT DISTINCT member_id FROM event WHERE member_id IN ` + args.In(members) + ` AND kind = ` + args.Add(string(kind))
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var m id.ID
		err := r.Scan(&m)
		having[m] = true
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for events of a kind: %w", err)
	}
	return having, nil
}

// Each calls fn with every event of the programme in business order: by the
// time at which it occurred, then by id. It streams them, so fn must not use q;
// an error of fn ends it. Give it a snapshot, as writers go on meanwhile.
func Each(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Event) error) error {
	return each(ctx, q, programme, `occurred, id`, fn)
}

// EachByMember is Each for one member after the other, so that who replays the
// past need remember only one of them.
func EachByMember(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Event) error) error {
	return each(ctx, q, programme, `member_id, occurred, id`, fn)
}

func each(ctx context.Context, q db.Queryer, programme id.ID, order string, fn func(*Event) error) error {
	rows, err := q.Query(ctx, `SELECT `+eventColumns+` FROM event WHERE programme_id = $1 ORDER BY `+order, programme)
	if err != nil {
		return db.Fault(fmt.Errorf("reading the journal: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return db.Fault(fmt.Errorf("reading the journal: %w", err))
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return db.Fault(fmt.Errorf("reading the journal: %w", err))
	}
	return nil
}

// Place is where and when an event was.
type Place struct {
	ID, MemberID, ShopID id.ID
	Occurred             time.Time
}

// EachAt calls fn with where and when every event in the shops was, in no order.
// It streams them, so fn must not use q.
func EachAt(ctx context.Context, q db.Queryer, programme id.ID, shops []id.ID, fn func(Place) error) error {
	if len(shops) == 0 {
		return nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id, member_id, shop_id, occurred FROM event WHERE programme_id = `+args.Add(programme)+` AND shop_id IN `+args.In(shops), args.Values()...)
	if err := db.Each(rows, err, func(r *sql.Rows) (Place, error) {
		var p Place
		var occurred int64
		err := r.Scan(&p.ID, &p.MemberID, &p.ShopID, &occurred)
		p.Occurred = db.Time(occurred)
		return p, err
	}, fn); err != nil {
		return fmt.Errorf("reading the events of shops: %w", err)
	}
	return nil
}

// Count returns how many events the programme has.
func Count(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	var n int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM event_key WHERE programme_id = $1`, programme).Scan(&n); err != nil {
		return 0, db.Fault(fmt.Errorf("counting events: %w", err))
	}
	return n, nil
}

// IDs returns the ids of all events that were appended under the members
// themselves, in their order.
func IDs(ctx context.Context, q db.Queryer, members ...id.ID) ([]id.ID, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id FROM event WHERE member_id IN `+args.In(members)+` ORDER BY id`, args.Values()...)
	ids, err := db.Collect(rows, err, func(r *sql.Rows) (id.ID, error) {
		var n id.ID
		err := r.Scan(&n)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the events of a member: %w", err)
	}
	return ids, nil
}
