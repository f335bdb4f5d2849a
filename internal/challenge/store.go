package challenge

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "challenge", Files: files}

var challengeTable = db.NewTable("challenge", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text},
	db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "begins", Kind: db.Int}, db.Column{Name: "ends", Kind: db.Int},
	db.Column{Name: "spec", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int})

// Load returns one challenge of the programme; fault "unknown_challenge" when
// there is none.
func Load(ctx context.Context, q db.Queryer, programme, challenge id.ID) (Challenge, error) {
	list, err := selectChallenges(ctx, q, `c.programme_id = $1 AND c.id = $2`, programme, challenge)
	if err != nil {
		return Challenge{}, err
	}
	if len(list) == 0 {
		return Challenge{}, fault.Missing("unknown_challenge", "the programme has no challenge %s", challenge.In(id.Challenge)).With("challenge", challenge.In(id.Challenge))
	}
	return list[0], nil
}

// All returns every challenge of a programme, those first that were made first.
func All(ctx context.Context, q db.Queryer, programme id.ID) ([]Challenge, error) {
	return selectChallenges(ctx, q, `c.programme_id = $1`, programme)
}

// begun returns the challenges that count or have counted.
func begun(ctx context.Context, q db.Queryer, programme id.ID) ([]Challenge, error) {
	return selectChallenges(ctx, q, `c.programme_id = $1 AND c.state <> 'draft'`, programme)
}

func selectChallenges(ctx context.Context, q db.Queryer, where string, args ...any) ([]Challenge, error) {
	rows, err := q.Query(ctx, `SELECT c.id, c.programme_id, c.state, c.begins, c.ends, c.spec, c.made FROM challenge AS c WHERE `+where+` ORDER BY c.id`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Challenge, error) {
		var c Challenge
		var spec string
		var begins, ends, made int64
		if err := r.Scan(&c.ID, &c.ProgrammeID, &c.State, &begins, &ends, &spec, &made); err != nil {
			return c, err
		}
		err := json.Unmarshal([]byte(spec), &c.Spec)
		c.Begins, c.Ends, c.Made = db.Time(begins), db.Time(ends), db.Time(made)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading challenges: %w", err)
	}
	return list, nil
}

// save writes a challenge under a name that no other of the programme has.
func save(ctx context.Context, tx *db.Tx, c *Challenge, name string) error {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM challenge WHERE programme_id = $1 AND name = $2 AND id <> $3`, c.ProgrammeID, name, c.ID).Scan(&n); err != nil {
		return fmt.Errorf("looking for the name of a challenge: %w", db.Fault(err))
	}
	if n > 0 {
		return fault.Conflict("challenge_name_taken", "the programme has a challenge of this name already; choose another").At("/names")
	}
	spec, err := json.Marshal(&c.Spec)
	if err != nil {
		return fmt.Errorf("writing what a challenge says: %w", err)
	}
	ends := db.Micros(c.Ends)
	if ends == 0 {
		ends = db.Never
	}
	err = tx.Upsert(ctx, challengeTable, [][]any{{c.ID, c.ProgrammeID, name, string(c.State), db.Micros(c.Begins), ends, string(spec), db.Micros(c.Made)}})
	if err != nil {
		return fmt.Errorf("writing a challenge: %w", err)
	}
	return nil
}

func discard(ctx context.Context, tx *db.Tx, challenge id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM challenge WHERE id = $1`, challenge); err != nil {
		return fmt.Errorf("discarding a challenge: %w", err)
	}
	return nil
}

// reserve takes one reward from the budget and reports whether there was room.
// Without a budget there always is.
func (c *Challenge) reserve(ctx context.Context, tx *db.Tx, points int64) (bool, error) {
	if c.Budget.IsZero() {
		return true, nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO challenge_budget (challenge_id, rewards, points) VALUES ($1, 0, 0) ON CONFLICT (challenge_id) DO NOTHING`, c.ID); err != nil {
		return false, fmt.Errorf("beginning the budget of a challenge: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE challenge_budget SET rewards = rewards + 1, points = points + $2
		WHERE challenge_id = $1 AND rewards < $3 AND points + $2 <= $4`, c.ID, points, orNever(c.Budget.Rewards), orNever(c.Budget.Points))
	if err != nil {
		return false, fmt.Errorf("taking from the budget of a challenge: %w", err)
	}
	return n == 1, nil
}

func orNever(limit int64) int64 {
	if limit == 0 {
		return db.Never
	}
	return limit
}

// spent returns what a challenge with a budget has taken from it.
func spent(ctx context.Context, q db.Queryer, challenge id.ID) (Budget, error) {
	rows, err := q.Query(ctx, `SELECT rewards, points FROM challenge_budget WHERE challenge_id = $1`, challenge)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b Budget, err error) {
		err = r.Scan(&b.Rewards, &b.Points)
		return b, err
	})
	if err != nil {
		return Budget{}, fmt.Errorf("reading the budget of a challenge: %w", err)
	}
	if len(list) == 0 {
		return Budget{}, nil
	}
	return list[0], nil
}
