package api

import (
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/reward"
)

// rewardSpec is what a manager says of a reward. Sums of money are in minor
// units.
type rewardSpec struct {
	Name        string       `json:"name" minLength:"1" maxLength:"400" example:"Mug"`
	Description string       `json:"description,omitempty" maxLength:"8000"`
	Kind        string       `json:"kind" enum:"goods,service,partner,donation" doc:"A donation is not picked up." example:"goods"`
	Partner     string       `json:"partner,omitempty" maxLength:"400" doc:"Who gives a partner reward, or the charity of a donation." example:"Cinema on the Square"`
	Wallet      string       `json:"wallet,omitempty" maxLength:"40" doc:"The wallet that pays, by id or code; the programme's first when left out." example:"points"`
	Points      int64        `json:"points" minimum:"1" doc:"What it costs, in the wallet's smallest unit." example:"500"`
	Money       int64        `json:"money,omitempty" minimum:"0" doc:"What is paid on top in money." example:"200"`
	Stock       int64        `json:"stock,omitempty" minimum:"0" doc:"How many can be out at all; any number when left out." example:"50"`
	Limit       *rewardLimit `json:"limit,omitempty" doc:"How often one member can have it; as often as they like when left out."`
	Ranks       []string     `json:"ranks,omitempty" nullable:"false" maxItems:"50" doc:"The codes of the ranks that it is for, of the programme's first ladder; everybody when left out." example:"[\"gold\"]"`
	Begins      time.Time    `json:"begins,omitzero" doc:"The first moment at which it can be had."`
	Ends        time.Time    `json:"ends,omitzero" doc:"The first moment at which it cannot be had any more."`
	EarlyRanks  []string     `json:"early_ranks,omitempty" nullable:"false" maxItems:"50" doc:"The codes of ranks that can have it before everybody else." example:"[\"gold\"]"`
	Early       time.Time    `json:"early,omitzero" doc:"The first moment at which those ranks can have it; before begins."`
	Gives       int64        `json:"gives,omitempty" minimum:"0" doc:"What one donation gives the charity." example:"100"`
	Match       string       `json:"match,omitempty" maxLength:"40" doc:"What the company adds to a donation, as a part of it: 1 doubles it, 0.5 adds half." example:"1"`
	PickUpDays  int          `json:"pick_up_days,omitempty" minimum:"0" doc:"How many days it waits to be picked up; for ever when left out." example:"14"`
}

type rewardLimit struct {
	Times  int64  `json:"times" minimum:"1" example:"1"`
	Period string `json:"period" enum:"day,week,month,year,ever" doc:"Of the programme's calendar." example:"month"`
}

func (n *rewardSpec) spec(c *call) (reward.Spec, error) {
	s := reward.Spec{
		Name: n.Name, Description: n.Description, Kind: reward.Kind(n.Kind), Partner: n.Partner,
		Points: n.Points, Money: n.Money, Stock: n.Stock, Ranks: n.Ranks, Begins: n.Begins, Ends: n.Ends, EarlyRanks: n.EarlyRanks, Early: n.Early, Gives: n.Gives, PickUpDays: n.PickUpDays,
	}
	w, err := c.setting.wallet(n.Wallet)
	if err != nil {
		return s, noWallet("/wallet")
	}
	s.WalletID = w.ID
	if n.Limit != nil {
		s.Limit = reward.Limit{Times: n.Limit.Times, Period: earn.Period(n.Limit.Period)}
	}
	if n.Match == "" {
		return s, nil
	}
	if s.Match, err = money.ParseRate(n.Match); err != nil {
		return s, fault.At("/match", err)
	}
	return s, nil
}

func (c *call) rewardSpec(s *reward.Spec) rewardSpec {
	v := rewardSpec{
		Name: s.Name, Description: s.Description, Kind: string(s.Kind), Partner: s.Partner,
		Wallet: c.setting.walletCode(s.WalletID), Points: s.Points, Money: s.Money, Stock: s.Stock, Ranks: s.Ranks, Begins: s.Begins, Ends: s.Ends, EarlyRanks: s.EarlyRanks, Early: s.Early,
		Gives: s.Gives, PickUpDays: s.PickUpDays,
	}
	if s.Limit.Times > 0 {
		v.Limit = &rewardLimit{s.Limit.Times, string(s.Limit.Period)}
	}
	if !s.Match.IsZero() {
		v.Match = s.Match.String()
	}
	return v
}

// rewardView is an entry of the catalogue.
type rewardView struct {
	Reward string     `json:"reward" example:"rwd_01h9x3k7q2v5n"`
	State  string     `json:"state" enum:"draft,published,withdrawn"`
	Made   time.Time  `json:"made"`
	Left   *int64     `json:"left,omitempty" doc:"How many there are; missing when there is any number, and for rewards that are not published." example:"12"`
	Says   rewardSpec `json:"says"`
	// Picture is missing where there is none.
	Picture *pictureView `json:"picture,omitempty"`
	// Available and Refused are said of one member.
	Available *bool       `json:"available,omitempty" doc:"Whether the member can have it now; only where the list is of a member."`
	Refused   *reasonView `json:"refused,omitempty" doc:"Why the member cannot have it."`
}

func (c *call) reward(r *reward.Reward) rewardView {
	return rewardView{Reward: r.ID.In(id.Reward), State: string(r.State), Made: r.Made, Says: c.rewardSpec(&r.Spec), Picture: pictureOf(&r.Picture)}
}

func (c *call) choice(n *flow.Choice) rewardView {
	v := c.reward(&n.Reward)
	v.Available = new(n.Refused == nil)
	if n.Left < db.Never {
		v.Left = &n.Left
	}
	if f := fault.As(n.Refused); f != nil {
		v.Refused = &reasonView{Code: f.Code, Args: f.Args, Text: c.print.Fault(f)}
	}
	return v
}

// redemptionView is one reward that a member took.
type redemptionView struct {
	Redemption string     `json:"redemption" example:"rdm_01h9x3k7q2v5n"`
	Member     string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	Reward     string     `json:"reward" example:"rwd_01h9x3k7q2v5n"`
	Name       string     `json:"name" doc:"What the reward is called now." example:"Mug"`
	State      string     `json:"state" enum:"redeemed,handed_out,undone,lapsed" doc:"redeemed: it waits to be picked up. lapsed: it was not picked up in time."`
	Code       string     `json:"code,omitempty" doc:"What the member shows to pick it up; none for a donation." example:"K7Q2-V5N8"`
	Wallet     string     `json:"wallet" doc:"The wallet's code." example:"points"`
	Points     int64      `json:"points" doc:"What it cost, in the wallet's smallest unit." example:"500"`
	Money      int64      `json:"money" doc:"What is paid on top, in minor units." example:"200"`
	Given      int64      `json:"given,omitempty" doc:"What a donation gave the charity, in minor units."`
	Matched    int64      `json:"matched,omitempty" doc:"What the company added to it."`
	Occurred   time.Time  `json:"occurred"`
	Due        *time.Time `json:"due,omitempty" doc:"The first moment at which it cannot be picked up any more."`
	Closed     *time.Time `json:"closed,omitempty" doc:"When it was handed out, undone, or its time ran out."`
}

func (c *call) redemption(n *reward.Redemption) redemptionView {
	return redemptionView{
		Redemption: n.ID.In(id.Redemption), Member: n.MemberID.In(id.Member), Reward: n.RewardID.In(id.Reward), Name: n.Name, State: string(n.State),
		Code: reward.ShowCode(n.Code), Wallet: c.setting.walletCode(n.WalletID), Points: n.Points, Money: n.Money, Given: n.Given, Matched: n.Matched,
		Occurred: n.Occurred, Due: moment(n.Due), Closed: moment(n.Closed),
	}
}
