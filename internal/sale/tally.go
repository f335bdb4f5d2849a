package sale

import (
	"time"

	"regulars/internal/id"
)

// Tally is what a member's sales add up to. Sums are in minor units.
type Tally struct {
	ProgrammeID, MemberID id.ID
	Purchases             int64
	// Goods were sold and Returned of them came back.
	Goods, Returned int64
	// RepeatGoods are the goods of all purchases but the first, less what came
	// back of them.
	RepeatGoods int64
	// First and Last are the times of the earliest and the latest purchase.
	First, Last time.Time

	stored bool // there is a row of it
}

// Add counts a new sale of the member. The sale's Nth is set before.
func (t *Tally) Add(s *Sale) {
	t.ProgrammeID = s.ProgrammeID
	t.Purchases++
	t.Goods += s.Goods
	if s.Nth > 1 {
		t.RepeatGoods += s.Goods
	}
	if t.First.IsZero() || s.Occurred.Before(t.First) {
		t.First = s.Occurred
	}
	if s.Occurred.After(t.Last) {
		t.Last = s.Occurred
	}
}

// TakeBack counts goods of one of the member's sales that came back.
func (t *Tally) TakeBack(m Match) {
	t.Returned += m.Amount
	if m.Sale.Nth > 1 {
		t.RepeatGoods -= m.Amount
	}
}

// Together adds up the tallies of one account: the member and those merged
// into it. The member named is that of the first.
func Together(tallies ...*Tally) Tally {
	var sum Tally
	for i, t := range tallies {
		if i == 0 {
			sum.ProgrammeID, sum.MemberID = t.ProgrammeID, t.MemberID
		}
		sum.Purchases += t.Purchases
		sum.Goods += t.Goods
		sum.Returned += t.Returned
		sum.RepeatGoods += t.RepeatGoods
		if sum.First.IsZero() || !t.First.IsZero() && t.First.Before(sum.First) {
			sum.First = t.First
		}
		if t.Last.After(sum.Last) {
			sum.Last = t.Last
		}
	}
	return sum
}
