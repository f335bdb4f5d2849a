package calls

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

// The lots: to be phoned, held back, spoken with, not reached in all tries, and
// not phoned after all, as they may not be.
const (
	LotWaiting   Lot = "waiting"
	LotHeld      Lot = "held"
	LotTalked    Lot = "talked"
	LotUnreached Lot = "unreached"
	LotBarred    Lot = "barred"
)

// Lots returns those of whoever is to be phoned.
func Lots() []Lot { return []Lot{LotTalked, LotWaiting, LotUnreached, LotBarred} }

// Chosen is somebody who was chosen for a list.
type Chosen struct {
	// MemberID is the member at the time; merges do not rewrite it.
	MemberID, ListID id.ID
	ProgrammeID      id.ID
	Held             bool
	State            Lot
	// Why is the key of the contact policy's words for whoever is barred.
	Why string
	// Points are those that lay idle, in the smallest unit.
	Points int64
	// At and Until bound the window in which purchases count; whoever waits is
	// phoned from Due on.
	At, Until, Due time.Time
	Tries          int
	// TakenBy has them on the line until TakenUntil.
	TakenBy    string
	TakenUntil time.Time
}

var chosenTable = db.NewTable("call_chosen", []string{"member_id", "list_id"},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "list_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "held", Kind: db.Bool},
	db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "why", Kind: db.Text}, db.Column{Name: "points", Kind: db.Int}, db.Column{Name: "at", Kind: db.Int},
	db.Column{Name: "until", Kind: db.Int}, db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "tries", Kind: db.Int},
	db.Column{Name: "taken_by", Kind: db.Text}, db.Column{Name: "taken_until", Kind: db.Int})

func (n *Chosen) row() []any {
	return []any{
		n.MemberID, n.ListID, n.ProgrammeID, n.Held, string(n.State), n.Why, n.Points, db.Micros(n.At), db.Micros(n.Until), db.Micros(n.Due), int64(n.Tries),
		n.TakenBy, db.Micros(n.TakenUntil),
	}
}

func (n *Chosen) update(ctx context.Context, tx *db.Tx) error {
	if err := tx.Update(ctx, chosenTable, [][]any{n.row()}); err != nil {
		return fmt.Errorf("writing what became of somebody on a call list: %w", err)
	}
	return nil
}

const chosenColumns = `SELECT member_id, list_id, programme_id, held, state, why, points, at, until, due, tries, taken_by, taken_until FROM call_chosen WHERE `

func scanChosen(r *sql.Rows) (*Chosen, error) {
	n := &Chosen{}
	var at, until, due, taken int64
	err := r.Scan(&n.MemberID, &n.ListID, &n.ProgrammeID, &n.Held, &n.State, &n.Why, &n.Points, &at, &until, &due, &n.Tries, &n.TakenBy, &taken)
	n.At, n.Until, n.Due, n.TakenUntil = db.Time(at), db.Time(until), db.Time(due), db.Time(taken)
	return n, err
}

func selectChosen(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Chosen, error) {
	rows, err := q.Query(ctx, chosenColumns+rest, args...)
	list, err := db.Collect(rows, err, scanChosen)
	if err != nil {
		return nil, fmt.Errorf("reading who is on a call list: %w", err)
	}
	return list, nil
}

// Made is a call that was made.
type Made struct {
	MemberID, ListID, ProgrammeID id.ID
	// No counts the calls to somebody of one list from 1.
	No      int
	At      time.Time
	By      string
	Outcome Outcome
	Note    string
}

var madeTable = db.NewTable("call_made", []string{"member_id", "list_id", "no"},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "list_id", Kind: db.Int}, db.Column{Name: "no", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
	db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "by_whom", Kind: db.Text}, db.Column{Name: "outcome", Kind: db.Text}, db.Column{Name: "note", Kind: db.Text})

func (n *Made) row() []any {
	return []any{n.MemberID, n.ListID, int64(n.No), n.ProgrammeID, db.Micros(n.At), n.By, string(n.Outcome), n.Note}
}

const madeColumns = `SELECT member_id, list_id, no, programme_id, at, by_whom, outcome, note FROM call_made WHERE `

func scanMade(r *sql.Rows) (*Made, error) {
	n := &Made{}
	var at int64
	err := r.Scan(&n.MemberID, &n.ListID, &n.No, &n.ProgrammeID, &at, &n.By, &n.Outcome, &n.Note)
	n.At = db.Time(at)
	return n, err
}

func selectMade(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Made, error) {
	rows, err := q.Query(ctx, madeColumns+rest, args...)
	list, err := db.Collect(rows, err, scanMade)
	if err != nil {
		return nil, fmt.Errorf("reading calls: %w", err)
	}
	return list, nil
}

// name names the call to somebody that is under way, among contacts and events.
func (n *Chosen) name() string {
	return fmt.Sprintf("%s%s:%d", Names(n.ListID), n.MemberID.In(id.Member), n.Tries+1)
}

// Names is how the names of all calls of a list begin.
func Names(list id.ID) string { return "call:" + list.In(id.CallList) + ":" }
