package flow

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// doubled doubles the points for goods with these SKUs, or for all.
func doubled(skus ...string) promo.Spec {
	s := promo.Spec{Benefit: promo.Benefit{Kind: promo.PointsMultiplier, Rate: money.NewRate(2, 1)}}
	if len(skus) > 0 {
		s.Lines = &earn.Lines{SKUs: skus}
	}
	return s
}

// TestPointsOfAnOffer reckons one sale by hand: £10.00 of a and £5.00 of b earn
// 15 points, 10 % off makes that 13 (9 and 4), and a counts double.
func TestPointsOfAnOffer(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("10 % off", percent(10))
		twice := h.offers("Double tea", doubled("a"))
		sells := func() *Event { return h.paysWith(h.buys("s1", "ann", noon, 10_00, 5_00), Checkout{}) }
		quoted, err := h.flow.Quote(context.Background(), sells())
		h.ok(err)
		got := h.must(sells())[0]
		for _, a := range []Answer{quoted, got} {
			i := slices.IndexFunc(a.Sale.Applied, func(o AppliedOffer) bool { return o.VersionID == twice.ID })
			if i < 0 || a.Sale.Applied[i].Raise.Points != 9 || a.Sale.Applied[i].Raise.Worth != 9 || len(a.Movements) != 2 {
				t.Fatalf("applied %+v, moved %+v", a.Sale.Applied, a.Movements)
			}
			if m := a.Movements[1]; m.Points != 9 || m.Kind != "earn" || m.Reason.Key != "promo.applied_points" || m.Usable != a.Movements[0].Usable {
				t.Errorf("on top came %+v", m)
			}
		}
		h.has(got.MemberID, "available 22")
		var kind ledger.CauseKind
		var cause id.ID
		h.ok(h.db.Reader().QueryRow(context.Background(), `SELECT cause_kind, cause_id FROM entry WHERE amount = 9`).Scan(&kind, &cause))
		if kind != ledger.CauseOffer || cause != twice.ID {
			t.Errorf("its entry is caused by %v %v", kind, cause)
		}
		h.must(h.returns("r1", "", "s1", noon, "b"))
		h.has(got.MemberID, "available 18, clawed_back 4")
		h.must(h.returns("r2", "", "s1", noon, "a"))
		h.has(got.MemberID, "clawed_back 22")
		h.clean()
	})
}

// TestMultipliedPointsComeBackExactly returns sales piece by piece, in any
// order: what is left is what it would be after one return of the same goods,
// and nothing once all has come back.
func TestMultipliedPointsComeBackExactly(t *testing.T) {
	each(t, plan{}, func(h *house) {
		random := rand.New(rand.NewPCG(6, 28))
		odd := doubled("a", "c")
		odd.Benefit.Rate = money.NewRate(7, 4)
		h.offers("7 for 4", odd)
		h.offers("Double all", doubled())
		for round := range 12 {
			ann, bob := fmt.Sprint("ann", round), fmt.Sprint("bob", round)
			var prices []int64
			for range 3 {
				prices = append(prices, 1+random.Int64N(40_00))
			}
			sells := func(who string) *Event {
				e := h.paysWith(h.buys("s-"+who, who, noon, prices...), Checkout{})
				for i := range e.Payload.Lines {
					e.Payload.Lines[i].Quantity = 4000
				}
				return e
			}
			a, b := h.must(sells(ann))[0].MemberID, h.must(sells(bob))[0].MemberID
			var pieces []int
			for range 4 {
				pieces = append(pieces, 1, 2, 3)
			}
			random.Shuffle(len(pieces), func(i, k int) { pieces[i], pieces[k] = pieces[k], pieces[i] })
			bit := func(n, who string, lines ...int) *Event {
				e := h.returns(n, "", "s-"+who, noon, "")
				e.Payload.Return.Lines = nil
				for _, l := range lines {
					e.Payload.Return.Lines = append(e.Payload.Return.Lines, sale.ReturnLine{Line: l, Quantity: 1000})
				}
				return e
			}
			some := random.IntN(len(pieces))
			for i, l := range pieces[:some] {
				h.must(bit(fmt.Sprint("r", round, "-", i), ann, l))
			}
			if some > 0 {
				h.must(bit(fmt.Sprint("b", round), bob, pieces[:some]...))
			}
			if one, other := h.points(a), h.points(b); one != other {
				t.Errorf("piece by piece it left %s, at once %s", one, other)
			}
			for i, l := range pieces[some:] {
				h.must(bit(fmt.Sprint("q", round, "-", i), ann, l))
			}
			if n := h.available(a); n != 0 {
				t.Errorf("after all came back %d points are left", n)
			}
		}
		h.clean()
	})
}

// available returns the points that a member can spend.
func (h *house) available(m id.ID) int64 {
	h.Helper()
	var n int64
	h.ok(h.db.Reader().QueryRow(context.Background(), `SELECT COALESCE(SUM(remaining), 0) FROM lot WHERE member_id = $1`, m).Scan(&n))
	return n
}

// TestNothingToMultiply leaves the code alone where the sale earns nothing.
func TestNothingToMultiply(t *testing.T) {
	each(t, plan{}, func(h *house) {
		spec := doubled()
		spec.WithCode = true
		h.code(h.offers("Double points", spec), "TWICE", 1)
		n := h.must(h.paysWith(h.buys("s1", "ann", noon, 50), Checkout{Codes: []string{"twice"}}))[0].Sale
		if len(n.Applied) != 0 || len(n.Refused) != 1 || n.Refused[0].Why != "no_points" || n.Refused[0].Code == "" {
			t.Errorf("settled as %+v", n)
		}
		n = h.must(h.paysWith(h.buys("s2", "ann", noon, 5_00), Checkout{Codes: []string{"twice"}}))[0].Sale
		if len(n.Applied) != 1 || n.Applied[0].Raise.Points != 5 {
			t.Errorf("then it was %+v", n)
		}
		h.clean()
	})
}

// TestMultipliersAreReplayed finds the past as it was, and tries an offer that
// was not there.
func TestMultipliersAreReplayed(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("Double points", doubled())
		h.must(h.paysWith(h.buys("s1", "ann", noon, 100_00), Checkout{}), h.paysWith(h.buys("s2", "bob", noon, 10_00), Checkout{}))
		h.must(h.whole("r1", "bob", "s2", noon))
		draft := h.drafted("Double again", doubled())
		out, err := h.flow.Simulate(context.Background(), boss, h.prog.ID, []Draft{{}, {Offers: []promo.Version{draft}}}, nil)
		h.ok(err)
		if out.Now.Issued != 220 || out.Now.Liability != 200 || out.Drafts[0].Issued != 220 || out.Drafts[1].Issued != 330 {
			t.Errorf("replayed %d, %d owed; drafts %d and %d", out.Now.Issued, out.Now.Liability, out.Drafts[0].Issued, out.Drafts[1].Issued)
		}
		h.clean()
	})
}
