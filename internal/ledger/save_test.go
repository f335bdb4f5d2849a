package ledger

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// known returns the wallets of the tests.
func known() map[id.ID]*Wallet {
	w := wallet(PolicyDebt)
	return map[id.ID]*Wallet{w.ID: w}
}

// visit loads accounts, hands them to a function and saves them.
func visit(t *testing.T, d *db.DB, need Need, keys []AccountKey, do func(map[AccountKey]*Account) error) error {
	t.Helper()
	need.Wallets, need.Recorded = known(), start
	return d.InTx(t.Context(), func(tx *db.Tx) error {
		accounts, err := Load(t.Context(), tx, keys, need)
		if err != nil {
			return err
		}
		if err := do(accounts); err != nil {
			return err
		}
		list := make([]*Account, 0, len(keys))
		for _, k := range keys {
			list = append(list, accounts[k])
		}
		return Save(t.Context(), tx, list)
	})
}

var ann = AccountKey{MemberID: 100, WalletID: 7}

// withAnn visits one account, of which everything is loaded.
func withAnn(t *testing.T, d *db.DB, day int, do func(a *Account) error) {
	t.Helper()
	must(t, visit(t, d, Need{Until: at(day), All: []AccountKey{ann}}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
		return do(m[ann])
	}))
}

// TestWhatIsSavedIsLoaded compares accounts in memory with what comes back.
func TestWhatIsSavedIsLoaded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var lots []*Lot
		var holds []*Hold
		var entries []Entry
		withAnn(t, d, 9, func(a *Account) error {
			reason := i18n.Text{Key: "earn.rule", Args: map[string]any{"rule": "Basics “1”"}}
			a.Earn(at(0), Grant{EventID: 11, Amount: 9, Activates: at(3), Expires: at(60), Shares: []int64{4, 0, 5}, RuleVersion: 55, Reason: reason})
			a.Earn(at(0), Grant{EventID: 12, Amount: 30, RuleVersion: 56})
			if _, err := a.Adjust(at(1), 5, at(40), Cause{Event: 13, Kind: CauseEvent, Reason: i18n.Text{Key: "ledger.why"}}); err != nil {
				return err
			}
			if _, err := a.Hold(at(1), 7, at(8), because(14)); err != nil {
				return err
			}
			_, err := a.Hold(at(1), 1, never, because(15))
			a.Clawback(at(2), a.LotsOf(11), 4, because(16))
			lots, entries = a.Lots(), a.Entries()
			holds = []*Hold{a.holds[a.entries[len(a.entries)-3].Cause.ID], a.holds[a.entries[len(a.entries)-2].Cause.ID]}
			return err
		})
		withAnn(t, d, 2, func(a *Account) error {
			if diff := cmp.Diff(lots, a.Lots(), justLots); diff != "" {
				t.Errorf("lots (-saved +loaded):\n%s", diff)
			}
			for _, h := range holds {
				got, err := a.HoldByID(h.ID)
				if diff := cmp.Diff(h, got, cmpopts.IgnoreUnexported(Hold{})); err != nil || diff != "" {
					t.Errorf("hold (-saved +loaded), %v:\n%s", err, diff)
				}
			}
			if !a.NextDue().Equal(at(3)) || a.Changed() {
				t.Errorf("next due %v, changed %v", a.NextDue(), a.Changed())
			}
			return nil
		})
		loaded, err := Statement(t.Context(), d.Reader(), StatementAsk{Members: []id.ID{100}, Wallets: []id.ID{7}})
		must(t, err)
		slices.Reverse(loaded)
		if diff := cmp.Diff(entries, loaded); diff != "" {
			t.Errorf("entries (-saved +loaded):\n%s", diff)
		}
		sound(t, d)
	}, Schema)
}

func TestNewAccountIsEmptyAndNotSavedUnlessChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withAnn(t, d, 0, func(a *Account) error {
			if a.Changed() || a.Balance() != (Balance{}) || !a.NextDue().IsZero() {
				t.Errorf("a new account: %+v", a.Balance())
			}
			return nil
		})
		must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM balance`).Scan(&n)
			if n != 0 {
				t.Errorf("%d balances", n)
			}
			return err
		}))
	}, Schema)
}

func TestSaveTwiceInOneTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
			m, err := Load(t.Context(), tx, []AccountKey{ann}, Need{Wallets: known(), Recorded: start, Until: at(0)})
			if err != nil {
				return err
			}
			a := []*Account{m[ann]}
			sell(m[ann], 0, 1, 10, never, at(9))
			must(t, Save(t.Context(), tx, a))
			before := d.Statements()
			must(t, Save(t.Context(), tx, a))
			if d.Statements() != before {
				t.Error("saving what has not changed sends statements")
			}
			h, err := m[ann].Hold(at(0), 3, never, because(2))
			must(t, err)
			must(t, Save(t.Context(), tx, a))
			must(t, m[ann].Capture(at(0), h, 2, because(3)))
			return Save(t.Context(), tx, a)
		}))
		withAnn(t, d, 0, func(a *Account) error {
			if a.Balance() != (Balance{Earned: 10, Available: 8, Spent: 2}) {
				t.Errorf("kept %v", shown(a.Balance()))
			}
			return nil
		})
		sound(t, d)
	}, Schema)
}

func TestSaveRefusesWhatCannotBe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, harm := range map[string]func(a *Account){
			"below zero":          func(a *Account) { a.post(at(0), KindSpend, nil, Available, Spent, 11, because(2)) },
			"a gap":               func(a *Account) { a.balance[Earned]++ },
			"a lot below zero":    func(a *Account) { a.lots[a.order[0].ID].Remaining = -1; a.touch(a.order[0]) },
			"more than fits":      func(a *Account) { sell(a, 0, 2, 1<<62, never, never); sell(a, 0, 3, 1<<62, never, never) },
			"a verb that went on": func(a *Account) { a.fail(errPartial) },
		} {
			err := visit(t, d, Need{Until: at(0)}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
				sell(m[ann], 0, 1, 10, never, never)
				harm(m[ann])
				return nil
			})
			if err == nil || fault.As(err) != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}, Schema)
}

func TestUnknownWalletIsOurFault(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	err := visit(t, d, Need{}, []AccountKey{{100, 99}}, nil)
	if err == nil || fault.As(err) != nil {
		t.Errorf("got %v", err)
	}
}

// TestTwoSpendsNeverOverdraw lets many spend at once what is enough for five.
func TestTwoSpendsNeverOverdraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withAnn(t, d, 0, func(a *Account) error {
			for n := range 11 {
				sell(a, 0, id.ID(n+1), 5, never, at(10+n))
			}
			return nil
		})
		var spent atomic.Int64
		var tills sync.WaitGroup
		for n := range 8 {
			tills.Go(func() {
				err := visit(t, d, Need{Until: at(1), Open: map[AccountKey]int64{ann: 11}}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
					return m[ann].Spend(at(1), 11, because(id.ID(100+n)))
				})
				if f := fault.As(err); err == nil {
					spent.Add(1)
				} else if f == nil || f.Code != "not_enough_points" {
					t.Errorf("till %d: %v", n, err)
				}
			})
		}
		tills.Wait()
		if spent.Load() != 5 {
			t.Errorf("%d spent", spent.Load())
		}
		sound(t, d)
	}, Schema)
}

// TestTwoCannotMakeOneAccount lets two make an account at the same moment
// without the member's lock: one fails, and nothing is lost.
func TestTwoCannotMakeOneAccount(t *testing.T) {
	d := dbtest.Postgres(t, Schema)
	var loaded sync.WaitGroup
	loaded.Add(2)
	errs := make([]error, 2)
	var both sync.WaitGroup
	for n := range 2 {
		both.Go(func() {
			errs[n] = visit(t, d, Need{Until: at(0)}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
				loaded.Done()
				loaded.Wait()
				sell(m[ann], 0, id.ID(n+1), 10, never, never)
				return nil
			})
		})
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("got %v and %v", errs[0], errs[1])
	}
	sound(t, d)
}
