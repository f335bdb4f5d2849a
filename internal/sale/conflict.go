package sale

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// ConflictKind says what a till gave differently.
type ConflictKind string

// The kinds.
const (
	CodeConflict   ConflictKind = "code"
	PointsConflict ConflictKind = "points"
	CardConflict   ConflictKind = "card"
	PriceConflict  ConflictKind = "price"
)

// Conflict is one difference between what a till gave while it was cut off and
// what the programme would have given.
type Conflict struct {
	HoldKey
	ID id.ID
	// No counts the conflicts of one sale from 1.
	No int
	// EventID is the sale, 0 where it was refused.
	EventID, MemberID  id.ID
	Occurred, Recorded time.Time
	Kind               ConflictKind
	Code               string
	CardID, WalletID   id.ID
	Points             int64 // that were not there, in smallest units
	// Amount is what the customer had for it, in minor units; below zero what
	// the till took too much.
	Amount int64
	Reason i18n.Text
	// Settled is zero while somebody has to look at it.
	Settled  time.Time
	By, Note string
}

var conflictTable = table("sale_conflict", []string{"programme_id", "source", "external_id", "no"},
	ints("programme_id"), words("source", "external_id"), ints("no", "id", "event_id", "member_id", "occurred", "recorded"), words("kind", "code"),
	ints("card_id", "wallet_id", "points", "amount"), words("reason"))

const conflictColumns = `c.programme_id, c.source, c.external_id, c.no, c.id, c.event_id, c.member_id, c.occurred, c.recorded, c.kind, c.code,
	c.card_id, c.wallet_id, c.points, c.amount, c.reason, c.settled, c.settled_by, c.note`

func scanConflict(r *sql.Rows) (*Conflict, error) {
	c := &Conflict{}
	var occurred, recorded, settled int64
	var reason string
	err := r.Scan(&c.ProgrammeID, &c.Source, &c.ExternalID, &c.No, &c.ID, &c.EventID, &c.MemberID, &occurred, &recorded, &c.Kind, &c.Code,
		&c.CardID, &c.WalletID, &c.Points, &c.Amount, &reason, &settled, &c.By, &c.Note)
	if err != nil {
		return nil, err
	}
	c.Occurred, c.Recorded, c.Settled = db.Time(occurred), db.Time(recorded), db.Time(settled)
	if err := json.Unmarshal([]byte(reason), &c.Reason); err != nil {
		return nil, fmt.Errorf("reading why tills differ: %w", err)
	}
	return c, nil
}

// noteConflicts keeps conflicts, by one statement; by none for none. Those that
// are noted already under their key and number stay as they are.
func noteConflicts(ctx context.Context, tx *db.Tx, list []*Conflict) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		reason, err := json.Marshal(c.Reason)
		if err != nil {
			return fmt.Errorf("writing why tills differ: %w", err)
		}
		c.ID = tx.IDs().New()
		rows[i] = []any{c.ProgrammeID, c.Source, c.ExternalID, c.No, c.ID, c.EventID, c.MemberID, db.Micros(c.Occurred), db.Micros(c.Recorded),
			string(c.Kind), c.Code, c.CardID, c.WalletID, c.Points, c.Amount, string(reason)}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.InsertNew(ctx, conflictTable, rows); err != nil {
		return fmt.Errorf("noting what tills gave differently: %w", err)
	}
	return nil
}

// NoteRefused keeps why sales were refused. Of one that was refused before, what
// is still so stays as it is noted, with what the staff made of it; what nobody
// has settled and is so no more is forgotten.
func NoteRefused(ctx context.Context, tx *db.Tx, list []*Conflict) error {
	var args db.Args
	keys := make([]HoldKey, len(list))
	for i, c := range list {
		keys[i] = c.HoldKey
	}
	rows, err := tx.Query(ctx, `SELECT `+conflictColumns+` FROM sale_conflict AS c WHERE c.event_id = 0
		AND (c.programme_id, c.source, c.external_id) IN `+args.Tuples(holdKeyKinds, holdRows(keys)), args.Values()...)
	before, err := db.Collect(rows, err, scanConflict)
	if err != nil {
		return fmt.Errorf("reading why sales were refused before: %w", err)
	}
	last := map[HoldKey]int{}
	for _, c := range before {
		last[c.HoldKey] = max(last[c.HoldKey], c.No)
	}
	var fresh []*Conflict
	for _, c := range list {
		if i := slices.IndexFunc(before, c.saysAs); i >= 0 {
			before = slices.Delete(before, i, i+1)
			continue
		}
		last[c.HoldKey]++
		c.No = last[c.HoldKey]
		fresh = append(fresh, c)
	}
	if err := dropOpen(ctx, tx, before); err != nil {
		return err
	}
	return noteConflicts(ctx, tx, fresh)
}

// saysAs reports whether two conflicts of one sale are about the same thing.
func (c *Conflict) saysAs(o *Conflict) bool {
	return c.HoldKey == o.HoldKey && c.Kind == o.Kind && c.Code == o.Code && c.CardID == o.CardID && c.WalletID == o.WalletID &&
		c.Points == o.Points && c.Amount == o.Amount
}

func dropOpen(ctx context.Context, tx *db.Tx, list []*Conflict) error {
	if len(list) == 0 {
		return nil
	}
	var args db.Args
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.ProgrammeID, c.ID}
	}
	query := `DELETE FROM sale_conflict WHERE settled = 0 AND (programme_id, id) IN ` + args.Tuples([]db.Kind{db.Int, db.Int}, rows)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("forgetting why sales were refused before: %w", err)
	}
	return nil
}

// NoteTaken keeps what tills gave differently in sales that are taken. What these
// were refused for before is forgotten, but not what staff settled and noted.
func NoteTaken(ctx context.Context, tx *db.Tx, sales []HoldKey, list []*Conflict) error {
	if len(sales) == 0 {
		return nil
	}
	var args db.Args
	refused := ` FROM sale_conflict WHERE event_id = 0 AND (programme_id, source, external_id) IN ` + args.Tuples(holdKeyKinds, holdRows(sales))
	if _, err := tx.Exec(ctx, `DELETE`+refused+` AND settled = 0`, args.Values()...); err != nil {
		return fmt.Errorf("forgetting why sales were refused: %w", err)
	}
	last := map[HoldKey]int{}
	rows, err := tx.Query(ctx, `SELECT programme_id, source, external_id, no`+refused, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (c Conflict, err error) {
		return c, r.Scan(&c.ProgrammeID, &c.Source, &c.ExternalID, &c.No)
	}, func(c Conflict) error {
		last[c.HoldKey] = max(last[c.HoldKey], c.No)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading why sales were refused: %w", err)
	}
	for _, c := range list {
		c.No += last[c.HoldKey]
	}
	return noteConflicts(ctx, tx, list)
}

// ConflictQuery asks for a page of conflicts, the latest first. Empty fields ask
// for all.
type ConflictQuery struct {
	ProgrammeID id.ID
	// Open asks for those that nobody has settled.
	Open    bool
	Members []id.ID // aliases of one member
	ID      id.ID
	Before  id.ID
	Limit   int
}

// CountConflicts returns how many conflicts nobody has settled.
func CountConflicts(ctx context.Context, q db.Queryer, programme id.ID) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM sale_conflict WHERE programme_id = $1 AND settled = 0`, programme).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting conflicts of tills: %w", db.Fault(err))
	}
	return n, nil
}

// Conflicts returns a page of conflicts.
func Conflicts(ctx context.Context, q db.Queryer, query ConflictQuery) ([]*Conflict, error) {
	var args db.Args
	where := []string{`c.programme_id = ` + args.Add(query.ProgrammeID)}
	if query.Open {
		where = append(where, `c.settled = 0`)
	}
	if len(query.Members) > 0 {
		where = append(where, `c.member_id <> 0 AND c.member_id IN `+args.In(query.Members))
	}
	if query.ID != 0 {
		where = append(where, `c.id = `+args.Add(query.ID))
	}
	if query.Before != 0 {
		where = append(where, `c.id < `+args.Add(query.Before))
	}
	rows, err := q.Query(ctx, `SELECT `+conflictColumns+` FROM sale_conflict AS c WHERE `+strings.Join(where, ` AND `)+
		` ORDER BY c.id DESC LIMIT `+args.Add(query.Limit), args.Values()...)
	list, err := db.Collect(rows, err, scanConflict)
	if err != nil {
		return nil, fmt.Errorf("reading what tills gave differently: %w", err)
	}
	return list, nil
}

// EachConflict calls fn with every conflict of a programme, in the order in which
// they were noted. It streams them, so fn must not use q; give it a snapshot.
func EachConflict(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Conflict) error) error {
	rows, err := q.Query(ctx, `SELECT `+conflictColumns+` FROM sale_conflict AS c WHERE c.programme_id = $1 ORDER BY c.id`, programme)
	if err := db.Each(rows, err, scanConflict, fn); err != nil {
		return fmt.Errorf("reading all that tills gave differently: %w", err)
	}
	return nil
}

// SettleConflict notes that somebody has looked at a conflict, unless somebody
// had before.
func SettleConflict(ctx context.Context, tx *db.Tx, c *Conflict) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE sale_conflict SET settled = $1, settled_by = $2, note = $3 WHERE programme_id = $4 AND id = $5 AND settled = 0`,
		db.Micros(c.Settled), c.By, c.Note, c.ProgrammeID, c.ID)
	if err != nil {
		return false, fmt.Errorf("settling what a till gave differently: %w", err)
	}
	return n == 1, nil
}

// EraseConflicts takes out what staff wrote about conflicts of a member.
func EraseConflicts(ctx context.Context, tx *db.Tx, members []id.ID) error {
	var args db.Args
	query := `UPDATE sale_conflict SET note = '' WHERE note <> '' AND member_id <> 0 AND member_id IN ` + args.In(members)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("emptying notes: %w", err)
	}
	return nil
}

// CheckConflicts returns the conflicts that name a sale which is not there, or
// are settled by nobody.
func CheckConflicts(ctx context.Context, q db.Queryer, programme id.ID) ([]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT c.id FROM sale_conflict AS c LEFT JOIN sale AS s ON s.id = c.event_id
		WHERE c.programme_id = $1 AND (c.event_id <> 0 AND s.id IS NULL OR (c.settled > 0) <> (c.settled_by <> '')) ORDER BY c.id LIMIT 100`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("checking what tills gave differently: %w", err)
	}
	return list, nil
}
