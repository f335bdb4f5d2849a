package trust

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// maxPublic is how many issues the public list has of each sort.
const maxPublic = 100

// Listed are the issues that everybody reads.
type Listed struct {
	// Open ones are looked into or being mended, the latest first; Ended ones
	// were mended or declined, the latest changed first.
	Open, Ended []*Issue
}

// Public returns what everybody may read of a programme.
func (s *Service) Public(ctx context.Context, programme id.ID) (Listed, error) {
	return publicIssues(ctx, s.DB.Reader(), programme)
}

func publicIssues(ctx context.Context, q db.Queryer, programme id.ID) (l Listed, err error) {
	l.Open, err = selectIssues(ctx, q, `i.programme_id = $1 AND i.published AND i.state IN ('looking', 'mending') ORDER BY i.since DESC, i.id DESC LIMIT $2`, programme, maxPublic)
	if err != nil {
		return l, err
	}
	l.Ended, err = selectIssues(ctx, q, `i.programme_id = $1 AND i.published AND i.state IN ('mended', 'wont') ORDER BY i.changed DESC, i.id DESC LIMIT $2`, programme, maxPublic)
	return l, err
}

// Read returns an issue that everybody may read, and what became of it since it
// was published; fault "unknown_issue", also for one that is not published.
func (s *Service) Read(ctx context.Context, programme, issue id.ID) (*Issue, []Change, error) {
	var n *Issue
	var shown []Change
	err := s.DB.View(ctx, func(q db.Queryer) (err error) {
		if n, err = loadIssue(ctx, q, programme, issue, ""); err != nil {
			return err
		}
		if !n.Published {
			return Unknown()
		}
		all, err := historyOf(ctx, q, n)
		for _, c := range all {
			last := len(shown) - 1
			if c.Published && (last < 0 || shown[last].State != c.State || shown[last].Expected != c.Expected || c.Words) {
				shown = append(shown, c)
			}
		}
		return err
	})
	return n, shown, err
}

// Hint tells staff that something a customer bought of late has a known issue.
type Hint struct {
	*Issue
	SKU, Product string
	Bought       time.Time
}

// hintDays is how long ago a purchase may be of which staff are told.
const hintDays = 90

// Bought returns the issues that are not mended of what a person, whose aliases
// the members are, bought in the last 90 days and has not brought back; each
// issue once, by the latest purchase. Internal ones are among them.
func (s *Service) Bought(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]Hint, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+issueColumns+`, l.sku, l.name, s.occurred, s.channel, s.shop_id FROM `+sale.ByMember+`
		JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id AND l.quantity > l.returned_quantity
		JOIN trust_issue_product AS p ON p.programme_id = s.programme_id AND p.sku = l.sku
		JOIN trust_issue AS i ON i.programme_id = p.programme_id AND i.id = p.issue_id AND i.state <> 'mended'
		WHERE e.member_id IN `+args.In(members)+` AND s.programme_id = `+args.Add(programme)+` AND e.occurred >= `+args.Add(db.Micros(s.clock().AddDate(0, 0, -hintDays)))+`
		ORDER BY s.occurred DESC, s.id DESC, l.no, i.id`, args.Values()...)
	type met struct {
		Hint
		channel string
		shop    id.ID
	}
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m met, err error) {
		m.Issue = &Issue{}
		var made, changed, bought int64
		var spec string
		if err := r.Scan(&m.ProgrammeID, &m.ID, &m.Version, &made, &changed, &spec, &m.SKU, &m.Product, &bought, &m.channel, &m.shop); err != nil {
			return m, err
		}
		m.Made, m.Changed, m.Bought = db.Time(made), db.Time(changed), db.Time(bought)
		return m, json.Unmarshal([]byte(spec), &m.Spec)
	})
	if err != nil || len(list) == 0 {
		if err != nil {
			err = fmt.Errorf("reading known issues of what was bought: %w", err)
		}
		return nil, err
	}
	shops, err := program.Shops(ctx, q, programme)
	codes, seen := map[id.ID]string{}, map[id.ID]bool{}
	for _, one := range shops {
		codes[one.ID] = one.Code
	}
	var hints []Hint
	for _, m := range list {
		if !seen[m.ID] && m.concerns(codes[m.shop], m.channel) {
			seen[m.ID] = true
			hints = append(hints, m.Hint)
		}
	}
	return hints, err
}
