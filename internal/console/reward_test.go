package console

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/reward"
)

const rewardsAt = "/p/bean/rewards"

// rewardShop is a town with rewards in every state, and members who took some.
type rewardShop struct {
	*town
	mug, trees, draft reward.Reward
	waiting, out      *reward.Redemption
}

func newRewardShop(t testing.TB) *rewardShop {
	t.Helper()
	w := &rewardShop{town: newTown(t)}
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	w.take(flow.Event{Kind: journal.Adjustment, Who: flow.Who{MemberID: anna}, Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: w.wallet.ID, Points: 10_000, Reason: "a present"}}})
	w.mug = w.reward(reward.Spec{
		Name: "Blue mug from the Wedgwood pottery", Description: "Fired twice.", Kind: reward.KindGoods, Points: 1500, Money: 2_50, Stock: 40, PickUpDays: 14,
		Limit: reward.Limit{Times: 3, Period: earn.Month}, Ranks: []string{"regular", "gold"},
	}, true)
	w.trees = w.reward(reward.Spec{Name: "Ten trees", Kind: reward.KindDonation, Partner: "Woodland Trust", Points: 200, Gives: 1_00}, true)
	w.draft = w.reward(reward.Spec{Name: "Ticket", Kind: reward.KindPartner, Partner: "Cinema on the Square", Points: 900}, false)
	w.waiting, w.out = w.redeem(anna, w.mug), w.redeem(anna, w.mug)
	w.redeem(anna, w.trees)
	_, err := w.console.Rewards.HandOut(ctx, system, w.programme.ID, w.out.Code)
	check(t, err)
	return w
}

func (w *rewardShop) reward(s reward.Spec, publish bool) reward.Reward {
	w.t.Helper()
	s.WalletID = w.wallet.ID
	r, err := w.console.Rewards.Create(ctx, system, w.programme.ID, s)
	check(w.t, err)
	if publish {
		r, err = w.console.Rewards.Publish(ctx, system, w.programme.ID, r.ID)
		check(w.t, err)
	}
	return r
}

func (w *rewardShop) redeem(m id.ID, r reward.Reward) *reward.Redemption {
	w.t.Helper()
	return w.take(flow.Event{Kind: journal.Redemption, Who: flow.Who{MemberID: m}, Payload: flow.Payload{Redemption: &flow.Redemption{RewardID: r.ID}}}).Redemption
}

func rewardAt(r reward.Reward) string { return rewardsAt + "/" + r.ID.In(id.Reward) }

func takenAt(n *reward.Redemption) string { return rewardsAt + "/taken/" + n.ID.In(id.Redemption) }

func TestRewardsAreListedAndFound(t *testing.T) {
	w := newRewardShop(t)
	b := w.as(auth.Manager)
	b.get(rewardsAt).is(t, 200).shows(t, "There are 3 rewards.", "They were taken 3 times.", "1 waits to be picked up.", "£1.00 went to charity.", "1,500 Points + £2.50", "38 of 40", "Donation · Woodland Trust")
	b.get(rewardsAt+"?q=CINEMA").is(t, 200).shows(t, "Ticket").hides(t, "Ten trees")
	b.get(rewardsAt+"?state=published").is(t, 200).shows(t, "Ten trees").hides(t, "Ticket")
	b.get(rewardsAt+"?q=zzz").is(t, 200).shows(t, "No such reward")
	b.get(rewardAt(w.mug)).is(t, 200).shows(t, "It was taken 2 times, for 3,000 points.", "3 times a month", "14 days", "handed out", reward.ShowCode(w.waiting.Code))
	b.get(rewardAt(w.trees)).is(t, 200).shows(t, "Members gave £1.00 to Woodland Trust, and the company added £0.00.", "donated")
	b.get(rewardsAt+"/rwd_01h9x3k7q2v5n").is(t, 404)
	b.get(rewardsAt+"/nonsense").is(t, 404)
}

func TestARewardIsHandedOutAndUndone(t *testing.T) {
	w := newRewardShop(t)
	b := w.as(auth.Till)
	code := reward.ShowCode(w.waiting.Code)
	b.get(rewardsAt+"/taken").is(t, 200).shows(t, code).hides(t, reward.ShowCode(w.out.Code))
	b.get(rewardsAt+"/taken?state=all").is(t, 200).shows(t, code, reward.ShowCode(w.out.Code), "Ten trees")
	b.get(rewardsAt+"/taken?q="+strings.ToLower(code)).is(t, 200).shows(t, code)
	b.get(rewardsAt+"/taken?q=zzzz").is(t, 200).shows(t, "Nothing was taken under this code")
	b.get(takenAt(w.waiting)+"/details").is(t, 200).shows(t, "Take £2.50 in money first.", "29 March 2026")
	b.post(takenAt(w.waiting)+"/hand-out").is(t, 200).shows(t, "The reward has been handed out.")
	b.post(takenAt(w.waiting)+"/hand-out").is(t, 422).shows(t, "it was handed out")
	b.post(takenAt(w.waiting)+"/undo").is(t, 200).shows(t, "It has been undone, and the points are back.").hides(t, "Undo")
	faults, err := w.console.Flow.Check(ctx)
	if check(t, err); len(faults) > 0 {
		t.Errorf("found %v", faults)
	}
}

func TestARewardIsWritten(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(rewardsAt).is(t, 200).shows(t, "No rewards yet")
	b.get(rewardsAt+"/new").is(t, 200).shows(t, "Price in points", "Gold")
	form := []string{"name", "Mug", "kind", "goods", "points", "500", "money", "2.50", "stock", "10", "times", "1", "period", "week", "ranks", "silver", "ranks", "gold", "begins", "2026-03-01", "last_day", "2026-03-31", "pick_up_days", "7"}
	p := b.post(rewardsAt+"/new", form...).is(t, 200).shows(t, "The reward is saved.", "draft", "500 Points + £2.50", "10 of 10", "once a week", "31 March 2026", "7 days")
	edit := b.get(p.path+"/edit").is(t, 200)
	for _, want := range []string{`value="2.50"`, `value="2026-03-31"`, `value="2026-03-01"`} {
		if !strings.Contains(edit.body, want) {
			t.Errorf("no field holds %s", want)
		}
	}
	b.post(p.path+"/edit", form...).is(t, 200)
	kept, err := w.console.Rewards.List(ctx, system, w.programme.ID)
	if check(t, err); len(kept) != 1 || strings.Join(kept[0].Ranks, " ") != "silver gold" {
		t.Errorf("kept %+v", kept)
	}
	for _, c := range []struct{ field, value, want string }{
		{"points", "many", "is not a number"}, {"points", "0", "A reward costs points"}, {"partner", "Cinema", "nobody for other rewards"},
		{"stock", "1.5", "number"}, {"match", "x", "not"}, {"last_day", "2026-02-01", "must end after"}, {"pick_up_days", "9999", "waits for 1"},
	} {
		changed := append([]string{c.field, c.value}, form...)
		b.post(p.path+"/edit", changed...).is(t, 422).shows(t, c.want)
	}
	b.post(p.path+"/edit", append([]string{"early", "2026-02-25"}, form...)...).is(t, 422).shows(t, "names ranks and a day before")
	b.post(p.path+"/edit", append([]string{"early", "2026-02-25", "early_ranks", "gold"}, form...)...).is(t, 200).shows(t, "For the ranks Silver, Gold", "25 February 2026: Gold")
	b.get(p.path+"/edit").is(t, 200).shows(t, "Ranks that can have it early")
	b.post(p.path+"/publish").is(t, 200).shows(t, "The reward is published.")
	b.post(p.path+"/publish").is(t, 422).shows(t, "published already")
	b.post(p.path+"/withdraw").is(t, 200).shows(t, "The reward is withdrawn.")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Published a reward", "Made a reward")
}

// TestWhoMayDoWhatWithRewards goes to the pages with other roles.
func TestWhoMayDoWhatWithRewards(t *testing.T) {
	w := newRewardShop(t)
	till, reader := w.as(auth.Till), w.as(auth.ReadOnly)
	till.get(rewardAt(w.mug)).is(t, 200).hides(t, "Withdraw", "Edit")
	till.get(rewardsAt+"/new").is(t, http.StatusForbidden)
	till.post(rewardAt(w.mug)+"/withdraw").is(t, http.StatusForbidden)
	reader.get(takenAt(w.waiting)+"/details").is(t, 200).hides(t, "Hand out")
	reader.post(takenAt(w.waiting)+"/hand-out").is(t, http.StatusForbidden)
	reader.post(takenAt(w.waiting)+"/undo").is(t, http.StatusForbidden)
}
