package flow

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/reward"
)

func (h *house) catalogue() *reward.Catalog { return reward.New(h.db, h.now, RewardTerms) }

// rewards publishes a reward; change says how it differs from a mug for 100
// points.
func (h *house) rewards(name string, change func(*reward.Spec)) reward.Reward {
	h.Helper()
	s := reward.Spec{Name: name, Kind: reward.KindGoods, WalletID: h.wallet.ID, Points: 100}
	if change != nil {
		change(&s)
	}
	r, err := h.catalogue().Create(context.Background(), boss, h.prog.ID, s)
	h.ok(err)
	r, err = h.catalogue().Publish(context.Background(), boss, h.prog.ID, r.ID)
	h.ok(err)
	return r
}

func (h *house) redeems(number, who string, at time.Time, r reward.Reward) *Event {
	e := h.event(journal.Redemption, number, who, at)
	e.Payload.Redemption = &Redemption{RewardID: r.ID}
	return e
}

func (h *house) undoes(number, who string, at time.Time, redemption id.ID) *Event {
	e := h.event(journal.RedemptionUndo, number, who, at)
	e.Payload.Undo = &Undo{RedemptionID: redemption}
	return e
}

func (h *house) taken(r reward.Reward) int64 {
	h.Helper()
	stocks, err := reward.LoadStocks(context.Background(), h.db.Reader(), []id.ID{r.ID})
	h.ok(err)
	return stocks[r.ID].Taken
}

// TestRedemption takes a reward, tells it again, and takes it back.
func TestRedemption(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		r := h.rewards("Mug", func(s *reward.Spec) { s.Money, s.Stock = 2_000_00, 1 })
		h.must(h.adjusts("g", "ann", noon, 150), h.adjusts("g2", "bob", noon, 100))
		first := h.must(h.redeems("r1", "ann", noon, r))[0]
		n := first.Redemption
		if n == nil || n.Code == "" || n.Points != 100 || n.Money != 2_000_00 || n.ID != first.EventID || n.Name != "Mug" {
			t.Fatalf("redeemed %+v", n)
		}
		ann := first.MemberID
		h.has(ann, "adjusted_up 150, available 50, spent 100")
		again := h.must(h.redeems("r1", "ann", noon, r))[0]
		if !again.Repeated || again.Redemption == nil || again.Redemption.Code != n.Code || len(again.Movements) != len(first.Movements) {
			t.Errorf("told again: %+v", again)
		}
		h.refused("other_body", h.redeems("r1", "bob", noon, r))
		h.refused("reward_out_of_stock", h.redeems("r2", "bob", noon, r))
		h.refused("unknown_redemption", h.undoes("u0", "bob", noon, n.ID))
		h.refused("redemption_early", h.undoes("u0", "ann", noon.Add(-time.Hour), n.ID))
		undone := h.must(h.undoes("u1", "ann", noon, n.ID))[0]
		if undone.Redemption == nil || undone.Redemption.State != reward.Undone || h.taken(r) != 0 {
			t.Errorf("taken back %+v, %d taken", undone.Redemption, h.taken(r))
		}
		h.has(ann, "adjusted_up 150, available 150")
		if again := h.must(h.undoes("u1", "ann", noon, n.ID))[0]; !again.Repeated || again.Redemption == nil || again.Redemption.State != reward.Undone {
			t.Errorf("told again: %+v", again)
		}
		h.refused("redemption_undone", h.undoes("u2", "ann", noon, n.ID))
		h.must(h.redeems("r3", "bob", noon, r))
		h.clean()
	})
}

// TestRewardRefused names every reason that flow knows.
func TestRewardRefused(t *testing.T) {
	each(t, plan{noRule: true, enrolment: program.OnRequest}, func(h *house) {
		mug := h.rewards("Mug", nil)
		gold := h.rewards("Gold mug", func(s *reward.Spec) { s.Ranks = []string{"gold"} })
		gone := h.rewards("Old mug", nil)
		_, err := h.catalogue().Withdraw(context.Background(), boss, h.prog.ID, gone.ID)
		h.ok(err)
		_, err = h.catalogue().Update(context.Background(), boss, h.prog.ID, mug.ID, reward.Spec{Name: "Mug", Kind: reward.KindGoods, WalletID: h.wallet.ID, Points: 100, Ranks: []string{"platinum"}})
		if f := fault.As(err); f == nil || f.Code != "reward_rank_unknown" {
			t.Errorf("a rank that is none: %v", err)
		}
		h.must(h.adjusts("g", "bob", noon, 500), h.signUp("j", "ann", "card of ann"), h.adjusts("g2", "ann", noon, 99))
		h.refused("reward_members_only", h.redeems("r1", "bob", noon, mug))
		h.refused("not_enough_points", h.redeems("r2", "ann", noon, mug))
		h.refused("reward_rank", h.redeems("r3", "ann", noon, gold))
		h.refused("reward_withdrawn", h.redeems("r4", "ann", noon, gone))
		h.refused("unknown_reward", h.redeems("r5", "ann", noon, reward.Reward{ID: 1}))
		h.refused("required", h.redeems("r6", "ann", noon, reward.Reward{}))
		told := h.redeems("r7", "ann", noon, mug)
		told.Payload.Redemption.Points = new(int64(90))
		h.refused("reward_price_changed", told)
		odd := h.event(journal.Visit, "r8", "ann", noon)
		odd.Payload.Redemption = &Redemption{RewardID: mug.ID}
		h.refused("reward_other_kind", odd)
		if n := h.count("redemption"); n != 0 {
			t.Errorf("%d redemptions were kept", n)
		}
		h.clean()
	})
}

// TestPointsThatExpiredMeanwhile go back to their lot, and with it.
func TestPointsThatExpiredMeanwhile(t *testing.T) {
	each(t, plan{}, func(h *house) {
		r := h.rewards("Mug", nil)
		h.must(h.buys("s1", "ann", noon.AddDate(-1, 0, 0), 60_00), h.buys("s2", "ann", noon, 60_00))
		n := h.must(h.redeems("r1", "ann", noon, r))[0]
		later := noon.AddDate(0, 0, 2)
		h.set(later)
		h.must(h.undoes("u1", "ann", later, n.Redemption.ID))
		h.has(n.MemberID, "available 60, expired 60")
		h.clean()
	})
}

// TestMergedMembersAndRewards share the limit, and what one took the survivor
// can take back.
func TestMergedMembersAndRewards(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		r := h.rewards("Mug", func(s *reward.Spec) { s.Limit = reward.Limit{Times: 2, Period: earn.Month} })
		h.must(h.adjusts("g1", "ann", noon, 500), h.adjusts("g2", "bob", noon, 500))
		ann, bob := h.must(h.redeems("r1", "ann", noon, r))[0], h.must(h.redeems("r2", "bob", noon, r))[0]
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, bob.MemberID, ann.MemberID)
		h.ok(err)
		h.refused("reward_limit", h.redeems("r3", "ann", noon, r))
		answers := h.must(h.undoes("u1", "ann", noon, ann.Redemption.ID), h.redeems("r4", "bob", noon, r))
		if answers[0].MemberID != bob.MemberID || h.taken(r) != 2 {
			t.Errorf("%d taken; %+v", h.taken(r), answers)
		}
		h.refused("reward_limit", h.redeems("r5", "bob", noon, r))
		h.must(h.redeems("r6", "bob", noon.AddDate(0, 0, -2), r)) // the month before
		h.clean()
	})
}

// TestLastRewardsRace holds that 64 clients of two processes never get more
// than there is, nor one member more than is theirs, and that nothing is left
// while somebody wants it.
func TestLastRewardsRace(t *testing.T) {
	each(t, plan{noRule: true, lanes: 4}, func(h *house) {
		other := New(Config{DB: h.db, Now: h.now, Log: quiet(), Lanes: 4})
		t.Cleanup(other.Close)
		few := h.rewards("Few", func(s *reward.Spec) { s.Stock = 10 })
		own := h.rewards("Three each", func(s *reward.Spec) { s.Limit = reward.Limit{Times: 3, Period: earn.Ever} })
		h.must(h.adjusts("all", "all", noon, 1_000_000))
		for i := range 64 {
			h.must(h.adjusts(fmt.Sprint("g", i), fmt.Sprint("who", i), noon, 1000))
		}
		race := func(r reward.Reward, who func(i int) string, code string) int64 {
			var got atomic.Int64
			var all sync.WaitGroup
			for i := range 64 {
				all.Go(func() {
					s := []*Service{h.flow, other}[i%2]
					_, err := s.TakeOne(context.Background(), h.redeems(fmt.Sprint(r.Name, i), who(i), noon, r))
					if f := fault.As(err); f != nil && f.Code != code || err != nil && f == nil {
						t.Error(err)
					} else if err == nil {
						got.Add(1)
					}
				})
			}
			all.Wait()
			return got.Load()
		}
		if got := race(few, func(i int) string { return fmt.Sprint("who", i) }, "reward_out_of_stock"); got != 10 || h.taken(few) != 10 {
			t.Errorf("%d of 10 taken, %d by the stock", got, h.taken(few))
		}
		if got := race(own, func(int) string { return "all" }, "reward_limit"); got != 3 || h.taken(own) != 3 {
			t.Errorf("%d of 3 taken, %d by the stock", got, h.taken(own))
		}
		h.clean()
	})
}

// TestUndoRacesWithHandOut holds that stock and points stay true whichever is
// first.
func TestUndoRacesWithHandOut(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		r := h.rewards("Mug", nil)
		ann := h.must(h.adjusts("g", "ann", noon, 10_000))[0].MemberID
		for i := range 20 {
			n := h.must(h.redeems(fmt.Sprint("r", i), "ann", noon, r))[0].Redemption
			var both sync.WaitGroup
			both.Go(func() {
				_, err := h.catalogue().HandOut(context.Background(), boss, h.prog.ID, n.Code)
				if f := fault.As(err); err != nil && (f == nil || !slices.Contains([]string{"redemption_closed", "redemption_moved"}, f.Code)) {
					t.Error(err)
				}
			})
			both.Go(func() {
				if _, err := h.flow.TakeOne(context.Background(), h.undoes(fmt.Sprint("u", i), "ann", noon, n.ID)); err != nil {
					t.Error(err)
				}
			})
			both.Wait()
		}
		h.has(ann, "adjusted_up 10000, available 10000")
		if h.taken(r) != 0 {
			t.Errorf("%d taken", h.taken(r))
		}
		h.clean()
	})
}

// TestRewardStatements holds the number of statements of a batch constant
// whatever the number of its redemptions.
func TestRewardStatements(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		r := h.rewards("Mug", func(s *reward.Spec) { s.Limit = reward.Limit{Times: 100, Period: earn.Month} })
		n := 0
		var taken []id.ID
		for i := range 64 {
			h.must(h.adjusts(fmt.Sprint("g", i), fmt.Sprint("who", i), noon, 10_000))
			taken = append(taken, h.must(h.redeems(fmt.Sprint("t", i), fmt.Sprint("who", i), noon, r))[0].Redemption.ID)
		}
		batch := func(from, to int) (events []*Event) {
			for i := from; i < to; i++ {
				n++
				events = append(events, h.redeems(fmt.Sprint("r", n), fmt.Sprint("who", i), noon, r), h.undoes(fmt.Sprint("u", n), fmt.Sprint("who", i), noon, taken[i]))
			}
			return events
		}
		one, many := h.inOneBatch(batch(0, 1)), h.inOneBatch(batch(1, 64))
		if one != many {
			t.Errorf("%d statements for one redemption, %d for 63", one, many)
		}
		h.clean()
	})
}

// TestRewardsAreReplayed holds that the simulator finds redemptions as they
// were, and cuts them where the draft gives less.
func TestRewardsAreReplayed(t *testing.T) {
	each(t, plan{}, func(h *house) {
		r := h.rewards("Mug", nil)
		h.must(h.buys("s1", "ann", noon, 150_00))
		first := h.must(h.redeems("r1", "ann", noon, r))[0].Redemption
		h.must(h.undoes("u1", "ann", noon, first.ID), h.redeems("r2", "ann", noon, r))
		out, err := h.flow.Simulate(context.Background(), boss, h.prog.ID, []Draft{{}}, nil)
		h.ok(err)
		if out.Now.Spent != 100 || out.Now.Liability != 50 || out.Drafts[0].Cut != 0 {
			t.Errorf("replayed %+v, cut %d", out.Now, out.Drafts[0].Cut)
		}
		half := h.rule
		half.Spec.Effects = slices.Clone(half.Spec.Effects)
		half.Spec.Effects[0].Per = 2_00
		out, err = h.flow.Simulate(context.Background(), boss, h.prog.ID, []Draft{Draft{Rules: []earn.Version{half}}}, nil)
		h.ok(err)
		if out.Drafts[0].Spent != 75 || out.Drafts[0].Cut != 50 {
			t.Errorf("the draft spent %d, cut %d", out.Drafts[0].Spent, out.Drafts[0].Cut)
		}
		h.clean()
	})
}

// TestChoices says what a member can have and why not.
func TestChoices(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		mug := h.rewards("Mug", func(s *reward.Spec) { s.Stock, s.Limit = 5, reward.Limit{Times: 1, Period: earn.Year} })
		h.rewards("Dear", func(s *reward.Spec) { s.Points = 1000 })
		h.rewards("Gold", func(s *reward.Spec) { s.Ranks = []string{"gold"} })
		h.rewards("Open", nil)
		h.must(h.adjusts("g", "ann", noon, 500), h.adjusts("g2", "bob", noon, 1))
		ann := h.must(h.redeems("r1", "ann", noon, mug))[0].MemberID
		list, err := h.flow.Choices(context.Background(), boss, h.prog.ID, ann)
		h.ok(err)
		var got []string
		for _, c := range list {
			code := "yes"
			if f := fault.As(c.Refused); f != nil {
				code = f.Code
			}
			got = append(got, c.Name+" "+code)
		}
		if want := []string{"Mug reward_limit", "Dear not_enough_points", "Gold reward_rank", "Open yes"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if list[0].Left != 4 || list[1].Left != db.Never {
			t.Errorf("left %d and %d", list[0].Left, list[1].Left)
		}
		_, err = h.flow.Choices(context.Background(), boss, h.prog.ID, 1)
		if f := fault.As(err); f == nil || f.Code != "unknown_member" {
			t.Errorf("of nobody: %v", err)
		}
	})
}

// TestCheckAsksTheRewards plants one that was taken and nobody has.
func TestCheckAsksTheRewards(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.rewards("Mug", nil)
		h.ok(h.db.InTx(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), `UPDATE reward_stock SET taken = 1`)
			return err
		}))
		faults, err := h.flow.Check(context.Background())
		h.ok(err)
		if len(faults) != 1 || faults[0].Room != "rewards" {
			h.Errorf("found %v", faults)
		}
	})
}
