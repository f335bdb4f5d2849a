package flow

import (
	"context"
	"testing"
	"time"

	"regulars/internal/promo"
)

// TestPaymentLowersNoEarningButADiscountDoes: £100 with a tenth off is £90 of goods,
// whatever pays for them.
func TestPaymentLowersNoEarningButADiscountDoes(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("10 % off", percent(10))
		card := h.card(10_00)
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		h.must(h.paysWith(h.buys("s", "ann", noon, 100_00), Checkout{Points: h.byPoints(500), GiftCards: []CardPayment{{Number: card}}}))
		h.has(ann, "adjusted_up 600, available 190, spent 500")
		h.clean()
	})
}

// TestRankOfAReturnedOrderIsLost, and with it what the rank would have given.
func TestRankOfAReturnedOrderIsLost(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann := h.must(h.buys("s", "ann", noon, 1_200_00))[0].MemberID
		if got := h.rank(ann); got != "silver" {
			t.Fatalf("after £1,200 the rank is %q", got)
		}
		h.set(noon.Add(3 * time.Hour))
		h.must(h.whole("r", "ann", "s", noon.Add(time.Hour)))
		if got := h.rank(ann); got != "regular" {
			t.Errorf("after the return the rank is %q", got)
		}
		h.must(h.buys("t", "ann", noon.Add(2*time.Hour), 100_00))
		h.has(ann, "available 100, clawed_back 1200")
		h.clean()
	})
}

// TestPlacedOrderIsNeverRecomputed: an offer that ended meanwhile changes neither the
// answer to the same sale nor what comes back for it.
func TestPlacedOrderIsNeverRecomputed(t *testing.T) {
	each(t, plan{}, func(h *house) {
		half := h.offers("Half price", percent(50))
		first := h.must(h.paysWith(h.buys("s", "ann", noon, 20_00), Checkout{}))[0]
		h.set(noon.Add(time.Hour))
		h.ok(promo.New(h.db, h.now).Withdraw(context.Background(), boss, h.prog.ID, half.OfferID))
		if full := h.must(h.paysWith(h.buys("later", "bob", noon.Add(time.Hour), 20_00), Checkout{}))[0]; full.Sale.Total != 20_00 {
			t.Fatalf("the offer has not ended: %d", full.Sale.Total)
		}
		again := h.must(h.paysWith(h.buys("s", "ann", noon, 20_00), Checkout{}))[0]
		if first.Sale.Total != 10_00 || again.Sale.Total != 10_00 || !again.Repeated {
			t.Errorf("it was %d and is %d, repeated %v", first.Sale.Total, again.Sale.Total, again.Repeated)
		}
		back := h.must(h.whole("r", "ann", "s", noon.Add(time.Hour)))[0]
		if back.Refund == nil || back.Refund.Amount != 10_00 {
			t.Errorf("what comes back is %+v", back.Refund)
		}
		h.has(first.MemberID, "clawed_back 10")
		h.clean()
	})
}

// TestReturnBeforeItsSale waits, and is applied when the sale arrives.
func TestReturnBeforeItsSale(t *testing.T) {
	each(t, plan{}, func(h *house) {
		if a := h.must(h.whole("r", "", "s", noon))[0]; !a.Waiting || h.count("event_waiting") != 1 {
			t.Fatalf("a return without its sale: %+v", a)
		}
		ann := h.must(h.buys("s", "ann", noon, 20_00))[0].MemberID
		h.has(ann, "clawed_back 20")
		if n := h.count("event_waiting"); n != 0 {
			t.Errorf("%d returns still wait", n)
		}
		h.clean()
	})
}

// TestRefundAfterExpiry gives points back to the lot that they came from, at its age:
// what has run out since is expired, not usable again.
func TestRefundAfterExpiry(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		short, long := h.adjusts("short", "ann", noon, 300), h.adjusts("long", "ann", noon, 300)
		short.Payload.Adjustment.ExpiresMonths = 1
		ann := h.must(short, long)[0].MemberID
		h.must(h.paysWith(h.buys("s", "ann", noon.Add(time.Hour), 20_00), Checkout{Points: h.byPoints(500)}))
		h.set(noon.AddDate(0, 2, 0))
		back := h.must(h.whole("r", "ann", "s", h.now()))[0].Refund
		if back.Money != 15_00 || len(back.Tenders) != 1 || back.Tenders[0].Points != 500 {
			t.Errorf("what comes back is %+v", back)
		}
		h.has(ann, "adjusted_up 600, available 300, expired 300")
		h.clean()
	})
}
