package till

import (
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/reward"
)

// wish is a reward that a customer wants, at the price that they were told.
type wish struct {
	Number string `json:"number"`
	Member string `json:"member"`
	Reward string `json:"reward"`
	Points int64  `json:"points"`
	Money  int64  `json:"money"`
}

// redeem takes a reward for a customer, and shows its pick-up code.
func (t *till) redeem(v *visit) (any, error) {
	var w wish
	if err := v.read(&w); err != nil {
		return nil, err
	}
	e, err := v.event(journal.Redemption, w.Number, v.actor)
	if err != nil {
		return nil, err
	}
	if e.Who.MemberID, err = id.Parse(id.Member, w.Member); err != nil {
		return nil, err
	}
	e.Payload.Redemption = &flow.Redemption{Points: &w.Points, Money: &w.Money}
	if e.Payload.Redemption.RewardID, err = id.Parse(id.Reward, w.Reward); err != nil {
		return nil, err
	}
	answer, err := t.Flow.TakeOne(v.ctx(), e)
	if err != nil {
		return nil, err
	}
	said := v.T("till.redeemed")
	if answer.Redemption.Code == "" {
		said = v.T("till.donated") // there is nothing to pick up
	}
	return t.showRedemption(v, answer.Redemption, said)
}

// named is a redemption by its pick-up code or id.
type named struct {
	Redemption string `json:"redemption"`
}

func (t *till) handOut(v *visit) (any, error) {
	var which named
	if err := v.read(&which); err != nil {
		return nil, err
	}
	n, err := t.Rewards.HandOut(v.ctx(), v.actor, v.programme.ID, which.Redemption)
	if err != nil {
		return nil, err
	}
	return t.showRedemption(v, n, v.T("till.handed_out"))
}

// undo takes a redemption back, in the customer's favour.
func (t *till) undo(v *visit) (any, error) {
	var which named
	if err := v.read(&which); err != nil {
		return nil, err
	}
	n, err := t.Rewards.Find(v.ctx(), v.actor, v.programme.ID, which.Redemption)
	if err != nil {
		return nil, err
	}
	answer, err := t.Flow.TakeOne(v.ctx(), flow.UndoOf(n, v.actor))
	if err != nil {
		return nil, err
	}
	said := v.T("till.undone")
	if n.Money > 0 {
		said = v.T("till.undone_money", "sum", v.Money(n.Money, ""))
	}
	return t.showRedemption(v, answer.Redemption, said)
}

// showRedemption answers with a redemption and what can be done with it, below
// a sentence of what was.
func (t *till) showRedemption(v *visit, n *reward.Redemption, said string) (any, error) {
	html, err := v.html(redemptionPart(v, n, said))
	return scanned{Kind: "part", HTML: html}, err
}
