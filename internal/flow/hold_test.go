package flow

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// holds quotes a purchase and holds for it.
func (h *house) holds(e *Event, minutes int) Answer {
	h.Helper()
	a, err := h.flow.Hold(context.Background(), e, minutes)
	h.ok(err)
	return a
}

// free is what a card can pay now.
func (h *house) free(number string) int64 {
	h.Helper()
	c, err := giftcard.New(h.db, h.now).Get(context.Background(), boss, h.prog.ID, number)
	h.ok(err)
	return c.AvailableAt(h.now())
}

// lapses lets every clock come by.
func (h *house) lapses() {
	h.Helper()
	ctx := context.Background()
	_, err := h.flow.Sweep(ctx, h.now(), nil)
	h.ok(err)
	_, err = giftcard.New(h.db, h.now).Expire(ctx, h.now())
	h.ok(err)
	_, err = promo.New(h.db, h.now).ExpireCodes(ctx, h.now())
	h.ok(err)
}

// held counts all that is held anywhere.
func (h *house) held() string {
	h.Helper()
	var n [6]int64
	h.ok(h.db.Reader().QueryRow(context.Background(), `SELECT (SELECT COUNT(*) FROM sale_hold), (SELECT COUNT(*) FROM promo_code_hold), (SELECT COUNT(*) FROM gift_hold),
		(SELECT COUNT(*) FROM hold WHERE remaining > 0), (SELECT CAST(COALESCE(SUM(held), 0) AS BIGINT) FROM gift_card),
		(SELECT CAST(COALESCE(SUM(held), 0) AS BIGINT) FROM balance)`).Scan(&n[0], &n[1], &n[2], &n[3], &n[4], &n[5]))
	return fmt.Sprint(n)
}

const nothingHeld = "[0 0 0 0 0 0]"

// TestQuoteHolds holds a code, points and a card for one sale: others do not get
// them, the sale does, and what it leaves is free.
func TestQuoteHolds(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
		number := h.card(10_00)
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		basket := func(name, who string, points int64) *Event {
			c := Checkout{Codes: []string{"three"}, GiftCards: []CardPayment{{Number: number, Amount: 8_00}}}
			if points > 0 {
				c.Points = h.byPoints(points)
			}
			return h.paysWith(h.buys(name, who, noon, 20_00), c)
		}
		first := h.holds(basket("s1", "ann", 500), 0)
		if first.Hold == nil || !first.Hold.Until.Equal(noon.Add(15*time.Minute)) || first.Sale.Due != 4_00 {
			t.Fatalf("the quote says %+v, holds %+v", first.Sale, first.Hold)
		}
		h.has(ann, "adjusted_up 600, available 100, held 500")
		if h.free(number) != 2_00 || h.left(number) != 10_00 || h.count("event") != 1 {
			t.Errorf("%d of %d are free", h.free(number), h.left(number))
		}
		h.refused("not_enough_points", h.paysWith(h.buys("o1", "ann", noon, 20_00), Checkout{Points: h.byPoints(101)}))
		h.refused("card_too_low", h.paysWith(h.buys("o2", "bob", noon, 20_00), Checkout{GiftCards: []CardPayment{{Number: number, Amount: 2_01}}}))
		other := h.must(h.paysWith(h.buys("o3", "bob", noon, 20_00), Checkout{Codes: []string{"three"}}))[0].Sale
		if len(other.Applied) != 0 || other.Refused[0].Why != "held" {
			t.Errorf("another sale has the code that is held: %+v", other)
		}
		again := h.holds(basket("s1", "ann", 300), 30)
		if again.Hold.ID != first.Hold.ID {
			t.Error("quoted again the sale is held under another id")
		}
		h.has(ann, "adjusted_up 600, available 300, held 300")
		h.clean()
		sold := h.must(basket("s1", "ann", 200))[0].Sale
		if sold.Due != 20_00-3_00-2_00-8_00 || len(sold.Applied) != 1 {
			t.Errorf("sold for %+v", sold)
		}
		h.has(ann, "adjusted_up 600, available 400, spent 200")
		if h.held() != nothingHeld || h.left(number) != 2_00 {
			t.Errorf("held: %s, left on the card: %d", h.held(), h.left(number))
		}
		h.must(h.whole("b1", "ann", "s1", noon))
		h.has(ann, "adjusted_up 600, available 600")
		h.clean()
	})
}

// TestHoldsEnd lets holds end by release and by time.
func TestHoldsEnd(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
		number := h.card(10_00)
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		basket := func(name string) *Event {
			return h.paysWith(h.buys(name, "ann", time.Time{}, 20_00), Checkout{
				Codes: []string{"three"}, Points: h.byPoints(600), GiftCards: []CardPayment{{Number: number}},
			})
		}
		one := h.holds(basket("s1"), 1)
		ctx := context.Background()
		h.ok(h.flow.Release(ctx, boss, h.prog.ID, one.Hold.ID))
		h.ok(h.flow.Release(ctx, boss, h.prog.ID, one.Hold.ID)) // is no more
		h.ok(h.flow.Release(ctx, boss, h.prog.ID, 7))
		if h.held() != nothingHeld {
			t.Errorf("released, and held are %s", h.held())
		}
		h.holds(basket("s1"), 1)
		h.set(noon.Add(time.Minute))
		h.has(ann, "adjusted_up 600, available 600")
		if h.free(number) != 10_00 {
			t.Errorf("%d free when the time is over", h.free(number))
		}
		if n := h.holds(basket("s2"), 60).Sale; len(n.Applied) != 1 { // before the clock came by
			t.Errorf("the code is not free: %+v", n)
		}
		h.clean()
		h.set(noon.Add(2 * time.Hour))
		h.lapses()
		if h.held() != nothingHeld {
			t.Errorf("lapsed, and held are %s", h.held())
		}
		for _, minutes := range []int{-1, 61} {
			if _, err := h.flow.Hold(ctx, basket("s3"), minutes); fault.As(err) == nil || fault.As(err).Code != "hold_minutes" {
				t.Errorf("held for %d minutes: %v", minutes, err)
			}
		}
		h.clean()
	})
}

// TestHoldsFollowMerges holds that the sale finds its points whoever the
// customer has become.
func TestHoldsFollowMerges(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		a := h.must(h.adjusts("g1", "ann", noon, 600), h.adjusts("g2", "bob", noon, 50))
		ann, bob := a[0].MemberID, a[1].MemberID
		sells := func() *Event {
			return h.paysWith(h.buys("s1", "ann", noon, 20_00), Checkout{Points: h.byPoints(600)})
		}
		h.holds(sells(), 60)
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, bob, ann)
		h.ok(err)
		h.has(bob, "adjusted_up 50, moved_in 600, available 50, held 600")
		h.clean()
		h.refused("not_enough_points", h.paysWith(h.buys("s2", "bob", noon, 20_00), Checkout{Points: h.byPoints(51)}))
		if got := h.must(sells())[0]; got.MemberID != bob || got.Sale.points() != 600 {
			t.Errorf("sold %+v", got)
		}
		h.holds(h.paysWith(h.buys("s3", "ann", noon, 20_00), Checkout{Points: h.byPoints(50)}), 60)
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		h.set(noon.Add(2 * time.Hour))
		h.lapses()
		if h.held() != nothingHeld {
			t.Errorf("held are %s", h.held())
		}
		h.clean()
	})
}

// TestWaitingReturnsOutliveHolds quotes a sale for which a return waits.
func TestWaitingReturnsOutliveHolds(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.must(h.whole("b1", "ann", "s1", noon))
		h.holds(h.paysWith(h.buys("s1", "ann", noon, 20_00), Checkout{}), 5)
		if h.count("event_waiting") != 1 {
			t.Fatal("the quote has taken the return that waits")
		}
		ann := h.must(h.paysWith(h.buys("s1", "ann", noon, 20_00), Checkout{}))[0].MemberID
		h.has(ann, "clawed_back 20")
		h.clean()
	})
}

// TestLastIsHeldOnce lets 32 tills of two processes hold the last use of a code,
// the last money of a card and the last points: one each gets it.
func TestLastIsHeldOnce(t *testing.T) {
	each(t, plan{noRule: true, lanes: 4}, func(h *house) {
		other := New(Config{DB: h.db, Now: h.now, Log: quiet(), Lanes: 4})
		t.Cleanup(other.Close)
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
		number := h.card(10_00)
		h.must(h.adjusts("gift", "ann", noon, 600))
		race := func(name, refusal string, c Checkout, who func(int) string) {
			var got atomic.Int64
			var all sync.WaitGroup
			for i := range 32 {
				all.Go(func() {
					s := []*Service{h.flow, other}[i%2]
					a, err := s.Hold(context.Background(), h.paysWith(h.buys(fmt.Sprint(name, i), who(i), noon, 20_00), c), 5)
					switch f := fault.As(err); {
					case err == nil && len(a.Sale.Applied)+len(a.Sale.Tenders) > 0:
						got.Add(1)
					case err != nil && (f == nil || f.Code != refusal):
						t.Error(name, err)
					}
				})
			}
			all.Wait()
			if got.Load() != 1 {
				t.Errorf("%d tills hold the last of %s", got.Load(), name)
			}
		}
		stranger := func(i int) string { return fmt.Sprint("who", i) }
		for i := range 32 {
			h.must(h.buys(fmt.Sprint("j", i), stranger(i), noon, 1)) // joins
		}
		race("code", "code_moved", Checkout{Codes: []string{"three"}}, stranger)
		race("card", "card_too_low", Checkout{GiftCards: []CardPayment{{Number: number, Amount: 10_00}}}, stranger)
		race("points", "not_enough_points", Checkout{Points: h.byPoints(600)}, func(int) string { return "ann" })
		h.clean()
	})
}

// TestHoldStatements holds the number of statements of a batch constant however
// many holds its sales capture.
func TestHoldStatements(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		of := h.offers("Three pounds off", withCode(3_00))
		h.code(of, "THREE", 500)
		var sells []*Event
		for i := range 32 {
			who := fmt.Sprint("who", i)
			h.must(h.adjusts(fmt.Sprint("g", i), who, noon, 600))
			e := h.paysWith(h.buys(fmt.Sprint("s", i), who, noon, 20_00), Checkout{
				Codes: []string{"three"}, Points: h.byPoints(500), GiftCards: []CardPayment{{Number: h.card(2_00)}},
			})
			h.holds(e, 5)
			sells = append(sells, e)
		}
		one, many := h.inOneBatch(sells[:1]), h.inOneBatch(sells[1:])
		if one != many {
			t.Errorf("%d statements for one sale, %d for 31", one, many)
		}
		if h.held() != nothingHeld {
			t.Errorf("held: %s", h.held())
		}
		h.clean()
	})
}

// TestHoldHistories lives random histories of three customers with one code,
// two cards and points: every sum is true at every step, and once every hold is
// over nothing is held.
func TestHoldHistories(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d, plan{noRule: true})
		h.code(h.offers("A pound off", withCode(1_00)), "ONE", 4)
		h.code(h.offers("Two pounds off", withCode(2_00)), "TWO", 1000)
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			cards := []string{h.card(30_00), h.card(5_00)}
			who := func() string { return fmt.Sprint(rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(r, "who")) }
			for i, w := range []string{"ann", "bob", "eve"} {
				h.must(h.adjusts(fmt.Sprint("g", round, ".", i), w, h.now(), 500))
			}
			var open []id.ID
			owner, sold := map[string]string{}, map[string]bool{}
			basket := func() *Event {
				name := fmt.Sprint("s", round, ".", rapid.IntRange(0, 5).Draw(r, "sale"))
				if owner[name] == "" || rapid.IntRange(0, 9).Draw(r, "other customer") == 0 {
					owner[name] = who()
				}
				c := Checkout{Codes: rapid.SampledFrom([][]string{nil, {"one"}, {"two"}, {"one", "two"}}).Draw(r, "codes")}
				if n := rapid.Int64Range(0, 300).Draw(r, "points"); n > 0 {
					c.Points = h.byPoints(n)
				}
				if rapid.Bool().Draw(r, "card") {
					c.GiftCards = []CardPayment{{Number: rapid.SampledFrom(cards).Draw(r, "which"), Amount: rapid.Int64Range(0, 9_00).Draw(r, "amount")}}
				}
				return h.paysWith(h.buys(name, owner[name], time.Time{}, 12_00), c)
			}
			for range rapid.IntRange(1, 14).Draw(r, "steps") {
				switch rapid.SampledFrom([]string{"hold", "hold", "sell", "quote", "release", "wait", "sweep", "return"}).Draw(r, "step") {
				case "hold":
					if a, err := h.flow.Hold(context.Background(), basket(), rapid.IntRange(1, 60).Draw(r, "minutes")); err == nil && a.Hold != nil {
						open = append(open, a.Hold.ID)
					} else if err != nil && fault.As(err) == nil {
						r.Fatal(err)
					}
				case "sell":
					e := basket()
					result := h.take(e)[0]
					if result.Err != nil && fault.As(result.Err) == nil {
						r.Fatal(result.Err)
					}
					sold[e.ExternalID] = sold[e.ExternalID] || result.Err == nil
				case "quote":
					before := h.held()
					if _, err := h.flow.Quote(context.Background(), basket()); err != nil && fault.As(err) == nil {
						r.Fatal(err)
					}
					if h.held() != before {
						r.Fatal("a quote without a hold has changed what is held")
					}
				case "release":
					if len(open) > 0 {
						h.ok(h.flow.Release(context.Background(), boss, h.prog.ID, rapid.SampledFrom(open).Draw(r, "hold")))
					}
				case "wait":
					h.set(h.now().Add(time.Duration(rapid.IntRange(1, 40).Draw(r, "minutes")) * time.Minute))
				case "sweep":
					h.lapses()
				case "return":
					name := fmt.Sprint("s", round, ".", rapid.IntRange(0, 5).Draw(r, "back"))
					if sold[name] {
						h.take(h.whole(fmt.Sprint("b", round, ".", h.count("event")), "", name, time.Time{}))
					}
				}
				h.clean()
			}
			h.set(h.now().Add(61 * time.Minute))
			h.lapses()
			if h.held() != nothingHeld {
				r.Fatalf("after all is over, held are %s", h.held())
			}
			h.clean()
		})
	}, rooms...)
}
