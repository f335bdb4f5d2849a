package flow

import (
	"context"
	"encoding/json"
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

// TestCouponMinimumIsBeforeItsOwnDiscount: £20.00 reaches a minimum of £20.00 though
// £15.00 is paid, and what an offer took off before the code does not count
// towards it.
func TestCouponMinimumIsBeforeItsOwnDiscount(t *testing.T) {
	each(t, plan{}, func(h *house) {
		spec := withCode(5_00)
		spec.Minimum = 20_00
		h.code(h.offers("Five pounds from twenty", spec), "FIVE", 0)
		sells := func(number string, price int64) *Settlement {
			return h.must(h.paysWith(h.buys(number, "ann", noon, price), Checkout{Codes: []string{"five"}}))[0].Sale
		}
		if n := sells("at", 20_00); n.Total != 15_00 || len(n.Refused) != 0 {
			t.Errorf("at the minimum: %+v", n)
		}
		if n := sells("below", 19_99); n.Total != 19_99 || len(n.Refused) != 1 || n.Refused[0].Why != "below_minimum" || n.Refused[0].Reason.Args["more"] != int64(1) {
			t.Errorf("below it: %+v", n)
		}
		h.offers("10 % off", percent(10))
		if n := sells("less", 22_00); n.Total != 19_80 || n.Refused[0].Why != "below_minimum" {
			t.Errorf("below it after another offer: %+v", n)
		}
		h.clean()
	})
}

// TestRankOfAnOfferIsThatOfTheQuote: the sale that brings the rank is priced
// without it, as it was quoted. Where the rank is lost between quote and sale the
// till is told, and nothing is taken.
func TestRankOfAnOfferIsThatOfTheQuote(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx, spec := context.Background(), percent(10)
		h.ok(json.Unmarshal([]byte(`{"field":"rank","op":"eq","value":"silver"}`), &spec.Condition))
		h.offers("For silver", spec)
		priced := func(number string, at time.Time, price int64) *Event {
			return h.paysWith(h.buys(number, "ann", at, price), Checkout{})
		}
		quoted, err := h.flow.Quote(ctx, priced("s", noon, 1_200_00))
		h.ok(err)
		sold := h.must(priced("s", noon, 1_200_00))[0]
		if quoted.Sale.Due != 1_200_00 || sold.Sale.Due != 1_200_00 || h.rank(sold.MemberID) != "silver" {
			t.Fatalf("quoted %d, sold for %d, rank %q", quoted.Sale.Due, sold.Sale.Due, h.rank(sold.MemberID))
		}
		h.set(noon.Add(3 * time.Hour))
		quoted, err = h.flow.Quote(ctx, priced("t", noon.Add(time.Hour), 100_00))
		h.ok(err)
		if quoted.Sale.Due != 90_00 {
			t.Errorf("quoted with the rank: %d", quoted.Sale.Due)
		}
		h.must(h.whole("r", "ann", "s", noon.Add(2*time.Hour)))
		late := priced("t", noon.Add(2*time.Hour+time.Minute), 100_00)
		late.Payload.Checkout.Due = &quoted.Sale.Due
		h.refused("price_changed", late)
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
