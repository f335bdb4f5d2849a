package journal

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

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

func erase(ctx context.Context, tx *db.Tx, table db.Table, members []id.ID, strip func(Kind, []byte) ([]byte, error)) error {
	for after := id.ID(0); ; {
		page, err := bodies(ctx, tx, table, members, after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
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
		after = page[len(page)-1].ID
	}
}

// bodies returns the next events of the members by id.
func bodies(ctx context.Context, q db.Queryer, table db.Table, members []id.ID, after id.ID) ([]*Event, error) {
	var args db.Args
	query := `SELECT member_id, id, kind, body FROM ` + table.Name + ` WHERE member_id IN ` + args.In(members) +
		` AND id > ` + args.Add(after) + ` ORDER BY id LIMIT ` + args.Add(erasePage)
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
