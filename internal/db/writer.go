package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

// writerStatements bounds the prepared statements of the writer. A statement
// of many rows takes some hundred kilobytes.
const writerStatements = 512

// writer is SQLite's one writing connection, pinned, with its statements
// prepared once. BEGIN and COMMIT are statements like any other; database/sql
// transactions would prepare everything anew.
//
// Statements run without the caller's context: an interrupted write rolls the
// whole transaction back inside SQLite, and watching the context costs a
// goroutine for each statement. The context is looked at before each instead.
type writer struct {
	pool *sql.DB
	turn chan struct{} // holds one token: whoever has it writes

	conn   *sql.Conn // nil until first used and after it broke
	stmts  *statements
	failed error       // the first failure of a statement in this transaction
	rows   []*sql.Rows // what the transaction read
}

func newWriter(pool *sql.DB) *writer {
	w := &writer{pool: pool, turn: make(chan struct{}, 1)}
	w.turn <- struct{}{}
	return w
}

// acquire waits for the writer's turn, or for the end of ctx.
func (w *writer) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) release() { w.turn <- struct{}{} }

// transact runs fn between BEGIN IMMEDIATE and COMMIT. A panic rolls back too.
func (w *writer) transact(ctx context.Context, fn func() error) (err error) {
	if err := w.acquire(ctx); err != nil {
		return err
	}
	defer w.release()
	if err := w.begin(ctx); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			w.closeRows()
			w.rollback()
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	w.closeRows()
	if w.failed != nil {
		return fmt.Errorf("committing after a failed statement: %w", w.failed)
	}
	if err := w.control("COMMIT"); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	committed = true
	return nil
}

func (w *writer) begin(ctx context.Context) error {
	w.failed = nil
	if w.conn == nil {
		conn, err := w.pool.Conn(ctx)
		if err != nil {
			return fmt.Errorf("opening the writing connection: %w", err)
		}
		w.conn, w.stmts = conn, newStatements(conn, writerStatements)
	}
	if err := w.control("BEGIN IMMEDIATE"); err != nil {
		w.rollback()
		return fmt.Errorf("beginning: %w", err)
	}
	return nil
}

// closeRows closes rows that fn left open; they would keep their statement and
// the connection busy.
func (w *writer) closeRows() {
	for _, r := range w.rows {
		_ = r.Close()
	}
	clear(w.rows)
	w.rows = w.rows[:0]
}

// rollback ends whatever transaction is open. SQLite may have ended it already
// when the disk failed; a connection that cannot be brought to rest is thrown
// away, and the next transaction opens another.
func (w *writer) rollback() {
	err := w.control("ROLLBACK")
	if err == nil || sqliteCode(err) == sqliteError { // no transaction was open
		return
	}
	w.discard()
}

func (w *writer) discard() {
	if w.conn == nil {
		return
	}
	w.stmts.close()
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn, w.stmts = nil, nil
}

func (w *writer) control(text string) error {
	p, err := w.stmts.get(context.Background(), text)
	if err != nil {
		return err
	}
	defer w.stmts.put(p)
	_, err = p.ExecContext(context.Background())
	return err
}

// statement returns the prepared statement, unless the caller is gone.
func (w *writer) statement(ctx context.Context, text string) (*prepared, error) {
	if err := ctx.Err(); err != nil {
		return nil, w.note(err)
	}
	p, err := w.stmts.get(context.Background(), text)
	return p, w.note(err)
}

// note remembers the first failure, so that the transaction is not committed:
// PostgreSQL would refuse to, and both shall behave alike.
func (w *writer) note(err error) error {
	if err != nil && w.failed == nil {
		w.failed = err
	}
	return err
}

// QueryContext implements session.
func (w *writer) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	p, err := w.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	defer w.stmts.put(p)
	rows, err := p.QueryContext(context.Background(), args...)
	if err != nil {
		return nil, w.note(err)
	}
	w.rows = append(w.rows, rows)
	return rows, nil
}

// QueryRowContext implements session. Only database/sql can make a row that
// carries an error, so what failed is asked once more without preparing.
func (w *writer) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	p, err := w.statement(ctx, text)
	if err != nil {
		return w.conn.QueryRowContext(ctx, text, args...)
	}
	defer w.stmts.put(p)
	row := p.QueryRowContext(context.Background(), args...)
	_ = w.note(row.Err())
	return row
}

// ExecContext implements session.
func (w *writer) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	p, err := w.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	defer w.stmts.put(p)
	result, err := p.ExecContext(context.Background(), args...)
	return result, w.note(err)
}

// close ends the connection after the transaction that is under way.
func (w *writer) close() {
	<-w.turn
	w.discard()
	_ = w.pool.Close()
	w.release()
}
