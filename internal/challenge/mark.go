package challenge

import (
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

// Mark is what one purchase or visit counts for, as it stands now.
type Mark struct {
	MemberID, ChallengeID, EventID id.ID
	Occurred                       time.Time
	// Quantity, in thousandths, and Amount, in minor units, are of the chosen
	// goods that were kept.
	Quantity, Amount int64
	ShopID           id.ID
	// Things are the different products or categories, in order.
	Things []string
}

// ofSale returns what a sale counts for, or nil: what came back does not
// count, and a sale that no longer comes to the minimum does not at all.
func (s *Spec) ofSale(b *sale.Sale) *Mark {
	if !s.covers(b.Occurred) {
		return nil
	}
	m := &Mark{MemberID: b.MemberID, EventID: b.ID, Occurred: b.Occurred, ShopID: b.ShopID}
	for i := range b.Lines {
		l := &b.Lines[i]
		if l.Left() <= 0 || !s.Lines.Match(l) {
			continue
		}
		m.Quantity += l.Left()
		m.Amount += l.Amount - l.ReturnedAmount
		if thing := s.thing(l); thing != "" && !slices.Contains(m.Things, thing) {
			m.Things = append(m.Things, thing)
		}
	}
	slices.Sort(m.Things)
	if m.Quantity == 0 || m.Amount < s.Minimum || s.Counts == Shops && m.ShopID == 0 {
		return nil
	}
	return m
}

// thing names a line where different things are counted.
func (s *Spec) thing(l *sale.Line) string {
	switch s.Counts {
	case Products:
		return l.SKU
	case Categories:
		return l.Category
	}
	return ""
}

// ofVisit returns what a visit counts for, or nil. One that buys nothing has
// no minimum to come to.
func (s *Spec) ofVisit(e *journal.Event) *Mark {
	if s.Counts != Visits || !s.covers(e.Occurred) {
		return nil
	}
	return &Mark{MemberID: e.MemberID, EventID: e.ID, Occurred: e.Occurred, ShopID: e.ShopID}
}
