package auth

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "auth", Files: files}

var auditTable = db.NewTable("audit_row", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "at", Kind: db.Int},
	db.Column{Name: "actor", Kind: db.Text}, db.Column{Name: "action", Kind: db.Text}, db.Column{Name: "subject", Kind: db.Text},
	db.Column{Name: "detail", Kind: db.Text})

func selectAudit(ctx context.Context, q db.Queryer, f AuditFilter) ([]AuditRow, error) {
	var args db.Args
	where := []string{"TRUE"}
	add := func(condition string, wanted bool, v any) {
		if wanted {
			where = append(where, condition+" "+args.Add(v))
		}
	}
	add("programme_id =", f.ProgrammeID != 0, f.ProgrammeID)
	add("actor =", f.Actor != "", storable(f.Actor))
	add("action =", f.Action != "", storable(f.Action))
	add("subject =", f.Subject != "", storable(f.Subject))
	add("at >=", !f.From.IsZero(), db.Micros(f.From))
	add("at <", !f.To.IsZero(), db.Micros(f.To))
	add("id <", f.Before != 0, f.Before)
	query := `SELECT id, programme_id, at, actor, action, subject, detail FROM audit_row
		WHERE ` + strings.Join(where, " AND ") + ` ORDER BY id DESC LIMIT ` + args.Add(f.Limit)
	rows, err := q.Query(ctx, query, args.Values()...)
	return db.Collect(rows, err, scanAudit)
}

func scanAudit(r *sql.Rows) (AuditRow, error) {
	var row AuditRow
	var at int64
	var detail string
	if err := r.Scan(&row.ID, &row.ProgrammeID, &at, &row.Actor, &row.Action, &row.Subject, &detail); err != nil {
		return AuditRow{}, fmt.Errorf("reading the audit trail: %w", err)
	}
	row.At = db.Time(at)
	if err := json.Unmarshal([]byte(detail), &row.Detail); err != nil {
		return AuditRow{}, fmt.Errorf("reading the detail of audit row %s: %w", row.ID.In(id.Audit), err)
	}
	return row, nil
}

// storable replaces what PostgreSQL takes into no text.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// chargeAttempt counts one attempt in one statement, so that two at the same
// moment cannot both take the last; it returns how long to wait when there is
// none left.
func chargeAttempt(ctx context.Context, tx *db.Tx, t Attempt, now time.Time) (time.Duration, error) {
	at, every := db.Micros(now), t.Every.Microseconds()
	latest := at + (t.Burst-1)*every
	n, err := tx.Exec(ctx, `INSERT INTO throttle (subject, free_at) VALUES ($1, $2) ON CONFLICT (subject) DO UPDATE
		SET free_at = CASE WHEN throttle.free_at > $3 THEN throttle.free_at ELSE $3 END + $4
		WHERE throttle.free_at <= $5`, t.Subject, at+every, at, every, latest)
	if err != nil {
		return 0, fmt.Errorf("counting a try: %w", err)
	}
	if n > 0 {
		return 0, nil
	}
	var free int64
	if err := tx.QueryRow(ctx, `SELECT free_at FROM throttle WHERE subject = $1`, t.Subject).Scan(&free); err != nil {
		return 0, fmt.Errorf("reading when the next try may be: %w", err)
	}
	return time.Duration(free-latest) * time.Microsecond, nil
}

// forgive takes back what a good sign-in was charged.
func forgive(ctx context.Context, tx *db.Tx, tries []Attempt) error {
	for _, t := range tries {
		if _, err := tx.Exec(ctx, `UPDATE throttle SET free_at = free_at - $2 WHERE subject = $1`, t.Subject, t.Every.Microseconds()); err != nil {
			return fmt.Errorf("taking back a try: %w", err)
		}
	}
	return nil
}

func updateSeen(ctx context.Context, tx *db.Tx, s seen) error {
	at := db.Micros(s.last)
	if len(s.keys) > 0 {
		var args db.Args
		query := `UPDATE api_key SET used = ` + args.Add(at) + ` WHERE id IN ` + args.In(slices.Sorted(maps.Keys(s.keys)))
		if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
			return fmt.Errorf("writing when keys were used: %w", err)
		}
	}
	if len(s.sessions) == 0 {
		return nil
	}
	hashes := make([]string, 0, len(s.sessions))
	for h := range s.sessions {
		hashes = append(hashes, string(h))
	}
	slices.Sort(hashes)
	var args db.Args
	query := `UPDATE session SET seen = ` + args.Add(at) + ` WHERE hash IN ` + args.InText(hashes)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("writing when sessions were used: %w", err)
	}
	return nil
}

func deleteStale(ctx context.Context, tx *db.Tx, now time.Time) error {
	for _, stale := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM session WHERE created <= $1 OR seen <= $2`, []any{db.Micros(now.Add(-sessionLife)), db.Micros(now.Add(-sessionIdle))}},
		{`DELETE FROM staff_link WHERE expires <= $1`, []any{db.Micros(now)}},
		{`DELETE FROM throttle WHERE free_at <= $1`, []any{db.Micros(now)}},
		{`DELETE FROM till_shift WHERE opened <= $1`, []any{db.Micros(now.Add(-shiftKept))}},
	} {
		if _, err := tx.Exec(ctx, stale.query, stale.args...); err != nil {
			return fmt.Errorf("deleting what is past its time: %w", err)
		}
	}
	return nil
}

const keyColumns = `id, programme_id, name, prefix, hash, scopes, created, expires, revoked, used, partner_id`

func insertKey(ctx context.Context, tx *db.Tx, k Key) error {
	scopes := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		scopes[i] = string(s)
	}
	_, err := tx.Exec(ctx, `INSERT INTO api_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9)`,
		k.ID, k.ProgrammeID, k.Name, k.Prefix, string(k.hash), strings.Join(scopes, " "), db.Micros(k.Created), db.Micros(k.Expires), k.PartnerID)
	if err != nil {
		return fmt.Errorf("writing an API key: %w", err)
	}
	return nil
}

func scanKey(r interface{ Scan(dest ...any) error }) (Key, error) {
	var k Key
	var scopes string
	var created, expires, revoked, used int64
	if err := r.Scan(&k.ID, &k.ProgrammeID, &k.Name, &k.Prefix, &k.hash, &scopes, &created, &expires, &revoked, &used, &k.PartnerID); err != nil {
		return Key{}, fmt.Errorf("reading an API key: %w", err)
	}
	for _, s := range strings.Fields(scopes) {
		k.Scopes = append(k.Scopes, Scope(s))
	}
	k.Created, k.Expires, k.Revoked, k.Used = db.Time(created), db.Time(expires), db.Time(revoked), db.Time(used)
	return k, nil
}

func selectKeys(ctx context.Context, q db.Queryer, programme id.ID) ([]Key, error) {
	rows, err := q.Query(ctx, `SELECT `+keyColumns+` FROM api_key WHERE programme_id = $1 ORDER BY id DESC`, programme)
	return db.Collect(rows, err, func(r *sql.Rows) (Key, error) { return scanKey(r) })
}

// keyByPrefix returns the zero Key when there is none.
func keyByPrefix(ctx context.Context, q db.Queryer, prefix string) (Key, error) {
	k, err := scanKey(q.QueryRow(ctx, `SELECT `+keyColumns+` FROM api_key WHERE prefix = $1`, prefix))
	if errors.Is(err, sql.ErrNoRows) {
		return Key{}, nil
	}
	return k, db.Fault(err)
}

// revokeKey keeps the time of the first revocation.
func revokeKey(ctx context.Context, tx *db.Tx, programme, key id.ID, now time.Time) (Key, error) {
	k, err := scanKey(tx.QueryRow(ctx, `UPDATE api_key SET revoked = CASE WHEN revoked = 0 THEN $3 ELSE revoked END
		WHERE id = $1 AND programme_id = $2 RETURNING `+keyColumns, key, programme, db.Micros(now)))
	if errors.Is(err, sql.ErrNoRows) {
		return Key{}, unknownKey(key)
	}
	return k, err
}

// selectNames reads names from a table of staff or keys.
func selectNames(ctx context.Context, q db.Queryer, table string, ids []id.ID) (map[id.ID]string, error) {
	names := make(map[id.ID]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id, name FROM `+table+` WHERE id IN `+args.In(ids), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id.ID, error) {
		var n id.ID
		var name string
		err := r.Scan(&n, &name)
		names[n] = name
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading names of %s: %w", table, err)
	}
	return names, nil
}
