package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// table is what every table of campaigns has.
func table(name string) db.Table {
	return db.NewTable(name, []string{"programme_id", "id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "version", Kind: db.Int},
		db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "spec", Kind: db.Text}, db.Column{Name: "seed", Kind: db.Text},
		db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "made_by", Kind: db.Text}, db.Column{Name: "changed", Kind: db.Int},
		db.Column{Name: "started", Kind: db.Int}, db.Column{Name: "started_by", Kind: db.Text}, db.Column{Name: "until", Kind: db.Int}, db.Column{Name: "ended_by", Kind: db.Text},
		db.Column{Name: "seen", Kind: db.Int}, db.Column{Name: "chosen", Kind: db.Int}, db.Column{Name: "tally", Kind: db.Text})
}

func (k *Kind[S, L]) save(ctx context.Context, tx *db.Tx, c *Campaign[S, L]) error {
	spec, err := json.Marshal(c.Spec)
	if err != nil {
		return fmt.Errorf("writing a campaign: %w", err)
	}
	tally, err := json.Marshal(c.Tally)
	if err != nil {
		return fmt.Errorf("writing whom a campaign is for: %w", err)
	}
	if err := tx.Upsert(ctx, table(k.Table), [][]any{{
		c.ProgrammeID, c.ID, c.Version, string(c.State), string(spec), c.Seed, db.Micros(c.Made), c.MadeBy, db.Micros(c.Changed),
		db.Micros(c.Started), c.StartedBy, db.Micros(c.Until), c.EndedBy, c.seen, db.Micros(c.Chosen), string(tally),
	}}); err != nil {
		return fmt.Errorf("writing a campaign: %w", err)
	}
	return nil
}

// Select returns the campaigns that the rest of a question finds, as they are
// written down.
func (k *Kind[S, L]) Select(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Campaign[S, L], error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, version, state, spec, seed, made, made_by, changed, started, started_by, until, ended_by, seen, chosen, tally
		FROM `+k.Table+` WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scan[S, L])
	if err != nil {
		return nil, fmt.Errorf("reading campaigns: %w", err)
	}
	return list, nil
}

func scan[S any, L ~string](r *sql.Rows) (*Campaign[S, L], error) {
	c := &Campaign[S, L]{}
	var spec, tally string
	var made, changed, started, until, chosen int64
	if err := r.Scan(&c.ProgrammeID, &c.ID, &c.Version, &c.State, &spec, &c.Seed, &made, &c.MadeBy, &changed,
		&started, &c.StartedBy, &until, &c.EndedBy, &c.seen, &chosen, &tally); err != nil {
		return nil, err
	}
	c.Made, c.Changed, c.Started, c.Until, c.Chosen = db.Time(made), db.Time(changed), db.Time(started), db.Time(until), db.Time(chosen)
	if err := json.Unmarshal([]byte(spec), &c.Spec); err != nil {
		return nil, err
	}
	return c, json.Unmarshal([]byte(tally), &c.Tally)
}

// Load returns a campaign as it stands now.
func (k *Kind[S, L]) Load(ctx context.Context, q db.Queryer, programme, n id.ID, now time.Time, lock string) (*Campaign[S, L], error) {
	list, err := k.Select(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, n)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, k.Unknown(n.In(k.Prefix))
	}
	list[0].pass(now)
	return list[0], nil
}
