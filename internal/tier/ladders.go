package tier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Plan is a ladder as its makers see it: with the version being drafted.
type Plan struct {
	// Ladder has no versions before the first is published.
	Ladder
	// Draft is the version that is not published yet, or nil.
	Draft *Version
}

// LoadLadders returns the ladders of a programme that have a published version.
func LoadLadders(ctx context.Context, q db.Queryer, programme id.ID) ([]Ladder, error) {
	plans, err := loadPlans(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var ladders []Ladder
	for _, p := range plans {
		if len(p.Versions) > 0 {
			ladders = append(ladders, p.Ladder)
		}
	}
	return ladders, nil
}

// stored is a row of a ladder and one of its versions.
type stored struct {
	ladder, programme id.ID
	code              string
	published         bool
	version           Version
}

func loadPlans(ctx context.Context, q db.Queryer, programme id.ID) ([]Plan, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT l.id, l.programme_id, l.code, v.number, v.published, v.from_at, v.definition
		FROM ladder AS l JOIN ladder_version AS v ON v.ladder_id = l.id
		WHERE l.programme_id = $1 ORDER BY l.id, v.from_at, v.number`, programme)
	list, err := db.Collect(rows, err, scanStored)
	if err != nil {
		return nil, fmt.Errorf("reading ladders: %w", err)
	}
	var plans []Plan
	for _, s := range list {
		if len(plans) == 0 || plans[len(plans)-1].ID != s.ladder {
			plans = append(plans, Plan{Ladder: Ladder{ID: s.ladder, ProgrammeID: s.programme, Code: s.code, Zone: p.Zone}})
		}
		plans[len(plans)-1].add(s)
	}
	return plans, nil
}

func (p *Plan) add(s stored) {
	if s.published {
		p.Versions = append(p.Versions, s.version)
		return
	}
	p.Draft = &s.version
}

func scanStored(r *sql.Rows) (stored, error) {
	var s stored
	var from int64
	var definition []byte
	if err := r.Scan(&s.ladder, &s.programme, &s.code, &s.version.Number, &s.published, &from, &definition); err != nil {
		return s, err
	}
	s.version.From = db.Time(from)
	if err := json.Unmarshal(definition, &s.version.Definition); err != nil {
		return s, fmt.Errorf("reading version %d of ladder %s: %w", s.version.Number, s.ladder.In(id.Ladder), err)
	}
	return s, nil
}

// loadPlan returns one ladder of a programme.
func loadPlan(ctx context.Context, q db.Queryer, programme, ladder id.ID) (Plan, error) {
	plans, err := loadPlans(ctx, q, programme)
	if err != nil {
		return Plan{}, err
	}
	for _, p := range plans {
		if p.ID == ladder {
			return p, nil
		}
	}
	return Plan{}, fault.Missing("unknown_ladder", "there is no ladder %s", ladder.In(id.Ladder)).With("ladder", ladder.In(id.Ladder))
}

func insertLadder(ctx context.Context, tx *db.Tx, l Ladder) error {
	n, err := tx.Exec(ctx, `INSERT INTO ladder (id, programme_id, code) VALUES ($1, $2, $3)
		ON CONFLICT (programme_id, code) DO NOTHING`, l.ID, l.ProgrammeID, l.Code)
	if err != nil {
		return fmt.Errorf("writing a ladder: %w", err)
	}
	if n == 0 {
		return fault.Conflict("ladder_code_taken", "another ladder of this programme already uses the code %q; choose another", l.Code).
			At("/code").With("code", l.Code)
	}
	return nil
}

func upsertDraft(ctx context.Context, tx *db.Tx, ladder id.ID, v Version) error {
	definition, err := json.Marshal(v.Definition)
	if err != nil {
		return fmt.Errorf("writing a version of a ladder: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO ladder_version (ladder_id, number, definition) VALUES ($1, $2, $3)
		ON CONFLICT (ladder_id, number) DO UPDATE SET definition = EXCLUDED.definition`, ladder, v.Number, string(definition))
	if err != nil {
		return fmt.Errorf("writing a version of a ladder: %w", err)
	}
	return nil
}

func deleteDraft(ctx context.Context, tx *db.Tx, ladder id.ID, number int) error {
	_, err := tx.Exec(ctx, `DELETE FROM ladder_version WHERE ladder_id = $1 AND number = $2 AND NOT published`, ladder, number)
	if err != nil {
		return fmt.Errorf("deleting a draft: %w", err)
	}
	return nil
}

// deleteEmpty deletes a ladder that has no version left.
func deleteEmpty(ctx context.Context, tx *db.Tx, ladder id.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM ladder WHERE id = $1
		AND NOT EXISTS (SELECT 1 FROM ladder_version AS v WHERE v.ladder_id = ladder.id)`, ladder)
	if err != nil {
		return fmt.Errorf("deleting a ladder: %w", err)
	}
	return nil
}

// publishDraft puts the draft into force, and wakes every account of the ladder
// at that instant.
func publishDraft(ctx context.Context, tx *db.Tx, ladder id.ID, number int, from time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE ladder_version SET published = TRUE, from_at = $3 WHERE ladder_id = $1 AND number = $2`,
		ladder, number, db.Micros(from))
	_, wakeErr := tx.Exec(ctx, `UPDATE standing SET next_due = $2 WHERE ladder_id = $1 AND next_due > $2 AND NOT closed`,
		ladder, db.Micros(from))
	if err := errors.Join(err, wakeErr); err != nil {
		return fmt.Errorf("publishing a version of a ladder: %w", err)
	}
	return nil
}
