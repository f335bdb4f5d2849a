package partner

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// Fault is something that Balanced found wrong.
type Fault struct{ What string }

// maxFaults bounds how many faults of one sort are told.
const maxFaults = 20

// Balanced reports whether the statements of a programme add up: every entry of
// the ledger that was caused in a partner's shop is in exactly one statement,
// closed or draft, with its own points; closed ones are as they were closed, and
// their sums those of their lines. What readers have still to be told is not
// missed yet. Give it a snapshot.
func Balanced(ctx context.Context, q db.Queryer, programme id.ID) (bool, []Fault, error) {
	c := &checker{}
	b, err := loadBook(ctx, q, programme)
	if err != nil {
		return false, nil, err
	}
	if b.empty() { // yet there may be statements
		if err := b.meet(ctx, q); err != nil {
			return false, nil, err
		}
	}
	noted := map[lineKey]Line{}
	if err := eachLine(ctx, q, programme, func(l *Line) error {
		noted[l.key()] = *l
		return nil
	}); err != nil {
		return false, nil, err
	}
	if err := c.ledger(ctx, q, b, noted); err != nil {
		return false, nil, err
	}
	if err := c.statements(ctx, q, b, noted); err != nil {
		return false, nil, err
	}
	return len(c.faults) == 0, c.faults, nil
}

type checker struct{ faults []Fault }

func (c *checker) note(format string, args ...any) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, Fault{fmt.Sprintf(format, args...)})
	}
}

// ledger holds what is noted against the ledger. An offer that was shared later
// or is no more says nothing of the sales before, so of offers only what is
// noted twice would be wrong, which their key forbids.
func (c *checker) ledger(ctx context.Context, q db.Queryer, b *book, noted map[lineKey]Line) error {
	lines, err := b.movements(ctx, q)
	if err != nil {
		return err
	}
	since, waits, err := jobs.Oldest(ctx, q, ReadJob, flow.NewsJob)
	if err != nil {
		return err
	}
	_, collects, err := jobs.Oldest(ctx, q, CollectJob)
	if err != nil {
		return err
	}
	found := map[lineKey]bool{}
	for i := range lines {
		l := &lines[i]
		found[l.key()] = true
		kept, there := noted[l.key()]
		switch {
		case !there && (collects || waits && l.late(since)):
		case !there:
			c.note("%s, %d points of %s, is in no statement", l.SourceID.In(id.Entry), l.Quantity, l.partner.In(id.Partner))
		case kept.Quantity != l.Quantity || kept.Rate != l.Rate || kept.SaleID != l.SaleID:
			c.note("%s moved %d points at %s and is settled as %d at %s", l.SourceID.In(id.Entry), l.Quantity, l.Rate, kept.Quantity, kept.Rate)
		}
	}
	for key := range noted {
		if key.side != Offer && !found[key] {
			c.note("%s is settled with %s and is no entry of its shops", key.source.In(id.Entry), key.partner.In(id.Partner))
		}
	}
	return nil
}

// late reports whether a reader that is that far behind may not have been told.
func (l *Line) late(since time.Time) bool { return !l.Recorded.Before(since.Add(-time.Minute)) }

// statements holds closed statements against what is noted, and their seals.
func (c *checker) statements(ctx context.Context, q db.Queryer, b *book, noted map[lineKey]Line) error {
	closed, err := selectStatements(ctx, q, `programme_id = $1`, b.programme)
	if err != nil {
		return err
	}
	months := map[id.ID]map[Month]int{}
	for _, l := range noted {
		if months[l.partner] == nil {
			months[l.partner] = map[Month]int{}
		}
		months[l.partner][l.month]++
	}
	previous := ""
	for i := range closed {
		s := &closed[i]
		name := fmt.Sprintf("statement %d", s.Number)
		if s.Number != int64(i+1) || s.Previous != previous {
			c.note("%s does not follow the one before it", name)
		}
		previous = s.Hash
		if err := withLines(ctx, q, s); err != nil {
			return err
		}
		for _, l := range s.Lines {
			if kept, there := noted[l.key()]; !there || kept.month != s.Month || kept.Quantity != l.Quantity || kept.Rate != l.Rate {
				c.note("%s has a line of %s that was not noted so", name, l.SourceID.In(id.Entry))
			}
		}
		if n := months[s.PartnerID][s.Month]; n != len(s.Lines) {
			c.note("%s has %d lines, and %d are noted for its month", name, len(s.Lines), n)
		}
		if err := c.seal(s, b.partners[s.PartnerID], name); err != nil {
			return err
		}
	}
	return nil
}

// seal reckons a closed statement anew.
func (c *checker) seal(s *Statement, p *Partner, name string) error {
	if p == nil {
		c.note("%s is of no partner", name)
		return nil
	}
	hash, err := s.seal()
	if err != nil {
		return err
	}
	if hash != s.Hash {
		c.note("%s is not as it was closed", name)
	}
	again := *s
	again.Lines = append([]Line(nil), s.Lines...)
	if err := again.reckon(p); err != nil {
		return err
	}
	for i := range again.Lines {
		if again.Lines[i].Amount != s.Lines[i].Amount {
			c.note("%s: its line %d comes to %d, not %d", name, i+1, again.Lines[i].Amount, s.Lines[i].Amount)
		}
	}
	if again.Total != s.Total {
		c.note("%s comes to %d, not %d", name, again.Total, s.Total)
	}
	return nil
}
