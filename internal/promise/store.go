package promise

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database. The second file made the tables
// of returns too while they were this room's.
var Schema = db.Schema{Room: "promise", Files: files, Formerly: map[int64]string{
	2: "89d277d5d404ee2d634dd8b3bf63a9700c92e656209b298c286c35986c795a36",
}}

var (
	promiseTable = db.NewTable("promise", []string{"programme_id", "id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text}, db.Column{Name: "what", Kind: db.Text},
		db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "external_id", Kind: db.Text}, db.Column{Name: "order_ref", Kind: db.Text},
		db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "grace", Kind: db.Int},
		db.Column{Name: "expected", Kind: db.Int}, db.Column{Name: "ends", Kind: db.Int}, db.Column{Name: "shown", Kind: db.Int},
		db.Column{Name: "charged", Kind: db.Int}, db.Column{Name: "actual", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "decided", Kind: db.Int}, db.Column{Name: "warned", Kind: db.Int}, db.Column{Name: "mended", Kind: db.Int},
		db.Column{Name: "note", Kind: db.Text}, db.Column{Name: "longer", Kind: db.Int})
	changeTable = db.NewTable("promise_change", []string{"programme_id", "promise_id", "no"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "promise_id", Kind: db.Int}, db.Column{Name: "no", Kind: db.Int},
		db.Column{Name: "expected", Kind: db.Int}, db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "reason", Kind: db.Text},
		db.Column{Name: "actor", Kind: db.Text})
)

const promiseColumns = `p.programme_id, p.id, p.member_id, p.shop_id, p.kind, p.what, p.source, p.external_id, p.order_ref, p.made, p.due,
	p.grace, p.expected, p.shown, p.charged, p.actual, p.state, p.decided, p.warned, p.mended, p.note, p.longer,
	(SELECT COUNT(*) FROM promise_change AS c WHERE c.programme_id = p.programme_id AND c.promise_id = p.id)`

func scanPromise(r *sql.Rows) (*Promise, error) {
	p := &Promise{}
	var made, due, grace, expected, actual, decided, warned, mended int64
	err := r.Scan(&p.ProgrammeID, &p.ID, &p.MemberID, &p.ShopID, &p.Kind, &p.What, &p.Source, &p.ExternalID, &p.Order, &made, &due,
		&grace, &expected, &p.Shown, &p.Charged, &actual, &p.State, &decided, &warned, &mended, &p.Note, &p.Longer, &p.Changes)
	p.Made, p.Due, p.Expected, p.Actual = db.Time(made), db.Time(due), db.Time(expected), db.Time(actual)
	p.Decided, p.Warned, p.Mended = db.Time(decided), db.Time(warned), db.Time(mended)
	p.Grace = time.Duration(grace) * time.Minute
	return p, err
}

func (p *Promise) row() []any {
	ends := int64(db.Never)
	if at := p.Ends(); !at.IsZero() {
		ends = db.Micros(at)
	}
	return []any{
		p.ProgrammeID, p.ID, p.MemberID, p.ShopID, string(p.Kind), p.What, p.Source, p.ExternalID, p.Order, db.Micros(p.Made), db.Micros(p.Due),
		int64(p.Grace / time.Minute), db.Micros(p.Expected), ends, p.Shown, p.Charged, db.Micros(p.Actual), string(p.State),
		db.Micros(p.Decided), db.Micros(p.Warned), db.Micros(p.Mended), p.Note, int64(p.Longer),
	}
}

func selectPromises(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Promise, error) {
	rows, err := q.Query(ctx, `SELECT `+promiseColumns+` FROM promise AS p WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanPromise)
	if err != nil {
		return nil, fmt.Errorf("reading promises: %w", err)
	}
	return list, nil
}

// insertPromise keeps a new promise, and reports false where its source has
// made one under this name.
func insertPromise(ctx context.Context, tx *db.Tx, p *Promise) (bool, error) {
	row := p.row()
	marks := make([]string, len(row))
	for i := range row {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	n, err := tx.Exec(ctx, `INSERT INTO promise (programme_id, id, member_id, shop_id, kind, what, source, external_id, order_ref, made, due, grace,
		expected, ends, shown, charged, actual, state, decided, warned, mended, note, longer) VALUES (`+strings.Join(marks, ", ")+`)
		ON CONFLICT (programme_id, source, external_id) DO NOTHING`, row...)
	if err != nil {
		return false, fmt.Errorf("writing a promise: %w", err)
	}
	return n == 1, nil
}

func updatePromise(ctx context.Context, tx *db.Tx, p *Promise) error {
	if err := tx.Update(ctx, promiseTable, [][]any{p.row()}); err != nil {
		return fmt.Errorf("writing a promise: %w", err)
	}
	return nil
}

// loadPromise returns a promise; fault "unknown_promise".
func loadPromise(ctx context.Context, q db.Queryer, programme, promise id.ID) (*Promise, error) {
	return onePromise(ctx, q, "", programme, promise)
}

// lockPromise is loadPromise, locked until the transaction ends.
func lockPromise(ctx context.Context, tx *db.Tx, programme, promise id.ID) (*Promise, error) {
	return onePromise(ctx, tx, tx.ForUpdate(), programme, promise)
}

func onePromise(ctx context.Context, q db.Queryer, lock string, programme, promise id.ID) (*Promise, error) {
	list, err := selectPromises(ctx, q, `p.programme_id = $1 AND p.id = $2`+lock, programme, promise)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, Unknown(promise)
	}
	return list[0], withParts(ctx, q, list)
}

func loadNamed(ctx context.Context, q db.Queryer, programme id.ID, source, external string) (*Promise, error) {
	list, err := selectPromises(ctx, q, `p.programme_id = $1 AND p.source = $2 AND p.external_id = $3`, programme, source, external)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], withParts(ctx, q, list)
}

// Unknown is the fault of an id that is no promise's, "unknown_promise".
func Unknown(promise id.ID) *fault.Error {
	return fault.Missing("unknown_promise", "the programme has no promise %s", promise.In(id.Promise))
}

// Change is a promise that replaced the one before.
type Change struct {
	No           int
	Expected, At time.Time
	Reason       string
	Actor        string
}

func loadChanges(ctx context.Context, q db.Queryer, programme, promise id.ID) ([]Change, error) {
	rows, err := q.Query(ctx, `SELECT no, expected, at, reason, actor FROM promise_change WHERE programme_id = $1 AND promise_id = $2 ORDER BY no`, programme, promise)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (c Change, err error) {
		var expected, at int64
		err = r.Scan(&c.No, &expected, &at, &c.Reason, &c.Actor)
		c.Expected, c.At = db.Time(expected), db.Time(at)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading changes of a promise: %w", err)
	}
	return list, nil
}

// soon and unmended are the conditions of those fields of Query.
const (
	soon     = `p.state = 'open' AND p.warned > 0`
	unmended = `p.state = 'broken' AND p.mended = 0`
)

// Query asks for a page of promises, the latest first. Empty fields ask for all.
type Query struct {
	ProgrammeID id.ID
	// MemberID is a member, by any of the aliases.
	MemberID id.ID
	ShopID   id.ID
	State    State
	Kind     Kind
	Order    string
	// Soon asks for open ones that were warned of; Unmended for broken ones that
	// nobody has put right.
	Soon, Unmended bool
	Before         id.ID
	Limit          int

	members []id.ID
}

func (n *Query) read(ctx context.Context, q db.Queryer) ([]*Promise, error) {
	var args db.Args
	where := []string{`p.programme_id = ` + args.Add(n.ProgrammeID)}
	and := func(wanted bool, clause string, value any) {
		if wanted {
			where = append(where, clause+args.Add(value))
		}
	}
	and(n.State != "", `p.state = `, string(n.State))
	and(n.Kind != "", `p.kind = `, string(n.Kind))
	and(n.Order != "", `p.order_ref = `, n.Order)
	and(n.ShopID != 0, `p.shop_id = `, n.ShopID)
	and(n.Before != 0, `p.id < `, n.Before)
	if n.Soon {
		where = append(where, soon)
	}
	if n.Unmended {
		where = append(where, unmended)
	}
	if n.MemberID != 0 {
		where = append(where, `p.member_id IN `+args.In(n.members))
	}
	return selectPromises(ctx, q, strings.Join(where, ` AND `)+` ORDER BY p.id DESC LIMIT `+args.Add(n.Limit), args.Values()...)
}
