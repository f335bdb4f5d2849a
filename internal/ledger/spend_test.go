package ledger

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestSpendTakesSoonestExpiringFirst(t *testing.T) {
	a := account(PolicyDebt)
	forever := sell(a, 0, 1, 10, never, never)
	late := sell(a, 0, 2, 10, never, at(30))
	soonButNew := sell(a, 1, 3, 10, never, at(20))
	soonAndOld := sell(a, 0, 4, 10, never, at(20))
	pending := sell(a, 0, 5, 10, at(5), at(10))
	must(t, a.Spend(at(2), 33, because(9)))
	want(t, a, Balance{Earned: 50, Available: 7, Pending: 10, Spent: 33})
	for i, c := range []struct {
		lot  *Lot
		left int64
	}{{soonAndOld, 0}, {soonButNew, 0}, {late, 0}, {forever, 7}, {pending, 10}} {
		if c.lot.Remaining != c.left {
			t.Errorf("lot %d keeps %d, want %d", i, c.lot.Remaining, c.left)
		}
	}
	var took []id.ID
	for _, e := range a.Entries() {
		if e.Kind == KindSpend {
			took = append(took, e.LotEvent)
		}
	}
	if len(took) != 4 || took[0] != 4 || took[1] != 3 || took[2] != 2 || took[3] != 1 {
		t.Errorf("took from the lots of %v", took)
	}
}

func TestSpendRefuses(t *testing.T) {
	cases := map[string]struct {
		amount int64
		code   string
	}{
		"more than is available, pending and held not counted": {51, "not_enough_points"},
		"nothing":           {0, "points_not_positive"},
		"less than nothing": {-1, "points_not_positive"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := account(PolicyDebt)
			sell(a, 0, 1, 80, never, never)
			sell(a, 0, 2, 80, at(5), never)
			_, err := a.Hold(at(0), 30, never, because(3))
			must(t, err)
			refused(t, a, c.code, func() error { return a.Spend(at(1), c.amount, because(4)) })
		})
	}
}

func TestSpendNeverTakesExpiredPoints(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 50, never, at(3))
	sell(a, 0, 2, 20, at(2), never)
	// Nobody has posted anything: the sweep is late.
	err := a.Spend(at(3), 21, because(3))
	if f := fault.As(err); f == nil || f.Code != "not_enough_points" {
		t.Errorf("got %v", err)
	}
	want(t, a, Balance{Earned: 70, Available: 20, Expired: 50})
	must(t, a.Spend(at(3), 20, because(3)))
	want(t, a, Balance{Earned: 70, Spent: 20, Expired: 50})
}

func TestLotIsUsableUpToItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		when time.Time
		ok   bool
	}{
		"a moment before it begins": {at(2).Add(-time.Microsecond), false},
		"when it begins":            {at(2), true},
		"a moment before it ends":   {at(4).Add(-time.Microsecond), true},
		"when it ends":              {at(4), false},
	} {
		t.Run(name, func(t *testing.T) {
			a := account(PolicyDebt)
			sell(a, 0, 1, 5, at(2), at(4))
			if err := a.Spend(c.when, 5, because(2)); (err == nil) != c.ok {
				t.Errorf("spending: %v", err)
			}
		})
	}
}

func TestRefusalSpeaksInPoints(t *testing.T) {
	w := wallet(PolicyDebt)
	w.Decimals = 2
	a := New(w, 1, start, counter())
	sell(a, 0, 1, 1005, never, never)
	err := a.Spend(at(0), 123456, because(2))
	if err == nil || !strings.Contains(err.Error(), "1234.56 points are wanted and 10.05 are available") {
		t.Errorf("got %v", err)
	}
}
