package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestClawbackByEachPolicy takes 50 back from a sale's 100 points in many situations.
func TestClawbackByEachPolicy(t *testing.T) {
	other := func(a *Account, n int64) { sell(a, 0, 2, n, never, at(90)) }
	spend := func(t *testing.T, a *Account, n int64) { must(t, a.Spend(at(2), n, because(3))) }
	hold := func(t *testing.T, a *Account, n int64) {
		_, err := a.Hold(at(2), n, never, because(3))
		must(t, err)
	}
	cases := map[string]struct {
		policy    Policy
		activates time.Time
		before    func(t *testing.T, a *Account)
		clawed    Clawed
		want      Balance
	}{
		"pending points": {PolicyDebt, at(9), func(*testing.T, *Account) {},
			Clawed{Taken: 50}, Balance{Earned: 100, Pending: 50, ClawedBack: 50}},
		"available points": {PolicyDebt, never, func(*testing.T, *Account) {},
			Clawed{Taken: 50}, Balance{Earned: 100, Available: 50, ClawedBack: 50}},
		"from the sale's own lot first": {PolicyDebt, never, func(_ *testing.T, a *Account) { sell(a, 0, 2, 80, never, at(5)) },
			Clawed{Taken: 50}, Balance{Earned: 180, Available: 130, ClawedBack: 50}},
		"spent, nothing else: owed": {PolicyDebt, never, func(t *testing.T, a *Account) { spend(t, a, 70) },
			Clawed{Taken: 30, Owed: 20}, Balance{Earned: 100, Debt: 20, Spent: 70, ClawedBack: 50}},
		"spent, others pay part": {PolicyDebt, never, func(t *testing.T, a *Account) { spend(t, a, 70); other(a, 15) },
			Clawed{Taken: 30, Owed: 20}, Balance{Earned: 115, Debt: 5, Spent: 70, ClawedBack: 50}},
		"spent, others pay all": {PolicyDebt, never, func(t *testing.T, a *Account) { spend(t, a, 70); other(a, 45) },
			Clawed{Taken: 30, Owed: 20}, Balance{Earned: 145, Available: 25, Spent: 70, ClawedBack: 50}},
		"others pending do not pay": {PolicyDebt, never, func(t *testing.T, a *Account) { spend(t, a, 70); sell(a, 0, 2, 45, at(9), never) },
			Clawed{Taken: 30, Owed: 20}, Balance{Earned: 145, Debt: 20, Pending: 45, Spent: 70, ClawedBack: 50}},
		"held points are not there": {PolicyDebt, never, func(t *testing.T, a *Account) { hold(t, a, 70) },
			Clawed{Taken: 30, Owed: 20}, Balance{Earned: 100, Debt: 20, Held: 70, ClawedBack: 50}},
		"expired: not asked again": {PolicyDebt, never, func(t *testing.T, a *Account) { a.Post(at(60), Expiries) },
			Clawed{Excused: 50}, Balance{Earned: 100, Expired: 100}},
		"expired in part": {PolicyDebt, never, func(t *testing.T, a *Account) { spend(t, a, 70); a.Post(at(60), Expiries) },
			Clawed{Excused: 30, Owed: 20}, Balance{Earned: 100, Debt: 20, Spent: 70, Expired: 30, ClawedBack: 20}},
		"to zero, nothing else": {PolicyToZero, never, func(t *testing.T, a *Account) { spend(t, a, 70) },
			Clawed{Taken: 30, Forgiven: 20}, Balance{Earned: 100, Spent: 70, ClawedBack: 30}},
		"to zero, others pay part": {PolicyToZero, never, func(t *testing.T, a *Account) { spend(t, a, 70); other(a, 15) },
			Clawed{Taken: 30, Owed: 15, Forgiven: 5}, Balance{Earned: 115, Spent: 70, ClawedBack: 45}},
		"to zero, others pay all": {PolicyToZero, never, func(t *testing.T, a *Account) { spend(t, a, 70); other(a, 45) },
			Clawed{Taken: 30, Owed: 20}, Balance{Earned: 145, Available: 25, Spent: 70, ClawedBack: 50}},
		"to zero, held points are not there": {PolicyToZero, never, func(t *testing.T, a *Account) { hold(t, a, 70) },
			Clawed{Taken: 30, Forgiven: 20}, Balance{Earned: 100, Held: 70, ClawedBack: 30}},
		"pending only, pending": {PolicyPendingOnly, at(90), func(t *testing.T, a *Account) { other(a, 45) },
			Clawed{Taken: 50}, Balance{Earned: 145, Available: 45, Pending: 50, ClawedBack: 50}},
		"pending only, available": {PolicyPendingOnly, never, func(t *testing.T, a *Account) { other(a, 45) },
			Clawed{Forgiven: 50}, Balance{Earned: 145, Available: 145}},
		"pending only, expired": {PolicyPendingOnly, never, func(t *testing.T, a *Account) { a.Post(at(60), Expiries) },
			Clawed{Excused: 50}, Balance{Earned: 100, Expired: 100}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := account(c.policy)
			l := sell(a, 0, 1, 100, c.activates, at(60))
			c.before(t, a)
			day := at(3)
			if a.Balance()[Expired] > 0 {
				day = at(61)
			}
			if diff := cmp.Diff(c.clawed, a.Clawback(day, []*Lot{l}, 50, because(4))); diff != "" {
				t.Errorf("clawed (-want +got):\n%s", diff)
			}
			want(t, a, c.want)
			if l.Clawed != 50 {
				t.Errorf("the lot remembers %d", l.Clawed)
			}
		})
	}
}

func TestClawbackTakesNoMoreThanWasGiven(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, never, never)
	sell(a, 0, 2, 500, never, never)
	a.Clawback(at(1), []*Lot{l}, 70, because(3))
	if got := a.Clawback(at(1), []*Lot{l}, 70, because(4)); got != (Clawed{Taken: 30}) {
		t.Errorf("clawed %+v", got)
	}
	if got := a.Clawback(at(1), []*Lot{l}, 70, because(5)); got != (Clawed{}) {
		t.Errorf("clawed %+v", got)
	}
	want(t, a, Balance{Earned: 600, Available: 500, ClawedBack: 100})
}

func TestClawbackFromSeveralLots(t *testing.T) {
	a := account(PolicyDebt)
	base, bonus := sell(a, 0, 1, 60, never, never), sell(a, 0, 1, 40, never, at(20))
	must(t, a.Spend(at(1), 50, because(2))) // the bonus and 10 of the base
	got := a.Clawback(at(2), a.LotsOf(1), 100, because(3))
	if got != (Clawed{Taken: 50, Owed: 50}) {
		t.Errorf("clawed %+v", got)
	}
	want(t, a, Balance{Earned: 100, Debt: 50, Spent: 50, ClawedBack: 100})
	if base.Clawed != 60 || bonus.Clawed != 40 {
		t.Errorf("clawed %d and %d", base.Clawed, bonus.Clawed)
	}
}

func TestExpiredPointsExcuseOnce(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, never, at(9))
	must(t, a.Spend(at(1), 60, because(2)))
	a.Post(at(9), Expiries)
	for i, wanted := range []Clawed{{Excused: 30}, {Excused: 10, Owed: 20}, {Owed: 40}} {
		amount := wanted.Excused + wanted.Owed
		if got := a.Clawback(at(10), []*Lot{l}, amount, because(3)); got != wanted {
			t.Errorf("return %d: %+v, want %+v", i, got, wanted)
		}
	}
	want(t, a, Balance{Earned: 100, Debt: 60, Spent: 60, Expired: 40, ClawedBack: 60})
	if l.Exempt != 40 {
		t.Errorf("exempt %d", l.Exempt)
	}
}

func TestClawbackPostsWhatIsDueFirst(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, at(1), at(9))
	if got := a.Clawback(at(9), []*Lot{l}, 100, because(2)); got != (Clawed{Excused: 100}) {
		t.Errorf("clawed %+v: the sweep was late, but the points had expired", got)
	}
}

func TestLotThatPaidDebtCanBeClawedBack(t *testing.T) {
	a := indebted(t, 50)
	l := sell(a, 2, 3, 50, at(9), never) // all of it pays the debt
	want(t, a, Balance{Earned: 150, Spent: 100, ClawedBack: 50})
	if got := a.Clawback(at(3), []*Lot{l}, 50, because(4)); got != (Clawed{Owed: 50}) {
		t.Errorf("clawed %+v", got)
	}
	want(t, a, Balance{Earned: 150, Debt: 50, Spent: 100, ClawedBack: 100})
}

func TestReleasePaysDebt(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, never, never)
	sell(a, 0, 2, 30, at(5), never)
	must(t, a.Spend(at(1), 100, because(3)))
	a.Clawback(at(2), []*Lot{l}, 20, because(4))
	a.Post(at(5), Releases)
	want(t, a, Balance{Earned: 130, Available: 10, Spent: 100, ClawedBack: 20})
}

func TestDebtIsPaidBySoonestFirst(t *testing.T) {
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 50, never, at(50))
	must(t, a.Spend(at(0), 50, because(2)))
	late, soon := sell(a, 0, 3, 30, never, at(40)), sell(a, 0, 4, 30, never, at(20))
	a.Clawback(at(1), []*Lot{l}, 50, because(5))
	if soon.Remaining != 0 || late.Remaining != 10 {
		t.Errorf("left %d of the soonest, %d of the later", soon.Remaining, late.Remaining)
	}
}
