package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/i18n"
)

func TestEarn(t *testing.T) {
	cases := map[string]struct {
		activates, expires time.Time
		amount             int64
		want               Balance
	}{
		"usable at once":           {never, never, 30, Balance{Earned: 30, Available: 30}},
		"usable from this moment":  {at(0), at(5), 30, Balance{Earned: 30, Available: 30}},
		"usable later":             {at(1), at(5), 30, Balance{Earned: 30, Pending: 30}},
		"nothing":                  {never, never, 0, Balance{}},
		"less than nothing":        {never, never, -5, Balance{}},
		"late, and expired by now": {at(-9), at(-5), 30, Balance{Earned: 30, Available: 30}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := account(PolicyDebt)
			l := sell(a, 0, 1, c.amount, c.activates, c.expires)
			if (l == nil) != (c.amount <= 0) {
				t.Errorf("lot: %v", l)
			}
			want(t, a, c.want)
		})
	}
}

func TestEarnTellsWhy(t *testing.T) {
	a := account(PolicyDebt)
	g := Grant{
		EventID: 11, Amount: 9, Activates: at(1).In(time.FixedZone("east", 7200)), Expires: at(2), Shares: []int64{4, 5},
		RuleVersion: 55, Reason: i18n.Text{Key: "earn.rule", Args: map[string]any{"rule": "x"}},
	}
	l := a.Earn(at(0).Add(1500*time.Nanosecond), g)
	wantLot := &Lot{
		EventID: 11, ID: 1, MemberID: 100, WalletID: 7, Amount: 9, Remaining: 9, Earned: at(0).Add(time.Microsecond), Activates: at(1),
		Expires: at(2), Shares: []int64{4, 5}, RuleVersion: 55, Reason: g.Reason,
	}
	if diff := cmp.Diff(wantLot, l, justLots); diff != "" {
		t.Errorf("lot (-want +got):\n%s", diff)
	}
	wantEntry := []Entry{{
		ID: 2, MemberID: 100, WalletID: 7, LotEvent: 11, LotID: 1, Kind: KindEarn, From: Earned, To: Pending, Amount: 9,
		Occurred: at(0).Add(time.Microsecond), Recorded: start, Cause: Cause{Event: 11, Kind: CauseRule, ID: 55, Reason: g.Reason},
	}}
	if diff := cmp.Diff(wantEntry, a.Entries()); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestEarningPaysDebtFirst(t *testing.T) {
	a := indebted(t, 40)
	sell(a, 2, 3, 30, at(9), never) // pending points pay, too
	want(t, a, Balance{Earned: 130, Debt: 10, Spent: 100, ClawedBack: 40})
	l := sell(a, 3, 4, 30, never, never)
	want(t, a, Balance{Earned: 160, Available: 20, Spent: 100, ClawedBack: 40})
	if l.Remaining != 20 || l.Amount != 30 {
		t.Errorf("the lot keeps %d of %d", l.Remaining, l.Amount)
	}
}

// indebted returns an account that owes so many points: 100 were earned, spent
// and so many of them clawed back.
func indebted(t *testing.T, owed int64) *Account {
	t.Helper()
	a := account(PolicyDebt)
	l := sell(a, 0, 1, 100, never, at(50))
	must(t, a.Spend(at(1), 100, because(2)))
	if got := a.Clawback(at(1), []*Lot{l}, owed, because(2)); got != (Clawed{Owed: owed}) {
		t.Fatalf("clawed %+v", got)
	}
	return a
}

func TestAdjust(t *testing.T) {
	cases := map[string]struct {
		amount  int64
		expires time.Time
		code    string
		want    Balance
	}{
		"up":              {25, at(3), "", Balance{Earned: 100, AdjustedUp: 25, Available: 125}},
		"up for ever":     {25, never, "", Balance{Earned: 100, AdjustedUp: 25, Available: 125}},
		"down":            {-25, never, "", Balance{Earned: 100, Available: 75, AdjustedDown: 25}},
		"down to nothing": {-100, never, "", Balance{Earned: 100, AdjustedDown: 100}},
		"down too far":    {-101, never, "not_enough_points", Balance{}},
		"by nothing":      {0, never, "points_not_positive", Balance{}},
		"up in the past":  {25, at(1), "points_end_passed", Balance{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := account(PolicyDebt)
			sell(a, 0, 1, 100, never, never)
			adjust := func() error { _, err := a.Adjust(at(1), c.amount, c.expires, because(2)); return err }
			if c.code != "" {
				refused(t, a, c.code, adjust)
				return
			}
			must(t, adjust())
			want(t, a, c.want)
		})
	}
}

func TestAdjustingUpPaysDebtFirst(t *testing.T) {
	a := indebted(t, 40)
	l, err := a.Adjust(at(2), 60, never, because(3))
	must(t, err)
	want(t, a, Balance{Earned: 100, AdjustedUp: 60, Available: 20, Spent: 100, ClawedBack: 40})
	if l.Remaining != 20 {
		t.Errorf("the lot keeps %d", l.Remaining)
	}
}

func TestWhatWasReleasedPaysBeforeWhatIsEarned(t *testing.T) {
	for name, give := range map[string]func(a *Account) error{
		"earned": func(a *Account) error { sell(a, 9, 5, 30, never, never); return nil },
		"given":  func(a *Account) error { _, err := a.Adjust(at(9), 30, never, because(5)); return err },
	} {
		t.Run(name, func(t *testing.T) {
			a := account(PolicyDebt)
			l, pending := sell(a, 0, 1, 100, never, never), sell(a, 0, 2, 30, at(5), never)
			must(t, a.Spend(at(1), 100, because(3)))
			a.Clawback(at(1), []*Lot{l}, 20, because(4))
			must(t, give(a)) // nobody has posted the release of day 5
			if pending.Remaining != 10 || a.Lots()[2].Remaining != 30 {
				t.Errorf("left %d of the older, %d of the new", pending.Remaining, a.Lots()[2].Remaining)
			}
		})
	}
}
