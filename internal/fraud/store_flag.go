package fraud

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var (
	flagTable = db.NewTable("fraud_flag", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text},
		db.Column{Name: "subject", Kind: db.Text}, db.Column{Name: "bucket", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "hold", Kind: db.Bool}, db.Column{Name: "rules", Kind: db.Int}, db.Column{Name: "figure", Kind: db.Int},
		db.Column{Name: "more", Kind: db.Int}, db.Column{Name: "events", Kind: db.Int}, db.Column{Name: "evidence", Kind: db.Text},
		db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "raised", Kind: db.Int}, db.Column{Name: "decided", Kind: db.Int},
		db.Column{Name: "decider", Kind: db.Text}, db.Column{Name: "note", Kind: db.Text})
	partTable = db.NewTable("fraud_part", []string{"flag_id", "member_id"},
		db.Column{Name: "flag_id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "points", Kind: db.Int},
		db.Column{Name: "aside", Kind: db.Int}, db.Column{Name: "moving", Kind: db.Int}, db.Column{Name: "step", Kind: db.Int})
)

func saveFlag(ctx context.Context, tx *db.Tx, f *Flagged) error {
	evidence, err := json.Marshal(f.Evidence)
	if err != nil {
		return fmt.Errorf("writing a flag: %w", err)
	}
	err = tx.Upsert(ctx, flagTable, [][]any{{
		f.ID, f.ProgrammeID, string(f.Kind), f.Subject, db.Micros(f.Begins), string(f.State), f.Hold, f.Rules, f.Figure, f.More, f.Events,
		string(evidence), db.Micros(f.At), db.Micros(f.Raised), db.Micros(f.Decided), f.Decider, f.Note,
	}})
	if err != nil {
		return fmt.Errorf("writing a flag: %w", err)
	}
	return saveParts(ctx, tx, f.Parts)
}

func saveParts(ctx context.Context, tx *db.Tx, parts []Part) error {
	rows := make([][]any, len(parts))
	for i, p := range parts {
		rows[i] = []any{p.FlagID, p.MemberID, p.Points, p.Aside, p.moving, p.step}
	}
	if err := tx.Upsert(ctx, partTable, rows); err != nil {
		return fmt.Errorf("writing whom a flag is about: %w", err)
	}
	return nil
}

func selectFlags(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Flagged, error) {
	rows, err := q.Query(ctx, `SELECT f.id, f.programme_id, f.kind, f.subject, f.bucket, f.state, f.hold, f.rules, f.figure, f.more, f.events, f.evidence, f.at,
		f.raised, f.decided, f.decider, f.note FROM fraud_flag f WHERE `+where, args...)
	list, err := db.Collect(rows, err, scanFlag)
	if err != nil || len(list) == 0 {
		return nil, wrapFlags(err)
	}
	by := map[id.ID]*Flagged{}
	var ids []id.ID
	for _, f := range list {
		by[f.ID] = f
		ids = append(ids, f.ID)
	}
	var in db.Args
	rows, err = q.Query(ctx, `SELECT flag_id, member_id, points, aside, moving, step FROM fraud_part WHERE flag_id IN `+in.In(ids)+` ORDER BY flag_id, member_id`, in.Values()...)
	parts, err := db.Collect(rows, err, func(r *sql.Rows) (Part, error) {
		var p Part
		return p, r.Scan(&p.FlagID, &p.MemberID, &p.Points, &p.Aside, &p.moving, &p.step)
	})
	for _, p := range parts {
		by[p.FlagID].Parts = append(by[p.FlagID].Parts, p)
	}
	return list, wrapFlags(err)
}

func wrapFlags(err error) error {
	if err != nil {
		return fmt.Errorf("reading flags: %w", err)
	}
	return nil
}

func scanFlag(r *sql.Rows) (*Flagged, error) {
	f := &Flagged{}
	var evidence string
	var begins, at, raised, decided int64
	err := r.Scan(&f.ID, &f.ProgrammeID, &f.Kind, &f.Subject, &begins, &f.State, &f.Hold, &f.Rules, &f.Figure, &f.More, &f.Events, &evidence, &at,
		&raised, &decided, &f.Decider, &f.Note)
	if err != nil {
		return nil, err
	}
	f.Begins, f.At, f.Raised, f.Decided = db.Time(begins), db.Time(at), db.Time(raised), db.Time(decided)
	return f, json.Unmarshal([]byte(evidence), &f.Evidence)
}

// flagAt returns the flag of a place, under any name of its subject, or nil.
func flagAt(ctx context.Context, q db.Queryer, programme id.ID, k Kind, subjects []string, begin int64) (*Flagged, error) {
	var args db.Args
	list, err := selectFlags(ctx, q, `f.programme_id = `+args.Add(programme)+` AND f.kind = `+args.Add(string(k))+` AND f.subject IN `+args.InText(subjects)+`
		AND f.bucket = `+args.Add(begin)+` ORDER BY f.id LIMIT 1`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// loadFlag returns a flag; fault "unknown_flag" when there is none.
func loadFlag(ctx context.Context, q db.Queryer, programme, flag id.ID) (*Flagged, error) {
	list, err := selectFlags(ctx, q, `f.programme_id = $1 AND f.id = $2`, programme, flag)
	if err == nil && len(list) == 0 {
		shown := flag.In(id.Flag)
		err = fault.Missing("unknown_flag", "there is no flag %s in the programme", shown).With("flag", shown)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// CountOpen returns how many flags nobody has decided.
func CountOpen(ctx context.Context, q db.Queryer, programme id.ID) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM fraud_flag WHERE programme_id = $1 AND state = 'open'`, programme).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting flags: %w", db.Fault(err))
	}
	return n, nil
}

// Query chooses flags.
type Query struct {
	ProgrammeID id.ID
	State       State   // all when empty
	Kind        Kind    // all when empty
	Members     []id.ID // of whom one is named; all when empty
	Before      id.ID   // the last of the page before
	Limit       int
}

func listFlags(ctx context.Context, q db.Queryer, what Query) ([]*Flagged, error) {
	var args db.Args
	where := `f.programme_id = ` + args.Add(what.ProgrammeID)
	if what.State != "" {
		where += ` AND f.state = ` + args.Add(string(what.State))
	}
	if what.Kind != "" {
		where += ` AND f.kind = ` + args.Add(string(what.Kind))
	}
	if len(what.Members) > 0 {
		where += ` AND EXISTS (SELECT 1 FROM fraud_part p WHERE p.flag_id = f.id AND p.member_id IN ` + args.In(what.Members) + `)`
	}
	if what.Before != 0 {
		where += ` AND f.id < ` + args.Add(what.Before)
	}
	return selectFlags(ctx, q, where+` ORDER BY f.id DESC LIMIT `+args.Add(int64(what.Limit)), args.Values()...)
}

// eachFlag goes through the flags of a programme, page by page.
func eachFlag(ctx context.Context, q db.Queryer, programme id.ID, do func(*Flagged) error) error {
	for last := id.ID(0); ; {
		page, err := selectFlags(ctx, q, `f.programme_id = $1 AND f.id > $2 ORDER BY f.id LIMIT 500`, programme, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, f := range page {
			if err := do(f); err != nil {
				return err
			}
		}
		last = page[len(page)-1].ID
	}
}
