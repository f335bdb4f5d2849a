package ledger

import (
	"testing"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// holding returns an account with two lots of 10, ending on days 20 and 30, of
// which so many points are held until day 9.
func holding(t *testing.T, points int64) (*Account, *Hold, []*Lot) {
	t.Helper()
	a := account(PolicyDebt)
	lots := []*Lot{sell(a, 0, 1, 10, never, at(20)), sell(a, 0, 2, 10, never, at(30))}
	h, err := a.Hold(at(1), points, at(9), because(3))
	must(t, err)
	return a, h, lots
}

func TestHold(t *testing.T) {
	a, h, lots := holding(t, 15)
	want(t, a, Balance{Earned: 20, Available: 5, Held: 15})
	if lots[0].Held != 10 || lots[1].Held != 5 || h.Amount != 15 || h.Left != 15 || !h.Lapses.Equal(at(9)) {
		t.Errorf("held %d and %d: %+v", lots[0].Held, lots[1].Held, h)
	}
	if found, err := a.HoldByID(h.ID); err != nil || found != h {
		t.Errorf("found %v, %v", found, err)
	}
	refused(t, a, "not_enough_points", func() error { return a.Spend(at(2), 6, because(4)) })
	refused(t, a, "not_enough_points", func() error { _, err := a.Hold(at(2), 6, never, because(4)); return err })
	refused(t, a, "hold_over_before", func() error { _, err := a.Hold(at(2), 1, at(2), because(4)); return err })
	refused(t, a, "no_such_hold", func() error { _, err := a.HoldByID(99); return err })
}

func TestCaptureSpendsAndReleasesTheRest(t *testing.T) {
	a, h, lots := holding(t, 15)
	refused(t, a, "over_hold", func() error { return a.Capture(at(2), h, 16, because(4)) })
	refused(t, a, "points_not_positive", func() error { return a.Capture(at(2), h, 0, because(4)) })
	must(t, a.Capture(at(2), h, 12, because(4)))
	want(t, a, Balance{Earned: 20, Available: 8, Spent: 12})
	if lots[0].Remaining != 0 || lots[1].Remaining != 8 || h.Left != 0 {
		t.Errorf("left %d and %d, hold %+v", lots[0].Remaining, lots[1].Remaining, h)
	}
	refused(t, a, "hold_closed", func() error { return a.Capture(at(3), h, 1, because(5)) })
	refused(t, a, "hold_closed", func() error { return a.Release(at(3), h, because(5)) })
}

func TestCaptureOfAll(t *testing.T) {
	a, h, _ := holding(t, 15)
	must(t, a.Capture(at(2), h, 15, because(4)))
	want(t, a, Balance{Earned: 20, Available: 5, Spent: 15})
	for _, e := range a.Entries() {
		if e.Kind == KindCapture && (e.Cause.Kind != CauseHold || e.Cause.ID != h.ID || e.Cause.Event != 4) {
			t.Errorf("a capture does not name its hold: %+v", e)
		}
	}
}

func TestRelease(t *testing.T) {
	a, h, _ := holding(t, 15)
	must(t, a.Release(at(2), h, because(4)))
	want(t, a, Balance{Earned: 20, Available: 20})
}

func TestHoldLapses(t *testing.T) {
	a, h, _ := holding(t, 15)
	if due := a.NextDue(); !due.Equal(at(9)) {
		t.Errorf("next due %v", due)
	}
	a.Post(at(9).Add(-1), Releases|Expiries)
	want(t, a, Balance{Earned: 20, Available: 5, Held: 15})
	a.Post(at(9), Releases)
	want(t, a, Balance{Earned: 20, Available: 20})
	if last := a.Entries()[len(a.Entries())-1]; last.Kind != KindUnhold || !last.Occurred.Equal(at(9)) || last.Cause.Event != 0 {
		t.Errorf("lapsed by %+v", last)
	}
	refused(t, a, "hold_closed", func() error { return a.Capture(at(10), h, 1, because(5)) })
}

func TestLapsedHoldCannotBeCapturedBeforeTheSweep(t *testing.T) {
	a, h, _ := holding(t, 15)
	err := a.Capture(at(9), h, 1, because(5))
	if f := fault.As(err); f == nil || f.Code != "hold_closed" {
		t.Errorf("got %v", err)
	}
	want(t, a, Balance{Earned: 20, Available: 20})
}

func TestHeldPartExpiresWhenItIsReleased(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 10, never, at(5))
	h, err := a.Hold(at(1), 6, never, because(2))
	must(t, err)
	a.Post(at(7), Releases|Expiries)
	want(t, a, Balance{Earned: 10, Held: 6, Expired: 4})
	must(t, a.Capture(at(7), h, 2, because(3))) // points set aside in time may be spent
	want(t, a, Balance{Earned: 10, Spent: 2, Expired: 8})
	if last := a.Entries()[len(a.Entries())-1]; last.Kind != KindExpire || !last.Occurred.Equal(at(7)) || last.Cause.Event != 3 {
		t.Errorf("expired by %+v", last)
	}
}

func TestReleasedPointsPayDebtFirst(t *testing.T) {
	cases := map[string]struct {
		day  int
		want Balance
	}{
		"in time":        {3, Balance{Earned: 20, Available: 12, ClawedBack: 8}},
		"when it lapses": {9, Balance{Earned: 20, Available: 12, ClawedBack: 8}},
		// Had the points not been held they would have been clawed back, and
		// nothing would have been left to expire.
		"after the first lot's end": {21, Balance{Earned: 20, Available: 10, Expired: 2, ClawedBack: 8}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := account(PolicyDebt)
			first := sell(a, 0, 1, 10, never, at(20))
			sell(a, 0, 2, 10, never, at(30))
			h, err := a.Hold(at(1), 20, at(25), because(3))
			must(t, err)
			if got := a.Clawback(at(2), []*Lot{first}, 8, because(4)); got != (Clawed{Owed: 8}) {
				t.Fatalf("clawed %+v: held points cannot be taken", got)
			}
			must(t, a.Release(at(c.day), h, because(5)))
			want(t, a, c.want)
		})
	}
}

func TestOneLotInTwoHolds(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 10, never, never)
	var holds []id.ID
	for range 2 {
		h, err := a.Hold(at(1), 4, never, because(2))
		must(t, err)
		holds = append(holds, h.ID)
	}
	h, err := a.HoldByID(holds[0])
	must(t, err)
	must(t, a.Capture(at(2), h, 3, because(3)))
	want(t, a, Balance{Earned: 10, Available: 3, Held: 4, Spent: 3})
	if l.Held != 4 {
		t.Errorf("the lot holds %d", l.Held)
	}
}
