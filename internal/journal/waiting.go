package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

var (
	waitingTable = db.NewTable("event_waiting", []string{"id"}, append(slices.Clone(eventTable.Columns),
		db.Column{Name: "awaited_source", Kind: db.Text}, db.Column{Name: "awaited_id", Kind: db.Text})...)
	arrivedTable = db.NewTable("event_key", []string{"programme_id", "source", "external_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "external_id", Kind: db.Text},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "waiting", Kind: db.Bool})
)

const waitingColumns = eventColumns + `, awaited_source, awaited_id`

// Wait takes the keys of returns and keeps them until their sales come, by two
// statements, giving an id to those that have none. It returns ErrTaken as
// Append does.
func Wait(ctx context.Context, tx *db.Tx, list []*Waiting) error {
	events := make([]*Event, len(list))
	for i, w := range list {
		events[i] = &w.Event
	}
	if err := take(ctx, tx, events, true); err != nil {
		return err
	}
	return PutBack(ctx, tx, list)
}

// PutBack lets returns that TakeWaiting gave wait on, by one statement: their
// keys are theirs still.
func PutBack(ctx context.Context, tx *db.Tx, list []*Waiting) error {
	rows := make([][]any, len(list))
	for i, w := range list {
		rows[i] = append(w.row(), w.Awaited.Source, w.Awaited.ExternalID)
	}
	if err := tx.Insert(ctx, waitingTable, rows); err != nil {
		return fmt.Errorf("keeping returns that wait: %w", err)
	}
	return nil
}

// TakeWaiting returns, by id, the returns that waited for any of these sales;
// they wait no more, and the caller lets them Arrive or Wait again. It sends
// one statement, and another only where some waited. It returns ErrTaken if
// somebody else was quicker.
func TakeWaiting(ctx context.Context, tx *db.Tx, sales []Key) ([]*Waiting, error) {
	if len(sales) == 0 {
		return nil, nil
	}
	var args db.Args
	rows, err := tx.Query(ctx, `SELECT `+waitingColumns+` FROM event_waiting WHERE (programme_id, awaited_source, awaited_id) IN `+
		args.Tuples(keyKinds, tuples(sales))+` ORDER BY id`, args.Values()...)
	list, err := db.Collect(rows, err, scanWaiting)
	if err != nil {
		return nil, fmt.Errorf("looking for returns that waited: %w", err)
	}
	return list, unlist(ctx, tx, list)
}

// unlist takes the returns off the waiting list.
func unlist(ctx context.Context, tx *db.Tx, list []*Waiting) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]id.ID, len(list))
	for i, w := range list {
		ids[i] = w.ID
	}
	var args db.Args
	n, err := tx.Exec(ctx, `DELETE FROM event_waiting WHERE id IN `+args.In(ids), args.Values()...)
	if err != nil {
		return fmt.Errorf("taking returns that waited: %w", err)
	}
	if n != int64(len(list)) {
		return ErrTaken
	}
	return nil
}

// Arrive adds the events that TakeWaiting gave to the journal, each now with
// its member, by two statements.
func Arrive(ctx context.Context, tx *db.Tx, events []*Event) error {
	if len(events) == 0 {
		return nil
	}
	keys := make([][]any, len(events))
	for i, e := range events {
		keys[i] = []any{e.ProgrammeID, e.Source, e.ExternalID, e.MemberID, false}
	}
	if err := tx.Update(ctx, arrivedTable, keys); err != nil {
		return fmt.Errorf("telling whose the returns are: %w", err)
	}
	return insert(ctx, tx, events)
}

// missed finds returns that wait though their sale is there.
const missed = `SELECT DISTINCT w.programme_id, w.awaited_source, w.awaited_id FROM event_waiting w
	JOIN event_key k ON k.programme_id = w.programme_id AND k.source = w.awaited_source AND k.external_id = w.awaited_id AND NOT k.waiting
	JOIN event e ON e.member_id = k.member_id AND e.id = k.event_id AND e.kind = 'purchase'`

// Missed returns the sales, of those named or of all, for which returns wait
// though they have come: where several processes or lanes write, a sale and
// its return may be taken at one moment, neither seeing the other.
func Missed(ctx context.Context, q db.Queryer, sales ...Key) ([]Key, error) {
	var args db.Args
	query := missed
	if len(sales) > 0 {
		query += ` WHERE (w.programme_id, w.awaited_source, w.awaited_id) IN ` + args.Tuples(keyKinds, tuples(sales))
	}
	rows, err := q.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (k Key, err error) {
		return k, r.Scan(&k.ProgrammeID, &k.Source, &k.ExternalID)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for returns whose sale came unseen: %w", err)
	}
	return list, nil
}

// ListWaiting returns up to limit returns of the programme that wait, by id,
// beginning after an event.
func ListWaiting(ctx context.Context, q db.Queryer, programme, after id.ID, limit int) ([]*Waiting, error) {
	rows, err := q.Query(ctx, `SELECT `+waitingColumns+` FROM event_waiting WHERE programme_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
		programme, after, limit)
	list, err := db.Collect(rows, err, scanWaiting)
	if err != nil {
		return nil, fmt.Errorf("reading returns that wait: %w", err)
	}
	return list, nil
}

func scanWaiting(r *sql.Rows) (*Waiting, error) {
	w := &Waiting{}
	err := w.scan(r, &w.Awaited.Source, &w.Awaited.ExternalID)
	w.Awaited.ProgrammeID = w.ProgrammeID
	return w, err
}
