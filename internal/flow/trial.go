package flow

import (
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// trial is what a draft says of prices: its offers, and its rewards.
type trial struct {
	offers  *promo.Offerset
	drafted map[id.ID]bool // the offers
	rewards map[id.ID]*reward.Reward
}

// trialOf readies the offers and rewards of a draft; nil when it has none.
func trialOf(s *setup, d Draft) (*trial, error) {
	if len(d.Offers) == 0 && len(d.Rewards) == 0 {
		return nil, nil
	}
	t := &trial{drafted: map[id.ID]bool{}, rewards: map[id.ID]*reward.Reward{}}
	var err error
	if t.offers, err = promo.NewOfferset(s.programme.Zone, s.programme.Currency, nil); err != nil {
		return nil, err
	}
	for i, v := range d.Offers {
		apart(&v.OfferID, &v.ID, i)
		t.drafted[v.OfferID] = true
		if t.offers, err = t.offers.WithDraft(v); err != nil {
			return nil, err
		}
	}
	for i := range d.Rewards {
		t.rewards[d.Rewards[i].ID] = &d.Rewards[i]
	}
	return t, nil
}

// prices reports whether the draft has offers.
func (t *trial) prices() bool { return t != nil && len(t.drafted) > 0 }

// costOf returns the points that a redemption of the past costs.
func (t *trial) costOf(f *fact) int64 {
	then := f.payload.Redeemed
	if t == nil || f.payload.Redemption == nil {
		return then.Points
	}
	if r := t.rewards[f.payload.Redemption.RewardID]; r != nil && r.WalletID == then.WalletID {
		return r.Points
	}
	return then.Points
}

// tryPrice prices a sale of the past with the offers of a draft on what other
// offers left of it then, and pays with as many points as then, as far as there
// are so many and so much is to pay. A code opens an offer of the draft where it
// did so then.
func (t *trial) tryPrice(set *setup, a *account, f *fact, s *sale.Sale) error {
	n, codes := &Settlement{}, []promo.Presented(nil)
	for _, l := range s.Lines {
		n.List = append(n.List, l.Amount)
	}
	then := f.payload.Settled
	if then != nil {
		codes = t.keepOthers(n, then, s)
	}
	s.Reckon()
	facts, err := a.facts(f, s)
	if err != nil {
		return err
	}
	priced := t.offers.Price(promo.Basket{Facts: &facts, ShopID: f.shopID, Items: f.till.items, Enrolled: a.joined(f.occurred), Codes: codes}, a.offers)
	for _, d := range priced.Discounts {
		n.Discounts = append(n.Discounts, Discount{Line: d.Line, VersionID: d.VersionID, Amount: d.Amount})
	}
	for _, o := range priced.Applied {
		applied := appliedOffer(o)
		applied.Raise = nil // multiply has it
		n.Applied = append(n.Applied, applied)
	}
	if n.recomputes() {
		n.Costs = costs(f.till.items)
	}
	for i := range s.Lines {
		s.Lines[i].Amount = priced.Amounts[i]
	}
	s.Reckon()
	if _, err := a.multiply(set, f, s, &priced); err != nil {
		return err
	}
	a.offers.Apply(&priced)
	s.Priced = true
	n.Total, n.Due = s.Total, s.Total
	a.settle(s.ID, n)
	if then == nil {
		return nil
	}
	return a.repeatTenders(f, s, n, then.Tenders)
}

// keepOthers takes off what offers took off then that the draft does not speak
// of, and returns the codes that opened those it does.
func (t *trial) keepOthers(n, then *Settlement, s *sale.Sale) []promo.Presented {
	var codes []promo.Presented
	again := map[id.ID]bool{} // versions
	for _, o := range then.Applied {
		if !t.drafted[o.OfferID] {
			n.Applied = append(n.Applied, o)
			continue
		}
		again[o.VersionID] = true
		if o.CodeID != 0 {
			codes = append(codes, promo.Presented{Text: o.Code, Code: &promo.Code{ID: o.CodeID, OfferID: o.OfferID, Text: o.Code}})
		}
	}
	for _, d := range then.Discounts {
		if !again[d.VersionID] {
			n.Discounts = append(n.Discounts, d)
			s.Lines[d.Line-1].Amount -= d.Amount
		}
	}
	return codes
}

// repeatTenders pays as then, as far as there are so many points and so much is
// to pay.
func (a *account) repeatTenders(f *fact, s *sale.Sale, n *Settlement, then []Tender) error {
	for _, t := range then {
		amount := min(t.Amount, n.Due)
		if w := a.wallet(t.WalletID); w != nil {
			points := min(t.Points, w.Balance()[ledger.Available])
			if amount < t.Amount {
				points = min(points, money.Part(t.Points, amount, t.Amount))
			}
			if points <= 0 {
				continue
			}
			if err := w.Spend(f.occurred, points, paid(f, s)); err != nil {
				return err
			}
			t = Tender{Kind: ByPoints, WalletID: t.WalletID, Points: points, Amount: money.Part(t.Amount, points, t.Points)}
		} else {
			t.Amount = amount
		}
		n.pay(s, t)
	}
	return nil
}
