package recovery

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

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
