package flow

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"regulars/internal/fault"
)

// TestWaitingReturns bring goods back before their sale is told.
func TestWaitingReturns(t *testing.T) {
	each(t, plan{}, func(h *house) {
		a := h.must(h.returns("b1", "", "s", noon, "a"), h.returns("b2", "", "s", noon.Add(-days(5)), "b"))
		if !a[0].Waiting || a[0].MemberID != 0 || len(a[0].Movements) > 0 {
			h.Errorf("a return without its sale: %+v", a[0])
		}
		if again := h.must(h.returns("b1", "", "s", noon, "a"))[0]; !again.Waiting || !again.Repeated || again.EventID != a[0].EventID {
			h.Errorf("told again: %+v", again)
		}
		h.refused("other_body", h.returns("b1", "", "s", noon, "b"))
		h.refused("not_enough_points", h.adjusts("x", "ann", noon, -1))
		bad := h.buys("s", "ann", noon.Add(-days(1)), 10_00, 5_00, 1_00)
		bad.Who.Profile = &Profile{BirthDay: 31, BirthMonth: 2}
		h.take(bad) // refused, so the returns wait on
		if n := h.count("event_waiting"); n != 2 {
			h.Errorf("%d returns wait for a sale that was refused", n)
		}
		h.flow.Close()
		h.start(plan{}) // another process
		m := h.must(h.buys("s", "ann", noon.Add(-days(1)), 10_00, 5_00, 1_00))[0].MemberID
		h.has(m, "available 1, clawed_back 15")
		if again := h.must(h.returns("b1", "", "s", noon, "a"))[0]; again.Waiting || !again.Repeated || again.MemberID != m || len(again.Movements) != 1 {
			h.Errorf("told again after its sale: %+v", again)
		}
		h.has(m, "available 1, clawed_back 15")
		if h.count("event_waiting") != 0 || h.count("event") != 3 {
			h.Errorf("%d returns wait, %d events are told", h.count("event_waiting"), h.count("event"))
		}
		h.clean()
	})
}

// TestSaleAnswersAfterItsWaitingReturn takes back what a sale gave in the very
// moment in which it comes: its answer counts that.
func TestSaleAnswersAfterItsWaitingReturn(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.must(h.whole("b1", "", "s", noon))
		first := h.must(h.buys("s", "ann", noon, 1_100_00), h.buys("t", "ann", noon, 3_00))
		both := h.must(h.whole("c1", "", "u", noon), h.buys("u", "ann", noon, 1_200_00), h.buys("v", "ann", noon, 4_00))
		for i, want := range []struct {
			a         Answer
			available int64
			moved     int
		}{{first[0], 0, 1}, {first[1], 3, 1}, {both[0], 3, 1}, {both[1], 3, 1}, {both[2], 7, 1}} {
			if a := want.a; a.Balances[0].Available != want.available || a.Ranks[0].Rank != "regular" || len(a.Movements) != want.moved {
				h.Errorf("answer %d says %+v, %+v after %+v", i, a.Balances, a.Ranks, a.Movements)
			}
		}
		h.clean()
	})
}

// TestWaitingInOneRequest tells sale and returns together, in either order.
func TestWaitingInOneRequest(t *testing.T) {
	for name, order := range map[string][]int{"sale first": {0, 1, 2}, "return first": {1, 0, 2}, "sale last": {1, 2, 0}} {
		t.Run(name, func(t *testing.T) {
			each(t, plan{}, func(h *house) {
				events := []*Event{h.buys("s", "ann", noon, 10_00, 5_00), h.returns("b1", "", "s", noon, "a"), h.whole("b2", "", "s", noon.Add(-time.Hour))}
				var told []*Event
				for _, i := range order {
					told = append(told, events[i])
				}
				answers := h.must(told...)
				for _, a := range answers {
					if a.Waiting || a.MemberID != answers[0].MemberID {
						h.Errorf("an answer is %+v", a)
					}
				}
				h.has(answers[0].MemberID, "clawed_back 15")
				h.clean()
			})
		})
	}
}

// TestReturnMeetsItsSale tells sales and their returns at the same moment from
// many sides: none waits for good, though neither may have seen the other.
func TestReturnMeetsItsSale(t *testing.T) {
	each(t, plan{}, func(h *house) {
		var all sync.WaitGroup
		for i := range 60 {
			sold := fmt.Sprint("s", i)
			for _, e := range []*Event{h.buys(sold, fmt.Sprint("c", i%7), noon, 10_00), h.whole("b"+sold, "", sold, noon)} {
				all.Go(func() {
					if _, err := h.flow.TakeOne(context.Background(), e); err != nil && fault.As(err) == nil {
						h.Error(err)
					}
				})
			}
		}
		all.Wait()
		if n := h.count("event_waiting"); n > 0 {
			h.Errorf("%d returns wait though their sales have come", n)
		}
		h.clean()
	})
}
