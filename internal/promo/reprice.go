package promo

import (
	"math"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/sale"
)

// AfterReturn says what becomes of a discount when some of the goods come back.
type AfterReturn string

// The ways. Kept, what stays keeps its share of the discount. Recomputed, what
// stays is priced again by the offer, so that a minimum which is not reached any
// more costs its discount.
const (
	KeepDiscount AfterReturn = "keep"
	Recompute    AfterReturn = "recompute"
)

// Basis is what an offer that is recomputed looked at when it applied: indexes
// of lines.
type Basis struct {
	Lines   []int `json:"lines"`
	Counted []int `json:"counted,omitempty"` // where other lines count towards the minimum
}

// Kept is what a customer keeps of a sale after returns. All slices stand beside
// the lines of the sale.
type Kept struct {
	// List is what of the list amounts, Quantities what of the quantities, and
	// Costs, if not empty, what of the costs is kept.
	List, Quantities, Costs []int64
	// Offers are those that applied, in their order.
	Offers []KeptOffer
}

// KeptOffer is an offer that applied to a sale.
type KeptOffer struct {
	VersionID id.ID
	// Amount is what it took off the whole sale.
	Amount int64
	// Shares is what of that falls to what is kept.
	Shares []int64
	// Basis is nil of an offer that is kept as it is.
	Basis *Basis
}

// Lost is a discount that what is kept does not deserve any more.
type Lost struct {
	VersionID id.ID     `json:"version"`
	Name      string    `json:"name"`
	Amount    int64     `json:"amount"` // minor units, above 0
	Reason    i18n.Text `json:"reason"`
}

// Reprice returns what the kept goods would cost more if the offers had been
// applied to them alone, 0 or more, and the offers of which that comes. An offer
// gives the whole no more than it gave, and one that only loses by rounding, a
// minor unit a line, loses nothing. It is pure.
func (s *Offerset) Reprice(k Kept) (int64, []Lost) {
	p := k.pricer(s)
	left, before, at := append([]int64(nil), k.List...), append([]int64(nil), k.List...), lineStage
	due, apart := int64(0), false
	var lost []Lost
	for _, o := range k.Offers {
		t := s.version(o.VersionID)
		if t != nil && t.stage != at {
			at = t.stage
			copy(before, left)
		}
		now := o.Shares
		if t != nil && o.Basis != nil {
			now = p.again(t, &o, left, before)
		}
		for i := range left {
			left[i] -= min(left[i], now[i])
		}
		n := total(o.Shares) - total(now)
		due += n
		if t != nil && o.Basis != nil && n > 0 {
			apart = apart || n > int64(len(o.Basis.Lines))
			lost = append(lost, Lost{o.VersionID, t.name, n, i18n.Text{Key: "promo.lost", Args: map[string]any{"offer": t.name, "amount": n}}})
		}
	}
	if due <= 0 || !apart {
		return 0, nil
	}
	return due, lost
}

func (k *Kept) pricer(s *Offerset) *pricer {
	lines, items := make([]sale.Line, len(k.List)), make([]Item, len(k.Costs))
	for i := range lines {
		lines[i] = sale.Line{No: i + 1, Quantity: k.Quantities[i], Amount: k.List[i]}
	}
	for i, cost := range k.Costs {
		items[i].Cost = cost
	}
	return &pricer{set: s, list: k.List, basket: Basket{Facts: &earn.Facts{Lines: lines}, Items: items}}
}

func (s *Offerset) version(wanted id.ID) *terms {
	for _, t := range s.terms {
		if t.id == wanted {
			return t
		}
	}
	return nil
}

// again lets an offer that applied do its work on what is left of the kept
// goods, and returns what it takes off, by line.
func (p *pricer) again(t *terms, k *KeptOffer, left, before []int64) []int64 {
	o := &offer{terms: t, lines: k.Basis.Lines, counted: k.Basis.Counted, most: min(t.most(), k.Amount), limit: -1, budget: math.MaxInt64}
	if o.counted == nil {
		o.counted = o.lines
	}
	taken := make([]int64, len(left))
	for i, n := range p.take(o, left, before).shares {
		taken[o.lines[i]] = n
	}
	return taken
}
