package flow

import (
	"slices"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// Settlement is how the programme priced a sale and what paid for it, line by
// line. It is kept with the event, so that a return is settled over everything
// that the sale was, and is never reckoned again. Sums are in minor units.
type Settlement struct {
	// List holds the lines' list amounts, at line number − 1.
	List      []int64        `json:"list"`
	Discounts []Discount     `json:"discounts,omitempty"`
	Applied   []AppliedOffer `json:"applied,omitempty"`
	// Refused are the codes presented that did not apply, with the reason; of
	// a quote the offers too.
	Refused []RefusedOffer `json:"refused,omitempty"`
	Tenders []Tender       `json:"tenders,omitempty"`
	// Costs are what the lines cost the company, where an offer that is
	// recomputed after a return may ask.
	Costs []int64 `json:"costs,omitempty"`
	// Total is what the sale costs after discounts, Due what of it is paid in
	// money.
	Total int64 `json:"total"`
	Due   int64 `json:"due"`
	// Of a sale that was made offline: what was promised and nobody pays, what
	// the till took in money beyond what was due, and all that differs.
	Short     int64      `json:"short,omitempty"`
	Over      int64      `json:"over,omitempty"`
	Conflicts []Conflict `json:"conflicts,omitempty"`
}

// Discount is what one offer takes off one line.
type Discount struct {
	Line      int   `json:"line"`
	VersionID id.ID `json:"version,omitempty"` // 0 where the till gave it offline
	Amount    int64 `json:"amount"`
}

// AppliedOffer is an offer that applied to the sale.
type AppliedOffer struct {
	OfferID   id.ID `json:"offer"`
	VersionID id.ID `json:"version"`
	CodeID    id.ID `json:"code_id,omitempty"`
	// Code is the code as it is kept.
	Code   string `json:"code,omitempty"`
	Name   string `json:"name"`
	Amount int64  `json:"amount"`
	Gift   string `json:"gift,omitempty"` // the product that goes with the sale
	// Raise is what the offer did to the points, of one that multiplies them.
	Raise  *promo.Raise `json:"raise,omitempty"`
	Reason i18n.Text    `json:"reason,omitzero"`
	// Restores says that the code comes back when the whole sale does.
	Restores bool `json:"restores,omitempty"`
	// Basis is what the offer looked at, of one that is recomputed after a
	// return.
	Basis *promo.Basis `json:"basis,omitempty"`
}

// RefusedOffer is an offer or a code that did not apply.
type RefusedOffer struct {
	VersionID id.ID     `json:"version,omitempty"`
	Code      string    `json:"code,omitempty"`
	Why       string    `json:"why"`
	Reason    i18n.Text `json:"reason,omitzero"`
}

// TenderKind is what pays beside money.
type TenderKind string

// The tenders.
const (
	ByPoints   TenderKind = "points"
	ByGiftCard TenderKind = "gift_card"
	// ByNobody is what a till promised offline and what nobody pays.
	ByNobody TenderKind = "short"
)

// Tender is what paid a part of a sale, and of which lines.
type Tender struct {
	Kind     TenderKind `json:"kind"`
	WalletID id.ID      `json:"wallet,omitempty"`
	Points   int64      `json:"points,omitempty"` // smallest units
	CardID   id.ID      `json:"card,omitempty"`
	// Card is the end of the card's number.
	Card   string `json:"card_number,omitempty"`
	Amount int64  `json:"amount"` // minor units
	// Shares is what of Amount, and PointShares what of Points, paid for each
	// line, at line number − 1.
	Shares      []int64 `json:"shares,omitempty"`
	PointShares []int64 `json:"point_shares,omitempty"`
}

// newSettlement notes how the lines were priced; s has their list amounts
// still. Only a quote tells of every offer why it does not apply: what is kept
// for good tells of the codes presented.
func newSettlement(s *sale.Sale, p promo.Pricing, f *fact) *Settlement {
	codes := f.till.byID()
	n := &Settlement{}
	for _, l := range s.Lines {
		n.List = append(n.List, l.Amount)
	}
	for _, d := range p.Discounts {
		n.Discounts = append(n.Discounts, Discount{Line: d.Line, VersionID: d.VersionID, Amount: d.Amount})
	}
	for _, a := range p.Applied {
		applied := appliedOffer(a)
		if c := codes[a.CodeID]; c != nil {
			applied.Code = c.Text
		}
		n.Applied = append(n.Applied, applied)
	}
	if n.recomputes() {
		n.Costs = costs(f.till.items)
	}
	for _, r := range p.Refused {
		if f.tells(r) {
			n.Refused = append(n.Refused, refusedOffer(r))
		}
	}
	return n
}

func appliedOffer(a promo.Applied) AppliedOffer {
	return AppliedOffer{
		OfferID: a.OfferID, VersionID: a.VersionID, CodeID: a.CodeID, Name: a.Name, Amount: a.Amount,
		Gift: a.Gift, Raise: a.Raise, Reason: a.Reason, Restores: a.RestoreCode, Basis: a.Basis,
	}
}

// tells reports whether it is told why an offer does not apply.
func (f *fact) tells(r promo.Refusal) bool { return r.Code != "" || f.quoted }

func refusedOffer(r promo.Refusal) RefusedOffer {
	return RefusedOffer{VersionID: r.VersionID, Code: r.Code, Why: r.Why, Reason: r.Reason}
}

// owed returns what of each line the tenders so far leave to pay.
func (n *Settlement) owed(s *sale.Sale) []int64 {
	left := make([]int64, len(s.Lines))
	for i, l := range s.Lines {
		left[i] = l.Amount
		for _, t := range n.Tenders {
			left[i] -= t.Shares[i]
		}
	}
	return left
}

// pay adds a tender, spread over the lines by what is left to pay of each.
func (n *Settlement) pay(s *sale.Sale, t Tender) {
	t.Shares = money.Split(t.Amount, n.owed(s))
	if t.Points > 0 {
		weights := t.Shares
		if t.Amount == 0 {
			weights = n.List
		}
		t.PointShares = money.Split(t.Points, weights)
	}
	n.Tenders = append(n.Tenders, t)
	n.Due -= t.Amount
}

// part returns what of a share, of a line's goods, goes back with a match: the
// difference of cumulative floors, so that partial returns in any order end
// where one whole return ends.
func part(shares []int64, m sale.Match) int64 {
	no := m.Sold().No
	if no > len(shares) {
		return 0
	}
	return money.Part(shares[no-1], m.After, m.Whole) - money.Part(shares[no-1], m.Before, m.Whole)
}

// back returns what of a tender goes back with the matches.
func (t Tender) back(matches []sale.Match) (amount, points int64) {
	for _, m := range matches {
		amount += part(t.Shares, m)
		points += part(t.PointShares, m)
	}
	return amount, points
}

// paidBy reports whether something of the kind paid.
func (n *Settlement) paidBy(k TenderKind) bool {
	return slices.ContainsFunc(n.Tenders, func(t Tender) bool { return t.Kind == k })
}

// points returns the points that paid.
func (n *Settlement) points() int64 {
	sum := int64(0)
	for _, t := range n.Tenders {
		sum += t.Points
	}
	return sum
}
