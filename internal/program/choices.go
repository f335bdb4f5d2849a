package program

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Choices keep what a room lets a programme choose, as JSON, version by version:
// the latest is in force, and those before tell what held when.
type Choices[S any] struct {
	// Table has a row for each version: programme_id, version, spec, made and
	// made_by.
	Table string
	// What names the choices in errors, as "the contact policy".
	What string
	// Action is what the audit calls a change, Changed the code of the conflict
	// when somebody was faster.
	Action, Changed string
}

// Load reads what is in force onto s, and its version: 0, and s as it was, while
// nothing was chosen. What a version that is older than a field does not say
// stays as it is in s.
func (c *Choices[S]) Load(ctx context.Context, q db.Queryer, programme id.ID, s *S) (version int64, err error) {
	rows, err := q.Query(ctx, `SELECT version, spec FROM `+c.Table+` WHERE programme_id = $1 ORDER BY version DESC LIMIT 1`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (spec string, err error) {
		return spec, r.Scan(&version, &spec)
	}, func(spec string) error { return json.Unmarshal([]byte(spec), s) })
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", c.What, err)
	}
	return version, nil
}

// Put writes what is in force from now on, and that it was changed, with detail
// beside the new version, which it returns. Version is that of the one that was
// looked at: another by now is a conflict. The programme is touched first, so
// that two who choose wait for each other.
func (c *Choices[S]) Put(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, version int64, now time.Time, s *S, detail map[string]any) (int64, error) {
	if err := Touch(ctx, tx, programme); err != nil {
		return 0, err
	}
	var latest int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(version), 0) FROM `+c.Table+` WHERE programme_id = $1`, programme).Scan(&latest)
	if err != nil {
		return 0, fmt.Errorf("looking at %s: %w", c.What, err)
	}
	if latest != version {
		return 0, fault.Conflict(c.Changed, "somebody changed %s meanwhile; look again and choose anew", c.What)
	}
	spec, err := json.Marshal(s)
	if err != nil {
		return 0, fmt.Errorf("writing %s: %w", c.What, err)
	}
	version++
	table := db.NewTable(c.Table, []string{"programme_id", "version"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "version", Kind: db.Int}, db.Column{Name: "spec", Kind: db.Text},
		db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "made_by", Kind: db.Text})
	if err := tx.Insert(ctx, table, [][]any{{programme, version, string(spec), db.Micros(now), a.String()}}); err != nil {
		return 0, fmt.Errorf("writing %s: %w", c.What, err)
	}
	said := map[string]any{"version": version}
	maps.Copy(said, detail)
	return version, auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: c.Action, Subject: programme.In(id.Programme), Detail: said})
}
