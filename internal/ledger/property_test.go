package ledger

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/id"
	"regulars/internal/money"
)

// lived returns an account with a random past: sales, spends, holds, returns
// and time.
func lived(t *rapid.T) (*Account, int) {
	w := newTown(rapid.SampledFrom(Policies()).Draw(t, "policy"))
	pick := counter()
	accounts := [2]*Account{New(w.wallet, w.people[0], start, pick), New(w.wallet, w.people[1], start, pick)}
	for _, seed := range slices.Concat(rapid.SliceOf(rapid.SliceOf(rapid.Uint64())).Draw(t, "past")...) {
		w.rand = rand.New(rand.NewPCG(seed, 0))
		if err := w.live(w.next(), accounts); err != nil {
			t.Fatal(err)
		}
	}
	return accounts[rapid.IntRange(0, 1).Draw(t, "whose")], w.now
}

// state is everything about an account that could differ.
type state struct {
	Balance Balance
	Lots    []Lot
}

func stateOf(a *Account) state {
	s := state{Balance: a.Balance()}
	for _, l := range a.Lots() {
		kept := *l
		kept.book = bookkeeping{}
		s.Lots = append(s.Lots, kept)
	}
	return s
}

// TestReplayChangesNothing folds the entries of a random past again, from
// nothing, and finds the same balance and the same lots.
func TestReplayChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, _ := lived(t)
		for _, fault := range unsound(a, a.Entries()) {
			t.Error(fault)
		}
		before := stateOf(a)
		a.Forget()
		a.Post(start, Releases|Expiries)
		if diff := cmp.Diff(before, stateOf(a), justLots); diff != "" || a.Changed() {
			t.Errorf("nothing happened (-before +after):\n%s", diff)
		}
	})
}

// TestPostingInStepsIsPostingAtOnce lets the clock run in one go and in small
// steps, releases and expiries apart.
func TestPostingInStepsIsPostingAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := account(PolicyDebt), account(PolicyDebt)
		for n := range rapid.IntRange(1, 8).Draw(t, "lots") {
			begins, ends := rapid.IntRange(0, 9).Draw(t, "begins"), rapid.IntRange(0, 20).Draw(t, "ends")
			for _, x := range []*Account{a, b} {
				sell(x, 0, id.ID(n+1), 10, at(begins), at(ends))
			}
		}
		a.Post(at(20), Releases|Expiries)
		for day := range 21 {
			b.Post(at(day), Releases)
			b.Post(at(day), Expiries)
		}
		if diff := cmp.Diff(stateOf(a), stateOf(b), justLots); diff != "" {
			t.Errorf("(-at once +in steps):\n%s", diff)
		}
		if !a.NextDue().IsZero() {
			t.Errorf("still due %v", a.NextDue())
		}
	})
}

// TestReturnsInAnyOrderUndoTheWholeShare returns a sale line by line, piece by
// piece and in any order, and ends where one whole return ends.
func TestReturnsInAnyOrderUndoTheWholeShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Int64Range(1, 500), 1, 6).Draw(t, "lines")
		quantities := rapid.SliceOfN(rapid.Int64Range(1, 9), len(lines), len(lines)).Draw(t, "quantities")
		total := rapid.Int64Range(0, 300).Draw(t, "points")
		shares := money.Split(total, lines)
		policy := rapid.SampledFrom(Policies()).Draw(t, "policy")
		spent := rapid.Int64Range(0, total).Draw(t, "spent")
		begins, others := rapid.IntRange(0, 1).Draw(t, "begins"), rapid.Int64Range(0, 100).Draw(t, "others")
		sold := func() *Account {
			a := account(policy)
			sell(a, 0, 9, others, never, never)
			a.Earn(at(0), Grant{EventID: 1, Amount: total, Shares: shares, Activates: at(2 * begins)})
			if spent > 0 && a.Balance()[Available] >= spent {
				if err := a.Spend(at(1), spent, because(2)); err != nil {
					t.Fatal(err)
				}
			}
			return a
		}
		whole, pieces := sold(), sold()
		whole.Clawback(at(1), whole.LotsOf(1), total, because(3))
		returned := make([]int64, len(lines))
		for slices.Compare(returned, quantities) != 0 {
			n := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			q := min(quantities[n]-returned[n], rapid.Int64Range(1, 9).Draw(t, "pieces"))
			points := money.Part(shares[n], returned[n]+q, quantities[n]) - money.Part(shares[n], returned[n], quantities[n])
			pieces.Clawback(at(1), pieces.LotsOf(1), points, because(4))
			returned[n] += q
		}
		if diff := cmp.Diff(stateOf(whole), stateOf(pieces), justLots); diff != "" {
			t.Errorf("(-at once +in pieces):\n%s", diff)
		}
	})
}

// TestReversalRestores does something to an account with a random past and
// undoes it at once.
func TestReversalRestores(t *testing.T) {
	verbs := map[string]func(t *rapid.T, a *Account, now int) error{
		"spend": func(t *rapid.T, a *Account, now int) error {
			return a.Spend(newTown("").at(now), rapid.Int64Range(1, max(1, a.Balance()[Available])).Draw(t, "n"), because(9))
		},
		"adjust down": func(t *rapid.T, a *Account, now int) error {
			_, err := a.Adjust(newTown("").at(now), -rapid.Int64Range(1, max(1, a.Balance()[Available])).Draw(t, "n"), never, because(9))
			return err
		},
		"hold": func(t *rapid.T, a *Account, now int) error {
			_, err := a.Hold(newTown("").at(now), rapid.Int64Range(1, max(1, a.Balance()[Available])).Draw(t, "n"), never, because(9))
			return err
		},
		"clawback": func(t *rapid.T, a *Account, now int) error {
			for _, l := range a.Lots() {
				a.Clawback(newTown("").at(now), []*Lot{l}, rapid.Int64Range(0, 9).Draw(t, "n"), because(9))
			}
			return nil
		},
	}
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a, now := lived(t)
				before := stateOf(a)
				if err := verb(t, a, now); err != nil {
					if diff := cmp.Diff(before, stateOf(a), justLots); diff != "" {
						t.Errorf("a refusal changed something:\n%s", diff)
					}
					return
				}
				entries := idsOf(a.under(9), func(Entry) bool { return true })
				if len(entries) == 0 {
					return
				}
				if err := a.Reverse(newTown("").at(now), entries, never, because(10)); err != nil {
					t.Fatal(err)
				}
				after := stateOf(a)
				if diff := cmp.Diff(before, after, justLots); diff != "" {
					t.Errorf("(-before +after):\n%s", diff)
				}
				for _, fault := range unsound(a, a.Entries()) {
					t.Error(fault)
				}
			})
		})
	}
}
