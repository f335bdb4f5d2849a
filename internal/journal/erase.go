package journal

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

// erasePage is how many events Erase holds at a time.
const erasePage = 500

// bodyTables are where bodies stand.
var bodyTables = []db.Table{
	db.NewTable("event", []string{"member_id", "id"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "body", Kind: db.Text}),
	db.NewTable("event_waiting", []string{"member_id", "id"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "body", Kind: db.Text}),
}

// Erase strips what tells of the person from the bodies of the members' events:
// strip returns a body without it, or the same body. Nothing else of an event
// may tell of a person.
func Erase(ctx context.Context, tx *db.Tx, members []id.ID, strip func(Kind, []byte) ([]byte, error)) error {
	for _, table := range bodyTables {
		if err := erase(ctx, tx, table, members, strip); err != nil {
			return err
		}
	}
	return nil
}

// Strip strips single events, each named with the member whose it is; strip is
// as in Erase.
func Strip(ctx context.Context, tx *db.Tx, events map[id.ID]id.ID, strip func(Kind, []byte) ([]byte, error)) error {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(events)), erasePage) {
		members := make([]id.ID, len(some))
		for i, e := range some {
			members[i] = events[e]
		}
		var args db.Args
		page, err := bodies(ctx, tx, bodyTables[0], &args, `member_id IN `+args.In(members)+` AND id IN `+args.In(some))
		if err == nil {
			err = rewrite(ctx, tx, bodyTables[0], page, strip)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func erase(ctx context.Context, tx *db.Tx, table db.Table, members []id.ID, strip func(Kind, []byte) ([]byte, error)) error {
	for after := id.ID(0); ; {
		var args db.Args
		page, err := bodies(ctx, tx, table, &args, `member_id IN `+args.In(members)+` AND id > `+args.Add(after))
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		if err := rewrite(ctx, tx, table, page, strip); err != nil {
			return err
		}
		after = page[len(page)-1].ID
	}
}

func rewrite(ctx context.Context, tx *db.Tx, table db.Table, page []*Event, strip func(Kind, []byte) ([]byte, error)) error {
	var rows [][]any
	for _, e := range page {
		body, err := strip(e.Kind, e.Body)
		if err != nil {
			return fmt.Errorf("stripping event %s: %w", e.ID.In(id.Event), err)
		}
		if !bytes.Equal(body, e.Body) {
			rows = append(rows, []any{e.MemberID, e.ID, body})
		}
	}
	if err := tx.Update(ctx, table, rows); err != nil {
		return fmt.Errorf("stripping events: %w", err)
	}
	return nil
}

// bodies returns the first events by id for which a condition holds.
func bodies(ctx context.Context, q db.Queryer, table db.Table, args *db.Args, where string) ([]*Event, error) {
	query := `SELECT member_id, id, kind, body FROM ` + table.Name + ` WHERE ` + where + ` ORDER BY id LIMIT ` + args.Add(erasePage)
	rows, err := q.Query(ctx, query, args.Values()...)
	page, err := db.Collect(rows, err, func(r *sql.Rows) (*Event, error) {
		e := &Event{}
		err := r.Scan(&e.MemberID, &e.ID, &e.Kind, &e.Body)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading events to strip: %w", err)
	}
	return page, nil
}
