package ledger

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// pair returns two accounts of one wallet.
func pair() (loser, survivor *Account) {
	loser = account(PolicyDebt)
	return loser, New(loser.Wallet(), 200, start, loser.pick)
}

// profile is what an account has by the dates that matter.
type profile struct {
	Event           id.ID
	Earned, Expires time.Time
	Activates       time.Time
	Released        bool
	Remaining       int64
}

func profiles(a *Account) []profile {
	var list []profile
	for _, l := range a.Lots() {
		if l.Remaining > 0 {
			list = append(list, profile{l.EventID, l.Earned, l.Expires, l.Activates, l.Released, l.Remaining})
		}
	}
	slices.SortFunc(list, func(a, b profile) int { return int(a.Event - b.Event) })
	return list
}

func TestMoveKeepsDates(t *testing.T) {
	loser, survivor := pair()
	loser.Earn(at(0), Grant{EventID: 1, Amount: 10, Activates: at(3), Expires: at(9), Shares: []int64{4, 6}, RuleVersion: 5})
	sell(loser, 0, 2, 20, never, at(30))
	sell(survivor, 0, 3, 5, never, never)
	must(t, loser.Spend(at(1), 4, because(4)))
	before := profiles(loser)
	Move(at(1), loser, survivor, because(9))
	want(t, loser, Balance{Earned: 30, Spent: 4, MovedOut: 26})
	want(t, survivor, Balance{Earned: 5, MovedIn: 26, Pending: 10, Available: 21})
	if diff := cmp.Diff(before, profiles(survivor)[:2]); diff != "" {
		t.Errorf("lots (-before +after):\n%s", diff)
	}
	moved := survivor.LotsOf(1)
	if len(moved) != 1 || !slices.Equal(moved[0].Shares, []int64{4, 6}) || moved[0].RuleVersion != 5 || moved[0].Origin != loser.Lots()[0].ID {
		t.Errorf("moved lot %+v", moved)
	}
	if len(loser.LotsOf(1)) != 0 {
		t.Error("the old lot can still be asked to give points back")
	}
	survivor.Post(at(9), Releases|Expiries)
	want(t, survivor, Balance{Earned: 5, MovedIn: 26, Available: 21, Expired: 10})
}

func TestMovedPairsNameEachOther(t *testing.T) {
	loser, survivor := pair()
	sell(loser, 0, 1, 10, never, never)
	Move(at(1), loser, survivor, because(9))
	out, in := loser.Entries()[1], survivor.Entries()[0]
	if out.Cause.ID != 200 || in.Cause.ID != 100 || out.Cause.Event != 9 || in.Cause.Event != 9 || out.Amount != in.Amount {
		t.Errorf("out %+v, in %+v", out, in)
	}
}

func TestReturnAfterMove(t *testing.T) {
	cases := map[string]struct {
		before func(t *testing.T, loser *Account)
		clawed Clawed
		want   Balance // of the survivor
	}{
		"nothing used": {func(*testing.T, *Account) {}, Clawed{Taken: 100}, Balance{MovedIn: 100, ClawedBack: 100}},
		"all spent":    {func(t *testing.T, a *Account) { must(t, a.Spend(at(1), 100, because(2))) }, Clawed{Owed: 100}, Balance{Debt: 100, ClawedBack: 100}},
		"some expired": {func(t *testing.T, a *Account) { must(t, a.Spend(at(1), 70, because(2))); a.Post(at(5), Expiries) },
			Clawed{Excused: 30, Owed: 70}, Balance{Debt: 70, ClawedBack: 70}},
		"some returned": {func(_ *testing.T, a *Account) { a.Clawback(at(1), a.LotsOf(1), 40, because(3)) },
			Clawed{Taken: 60}, Balance{MovedIn: 60, ClawedBack: 60}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			loser, survivor := pair()
			sell(loser, 0, 1, 100, never, at(5))
			c.before(t, loser)
			day := at(4)
			if loser.Balance()[Expired] > 0 {
				day = at(5)
			}
			Move(day, loser, survivor, because(9))
			if got := survivor.Clawback(day, survivor.LotsOf(1), 100, because(10)); got != c.clawed {
				t.Errorf("clawed %+v, want %+v", got, c.clawed)
			}
			want(t, survivor, c.want)
			if got := loser.Clawback(day, loser.Lots(), 100, because(10)); got != (Clawed{}) {
				t.Errorf("the old lot gave back %+v", got)
			}
		})
	}
}

func TestMoveOfDebt(t *testing.T) {
	for name, c := range map[string]struct {
		has  int64
		want Balance
	}{
		"the survivor pays it": {70, Balance{Earned: 70, Available: 30, MovedOut: 40}},
		"the survivor owes":    {10, Balance{Earned: 10, Debt: 30, MovedOut: 40}},
	} {
		t.Run(name, func(t *testing.T) {
			loser := indebted(t, 40)
			survivor := New(loser.Wallet(), 200, start, loser.pick)
			sell(survivor, 0, 8, c.has, never, never)
			Move(at(2), loser, survivor, because(9))
			want(t, loser, Balance{Earned: 100, MovedIn: 40, Spent: 100, ClawedBack: 40})
			want(t, survivor, c.want)
			MoveBack(at(3), survivor, loser, 9, because(10))
			want(t, survivor, Balance{Earned: c.has, MovedIn: 40, Available: c.has, MovedOut: 40})
			want(t, loser, Balance{Earned: 100, MovedIn: 40, Debt: 40, Spent: 100, MovedOut: 40, ClawedBack: 40})
		})
	}
}

func TestMoveBack(t *testing.T) {
	loser, survivor := pair()
	sell(loser, 0, 1, 10, at(3), at(9))
	sell(loser, 0, 2, 20, never, at(30))
	sell(survivor, 0, 3, 5, never, at(20))
	hers, his := profiles(loser), profiles(survivor)
	for round := range 3 {
		merge := id.ID(900 + round)
		Move(at(1), loser, survivor, because(merge))
		MoveBack(at(1), survivor, loser, merge, because(merge+50))
		if diff := cmp.Diff(hers, profiles(loser)); diff != "" {
			t.Errorf("round %d, loser (-before +after):\n%s", round, diff)
		}
		if diff := cmp.Diff(his, profiles(survivor)); diff != "" {
			t.Errorf("round %d, survivor (-before +after):\n%s", round, diff)
		}
	}
	want(t, loser, Balance{Earned: 30, Pending: 10, Available: 20, MovedIn: 90, MovedOut: 90})
	if got := loser.Clawback(at(2), loser.LotsOf(2), 99, because(990)); got != (Clawed{Taken: 20}) {
		t.Errorf("clawed %+v", got)
	}
}

func TestMoveBackOfWhatIsLeft(t *testing.T) {
	loser, survivor := pair()
	sell(loser, 0, 1, 10, never, at(9))
	sell(survivor, 0, 2, 10, never, at(20))
	Move(at(1), loser, survivor, because(9))
	must(t, survivor.Spend(at(2), 7, because(3)))
	MoveBack(at(3), survivor, loser, 9, because(10))
	want(t, loser, Balance{Earned: 10, MovedIn: 3, MovedOut: 10, Available: 3})
	want(t, survivor, Balance{Earned: 10, MovedIn: 10, MovedOut: 3, Spent: 7, Available: 10})
	if got := loser.Clawback(at(4), loser.LotsOf(1), 10, because(11)); got != (Clawed{Taken: 3, Owed: 7}) {
		t.Errorf("clawed %+v", got)
	}
}

func TestHeldPointsFollowWhenTheHoldEnds(t *testing.T) {
	loser, survivor := pair()
	sell(loser, 0, 1, 10, never, at(9))
	h, err := loser.Hold(at(0), 4, never, because(2))
	must(t, err)
	Move(at(1), loser, survivor, because(9))
	want(t, loser, Balance{Earned: 10, Held: 4, MovedOut: 6})
	want(t, survivor, Balance{MovedIn: 6, Available: 6})
	must(t, loser.Release(at(2), h, because(3)))
	Move(at(2), loser, survivor, because(10))
	want(t, loser, Balance{Earned: 10, MovedOut: 10})
	want(t, survivor, Balance{MovedIn: 10, Available: 10})
	total := int64(0)
	for _, l := range survivor.LotsOf(1) {
		total += l.Claim()
	}
	if total != 14 { // the whole sale, and once more what came later, which no line of the sale claims
		t.Errorf("claims of %d", total)
	}
}

// TestRefundToWhereItMoved: what was paid before a move comes back with its dates,
// as often as a part of it does, and no more than was paid.
func TestRefundToWhereItMoved(t *testing.T) {
	loser, survivor := pair()
	sell(loser, 0, 1, 100, never, at(5))
	must(t, loser.Spend(at(1), 80, because(2)))
	paid := loser.Payments(2)
	Move(at(1), loser, survivor, because(9))
	must(t, loser.RefundTo(at(2), survivor, paid, 30, because(3)))
	must(t, loser.RefundTo(at(3), survivor, paid, 40, because(4)))
	want(t, loser, Balance{Earned: 100, Spent: 10, MovedOut: 90})
	want(t, survivor, Balance{MovedIn: 90, Available: 90})
	if err := loser.RefundTo(at(3), survivor, paid, 11, because(4)); fault.As(err) == nil || fault.As(err).Code != "refund_too_large" {
		t.Errorf("more than was paid: %v", err)
	}
	survivor.Post(at(5), Expiries)
	want(t, survivor, Balance{MovedIn: 90, Expired: 90})
	must(t, loser.RefundTo(at(6), survivor, paid, 10, because(5)))
	want(t, survivor, Balance{MovedIn: 100, Expired: 100})
	if got := survivor.Clawback(at(6), survivor.LotsOf(1), 100, because(10)); got.Excused+got.Taken+got.Owed != 100 {
		t.Errorf("the claim is %+v", got)
	}
}
