package sale

import (
	"time"

	"regulars/internal/id"
	"regulars/internal/money"
)

// Line is one line of a sale.
type Line struct {
	// No is the line's place in its sale, from 1.
	No       int    `json:"-"`
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name,omitempty"`
	Category string `json:"category,omitempty"`
	// Quantity is counted in thousandths of a unit.
	Quantity int64 `json:"quantity"`
	// Amount is what the customer pays for the line, in minor units: tax
	// included, after discounts.
	Amount int64 `json:"amount"`
	// Fee marks what belongs to the sale without being goods, as postage.
	Fee bool `json:"fee,omitempty"`
	// ReturnedQuantity, in thousandths, and ReturnedAmount, in minor units,
	// have come back so far.
	ReturnedQuantity int64 `json:"-"`
	ReturnedAmount   int64 `json:"-"`
}

// Left returns the quantity, in thousandths, that has not come back.
func (l Line) Left() int64 { return l.Quantity - l.ReturnedQuantity }

// take brings some of the quantity back. The amounts of partial returns are
// floors of the running total, so that they add up to the line's amount when
// all is back.
func (l *Line) take(quantity int64) (amount int64) {
	l.ReturnedQuantity += quantity
	back := money.Part(l.Amount, l.ReturnedQuantity, l.Quantity)
	amount = back - l.ReturnedAmount
	l.ReturnedAmount = back
	return amount
}

// Sale is one completed purchase.
type Sale struct {
	// ID is that of the event which made the sale.
	ID, ProgrammeID, MemberID id.ID
	Occurred                  time.Time
	ShopID                    id.ID
	Channel                   string
	// Reference is what the source calls the sale: the event's external id.
	Reference string
	// Goods is the sum of the lines that are goods, Total that of all lines,
	// Returned that of the goods which came back; in minor units.
	Goods, Total, Returned int64
	// Nth says that this was the member's n-th purchase when it was decided.
	Nth int64
	// Priced says that the programme priced the sale itself, by its offers.
	Priced bool
	// Withheld is what was kept back of refunds of the sale, as flow splits it.
	Withheld []int64
	// Lines may be only those lines of the sale that were asked for.
	Lines []Line
}

// Reckon numbers the lines from 1 in their order and sums them up.
func (s *Sale) Reckon() {
	s.Goods, s.Total = 0, 0
	for i := range s.Lines {
		l := &s.Lines[i]
		l.No = i + 1
		s.Total += l.Amount
		if !l.Fee {
			s.Goods += l.Amount
		}
	}
}

// Rest returns the lines of a return that brings back everything which has not
// come back yet, fees included. The sale must hold all its lines.
func (s *Sale) Rest() []ReturnLine {
	var rest []ReturnLine
	for _, l := range s.Lines {
		if l.Left() > 0 {
			rest = append(rest, ReturnLine{SKU: l.SKU, Line: l.No, Quantity: l.Left(), Fee: l.Fee})
		}
	}
	return rest
}
