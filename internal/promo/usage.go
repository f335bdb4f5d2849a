package promo

import (
	"regulars/internal/earn"
	"regulars/internal/id"
)

// Slot names one counter of a member: what an offer gave within one period.
type Slot struct {
	OfferID id.ID
	Period  earn.Period
	Start   int64 // the period's first instant, in microseconds; 0 of earn.Ever
}

// Count is what an offer gave a member within a slot.
type Count struct {
	Times, Amount int64

	changed bool
}

// Counts are a member's counters. What is not there is zero.
type Counts map[Slot]Count

// Spending is what an offer gave all members.
type Spending struct {
	Uses, Amount int64

	claimed, limit Budget
}

// ShopSlot names one budget of an offer: of a shop within one period.
type ShopSlot struct {
	OfferID, ShopID id.ID
	Period          earn.Period
	Start           int64 // as of Slot
}

// ShopBudgets are what offers with budgets for shops have given.
type ShopBudgets map[ShopSlot]Spending

// Budgets are what offers with a budget have given, by offer.
type Budgets map[id.ID]Spending

// Usage is what has been used of the limits that bear on one member. Budgets and
// Shops may be shared by the usages of a batch. The zero Usage is that nothing was
// used.
type Usage struct {
	Counts  Counts
	Budgets Budgets
	Shops   ShopBudgets
	// Merged are the counters of those who were merged into the member. They
	// count as the member's own, and nothing is added to them.
	Merged []Counts
}

// had returns what the member and those merged into them had.
func (u *Usage) had(s Slot) Count {
	n := u.Counts[s]
	for _, other := range u.Merged {
		n.Times, n.Amount = n.Times+other[s].Times, n.Amount+other[s].Amount
	}
	return n
}

type use struct {
	slot   Slot
	amount int64
}

// claim is on the budget of an offer, or on that of a shop.
type claim struct {
	offer  id.ID // 0 where it is a shop's
	shop   ShopSlot
	amount int64
	limit  Budget
}

func (s Spending) with(c claim) Spending {
	s.Uses, s.Amount = s.Uses+1, s.Amount+c.amount
	s.claimed.Uses, s.claimed.Amount = s.claimed.Uses+1, s.claimed.Amount+c.amount
	s.limit = c.limit
	return s
}

// Apply counts what a pricing gives, so that the next one sees it.
func (u *Usage) Apply(p *Pricing) {
	if u.Counts == nil && len(p.uses) > 0 {
		u.Counts = Counts{}
	}
	for _, use := range p.uses {
		n := u.Counts[use.slot]
		u.Counts[use.slot] = Count{Times: n.Times + 1, Amount: n.Amount + use.amount, changed: true}
	}
	if u.Budgets == nil && len(p.claims) > 0 {
		u.Budgets = Budgets{}
	}
	if u.Shops == nil && len(p.claims) > 0 {
		u.Shops = ShopBudgets{}
	}
	for _, c := range p.claims {
		if c.offer == 0 {
			u.Shops[c.shop] = u.Shops[c.shop].with(c)
		} else {
			u.Budgets[c.offer] = u.Budgets[c.offer].with(c)
		}
	}
}
