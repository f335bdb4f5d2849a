package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/reward"
)

const exampleReward = `{"name": "Mug", "kind": "goods", "points": 500, "money": 200, "stock": 50, "limit": {"times": 1, "period": "month"}, "pick_up_days": 14}`

func (s *server) addRewards() {
	read(s, operation{
		id: "list-rewards", method: http.MethodGet, path: "/v1/rewards", tag: tagRewards, needs: needs(auth.RewardsRead),
		summary: "List rewards, or what one member can have",
		text: "With member, the published rewards, each with whether the member can have it now, and if not, why: by the same judgement as a redemption. " +
			"Without, every reward of the programme, or those of one state.",
	}, s.listRewards)
	read(s, operation{
		id: "get-reward", method: http.MethodGet, path: "/v1/rewards/{reward}", tag: tagRewards, needs: needs(auth.RewardsRead),
		summary: "Get a reward",
	}, s.getReward)
	read(s, operation{
		id: "list-reward-results", method: http.MethodGet, path: "/v1/rewards/results", tag: tagRewards, needs: needs(auth.RewardsRead),
		summary: "List what became of rewards", text: "Sums leave out what was undone.",
	}, s.listRewardResults)
	read(s, operation{
		id: "list-donations", method: http.MethodGet, path: "/v1/rewards/donations", tag: tagRewards, needs: needs(auth.RewardsRead),
		summary: "List what was donated to each charity", text: "It tells of nobody, so it may be shown to everybody.",
	}, s.listDonations)
	s.addPayback()
	s.addRewardVerbs()
}

func (s *server) addRewardVerbs() {
	write(s, operation{
		id: "create-reward", method: http.MethodPost, path: "/v1/rewards", tag: tagRewards, needs: needs(auth.RewardsWrite), created: true,
		summary: "Make a reward, as a draft", text: "Nobody can have it until it is published.", example: exampleReward,
	}, func(ctx context.Context, c *call, _ *nothing, body *rewardSpec) (string, error) {
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		return rewardDone(s.Rewards.Create(ctx, c.actor, c.programme(), spec))
	}, s.showReward)
	write(s, operation{
		id: "change-reward", method: http.MethodPut, path: "/v1/rewards/{reward}", tag: tagRewards, needs: needs(auth.RewardsWrite),
		summary: "Write what a reward says", text: "Also of one that is published: it holds for what is redeemed from then on. What is left out is not said any more.",
		example: exampleReward,
	}, func(ctx context.Context, c *call, in *rewardIn, body *rewardSpec) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		return rewardDone(s.Rewards.Update(ctx, c.actor, c.programme(), n, spec))
	}, s.showReward)
	s.addRewardTurn("publish-reward", "publish", "Let members have a reward", "", s.Rewards.Publish)
	s.addRewardTurn("withdraw-reward", "withdraw", "Take a reward from the catalogue", "What was redeemed can still be picked up.", s.Rewards.Withdraw)
	s.addRewardPictures()
	write(s, operation{
		id: "discard-reward", method: http.MethodDelete, path: "/v1/rewards/{reward}", tag: tagRewards, needs: needs(auth.RewardsWrite),
		summary: "Throw a draft away", text: "A reward that was published is withdrawn instead.",
	}, func(ctx context.Context, c *call, in *rewardIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return string(in.Reward), s.Rewards.Discard(ctx, c.actor, c.programme(), n)
	}, func(_ context.Context, _ *call, subject string) (discardedReward, error) {
		return discardedReward{subject}, nil
	})
}

func (s *server) addRewardTurn(name, verb, summary, text string, turn func(context.Context, auth.Actor, id.ID, id.ID) (reward.Reward, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/rewards/{reward}/" + verb, tag: tagRewards, needs: needs(auth.RewardsWrite), summary: summary, text: text,
	}, func(ctx context.Context, c *call, in *rewardIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return rewardDone(turn(ctx, c.actor, c.programme(), n))
	}, s.showReward)
}

// rewardIn names a reward in an address.
type rewardIn struct {
	Reward rewardID `path:"reward"`
}

func (in rewardIn) id() (id.ID, error) { return parseID(id.Reward, "reward", string(in.Reward)) }

type rewardID string

// Schema describes it for the document.
func (rewardID) Schema(huma.Registry) *huma.Schema { return shown(id.Reward, "The reward.") }

type discardedReward struct {
	Reward string `json:"reward" doc:"The reward that is gone." example:"rwd_01h9x3k7q2v5n"`
}

func rewardDone(r reward.Reward, err error) (string, error) { return r.ID.In(id.Reward), err }

func (s *server) showReward(ctx context.Context, c *call, subject string) (rewardView, error) {
	n, err := parseID(id.Reward, "reward", subject)
	if err != nil {
		return rewardView{}, err
	}
	r, err := s.Rewards.Get(ctx, watcher, c.programme(), n)
	return c.reward(&r), err
}

func (s *server) getReward(ctx context.Context, c *call, in *rewardIn) (rewardView, error) {
	n, err := in.id()
	if err != nil {
		return rewardView{}, err
	}
	r, err := s.Rewards.Get(ctx, c.actor, c.programme(), n)
	return c.reward(&r), err
}

type rewardListIn struct {
	State  string   `query:"state" doc:"draft, published or withdrawn; all when left out."`
	Member memberID `query:"member"`
}

type rewardList struct {
	Items []rewardView `json:"items" nullable:"false" doc:"Those first that were made first."`
}

func (s *server) listRewards(ctx context.Context, c *call, in *rewardListIn) (rewardList, error) {
	list := rewardList{Items: []rewardView{}}
	if err := oneOf("state", in.State, reward.States()); err != nil {
		return list, err
	}
	if in.Member != "" {
		m, err := in.Member.id()
		if err != nil {
			return list, err
		}
		choices, err := s.Flow.Choices(ctx, c.actor, c.programme(), m)
		for i := range choices {
			if in.State == "" || in.State == string(reward.Published) {
				list.Items = append(list.Items, c.choice(&choices[i]))
			}
		}
		return list, err
	}
	rewards, err := s.Rewards.List(ctx, c.actor, c.programme())
	for i := range rewards {
		if in.State == "" || in.State == string(rewards[i].State) {
			list.Items = append(list.Items, c.reward(&rewards[i]))
		}
	}
	return list, err
}

type rewardResult struct {
	Reward    string `json:"reward" example:"rwd_01h9x3k7q2v5n"`
	Wallet    string `json:"wallet" doc:"The wallet that paid, by its code." example:"points"`
	Uses      int64  `json:"uses" doc:"waiting + handed_out + lapsed." example:"40"`
	Waiting   int64  `json:"waiting" doc:"To be picked up."`
	HandedOut int64  `json:"handed_out"`
	Lapsed    int64  `json:"lapsed" doc:"Not picked up in time."`
	Undone    int64  `json:"undone" doc:"Beside the uses."`
	Points    int64  `json:"points" doc:"In the wallet's smallest unit."`
	Money     int64  `json:"money" doc:"Paid on top, in minor units."`
	Given     int64  `json:"given" doc:"Donated, in minor units."`
	Matched   int64  `json:"matched" doc:"What the company added."`
}

type rewardResults struct {
	Items []rewardResult `json:"items" nullable:"false" doc:"By reward and wallet; none of those that nobody took."`
}

func (s *server) listRewardResults(ctx context.Context, c *call, _ *nothing) (rewardResults, error) {
	if err := c.can(auth.RewardsRead); err != nil {
		return rewardResults{}, err
	}
	list, err := reward.LoadResults(ctx, s.DB.Reader(), c.programme())
	v := rewardResults{Items: make([]rewardResult, len(list))}
	for i, r := range list {
		v.Items[i] = rewardResult{
			Reward: r.RewardID.In(id.Reward), Wallet: c.setting.walletCode(r.WalletID), Uses: r.Uses, Waiting: r.Waiting, HandedOut: r.HandedOut,
			Lapsed: r.Lapsed, Undone: r.Undone, Points: r.Points, Money: r.Money, Given: r.Given, Matched: r.Matched,
		}
	}
	return v, err
}

type donationView struct {
	Charity string `json:"charity" example:"Woodland Trust"`
	Times   int64  `json:"times" doc:"How many donations there were." example:"412"`
	Given   int64  `json:"given" doc:"What members gave with their points, in minor units." example:"41200"`
	Matched int64  `json:"matched" doc:"What the company added." example:"41200"`
	Total   int64  `json:"total" example:"82400"`
}

type donationList struct {
	Items []donationView `json:"items" nullable:"false"`
	Total int64          `json:"total" doc:"To all charities, in minor units." example:"82400"`
}

func (s *server) listDonations(ctx context.Context, c *call, _ *nothing) (donationList, error) {
	if err := c.can(auth.RewardsRead); err != nil {
		return donationList{}, err
	}
	list, err := reward.LoadDonations(ctx, s.DB.Reader(), c.programme())
	v := donationList{Items: make([]donationView, len(list))}
	for i, d := range list {
		v.Items[i] = donationView{d.Charity, d.Times, d.Given, d.Matched, d.Given + d.Matched}
		v.Total += v.Items[i].Total
	}
	return v, err
}
