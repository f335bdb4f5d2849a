package console

import (
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/photo"
	"regulars/internal/reward"
	"regulars/internal/web"
)

// rewardPath is the address of the catalogue.
const rewardPath = inProgramme + "/rewards"

func (c *Console) rewardRoutes() []route {
	one, taken := rewardPath+"/{reward}", rewardPath+"/taken"
	return []route{
		{pattern: "GET " + rewardPath, permission: auth.RewardsRead, do: c.rewards},
		{pattern: "GET " + rewardPath + "/new", permission: auth.RewardsWrite, do: c.newReward},
		{pattern: "POST " + rewardPath + "/new", permission: auth.RewardsWrite, do: c.createReward},
		{pattern: "GET " + rewardPath + "/payback", permission: auth.ReportsRead, do: c.payback},
		{pattern: "GET " + taken, permission: auth.RewardsRead, do: c.taken},
		{pattern: "GET " + taken + "/{redemption}/details", permission: auth.RewardsRead, do: c.redemption},
		{pattern: "POST " + taken + "/{redemption}/hand-out", permission: auth.RedemptionsWrite, do: c.handOut},
		{pattern: "POST " + taken + "/{redemption}/undo", permission: auth.RedemptionsWrite, do: c.undoRedemption},
		{pattern: "GET " + one, permission: auth.RewardsRead, do: c.reward},
		{pattern: "GET " + one + "/edit", permission: auth.RewardsWrite, do: c.editReward},
		{pattern: "POST " + one + "/edit", permission: auth.RewardsWrite, do: c.saveReward},
		{pattern: "POST " + one + "/picture", permission: auth.RewardsWrite, limit: photo.MaxUpload + formBytes, do: c.setRewardPicture},
		{pattern: "POST " + one + "/picture/remove", permission: auth.RewardsWrite, do: c.removeRewardPicture},
		{pattern: "POST " + one + "/publish", permission: auth.RewardsWrite, do: c.turnReward(c.Rewards.Publish, "console.reward.published")},
		{pattern: "POST " + one + "/withdraw", permission: auth.RewardsWrite, do: c.turnReward(c.Rewards.Withdraw, "console.reward.withdrawn")},
	}
}

// rewardList is the catalogue with what became of each reward.
type rewardList struct {
	*visit
	text, state string
	all, found  []reward.Reward
	results     map[id.ID]reward.Results
	stocks      reward.Stocks
	wallets     wallets
}

func (c *Console) rewards(v *visit) error {
	l := &rewardList{visit: v, text: v.field("q"), state: v.field("state")}
	var err error
	if l.all, err = c.Rewards.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	for _, r := range l.all {
		if (l.state == "" || l.state == string(r.State)) && strings.Contains(strings.ToLower(r.Name+" "+r.Partner), strings.ToLower(l.text)) {
			l.found = append(l.found, r)
		}
	}
	err = c.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		l.results, l.stocks, l.wallets, err = c.rewardFigures(v, q, l.all)
		return err
	})
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(rewardTable(l))
	}
	return v.render(rewardListPage(l))
}

// rewardFigures reads what became of rewards, by reward, and what is left.
func (c *Console) rewardFigures(v *visit, q db.Queryer, list []reward.Reward) (map[id.ID]reward.Results, reward.Stocks, wallets, error) {
	ids := make([]id.ID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	stocks, err := reward.LoadStocks(v.ctx(), q, ids)
	if err != nil {
		return nil, nil, nil, err
	}
	results, err := reward.LoadResults(v.ctx(), q, v.programme.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	byReward := map[id.ID]reward.Results{}
	for _, r := range results {
		n := byReward[r.RewardID]
		byReward[r.RewardID] = reward.Results{
			RewardID: r.RewardID, WalletID: r.WalletID, Uses: n.Uses + r.Uses, Waiting: n.Waiting + r.Waiting, HandedOut: n.HandedOut + r.HandedOut,
			Lapsed: n.Lapsed + r.Lapsed, Undone: n.Undone + r.Undone, Points: n.Points + r.Points, Money: n.Money + r.Money, Given: n.Given + r.Given, Matched: n.Matched + r.Matched,
		}
	}
	w, err := walletsOf(v.ctx(), q, v.programme.ID)
	return byReward, stocks, w, err
}

// takenList is a page of what members took.
type takenList struct {
	*visit
	text, state string
	trail       trail
	list        []*reward.Redemption
	next        id.ID
	wallets     wallets
}

// takenShown is how many redemptions a page has.
const takenShown = 30

// taken lists what members took, at first what waits for them; a pick-up code
// leads to its redemption.
func (c *Console) taken(v *visit) error {
	l := &takenList{visit: v, text: v.field("q"), state: v.field("state"), trail: v.trail()}
	query := reward.Query{ProgrammeID: v.programme.ID, State: reward.Redeemed, Limit: takenShown + 1}
	switch {
	case l.state == "all":
		query.State = ""
	case l.state != "":
		query.State = reward.Progress(l.state)
	}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Redemption, mark); err != nil {
			return err
		}
	}
	if l.text != "" {
		var n *reward.Redemption
		if n, err = c.Rewards.Find(v.ctx(), v.actor, v.programme.ID, l.text); err == nil {
			l.list = []*reward.Redemption{n}
		}
		if f := fault.As(err); f != nil && f.Code == "unknown_redemption" {
			err = nil
		}
	} else {
		l.list, err = c.Rewards.Redemptions(v.ctx(), v.actor, query)
	}
	if err != nil {
		return err
	}
	if len(l.list) > takenShown {
		l.list = l.list[:takenShown]
		l.next = l.list[takenShown-1].ID
	}
	if l.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(takenTable(l))
	}
	return v.render(takenPage(l))
}

// redemptionPage is one redemption.
type redemptionPage struct {
	*visit
	n       *reward.Redemption
	wallets wallets
	errs    web.FormErrors
}

func (c *Console) meetRedemption(v *visit) (*redemptionPage, error) {
	which, err := v.pathID("redemption", id.Redemption)
	if err != nil {
		return nil, err
	}
	p := &redemptionPage{visit: v}
	if p.n, err = c.Rewards.Find(v.ctx(), v.actor, v.programme.ID, which.In(id.Redemption)); err != nil {
		return nil, err
	}
	p.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	return p, err
}

func (c *Console) redemption(v *visit) error {
	p, err := c.meetRedemption(v)
	if err != nil {
		return err
	}
	return v.render(redemptionShown(p))
}

func (c *Console) handOut(v *visit) error {
	return c.changeRedemption(v, "console.reward.handed_out", func(p *redemptionPage) error {
		_, err := c.Rewards.HandOut(v.ctx(), v.actor, v.programme.ID, p.n.ID.In(id.Redemption))
		return err
	})
}

func (c *Console) undoRedemption(v *visit) error {
	return c.changeRedemption(v, "console.reward.undone", func(p *redemptionPage) error {
		_, err := c.Flow.TakeOne(v.ctx(), flow.UndoOf(p.n, v.actor))
		return err
	})
}

// changeRedemption does something to a redemption and goes back to its page.
func (c *Console) changeRedemption(v *visit, key string, do func(*redemptionPage) error) error {
	p, err := c.meetRedemption(v)
	if err != nil {
		return err
	}
	if err := do(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return redemptionShown(p)
		})
	}
	return v.done(v.at("/rewards/taken/"+p.n.ID.In(id.Redemption)+"/details"), key)
}
