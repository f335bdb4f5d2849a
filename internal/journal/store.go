package journal

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "journal", Files: files}

// ErrTaken says that somebody else took one of the keys since they were asked
// for: ask again.
var ErrTaken = errors.New("an event's source and external id were taken meanwhile")

const eventColumns = `id, member_id, programme_id, kind, source, external_id, occurred, recorded, shop_id, channel, actor, body`

var (
	eventTable = db.NewTable("event", []string{"member_id", "id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "kind", Kind: db.Text}, db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "external_id", Kind: db.Text},
		db.Column{Name: "occurred", Kind: db.Int}, db.Column{Name: "recorded", Kind: db.Int}, db.Column{Name: "shop_id", Kind: db.Int},
		db.Column{Name: "channel", Kind: db.Text}, db.Column{Name: "actor", Kind: db.Text}, db.Column{Name: "body", Kind: db.Text})
	keyTable = db.NewTable("event_key", []string{"programme_id", "source", "external_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "external_id", Kind: db.Text},
		db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "hash", Kind: db.Bytes},
		db.Column{Name: "waiting", Kind: db.Bool})
	keyKinds = []db.Kind{db.Int, db.Text, db.Text}
)

// tuples returns keys as the batch reader takes them.
func tuples(keys []Key) [][]any {
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{int64(k.ProgrammeID), k.Source, k.ExternalID}
	}
	return rows
}

// Known returns what is known of those keys that are taken, by one statement.
//
// CROSS JOIN keeps SQLite from walking the whole table when many are asked for.
func Known(ctx context.Context, q db.Queryer, keys []Key) (map[Key]Same, error) {
	known := make(map[Key]Same, len(keys))
	if len(keys) == 0 {
		return known, nil
	}
	var args db.Args
	query := `WITH k(programme_id, source, external_id) AS ` + args.Tuples(keyKinds, tuples(keys)) + `
		SELECT e.programme_id, e.source, e.external_id, e.event_id, e.member_id, e.hash, e.waiting
		FROM k CROSS JOIN event_key e WHERE e.programme_id = k.programme_id AND e.source = k.source AND e.external_id = k.external_id`
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var s Same
		err := r.Scan(&s.ProgrammeID, &s.Source, &s.ExternalID, &s.EventID, &s.MemberID, &s.Hash, &s.Waiting)
		known[s.Key] = s
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for events taken before: %w", err)
	}
	return known, nil
}

// Append adds the events by two statements, giving an id to those that have
// none. It returns ErrTaken if a key is taken, also by another of them.
func Append(ctx context.Context, tx *db.Tx, events []*Event) error {
	if err := take(ctx, tx, events, false); err != nil {
		return err
	}
	return insert(ctx, tx, events)
}

// take takes the keys of the events, giving ids to those that have none.
func take(ctx context.Context, tx *db.Tx, events []*Event, waiting bool) error {
	if len(events) == 0 {
		return nil
	}
	keys := make([][]any, len(events))
	for i, e := range events {
		if e.ID == 0 {
			e.ID = tx.IDs().New()
		}
		keys[i] = []any{e.ProgrammeID, e.Source, e.ExternalID, e.ID, e.MemberID, e.Hash, waiting}
	}
	slices.SortFunc(keys, inOrder)
	n, err := tx.InsertNew(ctx, keyTable, keys)
	if err != nil {
		return fmt.Errorf("taking event keys: %w", err)
	}
	if n < int64(len(keys)) {
		return ErrTaken
	}
	return nil
}

// inOrder compares rows by their keys. Batches that take keys in one order do
// not block each other for good.
func inOrder(a, b []any) int {
	return cmp.Or(cmp.Compare(a[0].(id.ID), b[0].(id.ID)), cmp.Compare(a[1].(string), b[1].(string)), cmp.Compare(a[2].(string), b[2].(string)))
}

func insert(ctx context.Context, tx *db.Tx, events []*Event) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = e.row()
	}
	if err := tx.Insert(ctx, eventTable, rows); err != nil {
		return fmt.Errorf("appending events: %w", err)
	}
	return nil
}

func (e *Event) row() []any {
	return []any{e.ID, e.MemberID, e.ProgrammeID, string(e.Kind), e.Source, e.ExternalID,
		db.Micros(e.Occurred), db.Micros(e.Recorded), e.ShopID, e.Channel, e.Actor, e.Body}
}

// Get returns one event of a member; fault "unknown_event" when there is none.
func Get(ctx context.Context, q db.Queryer, member, event id.ID) (*Event, error) {
	rows, err := q.Query(ctx, `SELECT `+eventColumns+` FROM event WHERE member_id = $1 AND id = $2`, member, event)
	list, err := db.Collect(rows, err, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	if len(list) == 0 {
		shown := event.In(id.Event)
		return nil, fault.Missing("unknown_event", "there is no event %s", shown).With("event", shown)
	}
	return list[0], nil
}

// EventKey names an event of a member.
type EventKey struct{ MemberID, ID id.ID }

// Bodies returns the bodies of the events that are there, by their ids, in one
// statement.
func Bodies(ctx context.Context, q db.Queryer, keys []EventKey) (map[id.ID][]byte, error) {
	return column[[]byte](ctx, q, "body", keys)
}

// Names returns what the sources call the events that are there, by their ids, in
// one statement.
func Names(ctx context.Context, q db.Queryer, keys []EventKey) (map[id.ID]string, error) {
	return column[string](ctx, q, "external_id", keys)
}

// column reads one column of the events that are there.
func column[T []byte | string](ctx context.Context, q db.Queryer, name string, keys []EventKey) (map[id.ID]T, error) {
	found := make(map[id.ID]T, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	members, ids := make([]id.ID, len(keys)), make([]id.ID, len(keys))
	for i, k := range keys {
		members[i], ids[i] = k.MemberID, k.ID
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id, `+name+` FROM event WHERE member_id IN `+args.In(members)+` AND id IN `+args.In(ids), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (value T, err error) {
		var event id.ID
		err = r.Scan(&event, &value)
		found[event] = value
		return value, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the %s of events: %w", name, err)
	}
	return found, nil
}

func scanEvent(r *sql.Rows) (*Event, error) {
	e := &Event{}
	return e, e.scan(r)
}

// scan reads eventColumns, and what follows them into more.
func (e *Event) scan(r *sql.Rows, more ...any) error {
	var occurred, recorded int64
	err := r.Scan(append([]any{&e.ID, &e.MemberID, &e.ProgrammeID, &e.Kind, &e.Source, &e.ExternalID,
		&occurred, &recorded, &e.ShopID, &e.Channel, &e.Actor, &e.Body}, more...)...)
	e.Occurred, e.Recorded = db.Time(occurred), db.Time(recorded)
	return err
}
