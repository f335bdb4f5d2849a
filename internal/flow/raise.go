package flow

import (
	"math"
	"slices"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// grantsNothing reports whether the shop of a fact gives no points.
func (s *setup) grantsNothing(f *fact) bool {
	l := s.limit(f)
	return l != nil && l.NoGrant
}

// decision is what the rules grant for an event; pricing may have had to know.
func (a *account) decision(set *setup, f *fact, s *sale.Sale) (*earn.Decision, error) {
	if f.decided == nil {
		facts, err := a.facts(f, s)
		if err != nil {
			return nil, err
		}
		d := set.rules.Decide(&facts, a.usage)
		f.decided = &d
	}
	return f.decided, nil
}

// multiply settles what the offers give that multiply points, if there are any:
// the rules decide about the sale as it is priced now, and earnFor posts what
// they said. It returns the offers that turn out not to apply.
func (a *account) multiply(set *setup, f *fact, s *sale.Sale, priced *promo.Pricing) ([]promo.Refusal, error) {
	if !priced.Raises() {
		return nil, nil
	}
	var grants []earn.Grant
	if a.joined(f.occurred) && !set.grantsNothing(f) {
		d, err := a.decision(set, f, s)
		if err != nil {
			return nil, err
		}
		grants = d.Grants
	}
	before := len(priced.Refused)
	f.raised = priced.Raise(grants, set.worth)
	return priced.Refused[before:], nil
}

// worth is what the programme owes for points of a wallet, in minor units.
func (s *setup) worth(wallet id.ID, points int64) int64 {
	w, err := s.wallet(wallet)
	if err != nil {
		return 0
	}
	n, err := w.Unit.Apply(points, money.Floor)
	if err != nil {
		return math.MaxInt64
	}
	return n
}

// amend notes what became of the offers that multiply points, some of which are
// refused only now.
func (n *Settlement) amend(p *promo.Pricing, refused []promo.Refusal, f *fact) {
	n.Applied = slices.DeleteFunc(n.Applied, func(o AppliedOffer) bool {
		return o.Raise != nil && !slices.ContainsFunc(p.Applied, func(a promo.Applied) bool { return a.VersionID == o.VersionID })
	})
	for i := range n.Applied {
		if n.Applied[i].Raise == nil {
			continue
		}
		for _, a := range p.Applied {
			if a.Raise != nil && a.VersionID == n.Applied[i].VersionID {
				n.Applied[i].Reason = a.Reason
			}
		}
	}
	for _, r := range refused {
		if f.tells(r) {
			n.Refused = append(n.Refused, refusedOffer(r))
		}
	}
}

// raise posts what offers give on top of what the rules granted. Of a sale of
// the past they are those that applied then.
func (a *account) raise(f *fact, s *sale.Sale, grants []earn.Grant) {
	raised := f.raised
	if s != nil && f.replayed && a.settled[s.ID] != nil {
		for _, o := range a.settled[s.ID].Applied {
			if o.Raise != nil {
				raised = append(raised, o.Raise.Again(grants, o.VersionID, o.Reason)...)
			}
		}
	}
	for _, r := range raised {
		g := grants[r.Grant]
		a.wallet(r.WalletID).Earn(f.occurred, ledger.Grant{
			EventID: f.id, Amount: r.Amount, Shares: r.Shares, Activates: g.Activates, Expires: g.Expires, OfferVersion: r.VersionID, Reason: r.Reason,
		})
	}
}
