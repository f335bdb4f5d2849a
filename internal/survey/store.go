package survey

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "survey", Files: files}

var (
	surveyTable = db.NewTable("survey", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "spec", Kind: db.Text}, db.Column{Name: "open_code", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int},
		db.Column{Name: "published", Kind: db.Int}, db.Column{Name: "closed", Kind: db.Int}, db.Column{Name: "version", Kind: db.Int})
	settingTable = db.NewTable("survey_setting", []string{"programme_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "never_share", Kind: db.Int})
)

func selectSurveys(ctx context.Context, q db.Queryer, where string, args ...any) ([]Survey, error) {
	rows, err := q.Query(ctx, `SELECT id, programme_id, state, spec, open_code, made, published, closed, version FROM survey WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Survey, error) {
		var n Survey
		var spec string
		var made, published, closed int64
		if err := r.Scan(&n.ID, &n.ProgrammeID, &n.State, &spec, &n.Open, &made, &published, &closed, &n.Version); err != nil {
			return n, err
		}
		n.Made, n.Published, n.Closed = db.Time(made), db.Time(published), db.Time(closed)
		return n, json.Unmarshal([]byte(spec), &n.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading surveys: %w", err)
	}
	return list, nil
}

func loadSurvey(ctx context.Context, q db.Queryer, programme, survey id.ID, lock string) (Survey, error) {
	list, err := selectSurveys(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, survey)
	if err == nil && len(list) == 0 {
		err = unknownSurvey()
	}
	if err != nil {
		return Survey{}, err
	}
	return list[0], nil
}

func surveyRow(n *Survey) ([]any, error) {
	spec, err := json.Marshal(n.Spec)
	if err != nil {
		return nil, fmt.Errorf("writing a survey: %w", err)
	}
	return []any{n.ID, n.ProgrammeID, string(n.State), string(spec), n.Open, db.Micros(n.Made), db.Micros(n.Published), db.Micros(n.Closed), n.Version}, nil
}

func insertSurvey(ctx context.Context, tx *db.Tx, n *Survey) error {
	row, err := surveyRow(n)
	if err != nil {
		return err
	}
	if err := tx.Insert(ctx, surveyTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a survey: %w", err)
	}
	return nil
}

func updateSurvey(ctx context.Context, tx *db.Tx, n *Survey) error {
	row, err := surveyRow(n)
	if err != nil {
		return err
	}
	if err := tx.Update(ctx, surveyTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a survey: %w", err)
	}
	return nil
}

func deleteSurvey(ctx context.Context, tx *db.Tx, survey id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM survey WHERE id = $1`, survey); err != nil {
		return fmt.Errorf("discarding a survey: %w", err)
	}
	return nil
}

func neverShare(ctx context.Context, q db.Queryer, programme id.ID) (int, error) {
	rows, err := q.Query(ctx, `SELECT never_share FROM survey_setting WHERE programme_id = $1`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n int, err error) { return n, r.Scan(&n) })
	if err != nil {
		return 0, fmt.Errorf("reading who is never asked: %w", err)
	}
	return append(list, DefaultNever)[0], nil
}

func saveNeverShare(ctx context.Context, tx *db.Tx, programme id.ID, share int) error {
	if err := tx.Upsert(ctx, settingTable, [][]any{{programme, int64(share)}}); err != nil {
		return fmt.Errorf("writing who is never asked: %w", err)
	}
	return nil
}
