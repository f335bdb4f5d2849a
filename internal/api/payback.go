package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/payback"
)

func (s *server) addPayback() {
	read(s, operation{
		id: "get-payback", method: http.MethodGet, path: "/v1/rewards/payback", tag: tagRewards, needs: needs(auth.ReportsRead),
		summary: "See what becomes of points, and what is spent back",
		text: "What became of the points given in a period, what points were redeemed on in it, and what members spent in the days after their first redemption for each unit of what it " +
			"cost, beside what is usual for them and what others like them spent who did not redeem. It is association, not cause: who means to buy more may redeem first. " +
			"Below 10 people on either side nothing is compared, below 30 it is preliminary.",
	}, s.payback)
}

type paybackIn struct {
	Wallet walletName `query:"wallet"`
	From   instant    `query:"from" doc:"Given or redeemed from then on; a year before the end when left out."`
	To     instant    `query:"to" doc:"Given or redeemed before then; now when left out."`
	Days   int        `query:"days" minimum:"1" maximum:"365" default:"90" doc:"How many days after the day of the redemption count."`
}

// paybackView is the report of one wallet.
type paybackView struct {
	Wallet   string             `json:"wallet" example:"points"`
	From     time.Time          `json:"from"`
	To       time.Time          `json:"to"`
	Days     int                `json:"days" example:"90"`
	Given    paybackGiven       `json:"given" doc:"What became until now of the points given in the period, in the wallet's smallest unit."`
	Redeemed paybackRedeemed    `json:"redeemed" doc:"What points were redeemed on in the period, whenever they were given, less what came back since."`
	Return   paybackReturn      `json:"return" doc:"What members spent after their first redemption in the period, in minor units. Donations open nothing."`
	Others   *paybackComparison `json:"others,omitempty" doc:"Missing below 10 people on either side."`
}

type paybackGiven struct {
	Points   int64 `json:"points" doc:"Earned or given by hand, less what was taken back." example:"120000"`
	Spent    int64 `json:"spent" example:"48000"`
	Expired  int64 `json:"expired" example:"9000"`
	Open     int64 `json:"open" doc:"Can be spent still, or soon." example:"62000"`
	Other    int64 `json:"other" doc:"Taken by hand, or to pay a debt." example:"1000"`
	Rate     int64 `json:"rate" doc:"Spent per 10,000 given: the redemption rate." example:"4000"`
	Breakage int64 `json:"breakage" doc:"Expired per 10,000 given." example:"750"`
}

type paybackRedeemed struct {
	Points  int64 `json:"points" doc:"All of it, in the wallet's smallest unit." example:"52000"`
	Rewards int64 `json:"rewards" example:"30000"`
	Donated int64 `json:"donated" example:"2000"`
	Paid    int64 `json:"paid" doc:"As payment for sales." example:"20000"`
}

type paybackReturn struct {
	People       int64 `json:"people" doc:"Who redeemed and whose days are over." example:"412"`
	Recent       int64 `json:"recent" doc:"Whose days are not over yet; they are left out." example:"31"`
	Cost         int64 `json:"cost" doc:"What the points were worth, of that day and the days after." example:"50000"`
	Visit        int64 `json:"visit" doc:"Money paid on the day itself, on top." example:"81000"`
	After        int64 `json:"after" doc:"Paid for goods in the days after and kept, points left out." example:"210000"`
	Usual        int64 `json:"usual" doc:"What the same people spent in as many days before, on average." example:"180000"`
	PerCost      int64 `json:"per_cost" doc:"After per 10,000 of cost." example:"42000"`
	UsualPerCost int64 `json:"usual_per_cost" doc:"Usual per 10,000 of cost." example:"36000"`
}

type paybackComparison struct {
	People      int64      `json:"people" doc:"Those who redeemed of whom others were alike." example:"380"`
	Others      int64      `json:"others" doc:"Others like them, who did not redeem since the period began." example:"1520"`
	Mean        float64    `json:"mean" doc:"What each who redeemed spent after, in minor units." example:"5120.5"`
	OthersMean  float64    `json:"others_mean" example:"4301.2"`
	Difference  boundsView `json:"difference" doc:"In minor units, with its interval at 95 %."`
	Preliminary bool       `json:"preliminary,omitempty" doc:"Fewer than 30 people are on one side."`
}

func (s *server) payback(ctx context.Context, c *call, in *paybackIn) (paybackView, error) {
	if err := c.actor.Can(c.programme(), auth.ReportsRead); err != nil {
		return paybackView{}, err
	}
	from, to, err := (&periodIn{in.From, in.To}).period(s.Now())
	if err != nil {
		return paybackView{}, err
	}
	if in.From == "" {
		from = to.AddDate(-1, 0, 0)
	}
	w, err := c.setting.wallet(string(in.Wallet))
	if err != nil {
		return paybackView{}, err
	}
	ask := payback.Query{ProgrammeID: c.programme(), Wallet: *w, From: from, Until: to, Days: in.Days, Now: s.Now(), Zone: c.setting.Zone}
	var r *payback.Report
	err = s.DB.View(ctx, func(q db.Queryer) (err error) {
		r, err = payback.Find(ctx, q, ask)
		return err
	})
	if err != nil {
		return paybackView{}, err
	}
	return paybackOf(&ask, r), nil
}

func paybackOf(ask *payback.Query, r *payback.Report) paybackView {
	g, n, back := r.Given, r.Redeemed, r.Return
	v := paybackView{
		Wallet: ask.Wallet.Code, From: ask.From, To: ask.Until, Days: ask.Days,
		Given:    paybackGiven{g.Points, g.Spent, g.Expired, g.Open, g.Other, g.Rate(), g.Breakage()},
		Redeemed: paybackRedeemed{n.Points(), n.Rewards, n.Donated, n.Paid},
		Return:   paybackReturn{back.People, back.Recent, back.Cost, back.Visit, back.After, back.Usual, back.PerCost(), back.UsualPerCost()},
	}
	if back.Shown() {
		v.Others = &paybackComparison{back.Compared, back.Others, back.AfterMean, back.OthersMean, bounds(back.Difference), back.Few()}
	}
	return v
}
