package db

import (
	"context"
	"database/sql"
	"fmt"
)

// readerStatements bounds the statements kept prepared for reading. Each is
// prepared on every reading connection that met it.
const readerStatements = 256

// reader runs single statements on the pool, prepared on SQLite; pgx prepares
// by itself.
type reader struct {
	db    *DB
	stmts *statements // nil on PostgreSQL
}

// Reader returns a queryer for single reads, each of which sees what was
// committed when it began. It may be used by many goroutines.
func (d *DB) Reader() Queryer { return d.reader }

// Query implements Queryer.
func (r *reader) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	r.db.sent.Add(1)
	if r.stmts == nil {
		var rows *sql.Rows
		var err error
		whileLost(func() error {
			rows, err = r.db.pool.QueryContext(ctx, text, args...)
			return err
		})
		return rows, driverFault(err)
	}
	p, err := r.stmts.get(ctx, text)
	if err != nil {
		return nil, driverFault(err)
	}
	defer r.stmts.put(p)
	rows, err := p.QueryContext(ctx, args...)
	return rows, driverFault(err)
}

// QueryRow implements Queryer.
func (r *reader) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	r.db.sent.Add(1)
	if r.stmts != nil {
		if p, err := r.stmts.get(ctx, text); err == nil {
			defer r.stmts.put(p)
			return p.QueryRowContext(ctx, args...)
		}
	}
	var row *sql.Row
	whileLost(func() error {
		row = r.db.pool.QueryRowContext(ctx, text, args...)
		return row.Err()
	})
	return row
}

// View runs fn on one consistent snapshot of the database, which stays as it
// was when fn first read. Writers are not held up.
func (d *DB) View(ctx context.Context, fn func(q Queryer) error) error {
	return d.Rehearse(ctx, func(tx *Tx) error { return fn(tx) })
}

// Rehearse is View for what is made to run in a write transaction, as far as it
// only reads: it takes no locks and waits for nobody. A write fails.
func (d *DB) Rehearse(ctx context.Context, fn func(tx *Tx) error) error {
	t, err := begin(ctx, d.pool, d.reading())
	if err != nil {
		return fmt.Errorf("beginning to read: %w", driverFault(err))
	}
	defer func() { _ = t.Rollback() }()
	tx := &Tx{db: d, session: t, sent: &d.sent, reads: true}
	if d.reader.stmts != nil {
		s := &snapshot{tx: t, stmts: d.reader.stmts, warmer: d.warmer}
		defer s.end()
		tx.session = s
	}
	return tx.explain(fn(tx))
}

// snapshot is a session of SQLite's that reads with the statements which the
// readers keep prepared. One that is not there yet is run as it comes, and
// prepared for the next time by the warmer: to prepare it here would take a
// second connection, and snapshots could wait for each other's for ever.
type snapshot struct {
	tx     *sql.Tx
	stmts  *statements
	warmer *warmer
	used   []*prepared
}

// statement returns the prepared statement within the transaction, or nil. It is
// given back at the end, as rows may be read until then.
func (s *snapshot) statement(ctx context.Context, text string) *sql.Stmt {
	p := s.stmts.take(text)
	if p == nil {
		s.warmer.prepare(text)
		return nil
	}
	s.used = append(s.used, p)
	return s.tx.StmtContext(ctx, p.Stmt)
}

func (s *snapshot) end() {
	for _, p := range s.used {
		s.stmts.put(p)
	}
}

// QueryContext implements session.
func (s *snapshot) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := s.statement(ctx, text); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return s.tx.QueryContext(ctx, sqliteText(text), args...)
}

// QueryRowContext implements session.
func (s *snapshot) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	if stmt := s.statement(ctx, text); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return s.tx.QueryRowContext(ctx, sqliteText(text), args...)
}

// ExecContext implements session.
func (s *snapshot) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, sqliteText(text), args...)
}

// begin begins a transaction on a connection that lives.
func begin(ctx context.Context, pool *sql.DB, options *sql.TxOptions) (t *sql.Tx, err error) {
	whileLost(func() error {
		t, err = pool.BeginTx(ctx, options)
		return err
	})
	return t, err
}

// beginOn is begin for a transaction of which the connection must be known too.
func beginOn(ctx context.Context, pool *sql.DB) (conn *sql.Conn, t *sql.Tx, err error) {
	whileLost(func() error {
		if conn, err = pool.Conn(ctx); err != nil {
			return err
		}
		if t, err = conn.BeginTx(ctx, nil); err != nil {
			_ = conn.Close()
		}
		return err
	})
	return conn, t, err
}

// reading are the options of a transaction that reads one state of the database.
func (d *DB) reading() *sql.TxOptions {
	if d.dialect == Postgres {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true}
}
