package flow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// recomputed takes 20 % off from £50 on, and looks again after a return.
func recomputed() promo.Spec {
	return promo.Spec{Minimum: 50_00, AfterReturn: promo.Recompute, Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(20, 1)}}
}

// TestReturnBelowTheMinimum buys for £40 + £30 less 20 %, paid with 600 points
// and £50 in money. The second line comes back: what is kept costs £40 and not
// £32, so that of £24 paid £8 are kept back. The rest gives everything back.
func TestReturnBelowTheMinimum(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		v := h.offers("Fifth off", recomputed())
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		sold := h.must(h.paysWith(h.buys("s1", "ann", noon, 40_00, 30_00), Checkout{Points: h.byPoints(600)}))[0].Sale
		if sold.Total != 56_00 || sold.Due != 50_00 {
			t.Fatalf("sold for %+v", sold)
		}
		one := h.must(h.returns("b1", "ann", "s1", noon, "b"))[0].Refund
		if one.Amount != 24_00 || one.Withheld != 8_00 || one.Money != 24_00-2_57-8_00 || len(one.Lost) != 1 || one.Lost[0].Amount != 8_00 || one.Lost[0].VersionID != v.ID {
			t.Errorf("the first refund is %+v", one)
		}
		two := h.must(h.returns("b2", "ann", "s1", noon, "a"))[0].Refund
		if two.Amount != 32_00 || two.Released != 8_00 || two.Withheld != 0 || one.Money+two.Money != 50_00 {
			t.Errorf("the second refund is %+v", two)
		}
		h.has(ann, "adjusted_up 600, available 600")
		h.clean()
	})
}

// TestReturnsUncited brings back goods without naming the sale: what is kept is
// looked at whole.
func TestReturnsUncited(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.offers("Fifth off", recomputed())
		h.must(h.adjusts("join", "ann", noon, 1), h.paysWith(h.buys("s1", "ann", noon, 40_00, 30_00), Checkout{}))
		r := h.must(h.returns("b1", "ann", "", noon, "b"))[0].Refund
		if r.Withheld != 8_00 || r.Money != 16_00 {
			t.Errorf("the refund is %+v", r)
		}
	})
}

// TestRefundsInAnyOrder pays sales under offers of both kinds with points, cards
// and money, and brings them back piece by piece in random orders: no refund is
// below nothing, together they never pass what was paid, and in the end exactly
// that has come back, each tender to where it came from.
func TestRefundsInAnyOrder(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.offers("Fifth off", recomputed())
		h.offers("Three for two", promo.Spec{
			Benefit: promo.Benefit{Kind: promo.CheapestFree, Buy: 2000, Get: 1000}, AfterReturn: promo.Recompute,
		})
		h.offers("A tenth", percent(10, "a"))
		h.must(h.adjusts("gift", "ann", noon, 1_000_000))
		random := rand.New(rand.NewPCG(7, 7))
		withheld := 0
		for n := range 25 {
			name, card := fmt.Sprint("s", n), h.card(15_00)
			e := h.buys(name, "ann", noon, 20_00+random.Int64N(30_00), 10_00+random.Int64N(9_99), 5_00)
			var pieces []sale.ReturnLine
			for i := range e.Payload.Lines {
				units := 1 + random.Int64N(4)
				e.Payload.Lines[i].Quantity = 1000 * units
				for range units {
					pieces = append(pieces, sale.ReturnLine{Line: i + 1, Quantity: 1000})
				}
			}
			before := h.points(h.must(h.adjusts(fmt.Sprint("z", n), "ann", noon, 1))[0].MemberID)
			a := h.must(h.paysWith(e, Checkout{Points: h.byPoints(1 + random.Int64N(900)), GiftCards: []CardPayment{{Number: card, Amount: 1 + random.Int64N(8_00)}}}))[0]
			random.Shuffle(len(pieces), func(i, k int) { pieces[i], pieces[k] = pieces[k], pieces[i] })
			cash, all := int64(0), int64(0)
			for len(pieces) > 0 {
				k := 1 + random.IntN(min(3, len(pieces)))
				back := h.event("return", fmt.Sprint("b", n, ".", len(pieces)), "ann", noon)
				back.Payload.Return = &Return{SaleReference: name, Lines: slices.Clone(pieces[:k])}
				pieces = pieces[k:]
				r := h.must(back)[0].Refund
				given := r.Money
				for _, t := range r.Tenders {
					given += t.Amount
				}
				if r.Money < 0 || given < 0 || given != r.Amount-r.Withheld+r.Released {
					t.Fatalf("the refund is %+v", r)
				}
				if r.Withheld > 0 {
					withheld++
				}
				if cash, all = cash+r.Money, all+given; all > a.Sale.Total {
					t.Fatalf("%d came back of %d", all, a.Sale.Total)
				}
			}
			if cash != a.Sale.Due || all != a.Sale.Total || h.left(card) != 15_00 || h.points(a.MemberID) != before {
				t.Fatalf("%s: %d of %d in money, %d of %d in all, card %d, points %s of %s", name, cash, a.Sale.Due, all, a.Sale.Total, h.left(card), h.points(a.MemberID), before)
			}
		}
		if withheld < 10 {
			t.Errorf("only %d refunds kept something back", withheld)
		}
		h.clean()
	})
}
