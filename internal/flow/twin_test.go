package flow

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// TestAnyOrderOfReturnsEndsAsOne: of two customers who bought the same in the same
// way, one brings everything back at once and the other piece by piece, in any
// order. In the end both have the same points, the same rank, the same on their
// gift cards, the same uses left of their codes, and got the same money.
func TestAnyOrderOfReturnsEndsAsOne(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("Fifth off", recomputed())
		h.offers("Three for two", promo.Spec{Benefit: promo.Benefit{Kind: promo.CheapestFree, Buy: 2000, Get: 1000}, AfterReturn: promo.KeepDiscount})
		h.offers("A tenth", percent(10, "a"))
		coded := h.offers("Code", withCode(3_00))
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			one, other := h.twin(coded, fmt.Sprint("one", round)), h.twin(coded, fmt.Sprint("other", round))
			var prices, units []int64
			for range rapid.IntRange(1, 4).Draw(rt, "lines") {
				prices, units = append(prices, rapid.Int64Range(map[bool]int64{true: 40_00, false: 1}[len(prices) == 0], 400_00).Draw(rt, "price")), append(units, rapid.Int64Range(1, 3).Draw(rt, "units"))
			}
			points, byCard := rapid.Int64Range(0, 400).Draw(rt, "points"), rapid.Int64Range(0, 15_00).Draw(rt, "card")
			coding, spent := rapid.Bool().Draw(rt, "coded"), rapid.Int64Range(0, 600).Draw(rt, "spent")
			for _, w := range []*twin{one, other} {
				w.buys(prices, units, points, byCard, coding)
				if spent > 0 {
					h.must(h.adjusts(w.name+".spent", w.name, noon, -min(spent, h.available(w.id))))
				}
			}
			one.whole()
			var pieces []sale.ReturnLine
			for i, n := range units {
				for range n {
					pieces = append(pieces, sale.ReturnLine{Line: i + 1, Quantity: 1000})
				}
			}
			pieces = rapid.Permutation(pieces).Draw(rt, "order")
			for len(pieces) > 0 {
				k := rapid.IntRange(1, len(pieces)).Draw(rt, "together")
				other.brings(slices.Clone(pieces[:k]))
				pieces = pieces[k:]
			}
			if a, b := one.stands(), other.stands(); a != b {
				rt.Fatalf("at once:        %s\npiece by piece: %s", a, b)
			}
		})
		h.clean()
	})
}

// twin is a customer with 1,000 points, a gift card and a code.
type twin struct {
	h          *house
	name, card string
	id         id.ID
	returns    int
	cash       int64
}

func (h *house) twin(coded promo.Version, name string) *twin {
	h.code(coded, "CODE-"+name, 1)
	w := &twin{h: h, name: name, card: h.card(15_00)}
	w.id = h.must(h.adjusts(name+".gift", name, noon, 1_000))[0].MemberID
	return w
}

func (w *twin) buys(prices, units []int64, points, byCard int64, coded bool) {
	e := w.h.buys(w.name, w.name, noon, prices...)
	for i, n := range units {
		e.Payload.Lines[i].Quantity, e.Payload.Lines[i].Amount = 1000*n, n*prices[i]
	}
	var c Checkout
	if coded {
		c.Codes = []string{"CODE-" + w.name}
	}
	if points > 0 {
		c.Points = w.h.byPoints(points)
	}
	if byCard > 0 {
		c.GiftCards = []CardPayment{{Number: w.card, Amount: byCard}}
	}
	sold := w.h.must(w.h.paysWith(e, c))[0].Sale
	if coded && !slices.ContainsFunc(sold.Applied, func(o AppliedOffer) bool { return o.Code != "" }) {
		w.h.Fatalf("the code of %s does not apply: %+v", w.name, sold.Refused)
	}
}

func (w *twin) whole() {
	w.cash += w.h.must(w.h.whole(w.name+".back", w.name, w.name, noon))[0].Refund.Money
}

func (w *twin) brings(pieces []sale.ReturnLine) {
	w.returns++
	e := w.h.event("return", fmt.Sprintf("%s.back%d", w.name, w.returns), w.name, noon)
	e.Payload.Return = &Return{SaleReference: w.name, Lines: pieces}
	w.cash += w.h.must(e)[0].Refund.Money
}

// stands is all that a customer has in the end.
func (w *twin) stands() string {
	uses := w.h.rowsOf(`SELECT uses, state FROM promo_code WHERE printed = 'CODE-` + w.name + `'`)
	if len(uses) != 1 {
		w.h.Fatalf("the code of %s is not found", w.name)
	}
	return fmt.Sprintf("points %s; rank %s; card %d; code %v; money %s", w.h.points(w.id), w.h.rank(w.id), w.h.left(w.card), uses, money.Plain(w.cash, 2))
}
