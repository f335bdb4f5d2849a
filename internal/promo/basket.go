package promo

import (
	"time"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Item is what promotions know of a line beyond the sale's own.
type Item struct {
	Brand string
	Cost  int64 // minor units, of the whole line; 0 is not known
}

// Presented is a code that the customer shows.
type Presented struct {
	Text string // as NormaliseCode returns it
	// Typed is how the customer wrote it: a code that is not known is named so.
	// Empty is as Text.
	Typed string
	Code  *Code // nil when there is none
	// Refused says why the code may not be used, as Code.Usable does.
	Refused *Refusal
}

// Basket is a sale before any discount.
type Basket struct {
	// Facts hold the lines at list prices, and Goods and Total of them.
	Facts *earn.Facts
	// ShopID is the shop of Facts.Shop; 0 where no shop is named.
	ShopID id.ID
	// Items stand beside Facts.Lines; what is missing is not known.
	Items    []Item
	Enrolled bool
	Codes    []Presented
}

// Discount is what one offer takes off one line.
type Discount struct {
	Line                       int // from 1
	OfferID, VersionID, CodeID id.ID
	Amount                     int64 // minor units, above 0
}

// Applied is an offer that applies to the sale.
type Applied struct {
	OfferID, VersionID, CodeID id.ID
	Name                       string
	Amount                     int64  // minor units
	Gift                       string // the SKU to be added
	// Raise is what it does to points, of an offer that multiplies them.
	Raise *Raise
	// RestoreCode gives the code back when the whole sale is returned.
	RestoreCode bool
	// Basis is what the offer looked at, of one that is recomputed after a
	// return.
	Basis  *Basis
	Reason i18n.Text
}

// Refusal is an offer or a code that does not apply, and why. Its reason may be
// shared: it must not be changed.
type Refusal struct {
	OfferID, VersionID id.ID
	Code               string    // as presented; empty where the offer needs none
	Why                string    // stable, snake_case
	Reason             i18n.Text // says what is missing
}

// Pricing is what the offers make of a basket.
type Pricing struct {
	// Amounts are what is left of each line, in minor units.
	Amounts   []int64
	Discounts []Discount
	Applied   []Applied
	Refused   []Refusal

	uses   []use
	claims []claim
	raises []raising
}

// Redemption is one use of an offer, kept for good.
type Redemption struct {
	MemberID, EventID    id.ID
	No                   int // from 1 within the event
	ProgrammeID, OfferID id.ID
	VersionID, CodeID    id.ID
	ShopID               id.ID // 0 where no shop was named
	// Amount is what it took off, and what the points that it gave are worth,
	// in minor units.
	Amount int64
	At     time.Time
}

// Redemptions returns what is to be kept of the pricing of an event; of says
// whose, where and when it was.
func (p *Pricing) Redemptions(of Redemption) []Redemption {
	list := make([]Redemption, len(p.Applied))
	for i, a := range p.Applied {
		r := of
		r.No, r.OfferID, r.VersionID, r.CodeID, r.Amount = i+1, a.OfferID, a.VersionID, a.CodeID, a.cost()
		list[i] = r
	}
	return list
}

// cost is what the offer took off, and what its points are worth.
func (a *Applied) cost() int64 {
	if a.Raise != nil {
		return a.Amount + a.Raise.Worth
	}
	return a.Amount
}
