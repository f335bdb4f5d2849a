package db

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Together runs fn and spares it the journeys to a server: what fn writes with
// Insert, Upsert and Update waits, and goes in one message with the next
// statement whose answer fn needs, or when fn ends. A row that is refused then
// makes that statement fail, or Together itself; either way nothing of the
// transaction stays. On SQLite there is no journey, and nothing waits.
func (t *Tx) Together(ctx context.Context, fn func() error) error {
	if t.conn == nil || t.queue != nil {
		return fn()
	}
	t.queue = &queue{}
	defer func() { t.queue = nil }()
	if err := fn(); err != nil {
		return t.queue.because(err)
	}
	_, err := t.flush(ctx)
	return err
}

// queue is what waits to be sent.
type queue struct {
	batch  pgx.Batch
	writes []queued
	failed error // why something that was sent failed
}

// queued is a statement that waits: what it does, and the rows that it must
// touch; -1 where any number will do.
type queued struct {
	doing string
	want  int64
}

// because prefers the failure that made the server refuse everything after it.
func (q *queue) because(err error) error {
	if q.failed != nil {
		return q.failed
	}
	return err
}

func (q *queue) add(w queued, text string, args []any) {
	q.batch.Queue(text, args...)
	q.writes = append(q.writes, w)
}

// flush sends what waits and returns the number of rows that the last statement
// touched.
func (t *Tx) flush(ctx context.Context) (last int64, err error) {
	q := t.queue
	if q == nil {
		return 0, nil
	}
	if q.failed != nil || len(q.writes) == 0 {
		return 0, q.failed
	}
	batch, writes := q.batch, q.writes
	q.batch, q.writes = pgx.Batch{}, q.writes[:0]
	err = t.conn.Raw(func(conn any) error {
		last, err = exchange(conn.(*stdlib.Conn).Conn().SendBatch(ctx, &batch), writes)
		return err
	})
	q.failed = err
	return last, err
}

// exchange reads the answers to the statements, in their order.
func exchange(answers pgx.BatchResults, writes []queued) (last int64, err error) {
	for _, w := range writes {
		tag, failed := answers.Exec()
		if last = tag.RowsAffected(); failed == nil && w.want >= 0 && w.want != last {
			failed = fmt.Errorf("%d of %d rows found", last, w.want)
		}
		if failed != nil {
			err = fmt.Errorf("%s: %w", w.doing, driverFault(failed))
			break
		}
	}
	if closing := answers.Close(); err == nil && closing != nil {
		err = fmt.Errorf("writing rows together: %w", driverFault(closing))
	}
	return last, err
}

// plainArguments makes of the arguments what database/sql would.
func plainArguments(args []any) ([]any, error) {
	list := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		list[i] = v
	}
	return list, nil
}
