package plan

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
var Schema = db.Schema{Room: "plan", Files: files}

func integer(name string) db.Column { return db.Column{Name: name, Kind: db.Int} }

func word(name string) db.Column { return db.Column{Name: name, Kind: db.Text} }

func yes(name string) db.Column { return db.Column{Name: name, Kind: db.Bool} }

var (
	planTable = db.NewTable("plan", []string{"id"}, integer("id"), integer("programme_id"), word("code"), yes("retired"), integer("made"))

	versionTable = db.NewTable("plan_version", []string{"plan_id", "number"},
		integer("plan_id"), integer("number"), integer("from_at"), yes("published"), word("spec"))

	settingTable = db.NewTable("plan_setting", []string{"programme_id"}, integer("programme_id"), word("method"), word("url"), word("secret"),
		integer("withdrawal_days"), integer("notice_days"))
)

// All returns every plan of a programme, those first that were made first.
func All(ctx context.Context, q db.Queryer, programme id.ID) ([]*Plan, error) {
	rows, err := q.Query(ctx, `SELECT id, code, retired, made FROM plan WHERE programme_id = $1 ORDER BY id`, programme)
	plans, err := db.Collect(rows, err, func(r *sql.Rows) (*Plan, error) {
		p := &Plan{ProgrammeID: programme}
		var made int64
		err := r.Scan(&p.ID, &p.Code, &p.Retired, &made)
		p.Made = db.Time(made)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading plans: %w", err)
	}
	return plans, loadVersions(ctx, q, programme, byID(plans))
}

func byID(plans []*Plan) map[id.ID]*Plan {
	m := make(map[id.ID]*Plan, len(plans))
	for _, p := range plans {
		m[p.ID] = p
	}
	return m
}

func loadVersions(ctx context.Context, q db.Queryer, programme id.ID, plans map[id.ID]*Plan) error {
	rows, err := q.Query(ctx, `SELECT v.plan_id, v.number, v.from_at, v.published, v.spec FROM plan_version AS v
		JOIN plan AS p ON p.id = v.plan_id WHERE p.programme_id = $1 ORDER BY v.plan_id, v.number`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var plan id.ID
		var from int64
		var published bool
		var spec string
		var v Version
		if err := r.Scan(&plan, &v.Number, &from, &published, &spec); err != nil {
			return struct{}{}, err
		}
		v.From = db.Time(from)
		if err := json.Unmarshal([]byte(spec), &v.Spec); err != nil {
			return struct{}{}, err
		}
		if p := plans[plan]; published {
			p.Versions = append(p.Versions, v)
		} else {
			p.Draft = &v
		}
		return struct{}{}, nil
	})
	if err != nil {
		return fmt.Errorf("reading versions of plans: %w", err)
	}
	return nil
}

// Load returns one plan of the programme, by its id or else its code; fault
// "unknown_plan" when there is none.
func Load(ctx context.Context, q db.Queryer, programme id.ID, name string) (*Plan, error) {
	plans, err := All(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		if p.ID.In(id.Plan) == name || p.Code == name {
			return p, nil
		}
	}
	return nil, fault.Missing("unknown_plan", "the programme has no plan %s", name).With("plan", name)
}

func insertPlan(ctx context.Context, tx *db.Tx, p *Plan) error {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM plan WHERE programme_id = $1 AND code = $2`, p.ProgrammeID, p.Code).Scan(&n); err != nil {
		return fmt.Errorf("looking for the code of a plan: %w", db.Fault(err))
	}
	if n > 0 {
		return fault.Conflict("plan_code_taken", "another plan of this programme has the code %q; choose another", p.Code).At("/code").With("code", p.Code)
	}
	return upsertPlan(ctx, tx, p)
}

func upsertPlan(ctx context.Context, tx *db.Tx, p *Plan) error {
	if err := tx.Upsert(ctx, planTable, [][]any{{p.ID, p.ProgrammeID, p.Code, p.Retired, db.Micros(p.Made)}}); err != nil {
		return fmt.Errorf("writing a plan: %w", err)
	}
	return nil
}

func upsertVersion(ctx context.Context, tx *db.Tx, plan id.ID, v Version, published bool) error {
	spec, err := json.Marshal(v.Spec)
	if err != nil {
		return fmt.Errorf("writing a version of a plan: %w", err)
	}
	if err := tx.Upsert(ctx, versionTable, [][]any{{plan, v.Number, db.Micros(v.From), published, string(spec)}}); err != nil {
		return fmt.Errorf("writing a version of a plan: %w", err)
	}
	return nil
}

// deleteDraft removes the draft, and a plan that was never published with it.
func deleteDraft(ctx context.Context, tx *db.Tx, p *Plan) error {
	queries := []string{`DELETE FROM plan_version WHERE plan_id = $1 AND NOT published`}
	if len(p.Versions) == 0 {
		queries = append(queries, `DELETE FROM plan WHERE id = $1`)
	}
	for _, query := range queries {
		if _, err := tx.Exec(ctx, query, p.ID); err != nil {
			return fmt.Errorf("deleting the draft of a plan: %w", err)
		}
	}
	return nil
}

func loadSettings(ctx context.Context, q db.Queryer, programme id.ID) (Settings, error) {
	rows, err := q.Query(ctx, `SELECT method, url, secret, withdrawal_days, notice_days FROM plan_setting WHERE programme_id = $1`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (s Settings, err error) {
		err = r.Scan(&s.Method, &s.URL, &s.secret, &s.WithdrawalDays, &s.NoticeDays)
		s.Signed = s.secret != ""
		return s, err
	})
	if err != nil {
		return Settings{}, fmt.Errorf("reading how charges are asked for: %w", err)
	}
	if len(list) == 0 {
		return usual(), nil
	}
	return list[0], nil
}

// ensureSettings writes the usual settings where none are kept.
func ensureSettings(ctx context.Context, tx *db.Tx, programme id.ID) error {
	s := usual()
	if _, err := tx.InsertNew(ctx, settingTable, [][]any{settingRow(programme, s)}); err != nil {
		return fmt.Errorf("writing how charges are asked for: %w", err)
	}
	return nil
}

func settingRow(programme id.ID, s Settings) []any {
	return []any{programme, string(s.Method), s.URL, s.secret, s.WithdrawalDays, s.NoticeDays}
}

func saveSettings(ctx context.Context, tx *db.Tx, programme id.ID, s Settings) error {
	if err := tx.Upsert(ctx, settingTable, [][]any{settingRow(programme, s)}); err != nil {
		return fmt.Errorf("writing how charges are asked for: %w", err)
	}
	return nil
}

// invoiceNumbers takes so many numbers, without a gap, and returns the first.
func invoiceNumbers(ctx context.Context, tx *db.Tx, programme id.ID, n int) (int64, error) {
	if err := ensureSettings(ctx, tx, programme); err != nil {
		return 0, err
	}
	var last int64
	err := tx.QueryRow(ctx, `UPDATE plan_setting SET invoices = invoices + $2 WHERE programme_id = $1 RETURNING invoices`, programme, n).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("numbering invoices: %w", db.Fault(err))
	}
	return last - int64(n) + 1, nil
}
