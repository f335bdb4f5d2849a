package recovery

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var campaignTable = db.NewTable("recovery", []string{"programme_id", "id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "version", Kind: db.Int},
	db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "spec", Kind: db.Text}, db.Column{Name: "seed", Kind: db.Text},
	db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "made_by", Kind: db.Text}, db.Column{Name: "changed", Kind: db.Int},
	db.Column{Name: "started", Kind: db.Int}, db.Column{Name: "started_by", Kind: db.Text}, db.Column{Name: "until", Kind: db.Int}, db.Column{Name: "ended_by", Kind: db.Text},
	db.Column{Name: "seen", Kind: db.Int}, db.Column{Name: "chosen", Kind: db.Int}, db.Column{Name: "tally", Kind: db.Text})

func (r *Campaign) row() ([]any, error) {
	spec, err := json.Marshal(r.Spec)
	if err != nil {
		return nil, fmt.Errorf("writing a recovery: %w", err)
	}
	tally, err := json.Marshal(r.Tally)
	if err != nil {
		return nil, fmt.Errorf("writing what a recovery comes to: %w", err)
	}
	return []any{
		r.ProgrammeID, r.ID, r.Version, string(r.State), string(spec), r.Seed, db.Micros(r.Made), r.MadeBy, db.Micros(r.Changed),
		db.Micros(r.Started), r.StartedBy, db.Micros(r.Until), r.EndedBy, r.seen, db.Micros(r.Chosen), string(tally),
	}, nil
}

func save(ctx context.Context, tx *db.Tx, r *Campaign) error {
	row, err := r.row()
	if err != nil {
		return err
	}
	if err := tx.Upsert(ctx, campaignTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a recovery: %w", err)
	}
	return nil
}

func selectCampaigns(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Campaign, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, version, state, spec, seed, made, made_by, changed, started, started_by, until, ended_by, seen, chosen, tally
		FROM recovery WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(rows *sql.Rows) (*Campaign, error) {
		r := &Campaign{}
		var spec, tally string
		var made, changed, started, until, chosen int64
		if err := rows.Scan(&r.ProgrammeID, &r.ID, &r.Version, &r.State, &spec, &r.Seed, &made, &r.MadeBy, &changed,
			&started, &r.StartedBy, &until, &r.EndedBy, &r.seen, &chosen, &tally); err != nil {
			return nil, err
		}
		r.Made, r.Changed, r.Started, r.Until, r.Chosen = db.Time(made), db.Time(changed), db.Time(started), db.Time(until), db.Time(chosen)
		if err := json.Unmarshal([]byte(spec), &r.Spec); err != nil {
			return nil, err
		}
		return r, json.Unmarshal([]byte(tally), &r.Tally)
	})
	if err != nil {
		return nil, fmt.Errorf("reading recoveries: %w", err)
	}
	return list, nil
}

// load returns a campaign as it stands now.
func load(ctx context.Context, q db.Queryer, programme, n id.ID, now time.Time, lock string) (*Campaign, error) {
	list, err := selectCampaigns(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, n)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_recovery", "there is no recovery %s", n.In(id.Recovery)).With("recovery", n.In(id.Recovery))
	}
	list[0].pass(now)
	return list[0], nil
}

// Lot is what became of somebody who was chosen.
type Lot string

// The lots: chosen and about to be asked, asked, held back, or not asked after
// all, as the gift could not be given.
const (
	LotChosen Lot = "chosen"
	LotAsked  Lot = "asked"
	LotHeld   Lot = "held"
	LotUnmet  Lot = "unmet"
)

// Chosen is somebody who was chosen for a campaign.
type Chosen struct {
	// MemberID is the member at the time; merges do not rewrite it.
	MemberID, RecoveryID id.ID
	ProgrammeID          id.ID
	Held                 bool
	State                Lot
	// Why is the code of the fault for which they were not asked.
	Why       string
	At, Until time.Time
	// EventID is of the points, CodeID the code; Cost that of the points, in minor
	// units.
	EventID, CodeID id.ID
	Cost            int64
}

var chosenTable = db.NewTable("recovery_chosen", []string{"member_id", "recovery_id"},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "recovery_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "held", Kind: db.Bool},
	db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "why", Kind: db.Text}, db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "until", Kind: db.Int},
	db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "code_id", Kind: db.Int}, db.Column{Name: "cost", Kind: db.Int})

func (n *Chosen) row() []any {
	return []any{n.MemberID, n.RecoveryID, n.ProgrammeID, n.Held, string(n.State), n.Why, db.Micros(n.At), db.Micros(n.Until), n.EventID, n.CodeID, n.Cost}
}

const chosenColumns = `SELECT member_id, recovery_id, programme_id, held, state, why, at, until, event_id, code_id, cost FROM recovery_chosen WHERE `

func scanChosen(r *sql.Rows) (n *Chosen, err error) {
	n = &Chosen{}
	var at, until int64
	err = r.Scan(&n.MemberID, &n.RecoveryID, &n.ProgrammeID, &n.Held, &n.State, &n.Why, &at, &until, &n.EventID, &n.CodeID, &n.Cost)
	n.At, n.Until = db.Time(at), db.Time(until)
	return n, err
}

func selectChosen(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Chosen, error) {
	rows, err := q.Query(ctx, chosenColumns+rest, args...)
	list, err := db.Collect(rows, err, scanChosen)
	if err != nil {
		return nil, fmt.Errorf("reading who was chosen: %w", err)
	}
	return list, nil
}

// name names what a campaign does for somebody, in the journal, among codes and
// contacts.
func (n *Chosen) name() string {
	return Letters(n.RecoveryID) + n.MemberID.In(id.Member)
}
