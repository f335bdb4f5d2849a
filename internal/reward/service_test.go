package reward

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// TestTheLifeOfAReward goes from draft to withdrawn and back.
func TestTheLifeOfAReward(t *testing.T) {
	each(t, func(w *town) {
		ctx := w.Context()
		r, err := w.Create(ctx, system, w.programme, mug())
		w.ok(err)
		_, err = w.Create(ctx, system, w.programme, mug())
		w.refuses(err, "reward_name_taken")
		other := mug()
		other.WalletID = 8
		_, err = w.Update(ctx, system, w.programme, r.ID, other)
		w.refuses(err, "no_such_wallet")
		_, err = w.Withdraw(ctx, system, w.programme, r.ID)
		w.refuses(err, "reward_state")
		for _, turn := range []func() (Reward, error){
			func() (Reward, error) { return w.Publish(ctx, system, w.programme, r.ID) },
			func() (Reward, error) { return w.Withdraw(ctx, system, w.programme, r.ID) },
			func() (Reward, error) { return w.Publish(ctx, system, w.programme, r.ID) },
		} {
			_, err := turn()
			w.ok(err)
		}
		w.refuses(w.Discard(ctx, system, w.programme, r.ID), "reward_published")
		said := mug()
		said.Points, said.Name = 400, "Big mug"
		_, err = w.Update(ctx, system, w.programme, r.ID, said)
		w.ok(err)
		found, err := w.Get(ctx, system, w.programme, r.ID)
		w.ok(err)
		if diff := cmp.Diff(said, found.Spec, cmp.Comparer(func(a, b money.Rate) bool { return a.String() == b.String() })); diff != "" || found.State != Published {
			t.Errorf("%s: %s", found.State, diff)
		}
		draft, err := w.Create(ctx, system, w.programme, mug())
		w.ok(err)
		w.ok(w.Discard(ctx, system, w.programme, draft.ID))
		_, err = w.Get(ctx, system, w.programme, draft.ID)
		w.refuses(err, "unknown_reward")
		w.sound()
	})
}

// TestPermissions holds that nothing is done without one.
func TestPermissions(t *testing.T) {
	each(t, func(w *town) {
		ctx, nobody := w.Context(), auth.Actor{Kind: auth.KindMember, ID: 1, ProgrammeID: w.programme}
		r := w.offers(mug())
		n, err := w.redeem(r, 1)
		w.ok(err)
		for name, do := range map[string]func() error{
			"list":     func() error { _, err := w.List(ctx, nobody, w.programme); return err },
			"get":      func() error { _, err := w.Get(ctx, nobody, w.programme, r.ID); return err },
			"create":   func() error { _, err := w.Create(ctx, nobody, w.programme, mug()); return err },
			"update":   func() error { _, err := w.Update(ctx, nobody, w.programme, r.ID, mug()); return err },
			"withdraw": func() error { _, err := w.Withdraw(ctx, nobody, w.programme, r.ID); return err },
			"find":     func() error { _, err := w.Find(ctx, nobody, w.programme, n.Code); return err },
			"page": func() error {
				_, err := w.Redemptions(ctx, nobody, Query{ProgrammeID: w.programme, Limit: 1})
				return err
			},
			"hand out": func() error { _, err := w.HandOut(ctx, nobody, w.programme, n.Code); return err },
		} {
			if fault.KindOf(do()) != fault.KindRefused {
				w.Errorf("%s was not refused", name)
			}
		}
	})
}

// TestPickingUp follows redemptions to each of their ends.
func TestPickingUp(t *testing.T) {
	each(t, func(w *town) {
		ctx, r := w.Context(), w.offers(mug())
		var n [4]*Redemption
		for i := range n {
			var err error
			n[i], err = w.redeem(r, id.ID(i+1))
			w.ok(err)
		}
		if got := w.taken(r); got != 4 {
			t.Errorf("%d taken", got)
		}
		found, err := w.HandOut(ctx, system, w.programme, strings.ToLower(ShowCode(n[0].Code)))
		w.ok(err)
		if found.ID != n[0].ID || found.Name != "Mug" {
			t.Errorf("handed out %+v", found)
		}
		_, err = w.HandOut(ctx, system, w.programme, n[0].Code)
		w.refuses(err, "redemption_closed")
		_, err = w.HandOut(ctx, system, w.programme, "ZZZZ-ZZZZ")
		w.refuses(err, "unknown_redemption")
		w.ok(w.undo(n[1]))
		w.refuses(w.undo(n[1]), "redemption_undone")
		w.ok(w.undo(n[0])) // the goods came back
		w.clock = w.clock.AddDate(0, 0, 15)
		_, err = w.HandOut(ctx, system, w.programme, n[2].Code)
		w.refuses(err, "pickup_late")
		lapsed, err := w.Lapse(ctx, w.clock)
		w.ok(err)
		if lapsed != 2 || w.taken(r) != 0 {
			t.Errorf("%d lapsed, %d taken", lapsed, w.taken(r))
		}
		w.ok(w.undo(n[3])) // points back for who was late; the stock is there already
		for i, want := range []Progress{Undone, Undone, Lapsed, Undone} {
			w.is(n[i], want)
		}
		if w.taken(r) != 0 {
			t.Errorf("%d taken", w.taken(r))
		}
		list, err := w.Redemptions(ctx, system, Query{ProgrammeID: w.programme, State: Undone, RewardID: r.ID, Members: []id.ID{2, 4}, Before: n[3].ID, Limit: 9})
		w.ok(err)
		if len(list) != 1 || list[0].ID != n[1].ID {
			t.Errorf("listed %v", list)
		}
		w.sound()
	})
}

// TestDonations adds up what charities get.
func TestDonations(t *testing.T) {
	each(t, func(w *town) {
		trees := Spec{Name: "Ten trees", Kind: KindDonation, Partner: "Woods", WalletID: 7, Points: 100, Gives: 1_01, Match: money.NewRate(1, 2)}
		r := w.offers(trees)
		trees.Name, trees.Gives = "A tree", 10
		small := w.offers(trees)
		for i := range id.ID(3) {
			n, err := w.redeem(r, i+1)
			w.ok(err)
			if n.Code != "" || n.State != HandedOut {
				t.Errorf("a donation is not picked up: %+v", n)
			}
			if i == 0 {
				w.ok(w.undo(n))
			}
		}
		_, err := w.redeem(small, 1)
		w.ok(err)
		got, err := LoadDonations(w.Context(), w.db.Reader(), w.programme)
		w.ok(err)
		if diff := cmp.Diff([]Donations{{Charity: "Woods", Times: 3, Given: 2_12, Matched: 1_05}}, got); diff != "" {
			t.Error(diff)
		}
		w.sound()
	})
}

// TestTheLastOnes holds that 64 clients never take more than there is, and take
// all of it.
func TestTheLastOnes(t *testing.T) {
	each(t, func(w *town) {
		s := mug()
		s.Stock = 10
		r := w.offers(s)
		var got, none atomic.Int64
		var all sync.WaitGroup
		for i := range 64 {
			all.Go(func() {
				for {
					_, err := w.redeem(r, id.ID(i+1))
					switch f := fault.As(err); {
					case err == nil:
						got.Add(1)
					case f != nil && f.Code == "reward_stock_moved":
						continue
					case f != nil && f.Code == "reward_out_of_stock":
						none.Add(1)
					default:
						t.Error(err)
					}
					return
				}
			})
		}
		all.Wait()
		if got.Load() != 10 || none.Load() != 54 || w.taken(r) != 10 {
			t.Errorf("%d got one, %d did not, %d taken", got.Load(), none.Load(), w.taken(r))
		}
		s.Stock = 9
		_, err := w.Update(w.Context(), system, w.programme, r.ID, s)
		w.refuses(err, "reward_stock_taken")
		w.sound()
	})
}

// TestCheckFinds plants what must not be.
func TestCheckFinds(t *testing.T) {
	for _, c := range []struct{ plant, want string }{
		{`UPDATE reward_stock SET taken = 2`, "has 2 taken from its stock, and 1 are out"},
		{`UPDATE reward_stock SET stock = 5`, "has a stock of 5 and says 10"},
		{`DELETE FROM reward_stock`, "has no stock"},
		{`UPDATE reward_pickup SET code = 'X'`, "waits and cannot be found by its pick-up code"},
		{`UPDATE reward_pickup SET due = 1`, "waits and cannot be found by its pick-up code"},
		{`UPDATE redemption SET state = 'handed_out', closed = 1`, "has a pick-up code and does not wait"},
		{`UPDATE redemption SET points = 0`, "is of no reward, has no price or is in no state"},
		{`UPDATE redemption SET closed = 1`, "is of no reward, has no price or is in no state"},
		{`UPDATE reward SET spec = '{"name":"Mug","kind":"goods","wallet":7,"points":0,"stock":10}'`, "says what cannot be"},
	} {
		t.Run(c.want, func(t *testing.T) {
			each(t, func(w *town) {
				_, err := w.redeem(w.offers(mug()), 1)
				w.ok(err)
				w.sound()
				w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(w.Context(), c.plant)
					return err
				}))
				faults, err := Check(w.Context(), w.db.Reader(), w.programme)
				w.ok(err)
				if len(faults) == 0 || !strings.Contains(faults[0].What, c.want) {
					w.Errorf("found %v", faults)
				}
			})
		})
	}
}

// TestAForeignProgramme holds that nothing of another programme is found.
func TestAForeignProgramme(t *testing.T) {
	each(t, func(w *town) {
		r := w.offers(mug())
		n, err := w.redeem(r, 1)
		w.ok(err)
		_, err = w.Get(w.Context(), system, w.programme+1, r.ID)
		w.refuses(err, "unknown_reward")
		for _, name := range []string{n.Code, n.ID.In(id.Redemption)} {
			_, err = w.Find(w.Context(), system, w.programme+1, name)
			w.refuses(err, "unknown_redemption")
		}
		if time.Time.IsZero(n.Due) {
			t.Error("it waits for ever")
		}
	})
}
