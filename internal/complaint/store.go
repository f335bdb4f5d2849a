package complaint

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "complaint", Files: files}

func ints(names ...string) (list []db.Column) { return columns(db.Int, names) }

func texts(names ...string) (list []db.Column) { return columns(db.Text, names) }

func columns(kind db.Kind, names []string) (list []db.Column) {
	for _, n := range names {
		list = append(list, db.Column{Name: n, Kind: kind})
	}
	return list
}

func join(lists ...[]db.Column) (all []db.Column) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var (
	caseTable = db.NewTable("complaint_case", []string{"programme_id", "id"}, join(
		ints("programme_id", "id", "member_id"), texts("kind", "reason", "cause", "wanted", "severity"), ints("shop_id", "sale_id"), texts("reference", "source"),
		ints("subject_id", "owner_id"), texts("state", "language", "contact", "track"), columns(db.Bytes, []string{"pin"}), ints("tries", "locked"), texts("name"),
		ints("price", "opened", "first_due", "first_answered", "due", "spent", "since", "legal_due", "solved", "closed", "reopenings", "escalations"))...)
	messageTable = db.NewTable("complaint_message", []string{"programme_id", "case_id", "id"},
		join(ints("programme_id", "case_id", "id", "at"), texts("author", "actor", "form", "body", "hash"))...)
	photoTable = db.NewTable("complaint_photo", []string{"programme_id", "case_id", "id"},
		join(ints("programme_id", "case_id", "id", "message_id", "width", "height"), columns(db.Bytes, []string{"picture"}))...)
	stepTable = db.NewTable("complaint_step", []string{"programme_id", "case_id", "id"},
		join(ints("programme_id", "case_id", "id", "at"), texts("actor", "from_state", "to_state"))...)
)

const caseColumns = `c.programme_id, c.id, c.member_id, c.kind, c.reason, c.cause, c.wanted, c.severity, c.shop_id, c.sale_id, c.reference, c.source,
	c.subject_id, c.owner_id, c.state, c.language, c.contact, c.track, c.pin, c.tries, c.locked, c.name, c.price, c.opened, c.first_due, c.first_answered,
	c.due, c.spent, c.since, c.legal_due, c.solved, c.closed, c.reopenings, c.escalations`

func scanCase(r *sql.Rows) (*Case, error) {
	c := &Case{}
	var locked, opened, firstDue, firstAnswered, due, spent, since, legal, solved, closed int64
	err := r.Scan(&c.ProgrammeID, &c.ID, &c.MemberID, &c.Kind, &c.Reason, &c.Cause, &c.Wanted, &c.Severity, &c.ShopID, &c.SaleID, &c.Reference, &c.Source,
		&c.SubjectID, &c.OwnerID, &c.State, &c.Language, &c.Contact, &c.Track, &c.pin, &c.tries, &locked, &c.name, &c.Price, &opened, &firstDue, &firstAnswered,
		&due, &spent, &since, &legal, &solved, &closed, &c.Reopenings, &c.Escalations)
	for _, t := range []struct {
		to *time.Time
		n  int64
	}{
		{&c.locked, locked}, {&c.Opened, opened}, {&c.FirstDue, firstDue}, {&c.FirstAnswered, firstAnswered}, {&c.Due, due}, {&c.Since, since},
		{&c.LegalDue, legal}, {&c.Solved, solved}, {&c.Closed, closed},
	} {
		*t.to = db.Time(t.n)
	}
	c.Spent = time.Duration(spent) * time.Microsecond
	return c, err
}

func (c *Case) row() []any {
	return []any{
		c.ProgrammeID, c.ID, c.MemberID, string(c.Kind), c.Reason, c.Cause, string(c.Wanted), string(c.Severity), c.ShopID, c.SaleID, c.Reference, string(c.Source),
		c.SubjectID, c.OwnerID, string(c.State), string(c.Language), c.Contact, c.Track, c.pin, int64(c.tries), db.Micros(c.locked), c.name, c.Price,
		db.Micros(c.Opened), db.Micros(c.FirstDue), db.Micros(c.FirstAnswered), db.Micros(c.Due), c.Spent.Microseconds(), db.Micros(c.Since),
		db.Micros(c.LegalDue), db.Micros(c.Solved), db.Micros(c.Closed), int64(c.Reopenings), int64(c.Escalations),
	}
}

func selectCases(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Case, error) {
	rows, err := q.Query(ctx, `SELECT `+caseColumns+` FROM complaint_case AS c WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanCase)
	if err != nil {
		return nil, fmt.Errorf("reading cases: %w", err)
	}
	return list, nil
}

// loadCase returns a case; lock is the suffix that keeps others from it.
func loadCase(ctx context.Context, q db.Queryer, programme, n id.ID, lock string) (*Case, error) {
	list, err := selectCases(ctx, q, `c.programme_id = $1 AND c.id = $2`+lock, programme, n)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, UnknownCase(n)
	}
	return list[0], nil
}

// UnknownCase is the fault of an id that is no case's, or of one that is hidden
// from who asks: "unknown_case".
func UnknownCase(n id.ID) *fault.Error {
	return fault.Missing("unknown_case", "the programme has no case %s", n.In(id.Case)).With("case", n.In(id.Case))
}

func saveCase(ctx context.Context, tx *db.Tx, c *Case) error {
	if err := tx.Update(ctx, caseTable, [][]any{c.row()}); err != nil {
		return fmt.Errorf("writing a case: %w", err)
	}
	return nil
}

// Step is one turn of a case.
type Step struct {
	ID       id.ID
	At       time.Time
	Actor    string
	From, To State
}

func insertStep(ctx context.Context, tx *db.Tx, c *Case, at time.Time, actor string, from State) error {
	if err := tx.Insert(ctx, stepTable, [][]any{{c.ProgrammeID, c.ID, tx.IDs().New(), db.Micros(at), actor, string(from), string(c.State)}}); err != nil {
		return fmt.Errorf("writing a step of a case: %w", err)
	}
	return nil
}

func stepsOf(ctx context.Context, q db.Queryer, c *Case) ([]Step, error) {
	rows, err := q.Query(ctx, `SELECT id, at, actor, from_state, to_state FROM complaint_step WHERE programme_id = $1 AND case_id = $2 ORDER BY id`, c.ProgrammeID, c.ID)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (s Step, err error) {
		var at int64
		err = r.Scan(&s.ID, &at, &s.Actor, &s.From, &s.To)
		s.At = db.Time(at)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the steps of a case: %w", err)
	}
	return list, nil
}

// Author is who of the two sides said something.
type Author string

// The authors. A note is among staff.
const (
	ByCustomer Author = "customer"
	ByUs       Author = "staff"
	Note       Author = "note"
)

// Message is something said in a case.
type Message struct {
	ID     id.ID
	At     time.Time
	Author Author
	Actor  string
	// Form is "apology" for one that was made by the form, else empty.
	Form string
	Text string
	// Photos is how many came with it, in a View.
	Photos int

	hash string
}

// messagesOf returns what was said, the first first.
func messagesOf(ctx context.Context, q db.Queryer, programme, n id.ID) ([]Message, error) {
	rows, err := q.Query(ctx, `SELECT m.id, m.at, m.author, m.actor, m.form, m.body, m.hash FROM complaint_message AS m
		WHERE m.programme_id = $1 AND m.case_id = $2 ORDER BY m.id`, programme, n)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m Message, err error) {
		var at int64
		err = r.Scan(&m.ID, &at, &m.Author, &m.Actor, &m.Form, &m.Text, &m.hash)
		m.At = db.Time(at)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was said in a case: %w", err)
	}
	return list, nil
}

// Photo is a picture of a case.
type Photo struct {
	ID, MessageID id.ID
	Width, Height int
}

func photosOf(ctx context.Context, q db.Queryer, programme, n id.ID) ([]Photo, error) {
	rows, err := q.Query(ctx, `SELECT id, message_id, width, height FROM complaint_photo WHERE programme_id = $1 AND case_id = $2 ORDER BY id`, programme, n)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (p Photo, err error) {
		return p, r.Scan(&p.ID, &p.MessageID, &p.Width, &p.Height)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the photos of a case: %w", err)
	}
	return list, nil
}

// picture returns a photo's JPEG, or nil for none.
func picture(ctx context.Context, q db.Queryer, programme, n, photo id.ID) ([]byte, error) {
	rows, err := q.Query(ctx, `SELECT picture FROM complaint_photo WHERE programme_id = $1 AND case_id = $2 AND id = $3`, programme, n, photo)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) })
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list[0], nil
}
