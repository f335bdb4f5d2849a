package api

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/plan"
)

// planSpec is what a manager says of a plan.
type planSpec struct {
	Names        map[string]string `json:"names" doc:"What the plan is called, by language: en, ru, pl." example:"{\"en\": \"Tea Club\"}"`
	Descriptions map[string]string `json:"descriptions,omitempty" doc:"What it gives, by language."`
	Price        int64             `json:"price" minimum:"1" doc:"Of one interval, tax included, in minor units." example:"999"`
	Interval     string            `json:"interval" enum:"month,year" example:"month"`
	TrialDays    int               `json:"trial_days,omitempty" minimum:"0" maximum:"366" doc:"Free days, once for each person ever." example:"14"`
	GraceDays    int               `json:"grace_days" minimum:"1" maximum:"27" doc:"Days in which a charge can be paid." example:"14"`
	Ladder       string            `json:"ladder,omitempty" maxLength:"60" doc:"The ladder of the rank, by id or code." example:"status"`
	Rank         string            `json:"rank,omitempty" maxLength:"60" doc:"The code of the rank that is held while the membership is in force." example:"gold"`
	Wallet       string            `json:"wallet,omitempty" maxLength:"60" doc:"The wallet of the points, by id or code; the programme's first when left out." example:"points"`
	Welcome      int64             `json:"welcome,omitempty" minimum:"0" doc:"Points with a person's first payment ever, in the wallet's smallest unit." example:"500"`
	Renewal      int64             `json:"renewal,omitempty" minimum:"0" doc:"Points with every later payment of a period." example:"50"`
	PointsMonths int               `json:"points_months,omitempty" minimum:"0" doc:"How long these points last; for ever when left out." example:"12"`
}

func (n *planSpec) spec(c *call) (plan.Spec, error) {
	s := plan.Spec{
		Names: n.Names, Descriptions: n.Descriptions, Price: n.Price, Interval: plan.Interval(n.Interval), TrialDays: n.TrialDays, GraceDays: n.GraceDays,
		Rank: n.Rank, Welcome: n.Welcome, Renewal: n.Renewal, PointsMonths: n.PointsMonths,
	}
	if n.Ladder != "" {
		l, err := c.setting.ladder(n.Ladder)
		if err != nil {
			return s, fault.At("/ladder", err)
		}
		s.LadderID = l.ID
	}
	if n.Wallet != "" || n.Welcome+n.Renewal > 0 {
		w, err := c.setting.wallet(n.Wallet)
		if err != nil {
			return s, noWallet("/wallet")
		}
		s.WalletID = w.ID
	}
	return s, nil
}

func (c *call) planSpec(s *plan.Spec) planSpec {
	v := planSpec{
		Names: s.Names, Descriptions: s.Descriptions, Price: s.Price, Interval: string(s.Interval), TrialDays: s.TrialDays, GraceDays: s.GraceDays,
		Rank: s.Rank, Welcome: s.Welcome, Renewal: s.Renewal, PointsMonths: s.PointsMonths,
	}
	if s.LadderID != 0 {
		v.Ladder = s.LadderID.In(id.Ladder)
	}
	if s.WalletID != 0 {
		v.Wallet = c.setting.walletCode(s.WalletID)
	}
	return v
}

type planVersion struct {
	Number int        `json:"number" example:"1"`
	From   *time.Time `json:"from,omitempty" doc:"When it was published; missing for a draft."`
	Says   planSpec   `json:"says"`
}

type planView struct {
	Plan  string       `json:"plan" example:"pln_01h9x3k7q2v5n"`
	Code  string       `json:"code" doc:"Members are tagged with plan:<code> while their membership is in force." example:"club"`
	State string       `json:"state" enum:"draft,published,retired"`
	Made  time.Time    `json:"made"`
	Now   *planVersion `json:"now,omitempty" doc:"The latest published version."`
	Draft *planVersion `json:"draft,omitempty"`
}

func (c *call) plan(p *plan.Plan) planView {
	v := planView{Plan: p.ID.In(id.Plan), Code: p.Code, State: string(p.State()), Made: p.Made}
	one := func(n *plan.Version) *planVersion { return &planVersion{n.Number, moment(n.From), c.planSpec(&n.Spec)} }
	if len(p.Versions) > 0 {
		v.Now = one(p.Latest())
	}
	if p.Draft != nil {
		v.Draft = one(p.Draft)
	}
	return v
}

type chargeView struct {
	Charge       string     `json:"charge" example:"chg_01h9x3k7q2v5n"`
	Member       string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	Subscription string     `json:"subscription" example:"sub_01h9x3k7q2v5n"`
	Plan         string     `json:"plan" doc:"By its id." example:"pln_01h9x3k7q2v5n"`
	Period       int        `json:"period" doc:"The number of the period that it pays for." example:"3"`
	Purpose      string     `json:"purpose" enum:"join,renewal,upgrade"`
	State        string     `json:"state" enum:"due,requested,paid,failed,cancelled,refund_due,refunded" doc:"due: the provider is not told yet. refund_due: money is to be given back."`
	Invoice      int64      `json:"invoice" doc:"Its number, in one row for the programme." example:"1042"`
	Amount       int64      `json:"amount" doc:"In minor units." example:"999"`
	Credit       int64      `json:"credit" doc:"What an earlier period pays of the price." example:"0"`
	Refund       int64      `json:"refund" doc:"What is to be given back, or was." example:"0"`
	Method       string     `json:"method" enum:"invoice,webhook"`
	Reference    string     `json:"reference,omitempty" doc:"The provider's own name for the payment; never a card's number." example:"pi_3Mtw"`
	Made         time.Time  `json:"made"`
	Due          time.Time  `json:"due" doc:"The first moment at which it is too late to pay."`
	Paid         *time.Time `json:"paid,omitempty"`
	Settled      *time.Time `json:"settled,omitempty" doc:"When it failed or was given back."`
}

func chargeOf(n *plan.Charge) chargeView {
	return chargeView{
		Charge: n.ID.In(id.Charge), Member: n.MemberID.In(id.Member), Subscription: n.SubscriptionID.In(id.Subscription), Plan: n.PlanID.In(id.Plan),
		Period: n.No, Purpose: string(n.Purpose), State: string(n.State), Invoice: n.Invoice, Amount: n.Amount, Credit: n.Credit, Refund: n.Refund,
		Method: string(n.Method), Reference: n.Reference, Made: n.Made, Due: n.Due, Paid: moment(n.Paid), Settled: moment(n.Settled),
	}
}

type subscriptionView struct {
	Subscription string       `json:"subscription" example:"sub_01h9x3k7q2v5n"`
	Plan         string       `json:"plan" doc:"The plan's code." example:"club"`
	Version      int          `json:"version" doc:"The version that the present period is agreed on." example:"1"`
	State        string       `json:"state" enum:"waiting,trial,active,grace,left,ended" doc:"waiting: for the first payment. grace: the period is not paid yet. Benefits are held in trial, active, grace and left."`
	Why          string       `json:"why,omitempty" enum:"left,withdrawn,unpaid,erased" doc:"Why it ended."`
	Joined       time.Time    `json:"joined"`
	Left         *time.Time   `json:"left,omitempty" doc:"When the member said that they leave."`
	Ended        *time.Time   `json:"ended,omitempty"`
	Begins       *time.Time   `json:"begins,omitempty" doc:"Of the present period."`
	Ends         *time.Time   `json:"ends,omitempty" doc:"The first moment after the present period."`
	Price        int64        `json:"price" doc:"Of the present period, in minor units." example:"999"`
	Next         string       `json:"next,omitempty" doc:"The code of the plan that takes over when the period ends." example:"basic"`
	Refund       int64        `json:"refund" doc:"What is to be given back, in minor units." example:"0"`
	Charges      []chargeView `json:"charges" nullable:"false" doc:"In the order in which they were asked."`
}

func subscriptionOf(n *plan.View) subscriptionView {
	v := subscriptionView{
		Subscription: n.ID.In(id.Subscription), Plan: n.Plan.Code, Version: n.Version, State: string(n.State), Why: string(n.Why), Joined: n.Joined,
		Left: moment(n.LeftAt), Ended: moment(n.Ended), Begins: moment(n.Begins), Ends: moment(n.Ends), Price: n.Price, Refund: n.Refund, Charges: []chargeView{},
	}
	if n.Next != nil {
		v.Next = n.Next.Code
	}
	for _, one := range n.Charges {
		v.Charges = append(v.Charges, chargeOf(one))
	}
	return v
}
