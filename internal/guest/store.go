package guest

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "guest", Files: files}

const sessionColumns = `hash, programme_id, member_id, created, seen, proved, device`

func insertSession(ctx context.Context, tx *db.Tx, s session) error {
	_, err := tx.Exec(ctx, `INSERT INTO guest_session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.hash, s.programme, s.member, db.Micros(s.created), db.Micros(s.seen), db.Micros(s.proved), s.device)
	if err != nil {
		return fmt.Errorf("writing a session: %w", err)
	}
	return nil
}

type scanner interface{ Scan(...any) error }

func scanSession(r scanner) (session, error) {
	var s session
	var created, seen, proved int64
	err := r.Scan(&s.hash, &s.programme, &s.member, &created, &seen, &proved, &s.device)
	s.created, s.seen, s.proved = db.Time(created), db.Time(seen), db.Time(proved)
	return s, err
}

// findSession returns the zero session when there is none.
func findSession(ctx context.Context, q db.Queryer, programme id.ID, hash string) (session, error) {
	s, err := scanSession(q.QueryRow(ctx, `SELECT `+sessionColumns+` FROM guest_session WHERE hash = $1 AND programme_id = $2`, hash, programme))
	if errors.Is(err, sql.ErrNoRows) {
		return session{}, nil
	}
	if err != nil {
		return session{}, fmt.Errorf("reading a session: %w", err)
	}
	return s, nil
}

// sessionsOf returns the sessions of a person, the latest used first.
func sessionsOf(ctx context.Context, q db.Queryer, members []id.ID) ([]session, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+sessionColumns+` FROM guest_session WHERE member_id IN `+args.In(members)+` ORDER BY seen DESC, hash`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (session, error) { return scanSession(r) })
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return list, nil
}

func touchSession(ctx context.Context, tx *db.Tx, hash string, seen, proved time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE guest_session SET seen = $2, proved = $3 WHERE hash = $1`, hash, db.Micros(seen), db.Micros(proved))
	if err != nil {
		return fmt.Errorf("writing that a session was used: %w", err)
	}
	return nil
}

func deleteSession(ctx context.Context, tx *db.Tx, hash string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM guest_session WHERE hash = $1`, hash); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// forget deletes the sessions, codes and sent forms of a person.
func forget(ctx context.Context, tx *db.Tx, members []id.ID) error {
	for _, table := range []string{"guest_session", "guest_code", "guest_form"} {
		var args db.Args
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE member_id IN `+args.In(members), args.Values()...); err != nil {
			return fmt.Errorf("ending sessions and codes: %w", err)
		}
	}
	return nil
}

const codeColumns = `hash, programme_id, member_id, purpose, address, code, link, tries, expires`

func insertCode(ctx context.Context, tx *db.Tx, c code) error {
	_, err := tx.Exec(ctx, `INSERT INTO guest_code (`+codeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)`,
		c.hash, c.programme, c.member, string(c.purpose), c.address, c.code, c.link, db.Micros(c.expires))
	if err != nil {
		return fmt.Errorf("writing a code: %w", err)
	}
	return nil
}

// findCode returns a code by the secret of its browser or, where that column is
// named, by its link; the zero code when there is none.
func findCode(ctx context.Context, q db.Queryer, programme id.ID, column, hash, lock string) (code, error) {
	var c code
	var purpose string
	var expires int64
	err := q.QueryRow(ctx, `SELECT `+codeColumns+` FROM guest_code WHERE `+column+` = $1 AND programme_id = $2`+lock, hash, programme).
		Scan(&c.hash, &c.programme, &c.member, &purpose, &c.address, &c.code, &c.link, &c.tries, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return code{}, nil
	}
	if err != nil {
		return code{}, fmt.Errorf("reading a code: %w", err)
	}
	c.purpose, c.expires = purposeOf(purpose), db.Time(expires)
	return c, nil
}

func countTry(ctx context.Context, tx *db.Tx, hash string) error {
	if _, err := tx.Exec(ctx, `UPDATE guest_code SET tries = tries + 1 WHERE hash = $1`, hash); err != nil {
		return fmt.Errorf("counting a try of a code: %w", err)
	}
	return nil
}

// deleteCode uses a code up; it reports whether it was still there.
func deleteCode(ctx context.Context, tx *db.Tx, hash string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM guest_code WHERE hash = $1`, hash)
	if err != nil {
		return false, fmt.Errorf("using a code up: %w", err)
	}
	return n == 1, nil
}

// sweep deletes what has ended.
func sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM guest_code WHERE expires <= $1`, []any{db.Micros(now)}},
		{`DELETE FROM guest_session WHERE created <= $1 OR seen <= $2`, []any{db.Micros(now.Add(-sessionLife)), db.Micros(now.Add(-sessionIdle))}},
		{`DELETE FROM guest_form WHERE made <= $1`, []any{db.Micros(now.Add(-formLife))}},
	} {
		if _, err := tx.Exec(ctx, s.statement, s.args...); err != nil {
			return fmt.Errorf("sweeping sessions and codes: %w", err)
		}
	}
	return nil
}
