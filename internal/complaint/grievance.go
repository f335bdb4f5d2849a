package complaint

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// complained is the condition of a complaint that somebody made. Of a case that a
// broken promise opened nobody complained: it is a debt, with the clock and the
// compensation of a complaint, and counts in no rate of complaints.
const complained = `c.kind = 'complaint' AND c.source <> 'promise'`

// owedFor is the condition of a case that a broken promise opened.
const owedFor = `c.source = 'promise'`

// CaseView is a table of cases for statements of rooms above, of which each has
// programme_id, id, member_id, shop_id, kind, reason, cause, subject_id and opened.
const CaseView = `(` + caseView + `)`

// ToldView is CaseView without those of which nobody told us anything: that a
// broken promise opened.
const ToldView = `(` + caseView + ` WHERE c.source <> 'promise')`

const caseView = `SELECT c.programme_id, c.id, c.member_id, c.shop_id, c.kind, c.reason, c.cause, c.subject_id, c.opened FROM complaint_case AS c`

// Grievance is a complaint as other rooms count it, by moments alone.
type Grievance struct {
	MemberID id.ID // 0 where it is not known whose it is
	Opened   time.Time
	// Due is when the first answer was owed, Answered when it was given, and Solved
	// when it was put right; zero for none, not yet and not now.
	Due, Answered, Solved time.Time
}

// Received returns the complaints of a programme that were made in a period, its
// end not included, as they stand now, in no order.
func Received(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) ([]Grievance, error) {
	return grievances(ctx, q, complained+` AND c.programme_id = $1 AND c.opened >= $2 AND c.opened < $3`, programme, db.Micros(from), db.Micros(until))
}

// OpenedSince returns the complaints that accounts made since a moment, in no order.
func OpenedSince(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID, from time.Time) ([]Grievance, error) {
	var args db.Args
	return grievances(ctx, q, complained+` AND c.member_id IN `+args.In(members)+` AND c.programme_id = `+args.Add(programme)+` AND c.opened >= `+args.Add(db.Micros(from)), args.Values()...)
}

// Unsolved returns what is under way still of complaints of accounts and of what
// they are owed for broken promises, in no order.
func Unsolved(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]Grievance, error) {
	var args db.Args
	return grievances(ctx, q, `c.kind = 'complaint' AND c.member_id IN `+args.In(members)+` AND c.programme_id = `+args.Add(programme)+` AND c.state IN ('open', 'reopened', 'waiting')`, args.Values()...)
}

func grievances(ctx context.Context, q db.Queryer, where string, args ...any) ([]Grievance, error) {
	rows, err := q.Query(ctx, `SELECT c.member_id, c.opened, c.first_due, c.first_answered, c.solved FROM complaint_case AS c WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (g Grievance, err error) {
		var opened, due, answered, solved int64
		err = r.Scan(&g.MemberID, &opened, &due, &answered, &solved)
		g.Opened, g.Due, g.Answered, g.Solved = db.Time(opened), db.Time(due), db.Time(answered), db.Time(solved)
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading complaints: %w", err)
	}
	return list, nil
}

// SolvedForGood counts the complaints that were solved in a period, its end not
// included, and how many of them were neither opened again nor made again by the
// same person for the same reason within 90 days.
func SolvedForGood(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (good, all int64, err error) {
	const text = `SELECT COUNT(CASE WHEN c.reopenings = 0 AND NOT EXISTS (SELECT 1 FROM complaint_case AS o WHERE c.member_id <> 0 AND o.member_id = c.member_id
			AND o.programme_id = c.programme_id AND o.kind = 'complaint' AND o.source <> 'promise' AND o.reason = c.reason AND o.opened > c.opened AND o.opened < c.opened + $4) THEN 1 END), COUNT(*)
		FROM complaint_case AS c WHERE c.programme_id = $1 AND ` + complained + ` AND c.solved >= $2 AND c.solved < $3`
	if err = q.QueryRow(ctx, text, programme, db.Micros(from), db.Micros(until), (recurrence*day).Microseconds()).Scan(&good, &all); err != nil {
		err = fmt.Errorf("counting complaints that were solved for good: %w", db.Fault(err))
	}
	return good, all, err
}

// Matter is what complaints are about: any of some causes, since a moment, and, of
// shops and products, any of those named by their codes; none for all.
type Matter struct {
	Causes          []string
	Since           time.Time
	Shops, Products []string
}

func (m *Matter) where(args *db.Args, programme id.ID) string {
	where := complained + ` AND c.programme_id = ` + args.Add(programme) + ` AND c.opened >= ` + args.Add(db.Micros(m.Since)) + ` AND c.cause IN ` + args.InText(m.Causes)
	if len(m.Shops) > 0 {
		where += ` AND c.shop_id IN (SELECT h.id FROM shop AS h WHERE h.programme_id = ` + args.Add(programme) + ` AND h.code IN ` + args.InText(m.Shops) + `)`
	}
	if len(m.Products) > 0 {
		where += ` AND EXISTS (SELECT 1 FROM sale_line AS l WHERE l.member_id = c.member_id AND l.sale_id = c.sale_id AND l.sku IN ` + args.InText(m.Products) + `)`
	}
	return where
}

// CountAbout counts the complaints about a matter, and the members among those who
// made them.
func CountAbout(ctx context.Context, q db.Queryer, programme id.ID, m Matter) (complaints, people int64, err error) {
	var args db.Args
	where := m.where(&args, programme)
	err = q.QueryRow(ctx, `SELECT COUNT(*), COUNT(DISTINCT CASE WHEN c.member_id <> 0 THEN c.member_id END) FROM complaint_case AS c WHERE `+where, args.Values()...).Scan(&complaints, &people)
	if err != nil {
		err = fmt.Errorf("counting complaints about a matter: %w", db.Fault(err))
	}
	return complaints, people, err
}

// WhoComplained returns the accounts that complained about a matter, in the order
// of their ids.
func WhoComplained(ctx context.Context, q db.Queryer, programme id.ID, m Matter) ([]id.ID, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT DISTINCT c.member_id FROM complaint_case AS c WHERE c.member_id <> 0 AND `+m.where(&args, programme)+` ORDER BY c.member_id`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("reading who complained about a matter: %w", err)
	}
	return list, nil
}

// FirstWords returns what customers said first in cases; "" for one that began
// without words.
func FirstWords(ctx context.Context, q db.Queryer, programme id.ID, cases []id.ID) (map[id.ID]string, error) {
	words := map[id.ID]string{}
	if len(cases) == 0 {
		return words, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT m.case_id, m.body FROM complaint_message AS m WHERE m.programme_id = `+args.Add(programme)+` AND m.case_id IN `+args.In(cases)+
		` AND m.author = `+args.Add(string(ByCustomer))+` ORDER BY m.id DESC`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var n id.ID
		var said string
		err = r.Scan(&n, &said)
		words[n] = said // the first comes last
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was said in cases: %w", err)
	}
	return words, nil
}
