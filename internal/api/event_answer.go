package api

import (
	"time"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/sale"
)

// eventAnswer says what an event did.
type eventAnswer struct {
	Event   string `json:"event" doc:"The event's id here." example:"evt_01h9x3k7q2v5n"`
	Member  string `json:"member,omitempty" doc:"Whose it is; missing while it waits."`
	Outcome string `json:"outcome" enum:"taken,repeated,waiting" doc:"repeated: it was taken before and changed nothing now. waiting: a return of a sale that has not come yet; it is applied when the sale comes."`

	Movements []movementView  `json:"movements" nullable:"false" doc:"The points that the event moved, in order."`
	Skipped   []skippedView   `json:"skipped,omitempty" nullable:"false" doc:"Rules for this kind of event that gave nothing, and why."`
	Unmatched []unmatchedLine `json:"unmatched,omitempty" nullable:"false" doc:"Returned goods for which no sale was found. They move no points."`
	Sale      *settledView    `json:"sale,omitempty" doc:"How a purchase with a checkout was priced and paid."`
	Refund    *refundView     `json:"refund,omitempty" doc:"How a return of such a purchase is paid back."`
	Hold      *heldView       `json:"hold,omitempty" doc:"What a quote holds, if that was asked."`
	Balances  []balanceShort  `json:"balances" nullable:"false" doc:"What the member has now."`
	Ranks     []rankShort     `json:"ranks" nullable:"false" doc:"Where the member stands now."`
}

// reasonView is a reason: for programs its code and arguments, for people its
// words in the language of the request.
type reasonView struct {
	Code string         `json:"code" example:"earn.grant"`
	Args map[string]any `json:"args,omitempty"`
	Text string         `json:"text" example:"Points for purchases: 1 point for each £1.00 of goods worth £15.30"`
}

func (c *call) reason(t i18n.Text) *reasonView {
	if t.Key == "" {
		return nil
	}
	return &reasonView{Code: t.Key, Args: t.Args, Text: c.print.Say(t)}
}

type movementView struct {
	Wallet  string      `json:"wallet" doc:"The wallet's code." example:"points"`
	Kind    string      `json:"kind" example:"earn"`
	From    string      `json:"from" example:"earned"`
	To      string      `json:"to" example:"pending"`
	Points  int64       `json:"points" example:"15"`
	Lot     string      `json:"lot,omitempty" doc:"The points that were earned together, of which these are."`
	Usable  *time.Time  `json:"usable,omitempty"`
	Expires *time.Time  `json:"expires,omitempty" doc:"The first moment at which they are gone."`
	Reason  *reasonView `json:"reason,omitempty"`
}

type skippedView struct {
	RuleVersion string      `json:"rule_version,omitempty" doc:"Missing where no rule is asked."`
	Reason      *reasonView `json:"reason,omitempty"`
}

type unmatchedLine struct {
	Line     int      `json:"line" doc:"The number of the return's line, from 1."`
	SKU      string   `json:"sku,omitempty"`
	Quantity quantity `json:"quantity"`
}

// balanceShort is what a till shows of one wallet.
type balanceShort struct {
	Wallet    string `json:"wallet" doc:"The wallet's code." example:"points"`
	Available int64  `json:"available" doc:"Usable now." example:"230"`
	Pending   int64  `json:"pending" doc:"Earned and not usable yet." example:"15"`
	Held      int64  `json:"held" doc:"Set aside for an open sale." example:"0"`
	Debt      int64  `json:"debt" doc:"Owed after goods came back whose points had been used." example:"0"`
}

// rankShort is what a till shows of one ladder.
type rankShort struct {
	Ladder string `json:"ladder" doc:"The ladder's code." example:"status"`
	Rank   string `json:"rank" doc:"The rank's code." example:"silver"`
	Name   string `json:"name" doc:"What the rank is called." example:"Silver"`
}

func (c *call) answer(a *flow.Answer) eventAnswer {
	if c.actor.PartnerID != 0 {
		a = c.forPartner(a)
	}
	v := eventAnswer{
		Event: a.EventID.In(id.Event), Outcome: outcome(a), Movements: make([]movementView, len(a.Movements)),
		Sale: c.settled(a.Sale), Refund: c.refund(a.Refund), Balances: c.balances(a.Balances), Ranks: c.ranks(a.Ranks),
	}
	if a.MemberID != 0 {
		v.Member = a.MemberID.In(id.Member)
	}
	for i := range a.Movements {
		v.Movements[i] = c.movement(&a.Movements[i])
	}
	for _, k := range a.Skipped {
		skipped := skippedView{Reason: c.reason(k.Reason)}
		if k.RuleVersion != 0 {
			skipped.RuleVersion = k.RuleVersion.In(id.Version)
		}
		v.Skipped = append(v.Skipped, skipped)
	}
	for _, u := range a.Unmatched {
		v.Unmatched = append(v.Unmatched, unmatched(u))
	}
	return v
}

func outcome(a *flow.Answer) string {
	switch {
	case a.Waiting:
		return "waiting"
	case a.Repeated:
		return "repeated"
	}
	return "taken"
}

func unmatched(u sale.Unmatched) unmatchedLine {
	return unmatchedLine{u.Return + 1, u.SKU, quantity(u.Quantity)}
}

func (c *call) movement(m *flow.Movement) movementView {
	v := movementView{
		Wallet: c.setting.walletCode(m.WalletID), Kind: m.Kind, From: m.From, To: m.To, Points: m.Points,
		Usable: moment(m.Usable), Expires: moment(m.Expires), Reason: c.reason(m.Reason),
	}
	if m.LotID != 0 {
		v.Lot = m.LotID.In(id.Lot)
	}
	return v
}

func (c *call) balances(list []flow.Balance) []balanceShort {
	views := make([]balanceShort, len(list))
	for i, b := range list {
		views[i] = balanceShort{b.Code, b.Available, b.Pending, b.Held, b.Debt}
	}
	return views
}

func (c *call) ranks(list []flow.Rank) []rankShort {
	views := make([]rankShort, len(list))
	for i, r := range list {
		views[i] = rankShort{r.Ladder, r.Rank, c.setting.rankName(r.LadderID, r.Rank)}
	}
	return views
}
