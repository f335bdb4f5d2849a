package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPostInOrderOfTime(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 10, at(3), at(6))
	sell(a, 0, 2, 20, at(1), at(3))
	sell(a, 0, 3, 30, at(2), never)
	a.Forget()
	a.Post(at(6), Releases|Expiries)
	wanted := []Turnover{
		{KindRelease, Pending, Available, 20},
		{KindRelease, Pending, Available, 30},
		{KindRelease, Pending, Available, 10}, // the same moment as the next: releases come first
		{KindExpire, Available, Expired, 20},
		{KindExpire, Available, Expired, 10},
	}
	if diff := cmp.Diff(wanted, said(a.Entries())); diff != "" {
		t.Errorf("posted (-want +got):\n%s", diff)
	}
	for i, day := range []int{1, 2, 3, 3, 6} {
		if e := a.Entries()[i]; !e.Occurred.Equal(at(day)) || !e.Recorded.Equal(start) || e.Cause.Kind != CauseClock {
			t.Errorf("entry %d occurred %v, recorded %v, cause %v", i, e.Occurred, e.Recorded, e.Cause.Kind)
		}
	}
}

func TestPostOnlyWhatIsAskedFor(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 10, at(1), never)
	sell(a, 0, 2, 20, never, at(1))
	a.Post(at(1), Releases)
	want(t, a, Balance{Earned: 30, Available: 30})
	a.Post(at(1), Expiries)
	want(t, a, Balance{Earned: 30, Available: 10, Expired: 20})
	before := len(a.Entries())
	a.Post(at(9), Releases|Expiries)
	if len(a.Entries()) != before {
		t.Error("posting again posted something")
	}
}

func TestNextDue(t *testing.T) {
	a := account(PolicyDebt)
	if !a.NextDue().IsZero() {
		t.Errorf("an empty account is due %v", a.NextDue())
	}
	sell(a, 0, 1, 10, at(5), at(50))
	sell(a, 0, 2, 10, at(3), at(9))
	for _, day := range []int{3, 5, 9, 50} {
		if !a.NextDue().Equal(at(day)) {
			t.Errorf("next due %v, want %v", a.NextDue(), at(day))
		}
		a.Post(a.NextDue(), Releases|Expiries)
	}
	if !a.NextDue().IsZero() {
		t.Errorf("everything is over, but due %v", a.NextDue())
	}
	want(t, a, Balance{Earned: 20, Expired: 20})
}

func TestEmptyLotIsNotDue(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 10, at(5), at(9))
	a.Clawback(at(1), []*Lot{l}, 10, because(2))
	if !a.NextDue().IsZero() {
		t.Errorf("due %v", a.NextDue())
	}
}

func TestLotThatEndsBeforeItBegins(t *testing.T) {
	a := account(PolicyDebt)
	sell(a, 0, 1, 10, at(5), at(3))
	a.Post(at(9), Releases)
	want(t, a, Balance{Earned: 10, Pending: 10})
	a.Post(at(9), Expiries)
	want(t, a, Balance{Earned: 10, Expired: 10})
}

func TestLateEventIsPostedLikeAnyOther(t *testing.T) {
	a := account(PolicyDebt)
	a.Post(at(100), Releases|Expiries)
	sell(a, 10, 1, 10, at(24), at(90)) // a sale of day 10 that comes on day 100
	want(t, a, Balance{Earned: 10, Pending: 10})
	a.Post(at(100), Releases|Expiries)
	want(t, a, Balance{Earned: 10, Expired: 10})
	if e := a.Entries(); !e[1].Occurred.Equal(at(24)) || !e[2].Occurred.Equal(at(90)) {
		t.Errorf("released %v, expired %v", e[1].Occurred, e[2].Occurred)
	}
}

func TestPostingBeyondWhatIsLoadedIsNoticed(t *testing.T) {
	a := account(PolicyDebt)
	a.rest = at(5) // something that was not loaded is due then
	a.Post(at(4), Releases|Expiries)
	if a.err != nil {
		t.Errorf("too early: %v", a.err)
	}
	a.Post(at(5), Releases|Expiries)
	if a.err == nil {
		t.Error("nobody noticed")
	}
	if due := a.NextDue(); !due.IsZero() {
		t.Errorf("still due %v: a loop would never end", due)
	}
}

func TestPartialAccountIsNoticed(t *testing.T) {
	a := account(PolicyDebt)
	a.balance = Balance{Earned: 100, Available: 100} // lots that were not loaded
	if err := a.Spend(at(0), 10, because(1)); err == nil {
		t.Error("spent points of lots that are not there")
	}
	l := sell(a, 0, 2, 10, never, at(5))
	a.horizon = at(4)
	if err := a.Spend(at(0), 5, because(1)); err == nil {
		t.Error("spent points that may not come first")
	}
	a.horizon = at(5)
	must(t, a.Spend(at(0), 5, because(1)))
	if l.Remaining != 5 {
		t.Errorf("left %d", l.Remaining)
	}
	a.Clawback(at(1), []*Lot{l}, 10, because(3))
	if a.err == nil {
		t.Error("a debt was left though points are available")
	}
}
