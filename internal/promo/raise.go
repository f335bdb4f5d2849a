package promo

import (
	"math"
	"slices"
	"sort"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Raise is what an offer that multiplies points does for a sale.
type Raise struct {
	Rate money.Rate `json:"rate"`
	// WalletID is the wallet whose points are multiplied; 0 is every wallet.
	WalletID id.ID `json:"wallet,omitempty"`
	// Lines are the indexes of the lines whose points are multiplied.
	Lines []int `json:"lines"`
	// Points is what the offer gave on top, in the smallest units of all
	// wallets, and Worth what the programme owes for that, in minor units.
	Points int64 `json:"points"`
	Worth  int64 `json:"worth,omitempty"`
	// Cut says that a limit of the member left no more than Points.
	Cut bool `json:"cut,omitempty"`
}

// Raised is points that an offer gives on top of a grant of the rules. They
// become usable and expire with it.
type Raised struct {
	VersionID id.ID
	Grant     int // index of the grant
	WalletID  id.ID
	Amount    int64   // smallest units, above 0
	Shares    []int64 // by line, at line number − 1; they sum up to Amount
	Reason    i18n.Text
}

// Worth says what the programme owes for points of a wallet, in minor units. It
// must not fall as the points grow.
type Worth func(wallet id.ID, points int64) int64

// raising is an offer that multiplies points, until it is known what it gives.
type raising struct {
	*offer
	applied int // index
	uses    []use
	claims  []claim
}

// Raises reports whether an offer that applies multiplies points. What it gives
// is known only when the rules have decided about the priced sale: then Raise
// must be called, before the pricing is counted or kept.
func (p *Pricing) Raises() bool { return len(p.raises) > 0 }

// Raise completes the pricing with the points that offers give on top of what
// the rules granted for the sale as it is priced, and returns them.
//
// Rules come first, with their own multipliers, caps and budgets; an offer
// multiplies what they granted in the end, so that its points are beyond the
// caps and budgets of rules and within its own. It looks at the points of its
// lines alone, by the shares of each grant; points that belong to no line are
// not multiplied. Of each grant it gives floor(points × (rate − 1)), split over
// the lines by what those earned. Several offers each reckon from what the rules
// granted and never from one another: ×2 and ×3 together make ×4.
//
// The limits of the offer in money count what the points are worth. A member's
// limit cuts the points to what is left of it; a budget that they would pass
// refuses the offer, and so does it where there is nothing to multiply: such an
// offer uses up neither code nor limit.
func (p *Pricing) Raise(grants []earn.Grant, worth Worth) []Raised {
	var given []Raised
	var applied []Applied
	from := 0
	for i := range p.raises {
		r := &p.raises[i]
		a := p.Applied[r.applied]
		applied = append(applied, p.Applied[from:r.applied]...)
		from = r.applied + 1
		list := a.Raise.on(grants)
		if why := r.settle(list, worth, a.Raise); why != nil {
			r.refuse(*why)
			p.Refused = append(p.Refused, *r.refusal)
			continue
		}
		a.Reason = r.raised(a.Raise.Cut)
		for _, one := range list {
			one.VersionID, one.Reason = a.VersionID, r.raised(false)
			given = append(given, one)
		}
		applied = append(applied, a)
		p.count(r, a.Raise.Worth)
	}
	p.Applied, p.raises = append(applied, p.Applied[from:]...), nil
	return slices.DeleteFunc(given, func(one Raised) bool { return one.Amount == 0 })
}

// count notes what an offer uses of its limits.
func (p *Pricing) count(r *raising, worth int64) {
	for _, u := range r.uses {
		p.uses = append(p.uses, use{u.slot, worth})
	}
	for _, c := range r.claims {
		c.amount = worth
		p.claims = append(p.claims, c)
	}
}

// settle cuts the points to the member's limits, or says why the offer gives
// nothing.
func (r *raising) settle(list []Raised, worth Worth, out *Raise) *reason {
	left := int64(math.MaxInt64)
	if r.limit >= 0 {
		left = r.most
	}
	all := int64(0)
	for i := range list {
		one := &list[i]
		all += one.Amount
		one.cut(func(points int64) bool { return worth(one.WalletID, points) <= left })
		cost := worth(one.WalletID, one.Amount)
		left, out.Points, out.Worth = left-cost, out.Points+one.Amount, out.Worth+cost
	}
	out.Cut = out.Points < all
	switch {
	case all == 0:
		return &r.why.unearned
	case out.Points == 0:
		why := r.why.cap(r.limits[r.limit])
		return &why
	case out.Worth > r.budget:
		return &r.spent
	}
	return nil
}

// on returns what the offer gives on top of each grant, without limits.
func (r *Raise) on(grants []earn.Grant) []Raised {
	var list []Raised
	more := money.NewRate(r.Rate.Num()-r.Rate.Den(), r.Rate.Den())
	for i := range grants {
		g := &grants[i]
		if len(g.Shares) == 0 || r.WalletID != 0 && r.WalletID != g.WalletID {
			continue
		}
		earned := make([]int64, len(g.Shares))
		for _, line := range r.Lines {
			if line < len(earned) {
				earned[line] = g.Shares[line]
			}
		}
		points, err := more.Apply(total(earned), money.Floor)
		if err != nil || points <= 0 || points > money.MaxMinor {
			continue
		}
		list = append(list, Raised{Grant: i, WalletID: g.WalletID, Amount: points, Shares: money.Split(points, earned)})
	}
	return list
}

// Again returns what the version of an offer that applied gives on top of other
// grants for the same sale, for the simulator: without asking limits, but no
// more than it gave where one of them had cut it.
func (r *Raise) Again(grants []earn.Grant, version id.ID, reason i18n.Text) []Raised {
	list, left := r.on(grants), int64(math.MaxInt64)
	if r.Cut {
		left = r.Points
	}
	for i := range list {
		list[i].cut(func(points int64) bool { return points <= left })
		list[i].VersionID, list[i].Reason = version, reason
		left -= list[i].Amount
	}
	return slices.DeleteFunc(list, func(one Raised) bool { return one.Amount == 0 })
}

// cut lowers the points to the most that fit.
func (r *Raised) cut(fits func(points int64) bool) {
	if fits(r.Amount) {
		return
	}
	most := sort.Search(int(r.Amount), func(n int) bool { return !fits(int64(n) + 1) })
	r.Amount = int64(most)
	r.Shares = money.Split(r.Amount, r.Shares)
}

// raised says what an offer does to the points.
func (o *offer) raised(cut bool) i18n.Text {
	args := map[string]any{"offer": o.name, "what": o.what}
	if cut {
		args["limit"] = o.limits[o.limit]
		return i18n.Text{Key: "promo.applied_points_cut", Args: args}
	}
	return i18n.Text{Key: "promo.applied_points", Args: args}
}

// raiseOf returns what an offer promises of points; nil of one that does not.
func (o *offer) raiseOf() *Raise {
	if o.spec.Benefit.Kind != PointsMultiplier {
		return nil
	}
	return &Raise{Rate: o.spec.Benefit.Rate, WalletID: o.wallet, Lines: o.lines}
}
