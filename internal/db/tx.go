package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Queryer reads: a transaction, a snapshot or the reader.
type Queryer interface {
	// Query runs a statement that returns rows; the caller closes them before
	// the next statement.
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	// QueryRow runs a statement that returns at most one row.
	QueryRow(ctx context.Context, text string, args ...any) *sql.Row
}

// session is what runs statements: *sql.Tx, the SQLite writer.
type session interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// Tx is a write transaction. It belongs to the goroutine that runs the function
// given to InTx, and ends with that function.
type Tx struct {
	db      *DB
	session session
	conn    *sql.Conn // PostgreSQL's; nil on SQLite
	queue   *queue    // what waits to be sent; nil outside Together
	sent    *atomic.Uint64
	lost    bool     // the connection died under a statement
	reads   bool     // it only reads, and locks nothing
	signals []string // given once it is committed
}

// InTx runs fn in a write transaction and commits if it returns nil; an error
// or a panic rolls back. On SQLite writers take turns. On PostgreSQL the level
// is read committed, and a failure that Retryable reports is the caller's to
// run again. Inside fn no other transaction, reader or snapshot may be used.
func (d *DB) InTx(ctx context.Context, fn func(tx *Tx) error) error {
	if err := d.lease.ready(ctx); err != nil {
		return err
	}
	return d.transact(ctx, &d.sent, fn)
}

// againTimes bounds how often InTxAgain runs its function.
const againTimes = 5

// InTxAgain is InTx for a verb that takes locks in an order of its own: when
// others stood in its way, as by a deadlock, it is run again, a few times. So fn
// must not keep anything of a run that failed.
func (d *DB) InTxAgain(ctx context.Context, fn func(tx *Tx) error) error {
	var err error
	for range againTimes {
		if err = d.InTx(ctx, fn); !Retryable(err) || ctx.Err() != nil {
			break
		}
	}
	return err
}

// transact runs fn in a transaction whose statements are counted in count.
func (d *DB) transact(ctx context.Context, count *atomic.Uint64, fn func(tx *Tx) error) error {
	if d.readOnly {
		return readOnly("the database, opened for reading,")
	}
	tx := &Tx{db: d, sent: count}
	run := d.transactSQLite
	if d.dialect == Postgres {
		run = d.transactPostgres
	}
	if err := run(ctx, tx, fn); err != nil {
		return tx.explain(err)
	}
	d.signals.give(tx.signals)
	return nil
}

func (d *DB) transactSQLite(ctx context.Context, tx *Tx, fn func(tx *Tx) error) error {
	tx.session = d.writer
	err := d.writer.transact(ctx, func() error { return fn(tx) })
	d.checkpointer.committed()
	return err
}

func (d *DB) transactPostgres(ctx context.Context, tx *Tx, fn func(tx *Tx) error) error {
	conn, t, err := beginOn(ctx, d.writes)
	if err != nil {
		return fmt.Errorf("beginning: %w", driverFault(err))
	}
	defer func() { _ = conn.Close() }()
	defer func() { _ = t.Rollback() }() // does nothing after the commit
	tx.conn, tx.session = conn, t
	if err := fn(tx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("committing: %w", driverFault(err))
	}
	return nil
}

// explain makes a failure that a user can mend of what fn returned, if it is
// one. The error of QueryRow comes out of Scan, where it cannot be told from an
// error of fn's own, hence the note that the connection was lost.
func (t *Tx) explain(err error) error {
	err = Fault(err)
	if err != nil && t.lost && fault.As(err) == nil {
		return unavailable().Because(err)
	}
	return err
}

// Query runs a statement that returns rows; the caller closes them before the
// next statement.
func (t *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if _, err := t.flush(ctx); err != nil {
		return nil, err
	}
	t.sent.Add(1)
	rows, err := t.session.QueryContext(ctx, text, args...)
	return rows, driverFault(err)
}

// QueryRow runs a statement that returns at most one row.
func (t *Tx) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	_, _ = t.flush(ctx) // after a failure the row says that the transaction is over, and Together why
	t.sent.Add(1)
	row := t.session.QueryRowContext(ctx, text, args...)
	t.lost = t.lost || lost(row.Err())
	return row
}

// Exec runs a statement and returns the number of rows it touched.
func (t *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	t.sent.Add(1)
	if t.queue != nil {
		args, err := plainArguments(args)
		if err != nil {
			return 0, fmt.Errorf("passing arguments: %w", err)
		}
		t.queue.add(queued{doing: "running a statement", want: -1}, text, args)
		return t.flush(ctx)
	}
	result, err := t.session.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, driverFault(err)
	}
	return result.RowsAffected()
}

// ForUpdate returns the suffix that locks the rows of a SELECT until the end of
// the transaction. SQLite has one writer and needs none.
func (t *Tx) ForUpdate() string {
	if t.db.dialect == Postgres && !t.reads {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLocked returns the suffix that locks the rows of a SELECT and passes over
// those that others have locked.
func (t *Tx) SkipLocked() string {
	if t.db.dialect == Postgres && !t.reads {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// IDs returns the maker of identifiers, as DB.IDs does.
func (t *Tx) IDs() *id.Maker { return t.db.IDs() }
