package flow

import (
	"context"
	"fmt"
	"testing"

	"regulars/internal/earn"
	"regulars/internal/promo"
)

// TestPointsOfAMergedMember come back to the survivor.
func TestPointsOfAMergedMember(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		ann := h.must(h.adjusts("g1", "ann", noon, 300), h.paysWith(h.buys("s1", "ann", noon, 10_00), Checkout{Points: h.byPoints(300)}))[0].MemberID
		bob := h.must(h.buys("s2", "bob", noon, 1_00))[0].MemberID
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, bob, ann)
		h.ok(err)
		r := h.must(h.whole("r1", "ann", "s1", noon))[0].Refund
		if r.Money != 7_00 || len(r.Tenders) != 1 || r.Tenders[0].Points != 300 {
			t.Errorf("refund %+v", r)
		}
		h.has(bob, "moved_in 300, available 300")
		h.clean()
	})
}

// TestPricedPastIsReplayed holds that the simulator finds the past as it was.
func TestPricedPastIsReplayed(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("10 % off", percent(10))
		h.must(h.buys("s0", "ann", noon, 500_00), h.paysWith(h.buys("s1", "ann", noon, 100_00), Checkout{Points: h.byPoints(200)}))
		h.must(h.whole("r1", "ann", "s1", noon))
		h.must(h.paysWith(h.buys("s2", "ann", noon, 100_00), Checkout{Points: h.byPoints(150)}))
		out, err := h.flow.Simulate(context.Background(), boss, h.prog.ID, []Draft{{}}, nil)
		h.ok(err)
		if out.Now.Spent != 150 || out.Now.Issued != out.Drafts[0].Issued || out.Drafts[0].Cut != 0 || out.Now.Liability != 500+90-150 {
			t.Errorf("replayed %+v and %+v, cut %d", out.Now, out.Drafts[0], out.Drafts[0].Cut)
		}
		h.clean()
	})
}

// TestCheckoutStatements holds the number of statements of a batch constant
// whatever the number of its checkouts.
func TestCheckoutStatements(t *testing.T) {
	each(t, plan{}, func(h *house) {
		spec := percent(10)
		spec.PerMember = []promo.Cap{{Period: earn.Month, Times: 100}}
		spec.Budget = promo.Budget{Amount: 1_000_000_00}
		spec.PerShop = []promo.ShopBudget{{Period: earn.Month, Budget: promo.Budget{Uses: 1_000}}}
		h.offers("10 % off", spec)
		twice := doubled()
		twice.PerShop = spec.PerShop
		h.offers("Double points", twice)
		h.code(h.offers("A pound off", withCode(1_00)), "MANY", 0)
		n := 0
		batch := func(size int) (events []*Event) {
			for i := range size {
				n++
				events = append(events, h.paysWith(h.buys(fmt.Sprint("s", n), fmt.Sprint("who", i), noon, 20_00), Checkout{
					Codes: []string{"many"}, Points: h.byPoints(1), GiftCards: []CardPayment{{Number: h.cards[i]}},
				}))
			}
			return events
		}
		for i := range 64 {
			h.cards = append(h.cards, h.card(100_00))
			h.must(h.adjusts(fmt.Sprint("g", i), fmt.Sprint("who", i), noon, 50))
		}
		h.inOneBatch(batch(64))
		one, many := h.inOneBatch(batch(1)), h.inOneBatch(batch(64))
		if one != many {
			t.Errorf("%d statements for one sale, %d for 64", one, many)
		}
		h.clean()
	})
}

// inOneBatch takes the events in one transaction and returns the statements.
func (h *house) inOneBatch(events []*Event) uint64 {
	h.Helper()
	for _, e := range events {
		h.ok(h.flow.admit(context.Background(), e))
	}
	before := h.db.Statements()
	for i, r := range h.flow.run(context.Background(), events) {
		if r.Err != nil {
			h.Fatalf("%s: %v", events[i].ExternalID, r.Err)
		}
	}
	return h.db.Statements() - before
}

// TestMergedMembersShareLimits holds that a limit per member is not doubled by
// merging, and is as before once the merge is undone.
func TestMergedMembersShareLimits(t *testing.T) {
	each(t, plan{}, func(h *house) {
		spec := percent(10)
		spec.PerMember = []promo.Cap{{Period: earn.Ever, Times: 2}}
		h.offers("10 %, twice", spec)
		n := 0
		applies := func(who string) int {
			n++
			return len(h.must(h.paysWith(h.buys(fmt.Sprint("s", n), who, noon, 10_00), Checkout{}))[0].Sale.Applied)
		}
		applies("ann")
		applies("bob")
		ann, bob := h.must(h.buys("a", "ann", noon, 1))[0].MemberID, h.must(h.buys("b", "bob", noon, 1))[0].MemberID
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, bob, ann)
		h.ok(err)
		if applies("ann") != 0 || applies("bob") != 0 {
			t.Error("a third discount was given after the merge")
		}
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		if applies("ann") != 1 || applies("bob") != 1 || applies("ann") != 0 {
			t.Error("after the merge was undone each has one left")
		}
		h.clean()
	})
}
