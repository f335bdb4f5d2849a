package flow

import (
	"testing"

	"regulars/internal/id"
	"regulars/internal/ledger"
)

// gifts is how many points the company gave all of them, whatever was moved since.
func (h *house) gifts(members ...id.ID) (n int64) {
	h.Helper()
	list, err := ledger.Statement(h.Context(), h.db.Reader(), ledger.StatementAsk{Members: members, Wallets: []id.ID{h.wallet.ID}, Limit: 200})
	h.ok(err)
	for _, e := range list {
		if e.From == ledger.AdjustedUp || e.From == ledger.Earned {
			n += e.Amount
		}
	}
	return n
}

// lasts is an adjustment whose points end after some months.
func (h *house) lasts(number, who string, points int64, months int) *Event {
	e := h.adjusts(number, who, noon, points)
	e.Payload.Adjustment.ExpiresMonths = months
	return e
}

// TestRefundAfterMerge: what somebody paid before a merge comes back to the survivor
// as the points that it was: nothing is given anew, and what ends still ends.
func TestRefundAfterMerge(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		mug := h.rewards("Mug", nil)
		ann := h.must(h.lasts("gift", "ann", 600, 1))[0].MemberID
		bob := h.must(h.adjusts("other", "bob", noon, 10))[0].MemberID
		cay := h.must(h.adjusts("third", "cay", noon, 1))[0].MemberID
		h.must(h.paysWith(h.buys("s", "ann", noon, 2_00, 2_00), Checkout{Points: []PointsPayment{{WalletID: h.wallet.ID, Points: 400}}}))
		took := h.must(h.redeems("r", "ann", noon, mug))[0].Redemption
		for _, keep := range []id.ID{bob, cay} { // one after the other
			gone := map[id.ID]id.ID{bob: ann, cay: bob}[keep]
			_, err := h.flow.Merge(t.Context(), boss, h.prog.ID, keep, gone)
			h.ok(err)
		}
		h.has(cay, "adjusted_up 1, moved_in 110, available 111")
		back := h.must(h.returns("b1", "ann", "s", noon, "a"))[0]
		if back.Refund == nil || len(back.Refund.Tenders) != 1 || back.Refund.Tenders[0].Points != 200 {
			t.Fatalf("refunded %+v", back.Refund)
		}
		h.must(h.undoes("u", "cay", noon, took.ID))
		h.must(h.whole("b2", "bob", "s", noon))
		h.has(cay, "adjusted_up 1, moved_in 610, available 611")
		h.has(ann, "adjusted_up 600, moved_out 600")
		if n := h.gifts(ann, bob, cay); n != 611 {
			t.Errorf("%d points were given, not 611", n)
		}
		h.clean()
		_, err := h.flow.Sweep(t.Context(), noon.Add(days(40)), nil)
		h.ok(err)
		h.has(cay, "adjusted_up 1, moved_in 610, available 11, expired 600")
		h.clean()
	})
}

// TestRefundAfterMergePaysDebts first, and expires what has ended since.
func TestRefundAfterMergePaysDebts(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann := h.must(h.lasts("gift", "ann", 300, 1))[0].MemberID
		bob := h.must(h.buys("other", "bob", noon, 100_00))[0].MemberID
		h.must(h.paysWith(h.buys("s", "ann", noon, 3_00), Checkout{Points: []PointsPayment{{WalletID: h.wallet.ID, Points: 300}}}))
		h.set(noon.Add(days(40)))
		h.must(h.adjusts("used", "bob", h.now(), -100), h.whole("back", "bob", "other", h.now()))
		h.has(bob, "debt 100, adjusted_down 100, clawed_back 100")
		_, err := h.flow.Merge(t.Context(), boss, h.prog.ID, bob, ann)
		h.ok(err)
		h.must(h.whole("b", "ann", "s", h.now()))
		// Of the 300, 97 pay what is owed beyond the 3 that the sale had earned, and
		// 203 have ended; then the 3 go back, and nothing is left to pay them.
		h.has(bob, "moved_in 303, debt 3, adjusted_down 100, expired 203, clawed_back 103")
		h.clean()
	})
}

// TestUnmergeAfterRefund gives back to each what was theirs.
func TestUnmergeAfterRefund(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		ann := h.must(h.adjusts("gift", "ann", noon, 300))[0].MemberID
		bob := h.must(h.adjusts("other", "bob", noon, 10))[0].MemberID
		h.must(h.paysWith(h.buys("s", "ann", noon, 2_00, 1_00), Checkout{Points: []PointsPayment{{WalletID: h.wallet.ID, Points: 300}}}))
		m, err := h.flow.Merge(t.Context(), boss, h.prog.ID, bob, ann)
		h.ok(err)
		h.must(h.returns("b", "ann", "s", noon, "a"))
		_, err = h.flow.Unmerge(t.Context(), boss, h.prog.ID, m.ID)
		h.ok(err)
		h.has(ann, "adjusted_up 300, moved_in 200, available 200, spent 100, moved_out 200")
		h.has(bob, "adjusted_up 10, moved_in 200, available 10, moved_out 200")
		h.clean()
		h.must(h.whole("c", "ann", "s", noon))
		h.clean()
	})
}
