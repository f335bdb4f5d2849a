package ledger

import (
	"cmp"
	"testing"
	"time"

	"regulars/internal/id"
)

func TestRefund(t *testing.T) {
	cases := map[string]struct {
		day    int
		amount int64
		before func(t *testing.T, a *Account)
		want   Balance
	}{
		"all":                          {2, 15, nil, Balance{Earned: 30, Available: 30}},
		"a part":                       {2, 4, nil, Balance{Earned: 30, Available: 19, Spent: 11}},
		"a part, of the last lot only": {11, 5, nil, Balance{Earned: 30, Available: 20, Spent: 10}},
		"all, one lot has ended":       {11, 15, nil, Balance{Earned: 30, Available: 20, Expired: 10}},
		"all, both have ended":         {21, 15, nil, Balance{Earned: 30, Available: 10, Expired: 20}},
		"what is owed is paid first": {2, 15, func(_ *testing.T, a *Account) {
			a.Clawback(at(1), a.LotsOf(1), 10, because(8)) // all spent: the third lot pays
			a.Clawback(at(1), a.LotsOf(2), 10, because(8))
		}, Balance{Earned: 30, Available: 10, ClawedBack: 20}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a, payment := paid(t)
			if c.before != nil {
				c.before(t, a)
			}
			must(t, a.Refund(at(c.day), payment, c.amount, because(9)))
			want(t, a, c.want)
		})
	}
}

// paid returns an account with three lots of 10, ending on days 10, 20 and
// never, of which 15 points were spent on day 1, and the entries of that.
func paid(t *testing.T) (*Account, []id.ID) {
	t.Helper()
	a := account(PolicyDebt)
	for i, end := range []time.Time{at(10), at(20), never} {
		sell(a, 0, id.ID(i+1), 10, never, end)
	}
	must(t, a.Spend(at(1), 15, because(7)))
	return a, ids(a, KindSpend)
}

func TestRefundAfterTheEndPaysDebtAndThenExpires(t *testing.T) {
	a, payment := paid(t)
	sell(a, 1, 4, 4, never, at(2)) // something to see that only lots with points back are touched
	a.Clawback(at(1), a.LotsOf(1), 6, because(8))
	// 6 owed; the lots of days 2, 20 and never pay it: 4 and 2.
	a.Clawback(at(1), a.LotsOf(2), 10, because(8)) // 3 are left, 7 paid by the third lot
	want(t, a, Balance{Earned: 34, Available: 3, Spent: 15, ClawedBack: 16})
	a.Clawback(at(1), a.LotsOf(3), 10, because(8)) // 3 are left, 7 owed
	want(t, a, Balance{Earned: 34, Debt: 7, Spent: 15, ClawedBack: 26})
	must(t, a.Refund(at(11), payment, 15, because(9))) // 5 to the lot of day 20, 10 to that of day 10
	want(t, a, Balance{Earned: 34, Available: 5, Expired: 3, ClawedBack: 26})
}

func TestRefundRefuses(t *testing.T) {
	a, payment := paid(t)
	refused(t, a, "refund_too_large", func() error { return a.Refund(at(2), payment, 16, because(9)) })
	refused(t, a, "points_not_positive", func() error { return a.Refund(at(2), payment, 0, because(9)) })
	refused(t, a, "no_such_entry", func() error { return a.Refund(at(2), []id.ID{999}, 1, because(9)) })
	refused(t, a, "not_a_payment", func() error { return a.Refund(at(2), ids(a, KindEarn), 1, because(9)) })
	must(t, a.Refund(at(2), payment, 9, because(9)))
	refused(t, a, "refund_too_large", func() error { return a.Refund(at(2), payment, 7, because(9)) })
	must(t, a.Refund(at(2), payment, 6, because(9)))
	want(t, a, Balance{Earned: 30, Available: 30})
}

// movement is something that can be undone, and the kinds of its entries.
type movement struct {
	policy Policy
	do     func(t *testing.T, a *Account)
	until  time.Time
	want   Balance // after it was done and undone
}

// TestReverse undoes each movement at once.
func TestReverse(t *testing.T) {
	before := Balance{Earned: 150, Available: 100, Pending: 50}
	cases := map[string]movement{
		"spend":       {do: func(t *testing.T, a *Account) { must(t, a.Spend(at(1), 70, because(9))) }, want: before},
		"adjust down": {do: func(t *testing.T, a *Account) { adjust(t, a, -70) }, want: before},
		"adjust up": {do: func(t *testing.T, a *Account) { adjust(t, a, 70) },
			want: Balance{Earned: 150, AdjustedUp: 70, Available: 100, Pending: 50, ClawedBack: 70}},
		"earn": {do: func(_ *testing.T, a *Account) { sell(a, 1, 9, 30, never, never) },
			want: Balance{Earned: 180, Available: 100, Pending: 50, ClawedBack: 30}},
		"hold":     {do: func(t *testing.T, a *Account) { hold(t, a, 70) }, want: before},
		"clawback": {do: func(_ *testing.T, a *Account) { a.Clawback(at(1), a.LotsOf(1), 30, because(9)) }, want: before},
		"clawback into debt, paid by others": {do: func(t *testing.T, a *Account) {
			must(t, a.Spend(at(1), 70, because(8)))
			a.Clawback(at(1), a.LotsOf(1), 40, because(9))
		}, want: Balance{Earned: 150, Available: 30, Pending: 50, Spent: 70}},
		"clawback into debt": {do: func(t *testing.T, a *Account) {
			must(t, a.Spend(at(1), 100, because(8)))
			a.Clawback(at(1), a.LotsOf(1), 40, because(9))
		}, want: Balance{Earned: 150, Pending: 50, Spent: 100}},
		"clawback forgiven": {policy: PolicyToZero, do: func(t *testing.T, a *Account) {
			must(t, a.Spend(at(1), 100, because(8)))
			a.Clawback(at(1), a.LotsOf(1), 40, because(9))
		}, want: Balance{Earned: 150, Pending: 50, Spent: 100}},
		"clawback excused": {do: func(_ *testing.T, a *Account) {
			a.Post(at(60), Expiries)
			a.Clawback(at(60), a.LotsOf(1), 40, because(9))
		}, want: Balance{Earned: 150, Available: 90, Expired: 60}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := account(cmp.Or(c.policy, PolicyDebt))
			sell(a, 0, 1, 60, never, at(60))
			sell(a, 0, 2, 40, never, never)
			sell(a, 0, 3, 50, at(5), never)
			c.do(t, a)
			day := at(1)
			if a.Balance()[Expired] > 0 {
				day = at(60)
			}
			var entries []id.ID
			for _, e := range a.under(9) {
				entries = append(entries, e.ID)
			}
			must(t, a.Reverse(day, entries, c.until, because(10)))
			want(t, a, c.want)
			refused(t, a, "already_reversed", func() error { return a.Reverse(day, entries, c.until, because(11)) })
			for _, l := range a.LotsOf(1) {
				if l.Clawed != 0 || l.Exempt != 0 {
					t.Errorf("the lot remembers a clawback that was undone: %+v", l)
				}
			}
		})
	}
}

func adjust(t *testing.T, a *Account, n int64) {
	t.Helper()
	_, err := a.Adjust(at(1), n, never, because(9))
	must(t, err)
}

func hold(t *testing.T, a *Account, n int64) *Hold {
	t.Helper()
	h, err := a.Hold(at(1), n, never, because(9))
	must(t, err)
	return h
}

func TestReverseOfAnEarningAfterAReturn(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, never, never)
	a.Clawback(at(1), []*Lot{l}, 40, because(2))
	must(t, a.Reverse(at(1), ids(a, KindEarn), never, because(3)))
	want(t, a, Balance{Earned: 100, ClawedBack: 100})
	refused(t, a, "points_used", func() error { return a.Reverse(at(1), ids(a, KindEarn), never, because(4)) })
}

func TestReverseOfACapture(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 100, never, never)
	h := hold(t, a, 70)
	must(t, a.Capture(at(1), h, 50, because(2)))
	must(t, a.Reverse(at(1), ids(a, KindCapture), never, because(3)))
	want(t, a, Balance{Earned: 100, Available: 100})
}

func TestReverseOfARelease(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, at(2), never)
	a.Post(at(2), Releases)
	release := ids(a, KindRelease)
	refused(t, a, "until_passed", func() error { return a.Reverse(at(3), release, never, because(2)) })
	must(t, a.Reverse(at(3), release, at(6), because(2)))
	want(t, a, Balance{Earned: 100, Pending: 100})
	if l.Released || !a.NextDue().Equal(at(6)) {
		t.Errorf("released again %v", a.NextDue())
	}
	a.Post(at(6), Releases)
	want(t, a, Balance{Earned: 100, Available: 100})
}

func TestReverseOfAnExpiry(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, never, at(2))
	a.Post(at(2), Expiries)
	expiry := ids(a, KindExpire)
	refused(t, a, "until_passed", func() error { return a.Reverse(at(3), expiry, at(3), because(2)) })
	a.Clawback(at(3), []*Lot{l}, 30, because(3)) // excused, as the points had expired
	must(t, a.Reverse(at(3), expiry, at(6), because(2)))
	want(t, a, Balance{Earned: 100, Available: 70, Expired: 30})
	a.Post(at(6), Expiries)
	want(t, a, Balance{Earned: 100, Expired: 100})
}

func TestReverseOfAnUnhold(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 100, never, never)
	must(t, a.Release(at(1), hold(t, a, 70), because(2)))
	unhold := ids(a, KindUnhold)
	refused(t, a, "until_passed", func() error { return a.Reverse(at(3), unhold, at(2), because(3)) })
	must(t, a.Reverse(at(3), unhold, at(6), because(3)))
	want(t, a, Balance{Earned: 100, Available: 30, Held: 70})
	a.Post(at(6), Releases)
	want(t, a, Balance{Earned: 100, Available: 100})
	must(t, a.Spend(at(6), 50, because(4)))
	refused(t, a, "already_reversed", func() error { return a.Reverse(at(7), unhold, at(9), because(5)) })
}

func TestReverseOfARefund(t *testing.T) {
	a, payment := paid(t)
	must(t, a.Refund(at(2), payment, 15, because(9)))
	must(t, a.Reverse(at(3), ids(a, KindRefund), never, because(10)))
	want(t, a, Balance{Earned: 30, Available: 15, Spent: 15})
}

// TestReverseLeavesNothingHalfDone undoes two entries of which the second
// cannot be undone.
func TestReverseLeavesNothingHalfDone(t *testing.T) {
	a, payment := paid(t)
	h, err := a.Hold(at(1), 2, never, because(8))
	must(t, err)
	must(t, a.Refund(at(2), payment, 15, because(9)))
	a.Clawback(at(2), a.LotsOf(2), 8, because(10)) // the second lot's points are gone again, the first's are there
	lots := append([]*Lot(nil), a.Lots()...)
	state := make([]Lot, len(lots))
	for i, l := range lots {
		state[i] = *l
	}
	refunds := ids(a, KindRefund)
	refused(t, a, "points_used", func() error { return a.Reverse(at(3), refunds, never, because(11)) })
	for i, l := range lots {
		if figures(l) != figures(&state[i]) || a.Lots()[i] != l {
			t.Errorf("lot %d was %+v and is %+v", i, state[i], *l)
		}
	}
	must(t, a.Capture(at(3), h, 2, because(12))) // holds are as they were, too
	want(t, a, Balance{Earned: 30, Available: 20, Spent: 2, ClawedBack: 8})
}

func TestWhatIsNotReversible(t *testing.T) {
	a, payment := paid(t)
	adjust(t, a, -5)
	must(t, a.Reverse(at(2), ids(a, KindAdjustDown), never, because(9)))
	refused(t, a, "not_reversible", func() error { return a.Reverse(at(3), ids(a, KindReversal), never, because(10)) })
	b := New(a.Wallet(), 200, start, a.pick)
	Move(at(3), a, b, because(11))
	refused(t, a, "not_reversible", func() error { return a.Reverse(at(3), ids(a, KindMoveOut), never, because(12)) })
	refused(t, b, "not_reversible", func() error { return b.Reverse(at(3), ids(b, KindMoveIn), never, because(12)) })
	refused(t, a, "no_such_entry", func() error { return a.Reverse(at(3), ids(b, KindMoveIn), never, because(12)) })
	must(t, a.Reverse(at(4), payment, never, because(13))) // comes back to the old account
	want(t, a, Balance{Earned: 30, Available: 15, MovedOut: 15})
}
