package ledger

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/id"
)

// TestOracleAgreesInMemory tells the pure core and the oracle the same stories.
func TestOracleAgreesInMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := rapid.SampledFrom(Policies()).Draw(t, "policy")
		w := newTown(policy)
		pick := counter()
		accounts := [2]*Account{New(w.wallet, w.people[0], start, pick), New(w.wallet, w.people[1], start, pick)}
		// Each deed has a seed of its own, so that a long story can be cut short.
		for _, seed := range slices.Concat(rapid.SliceOf(rapid.SliceOf(rapid.Uint64())).Draw(t, "deeds")...) {
			w.rand = rand.New(rand.NewPCG(seed, 0))
			d := w.next()
			t.Logf("%s: %s", d.need.Until.Format(time.DateTime), d.name)
			if err := w.live(d, accounts); err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
			balances := map[AccountKey]Balance{}
			for person, a := range accounts {
				balances[a.Key()] = a.Balance()
				for _, fault := range unsound(a, a.Entries()) {
					t.Errorf("person %d: %s", person, fault)
				}
				if diff := cmp.Diff(w.openDots(person), w.openLots(open(a))); diff != "" {
					t.Errorf("open lots of person %d (-oracle +ledger):\n%s", person, diff)
				}
			}
			if err := w.compare(balances); err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
		}
	})
}

// live lets a deed happen to accounts in memory, with the clock before and after.
func (w *town) live(d deed, accounts [2]*Account) error {
	post := func() {
		for _, a := range accounts {
			a.Post(d.need.Until, Releases|Expiries)
		}
	}
	post()
	defer post()
	return d.run(accounts)
}

func newTown(policy Policy) *town {
	return &town{oracle: newOracle(policy), wallet: wallet(policy), people: [2]id.ID{100, 200}, base: 1_000_000, holds: map[int]id.ID{}}
}

// open returns the lots of an account that have something remaining.
func open(a *Account) []Lot {
	var lots []Lot
	for _, l := range a.Lots() {
		if l.Remaining > 0 {
			lots = append(lots, *l)
		}
	}
	return lots
}
