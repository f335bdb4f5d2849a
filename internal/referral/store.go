package referral

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
var Schema = db.Schema{Room: "referral", Files: files}

var (
	termsTable = db.NewTable("referral_terms", []string{"programme_id", "number"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "number", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "spec", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "influencer_id", Kind: db.Int})
	turnTable = db.NewTable("referral_turn", []string{"programme_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "turns", Kind: db.Int})
	traceTable = db.NewTable("referral_trace", []string{"member_id", "kind", "hash"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text}, db.Column{Name: "hash", Kind: db.Text},
		db.Column{Name: "programme_id", Kind: db.Int})
)

// LoadTerms returns the terms in force for all members or, before any were written, the
// default ones as a draft with the number 0.
func LoadTerms(ctx context.Context, q db.Queryer, programme id.ID) (Terms, error) {
	list, err := selectTerms(ctx, q, `programme_id = $1 AND influencer_id = 0 ORDER BY number DESC LIMIT 1`, programme)
	if err != nil || len(list) > 0 {
		return append(list, Terms{})[0], err
	}
	return Terms{ProgrammeID: programme, State: Draft, Spec: DefaultSpec()}, nil
}

// termsNumbered returns the terms that a referral began with.
func termsNumbered(ctx context.Context, q db.Queryer, programme id.ID, number int64) (Terms, error) {
	list, err := selectTerms(ctx, q, `programme_id = $1 AND number = $2`, programme, number)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("the programme %s has no referral terms %d", programme.In(id.Programme), number)
	}
	if err != nil {
		return Terms{}, err
	}
	return list[0], nil
}

func selectTerms(ctx context.Context, q db.Queryer, where string, args ...any) ([]Terms, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, number, state, spec, made, influencer_id FROM referral_terms WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Terms, error) {
		var t Terms
		var spec string
		var made int64
		if err := r.Scan(&t.ProgrammeID, &t.Number, &t.State, &spec, &made, &t.InfluencerID); err != nil {
			return t, err
		}
		t.Made = db.Time(made)
		return t, json.Unmarshal([]byte(spec), &t.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading referral terms: %w", err)
	}
	return list, nil
}

func insertTerms(ctx context.Context, tx *db.Tx, t Terms) error {
	spec, err := json.Marshal(t.Spec)
	if err != nil {
		return fmt.Errorf("writing referral terms: %w", err)
	}
	row := []any{t.ProgrammeID, t.Number, string(t.State), string(spec), db.Micros(t.Made), t.InfluencerID}
	if err := tx.Insert(ctx, termsTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing referral terms: %w", err)
	}
	return nil
}

// updateTerms writes terms that were forgotten in part.
func updateTerms(ctx context.Context, tx *db.Tx, t Terms) error {
	spec, err := json.Marshal(t.Spec)
	if err != nil {
		return fmt.Errorf("writing referral terms: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE referral_terms SET state = $3, spec = $4 WHERE programme_id = $1 AND number = $2`, t.ProgrammeID, t.Number, string(t.State), string(spec)); err != nil {
		return fmt.Errorf("writing referral terms: %w", err)
	}
	return nil
}

// lastNumber returns the highest number that terms of the programme have.
func lastNumber(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0) FROM referral_terms WHERE programme_id = $1`, programme).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("reading referral terms: %w", err)
	}
	return n, nil
}

// influencerTerms returns the latest terms of an influencer, number 0 for none.
func influencerTerms(ctx context.Context, q db.Queryer, programme id.ID, aliases []id.ID) (Terms, error) {
	var args db.Args
	list, err := selectTerms(ctx, q, `programme_id = `+args.Add(programme)+` AND influencer_id IN `+args.In(aliases)+` ORDER BY number DESC LIMIT 1`, args.Values()...)
	return append(list, Terms{})[0], err
}

// termsOf returns the terms under which a person invites: their own while those
// are on, else those of all members.
func termsOf(ctx context.Context, q db.Queryer, programme id.ID, p person) (Terms, error) {
	own, err := influencerTerms(ctx, q, programme, p.aliases)
	if err != nil || own.State == On {
		return own, err
	}
	return LoadTerms(ctx, q, programme)
}

// takeTurn holds the programme's referrals until the transaction ends.
func takeTurn(ctx context.Context, tx *db.Tx, programme id.ID) error {
	if _, err := tx.InsertNew(ctx, turnTable, [][]any{{programme, int64(0)}}); err != nil {
		return fmt.Errorf("holding the referrals of a programme: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE referral_turn SET turns = turns + 1 WHERE programme_id = $1`, programme); err != nil {
		return fmt.Errorf("holding the referrals of a programme: %w", err)
	}
	return nil
}

// withTerms returns those of the programmes that ever had terms.
func withTerms(ctx context.Context, q db.Queryer, programmes []id.ID) (map[id.ID]bool, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT DISTINCT programme_id FROM referral_terms WHERE programme_id IN `+args.In(programmes), args.Values()...)
	found := map[id.ID]bool{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var p id.ID
		err = r.Scan(&p)
		found[p] = true
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for referral terms: %w", err)
	}
	return found, nil
}

// Owner is whose a code is.
type Owner struct{ ProgrammeID, MemberID id.ID }

// FindCode returns whose a normalised code is; fault "unknown_referral_code".
func FindCode(ctx context.Context, q db.Queryer, code string) (Owner, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, member_id FROM referral_code WHERE code = $1`, code)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Owner, error) {
		var o Owner
		return o, r.Scan(&o.ProgrammeID, &o.MemberID)
	})
	if err != nil {
		return Owner{}, fmt.Errorf("looking for a referral code: %w", err)
	}
	if len(list) == 0 {
		return Owner{}, unknownCode()
	}
	return list[0], nil
}

func unknownCode() *fault.Error {
	return fault.Missing("unknown_referral_code", "nobody invites by this code; compare it with what the friend gave")
}

// codesOf returns the codes that the members have.
func codesOf(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID]string, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT member_id, code FROM referral_code WHERE member_id IN `+args.In(members), args.Values()...)
	found := map[id.ID]string{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var m id.ID
		var code string
		err = r.Scan(&m, &code)
		found[m] = code
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading referral codes: %w", err)
	}
	return found, nil
}

// addCode gives a member a code, unless the code or the member has one.
func addCode(ctx context.Context, tx *db.Tx, programme, member id.ID, code string, made int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO referral_code (code, programme_id, member_id, made) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, code, programme, member, made)
	if err != nil {
		return fmt.Errorf("writing a referral code: %w", err)
	}
	return nil
}

func addClick(ctx context.Context, tx *db.Tx, o Owner, month int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO referral_click (programme_id, member_id, month, clicks) VALUES ($1, $2, $3, 1)
		ON CONFLICT (programme_id, member_id, month) DO UPDATE SET clicks = referral_click.clicks + 1`, o.ProgrammeID, o.MemberID, month)
	if err != nil {
		return fmt.Errorf("counting a click: %w", err)
	}
	return nil
}

func addTraces(ctx context.Context, tx *db.Tx, programme, m id.ID, traces []trace) error {
	rows := make([][]any, len(traces))
	for i, t := range traces {
		rows[i] = []any{m, t.kind, t.hash, programme}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.InsertNew(ctx, traceTable, rows); err != nil {
		return fmt.Errorf("writing traces: %w", err)
	}
	return nil
}

func loadTraces(ctx context.Context, q db.Queryer, members []id.ID) (map[trace]bool, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT kind, hash FROM referral_trace WHERE member_id IN `+args.In(members), args.Values()...)
	found := map[trace]bool{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var t trace
		err = r.Scan(&t.kind, &t.hash)
		found[t] = true
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading traces: %w", err)
	}
	return found, nil
}
