package sale

import (
	"cmp"
	"slices"
	"time"

	"regulars/internal/id"
)

// ReturnLine is one line of a return.
type ReturnLine struct {
	SKU string `json:"sku,omitempty"`
	// Line names a line of the cited sale by its number; 0 means any line.
	Line int `json:"line,omitempty"`
	// Quantity is counted in thousandths of a unit.
	Quantity int64 `json:"quantity"`
	// Fee marks what is no goods: it is counted and changes nothing.
	Fee bool `json:"fee,omitempty"`
}

// Return tells what came back and when.
type Return struct {
	// At is when it came back; only sales up to then are matched, unless the
	// return cites its sale.
	At time.Time
	// SaleID is the event of the cited sale; 0 when the return cites none.
	SaleID id.ID
	Lines  []ReturnLine
	// Fees says that the fees named of the cited sale come back too, as when
	// the sale is undone.
	Fees bool
}

// Match says which goods of which sale a line of a return brings back.
type Match struct {
	// Return is the index of the line in Return.Lines.
	Return int
	Sale   *Sale
	// Line is the index of the line in Sale.Lines.
	Line int
	// Quantity came back now, in thousandths; Amount is what was paid for it,
	// in minor units.
	Quantity, Amount int64
	// Before and After are the quantities returned of the sale's line before
	// and after this match, Whole the quantity sold; in thousandths.
	Before, After, Whole int64
}

// Sold returns the line of the sale whose goods came back.
func (m Match) Sold() *Line { return &m.Sale.Lines[m.Line] }

// Unmatched is a line of a return, or what is left of it, that no sale was
// found for.
type Unmatched struct {
	// Return is the index of the line in Return.Lines.
	Return int
	SKU    string
	// Quantity is counted in thousandths of a unit.
	Quantity int64
}

// MatchReturn finds what was sold for what came back, as far as quantity is
// left, and notes it in the sales. A return that cites its sale is matched
// there alone. Any other is matched to lines of the same SKU in sales up to its
// time: the latest sale first (of equal times the greater reference), then by
// line number. The book holds the sales of one account in any order. Fees match
// nothing, unless the return says that they come back, and are not listed as
// unmatched.
func MatchReturn(r Return, book []*Sale) ([]Match, []Unmatched) {
	var matches []Match
	var unmatched []Unmatched
	shelf := newShelf(r, book)
	for i, l := range r.Lines {
		if l.Fee && !r.Fees {
			continue
		}
		found, left, fee := shelf.take(i, l)
		matches = append(matches, found...)
		if left > 0 && !fee {
			unmatched = append(unmatched, Unmatched{Return: i, SKU: l.SKU, Quantity: left})
		}
	}
	return matches, unmatched
}

// place is a line of a sale.
type place struct {
	sale *Sale
	line int
}

// shelf holds the places where the goods of a return may have come from, in
// the order in which they are tried.
type shelf struct {
	all   []place
	bySKU map[string][]place
	fees  bool
}

func newShelf(r Return, book []*Sale) shelf {
	sales := slices.DeleteFunc(slices.Clone(book), func(s *Sale) bool {
		if r.SaleID != 0 {
			return s.ID != r.SaleID
		}
		return s.Occurred.After(r.At)
	})
	slices.SortFunc(sales, latestFirst)
	sh := shelf{bySKU: make(map[string][]place), fees: r.Fees}
	for _, s := range sales {
		for i, l := range s.Lines {
			if l.Fee && r.SaleID == 0 {
				continue
			}
			p := place{s, i}
			sh.all = append(sh.all, p)
			sh.bySKU[l.SKU] = append(sh.bySKU[l.SKU], p)
		}
	}
	return sh
}

func latestFirst(a, b *Sale) int {
	return cmp.Or(b.Occurred.Compare(a.Occurred), cmp.Compare(b.Reference, a.Reference), cmp.Compare(b.ID, a.ID))
}

// take matches one line of a return. It returns the quantity left over, and
// whether the line names a fee of the cited sale.
func (sh shelf) take(index int, l ReturnLine) (matches []Match, left int64, fee bool) {
	left = l.Quantity
	for _, p := range sh.places(l) {
		sold := &p.sale.Lines[p.line]
		fee = fee || sold.Fee
		quantity := min(left, sold.Left())
		if sold.Fee && !sh.fees || quantity <= 0 {
			continue
		}
		before := sold.ReturnedQuantity
		amount := sold.take(quantity)
		if !sold.Fee {
			p.sale.Returned += amount
		}
		left -= quantity
		matches = append(matches, Match{
			Return: index, Sale: p.sale, Line: p.line, Quantity: quantity, Amount: amount,
			Before: before, After: before + quantity, Whole: sold.Quantity,
		})
	}
	return matches, left, fee
}

func (sh shelf) places(l ReturnLine) []place {
	places := sh.all
	if l.SKU != "" {
		places = sh.bySKU[l.SKU]
	}
	if l.Line == 0 {
		return places
	}
	return slices.DeleteFunc(slices.Clone(places), func(p place) bool { return p.sale.Lines[p.line].No != l.Line })
}
