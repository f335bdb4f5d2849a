package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// TestOracleAgreesInTheStore tells the same stories to the oracle and to
// accounts that are loaded and saved, one deed or several at a time, on both
// databases; at the end Check finds nothing.
func TestOracleAgreesInTheStore(t *testing.T) {
	stories, deeds := 21, 50
	if testing.Short() {
		stories = 6
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		wallets := threeWallets(t, d)
		for n := range stories {
			s := newStory(d, wallets[n%len(wallets)], n)
			for s.w.event < deeds {
				if err := s.step(t.Context()); err != nil {
					t.Fatalf("story %d, deed %d: %v", n, s.w.event, err)
				}
			}
		}
		sound(t, d)
	}, Schema)
}

// threeWallets makes a wallet of each policy in programme 3.
func threeWallets(t *testing.T, d *db.DB) []*Wallet {
	t.Helper()
	var wallets []*Wallet
	must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
		for n, p := range Policies() {
			w := wallet(p)
			w.ID, w.Code = id.ID(7+n), fmt.Sprintf("points-%d", n)
			wallets = append(wallets, w)
			if err := insertWallet(t.Context(), tx, *w); err != nil {
				return err
			}
		}
		return nil
	}))
	return wallets
}

// sound fails the test if Check finds anything.
func sound(t *testing.T, d *db.DB) {
	t.Helper()
	faults, err := Check(t.Context(), d.Reader(), 3)
	must(t, err)
	for _, f := range faults {
		t.Error(f)
	}
}

// story is a town whose accounts are in a database.
type story struct {
	w *town
	d *db.DB
}

func newStory(d *db.DB, w *Wallet, n int) *story {
	base := id.ID(1_000_000 * (n + 1))
	town := &town{
		oracle: newOracle(w.Clawback), wallet: w, people: [2]id.ID{base + 1, base + 2}, base: base + 1000,
		rand: rand.New(rand.NewPCG(uint64(n), 7)), holds: map[int]id.ID{},
	}
	return &story{town, d}
}

// step lets one to three deeds happen in one transaction and compares.
func (s *story) step(ctx context.Context) error {
	var deeds []deed
	for range 1 + s.w.pick(3) {
		if merged := s.w.merged; len(deeds) > 0 && (deeds[len(deeds)-1].alone || merged != s.w.merged) {
			break
		}
		d := s.w.next()
		if d.alone && len(deeds) > 0 {
			// What moves accounts is loaded whole; the deeds before it are done first.
			if err := s.happen(ctx, deeds); err != nil {
				return err
			}
			deeds = nil
		}
		deeds = append(deeds, d)
	}
	if err := s.happen(ctx, deeds); err != nil {
		return err
	}
	return s.compare(ctx)
}

// happen runs deeds as one batch: load what they need, do them, save.
func (s *story) happen(ctx context.Context, deeds []deed) error {
	need := Need{Wallets: map[id.ID]*Wallet{s.w.wallet.ID: s.w.wallet}, Recorded: start, Open: map[AccountKey]int64{}}
	for _, d := range deeds {
		need.Until = d.need.Until // the latest
		need.Causes = append(need.Causes, d.need.Causes...)
		need.Holds = append(need.Holds, d.need.Holds...)
		need.Undo = append(need.Undo, d.need.Undo...)
		need.All = append(need.All, d.need.All...)
		for k, n := range d.need.Open {
			need.Open[k] += n
		}
	}
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		accounts, err := Load(ctx, tx, []AccountKey{s.w.key(0), s.w.key(1)}, need)
		if err != nil {
			return err
		}
		pair := [2]*Account{accounts[s.w.key(0)], accounts[s.w.key(1)]}
		for _, d := range deeds {
			pair[0].Post(d.need.Until, Releases|Expiries)
			pair[1].Post(d.need.Until, Releases|Expiries)
			if err := d.run(pair); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		return Save(ctx, tx, pair[:])
	})
}

// compare reads both people as they are now, though nobody has posted what is
// due since they were last touched.
func (s *story) compare(ctx context.Context) error {
	now := s.w.at(s.w.oracle.now)
	balances, err := Balances(ctx, s.d.Reader(), []AccountKey{s.w.key(0), s.w.key(1)}, now)
	if err != nil {
		return err
	}
	if err := s.w.compare(balances); err != nil {
		return err
	}
	for person := range 2 {
		lots, err := OpenLots(ctx, s.d.Reader(), s.w.key(person), now, 1000)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(s.w.openDots(person), s.w.openLots(lots)); diff != "" {
			return fmt.Errorf("open lots of person %d (-oracle +ledger):\n%s", person, diff)
		}
	}
	return nil
}
