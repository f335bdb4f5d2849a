package api

import (
	"context"
	"time"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/referral"
)

// giftView is what one side of a referral gets: points, or a code, or nothing.
type giftView struct {
	Wallet string `json:"wallet,omitempty" maxLength:"40" doc:"The wallet of the points, by id or code; the programme's first when left out." example:"points"`
	Points int64  `json:"points,omitempty" minimum:"0" doc:"In the wallet's smallest unit." example:"500"`
	Months int    `json:"months,omitempty" minimum:"0" maximum:"1200" doc:"How long the points last; for ever when left out." example:"12"`
	Batch  string `json:"batch,omitempty" maxLength:"40" doc:"A batch of personal codes, one of which the side gets instead." example:"bat_01h9x3k7q2v5n"`
}

type referralLimit struct {
	Times  int64  `json:"times" minimum:"1" example:"10"`
	Period string `json:"period" enum:"month,year,ever"`
}

// ReferralSpec is what a manager says of referrals; its name lets its fields be
// part of another body.
type ReferralSpec struct {
	State      string          `json:"state" enum:"draft,on,off" doc:"Members invite while the terms are on." example:"on"`
	Inviter    *giftView       `json:"inviter,omitempty" doc:"What who brings a friend gets; nothing when left out."`
	Friend     *giftView       `json:"friend,omitempty" doc:"What the friend gets; nothing when left out."`
	Minimum    int64           `json:"minimum,omitempty" minimum:"0" doc:"What must be kept of the goods of the friend's purchase that counts, in minor units." example:"2000"`
	ReturnDays int             `json:"return_days" minimum:"0" maximum:"365" doc:"How long after it both wait." example:"14"`
	Limits     []referralLimit `json:"limits,omitempty" nullable:"false" maxItems:"3" doc:"How many referrals one member is rewarded for. Beyond it the friend still gets theirs."`
	NewOnly    bool            `json:"new_only,omitempty" doc:"Only friends who have never bought before."`
	HideName   bool            `json:"hide_name,omitempty" doc:"Keeps the inviter's given name off the page that the link opens."`
}

// referralTermsView are the terms in force.
type referralTermsView struct {
	ReferralSpec
	Number int64     `json:"number" doc:"Grows with every change; 0 when nothing was ever written." example:"1"`
	Made   time.Time `json:"made,omitzero"`
}

func (b *ReferralSpec) spec(c *call) (referral.Spec, error) {
	s := referral.Spec{Minimum: b.Minimum, ReturnDays: b.ReturnDays, NewOnly: b.NewOnly, HideName: b.HideName}
	for _, l := range b.Limits {
		s.Limits = append(s.Limits, referral.Limit{Times: l.Times, Period: earn.Period(l.Period)})
	}
	var err error
	if s.Inviter, err = b.Inviter.gift(c); err != nil {
		return s, fault.At("/inviter", err)
	}
	if s.Friend, err = b.Friend.gift(c); err != nil {
		return s, fault.At("/friend", err)
	}
	return s, nil
}

func (g *giftView) gift(c *call) (referral.Gift, error) {
	if g == nil || *g == (giftView{}) {
		return referral.Gift{}, nil
	}
	v := referral.Gift{Points: g.Points, Months: g.Months}
	if g.Batch != "" {
		var err error
		if v.BatchID, err = id.Parse(id.Batch, g.Batch); err != nil {
			return v, fault.At("/batch", err)
		}
	}
	if g.Wallet != "" || v.BatchID == 0 {
		w, err := c.setting.wallet(g.Wallet)
		if err != nil {
			return v, fault.At("/wallet", err)
		}
		v.WalletID = w.ID
	}
	return v, nil
}

func (c *call) giftShown(g referral.Gift) *giftView {
	if g.Nothing() {
		return nil
	}
	v := &giftView{Points: g.Points, Months: g.Months}
	if g.WalletID != 0 {
		v.Wallet = c.setting.walletCode(g.WalletID)
	}
	if g.BatchID != 0 {
		v.Batch = g.BatchID.In(id.Batch)
	}
	return v
}

func (c *call) terms(t referral.Terms) referralTermsView {
	v := referralTermsView{
		ReferralSpec: ReferralSpec{
			State: string(t.State), Inviter: c.giftShown(t.Inviter), Friend: c.giftShown(t.Friend), Minimum: t.Minimum, ReturnDays: t.ReturnDays,
			NewOnly: t.NewOnly, HideName: t.HideName,
		},
		Number: t.Number, Made: t.Made,
	}
	for _, l := range t.Limits {
		v.Limits = append(v.Limits, referralLimit{l.Times, string(l.Period)})
	}
	return v
}

// refusalView is a reason as a stable code and in words.
type refusalView struct {
	Code string `json:"code" example:"referral_same_device"`
	Text string `json:"text" example:"Both used one device."`
}

func (c *call) reasonShown(code string) *refusalView {
	if code == "" {
		return nil
	}
	return &refusalView{code, c.print.Say(referral.WhyText(code))}
}

// referralView is one friend whom one member brought.
type referralView struct {
	Referral       string        `json:"referral" example:"ref_01h9x3k7q2v5n"`
	Inviter        string        `json:"inviter" doc:"The member, mem_…; an influencer who is none, inf_…" example:"mem_01h9x3k7q2v5n"`
	Friend         string        `json:"friend" example:"mem_01h9x3k7q2v5n"`
	State          string        `json:"state" enum:"recorded,bought,paying,paid,refused" doc:"recorded: the friend has not bought enough yet; bought: the return window runs."`
	Source         string        `json:"source" enum:"event,api,link,simulated" doc:"How the code came; simulated where the demo made it up."`
	At             time.Time     `json:"at" doc:"When the friend came with the code."`
	Purchase       string        `json:"purchase,omitempty" doc:"The purchase that counts." example:"evt_01h9x3k7q2v5n"`
	Bought         time.Time     `json:"bought,omitzero"`
	Due            time.Time     `json:"due,omitzero" doc:"When its return window ends."`
	Closed         time.Time     `json:"closed,omitzero" doc:"When it was paid or refused."`
	Allowed        bool          `json:"allowed" doc:"Staff let it pass in spite of what the two have in common."`
	Refused        *refusalView  `json:"refused,omitempty" doc:"Why it was refused."`
	Evidence       []refusalView `json:"evidence,omitempty" nullable:"false" doc:"All that spoke against it."`
	InviterOutcome string        `json:"inviter_outcome,omitempty" doc:"paid, none, or the code of why the inviter got nothing." example:"paid"`
	FriendOutcome  string        `json:"friend_outcome,omitempty" doc:"Likewise of the friend." example:"paid"`
}

func (c *call) referral(r *referral.Referral) referralView {
	v := referralView{
		Referral: r.ID.In(id.Referral), Inviter: r.Inviter(), Friend: r.FriendID.In(id.Member), State: string(r.State), Source: r.Source,
		At: r.At, Bought: r.Bought, Due: r.Due, Closed: r.Closed, Allowed: r.Allowed, Refused: c.reasonShown(r.Reason),
		InviterOutcome: r.InviterOutcome, FriendOutcome: r.FriendOutcome,
	}
	if r.SaleID != 0 {
		v.Purchase = r.SaleID.In(id.Sale)
	}
	for _, code := range r.Evidence {
		v.Evidence = append(v.Evidence, *c.reasonShown(code))
	}
	return v
}

type inviterView struct {
	Code    string         `json:"code,omitempty" doc:"The member's code; missing while members may not invite." example:"7M2-K9Q-4TX"`
	Link    string         `json:"link,omitempty" doc:"Where the code leads, from the root of this installation." example:"/r/7M2K9Q4TX"`
	Brought []referralView `json:"brought" nullable:"false" doc:"The friends, the latest first."`
	Came    *referralView  `json:"came,omitempty" doc:"How the member came."`
}

type monthView struct {
	Month   string `json:"month,omitempty" doc:"Missing of all together." example:"2026-01"`
	Sharers int64  `json:"sharers" doc:"Members whose link was opened or who brought somebody." example:"40"`
	Clicks  int64  `json:"clicks" doc:"How often links were opened." example:"210"`
	Friends int64  `json:"friends" doc:"Who came with a code." example:"35"`
	Bought  int64  `json:"bought" doc:"Friends who made the purchase that counts." example:"20"`
	Paid    int64  `json:"paid" example:"18"`
	Refused int64  `json:"refused" example:"2"`
}

// referralResults are what referrals came to.
type referralResults struct {
	Members int64       `json:"members" doc:"Who may invite: those who have joined by now." example:"1200"`
	All     monthView   `json:"all" doc:"Since the beginning."`
	Months  []monthView `json:"months" nullable:"false" doc:"By the month in which it began, the latest first; up to twelve."`
	KFactor *int64      `json:"k_factor_thousandths,omitempty" doc:"Buying friends per member, in thousandths: invitations per member × the share that led to a purchase. Missing until 10 friends have come." example:"17"`
}

func monthShown(m referral.Month) monthView {
	v := monthView{Sharers: m.Sharers, Clicks: m.Clicks, Friends: m.Friends, Bought: m.Bought, Paid: m.Paid, Refused: m.Refused}
	if m.Month != 0 {
		v.Month = time.Date(int(m.Month/100), time.Month(m.Month%100), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	return v
}

func (s *server) listReferralResults(ctx context.Context, c *call, _ *nothing) (referralResults, error) {
	r, err := s.Referrals.Results(ctx, c.actor, c.programme())
	v := referralResults{Members: r.Members, All: monthShown(r.All), Months: make([]monthView, len(r.Months))}
	for i, m := range r.Months {
		v.Months[i] = monthShown(m)
	}
	if k, enough := r.Factor(); enough {
		v.KFactor = &k
	}
	return v, err
}
