package ledger

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// TestBalancesAreOfNow reads an account that nobody posts.
func TestBalancesAreOfNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, visit(t, d, Need{Until: at(0)}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
			sell(m[ann], 0, 1, 10, at(3), at(6))
			sell(m[ann], 0, 2, 20, never, at(4))
			_, err := m[ann].Hold(at(0), 15, at(5), because(3))
			return err
		}))
		for day, want := range map[int]Balance{
			0: {Earned: 30, Pending: 10, Available: 5, Held: 15},
			3: {Earned: 30, Available: 15, Held: 15},
			4: {Earned: 30, Available: 10, Held: 15, Expired: 5},
			5: {Earned: 30, Available: 10, Expired: 20}, // the hold lapses after the lot's end
			6: {Earned: 30, Expired: 30},
		} {
			got, err := Balances(t.Context(), d.Reader(), []AccountKey{ann, {101, 7}}, at(day))
			must(t, err)
			if got[ann] != want || got[AccountKey{101, 7}] != (Balance{}) {
				t.Errorf("day %d: %v, want %v", day, shown(got[ann]), shown(want))
			}
			totals, err := Totals(t.Context(), d.Reader(), 3, at(day))
			must(t, err)
			if len(totals) != 0 {
				t.Errorf("totals of a programme without wallets: %v", totals)
			}
		}
	}, Schema)
}

func TestOpenLots(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		must(t, visit(t, d, Need{Until: at(0)}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
			a := m[ann]
			sell(a, 0, 1, 10, never, never)
			sell(a, 0, 2, 10, never, at(30))
			sell(a, 0, 3, 10, at(2), at(20)) // available by day 3
			sell(a, 0, 4, 10, at(9), at(10))
			sell(a, 0, 5, 10, at(8), never)
			sell(a, 0, 6, 10, never, at(3)) // over by day 3
			return nil
		}))
		for limit, want := range map[int][]id.ID{9: {3, 2, 1, 5, 4}, 2: {3, 2, 5, 4}, 1: {3, 5}} {
			lots, err := OpenLots(t.Context(), d.Reader(), ann, at(3), limit)
			must(t, err)
			var got []id.ID
			for _, l := range lots {
				got = append(got, l.EventID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("limit %d: %v, want %v", limit, got, want)
			}
		}
	}, Schema)
}

func TestWhatEventsDid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		why := i18n.Text{Key: "earn.rule", Args: map[string]any{"rule": "x"}}
		withAnn(t, d, 9, func(a *Account) error {
			a.Earn(at(0), Grant{EventID: 1, Amount: 10, Activates: at(2), Reason: why})
			a.Earn(at(0), Grant{EventID: 1, Amount: 5, Reason: why})
			a.Post(at(2), Releases)
			a.Clawback(at(3), a.LotsOf(1), 4, because(2))
			return a.Spend(at(3), 1, because(3))
		})
		asked := []CauseKey{{100, 1}, {100, 2}, {999, 3}}
		got, err := EntriesOf(t.Context(), d.Reader(), asked)
		must(t, err)
		want := []Turnover{{KindEarn, Earned, Pending, 10}, {KindEarn, Earned, Available, 5}, {KindClawback, Available, ClawedBack, 4}}
		if diff := cmp.Diff(want, said(got)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(why, got[0].Cause.Reason); diff != "" {
			t.Errorf("reason (-want +got):\n%s", diff)
		}
		lots, err := LotsOf(t.Context(), d.Reader(), asked)
		must(t, err)
		if len(lots) != 2 || lots[0].EventID != 1 || lots[0].Reason.Key != "earn.rule" {
			t.Errorf("lots %+v", lots)
		}
	}, Schema)
}

func TestStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for day := range 6 { // a sale a day, recorded on that day
			must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
				need := Need{Wallets: known(), Recorded: at(day), Until: at(day), Open: map[AccountKey]int64{ann: 2}}
				m, err := Load(t.Context(), tx, []AccountKey{ann}, need)
				if err != nil {
					return err
				}
				sell(m[ann], day-1, id.ID(day+1), 10, never, never)
				if day == 3 {
					if err := m[ann].Spend(at(day), 2, because(50)); err != nil {
						return err
					}
				}
				return Save(t.Context(), tx, []*Account{m[ann]})
			}))
		}
		ask := StatementAsk{Members: []id.ID{100, 101}, Wallets: []id.ID{7, 8}, From: at(1), To: at(4), Limit: 3}
		crowd := ask
		for n := range id.ID(maxBranches) {
			crowd.Members = append(slices.Clone(crowd.Members), 200+n)
		}
		for _, ask := range []StatementAsk{ask, crowd} {
			if events := paged(t, d, ask); !slices.Equal(events, []id.ID{50, 4, 3, 2}) {
				t.Errorf("%d members: events %v", len(ask.Members), events)
			}
		}
		got, err := Sum(t.Context(), d.Reader(), ask)
		must(t, err)
		want := Period{
			Opening:  Balance{Earned: 10, Available: 10},
			Closing:  Balance{Earned: 40, Available: 38, Spent: 2},
			Turnover: []Turnover{{KindEarn, Earned, Available, 30}, {KindSpend, Available, Spent, 2}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("period (-want +got):\n%s", diff)
		}
		whole, err := Sum(t.Context(), d.Reader(), StatementAsk{Members: []id.ID{100}, Wallets: []id.ID{7}})
		must(t, err)
		if whole.Opening != (Balance{}) || whole.Closing != (Balance{Earned: 60, Available: 58, Spent: 2}) {
			t.Errorf("the whole: %v, %v", shown(whole.Opening), shown(whole.Closing))
		}
	}, Schema)
}

// paged reads a statement page by page and returns the events of its entries.
func paged(t *testing.T, d *db.DB, ask StatementAsk) []id.ID {
	t.Helper()
	var events []id.ID
	for {
		page, err := Statement(t.Context(), d.Reader(), ask)
		must(t, err)
		for _, e := range page {
			events = append(events, e.Cause.Event)
		}
		if len(page) < ask.Limit {
			return events
		}
		ask.Before = page[len(page)-1].ID
	}
}

// TestTotals sums accounts that the sweep has reached and others.
func TestTotals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		wallets := threeWallets(t, d)
		want := map[id.ID]Balance{}
		for n := range 40 {
			k := AccountKey{id.ID(100 + n), wallets[n%2].ID}
			must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
				need := Need{Wallets: map[id.ID]*Wallet{k.WalletID: wallets[n%2]}, Recorded: start, Until: at(0)}
				m, err := Load(t.Context(), tx, []AccountKey{k}, need)
				if err != nil {
					return err
				}
				sell(m[k], 0, id.ID(n+1), int64(n+1), at(n%4), at(4+n%4))
				err = Save(t.Context(), tx, []*Account{m[k]})
				m[k].Post(at(5), Releases|Expiries) // not saved
				want[k.WalletID] = want[k.WalletID].Add(m[k].Balance())
				return err
			}))
		}
		got, err := Totals(t.Context(), d.Reader(), 3, at(5))
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("totals (-want +got):\n%s", diff)
		}
		late, err := DueAccounts(t.Context(), d.Reader(), at(2), 15)
		must(t, err)
		if len(late) != 15 || late[0] != (AccountKey{101, 8}) || late[14] != (AccountKey{118, 7}) {
			t.Errorf("late are %v", late)
		}
	}, Schema)
}

func TestAskingForNothing(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	before := d.Statements()
	balances, err := Balances(t.Context(), d.Reader(), nil, time.Time{})
	must(t, err)
	lots, err := LotsOf(t.Context(), d.Reader(), nil)
	must(t, err)
	entries, err := EntriesOf(t.Context(), d.Reader(), nil)
	must(t, err)
	page, err := Statement(t.Context(), d.Reader(), StatementAsk{})
	must(t, err)
	if len(balances)+len(lots)+len(entries)+len(page) != 0 || d.Statements() != before {
		t.Errorf("%v, %v, %v by %d statements", balances, lots, entries, d.Statements()-before)
	}
}
