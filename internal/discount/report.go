package discount

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
	"regulars/internal/stats"
)

// Share is how many of so many sales went at a discount. Sums are in minor units.
type Share struct {
	Sales, Discounted int64
	// Goods is what was paid for the goods of all, Given what offers took off.
	Goods, Given int64
}

// Rate is the share of sales with Wilson's interval at 95 %.
func (s Share) Rate() stats.Interval { return stats.Wilson(s.Discounted, s.Sales, stats.Confidence) }

// Depth is what was taken off of what goods would have cost without offers, from
// 0 to 1.
func (s Share) Depth() float64 {
	if s.Goods+s.Given == 0 {
		return 0
	}
	return float64(s.Given) / float64(s.Goods+s.Given)
}

func (s Share) and(o Share) Share {
	return Share{s.Sales + o.Sales, s.Discounted + o.Discounted, s.Goods + o.Goods, s.Given + o.Given}
}

// AtShop is the share of a shop; of no shop, where the sales named none.
type AtShop struct {
	Shop program.Shop
	Share
}

// Running is an offer that takes something off and is in force.
type Running struct {
	OfferID id.ID
	Name    string
	// Since is from when on it has been in force without a pause. Sales are those
	// of the days in which it took something off, Amount what.
	Since  time.Time
	Weeks  int64
	Sales  int64
	Amount int64
	// Tired says that it has run for longer than the settings let it, for
	// everybody and with no end: it is there like the furniture.
	Tired bool
}

// Report is how much went at a discount in the days of the settings until now,
// and in as many before.
type Report struct {
	Settings          Settings
	From, Until       time.Time
	All, Before       Share
	Shops             []AtShop // those with sales, the greatest share first
	Members, Constant int64    // with at least ConstantSales sales, and those of them who bought at nothing but a discount
	Offers            []Running
}

// ConstantSales is from how many sales within the days on it is said of somebody
// that they always buy at a discount.
const ConstantSales = 3

// Known reports whether there are sales enough to say anything of a share.
func (r *Report) Known(s Share) bool { return s.Sales >= r.Settings.Least }

// High reports whether more went at a discount than the settings allow, beyond
// chance: the lower end of the interval is above the limit.
func (r *Report) High(s Share) bool {
	return r.Settings.Limit > 0 && r.Known(s) && s.Rate().Low*100 > float64(r.Settings.Limit)
}

// Report returns how much goes at a discount. Sales that were taken in with their
// prices, as from a file, count as sold without: of them nobody knows. It needs
// rules.read.
func (s *Service) Report(ctx context.Context, a auth.Actor, programme id.ID) (*Report, error) {
	if err := a.Can(programme, auth.RulesRead); err != nil {
		return nil, err
	}
	var r *Report
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		if r, err = Shares(ctx, q, programme, s.now()); err != nil {
			return err
		}
		for _, read := range []func(context.Context, db.Queryer, id.ID) error{r.readBefore, r.readMembers, r.readOffers} {
			if err := read(ctx, q, programme); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// Shares is the part of Report that says how much went at a discount, for whoever
// may see it, as of now. It is what an alarm looks at.
func Shares(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (*Report, error) {
	set, _, err := loadSettings(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	r := &Report{Settings: set, From: now.Add(-set.span()), Until: now}
	shares, err := sharesByShop(ctx, q, programme, r.From, r.Until)
	if err != nil {
		return nil, err
	}
	return r, r.readShops(ctx, q, programme, shares)
}

// readBefore adds up as many days before those of the report.
func (r *Report) readBefore(ctx context.Context, q db.Queryer, programme id.ID) error {
	shares, err := sharesByShop(ctx, q, programme, r.From.Add(-r.Settings.span()), r.From)
	for _, s := range shares {
		r.Before = r.Before.and(s)
	}
	return err
}

func sharesByShop(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) (map[id.ID]Share, error) {
	sold, err := sale.SoldByShop(ctx, q, programme, from, until)
	if err != nil {
		return nil, err
	}
	given, err := promo.GivenByShop(ctx, q, programme, from, until)
	if err != nil {
		return nil, err
	}
	all := map[id.ID]Share{}
	for shop, s := range sold {
		all[shop] = Share{Sales: s.Sales, Goods: s.Goods}
	}
	for shop, g := range given {
		all[shop] = all[shop].and(Share{Discounted: g.Sales, Given: g.Amount})
	}
	return all, nil
}

func (r *Report) readShops(ctx context.Context, q db.Queryer, programme id.ID, shares map[id.ID]Share) error {
	list, err := program.Shops(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, shop := range append(list, program.Shop{}) {
		if s := shares[shop.ID]; s.Sales > 0 {
			r.Shops = append(r.Shops, AtShop{shop, s})
			r.All = r.All.and(s)
		}
	}
	slices.SortStableFunc(r.Shops, func(a, b AtShop) int { return cmp.Compare(b.Rate().Value, a.Rate().Value) })
	return nil
}

// readMembers counts who buys at nothing but a discount. Who was merged counts as
// whom into.
func (r *Report) readMembers(ctx context.Context, q db.Queryer, programme id.ID) error {
	sold, err := sale.SoldByMember(ctx, q, programme, r.From, r.Until)
	if err != nil {
		return err
	}
	given, err := promo.GivenByMember(ctx, q, programme, r.From, r.Until)
	if err != nil {
		return err
	}
	into, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return err
	}
	people := map[id.ID]Share{}
	for m, s := range sold {
		who := survivor(into, m)
		people[who] = people[who].and(Share{Sales: s.Sales, Discounted: given[m].Sales})
	}
	for _, s := range people {
		if s.Sales < ConstantSales {
			continue
		}
		r.Members++
		if s.Discounted == s.Sales {
			r.Constant++
		}
	}
	return nil
}

func survivor(into map[id.ID]id.ID, m id.ID) id.ID {
	for into[m] != 0 {
		m = into[m]
	}
	return m
}

// readOffers lists the offers that take something off now, those that want a
// pause first.
func (r *Report) readOffers(ctx context.Context, q db.Queryer, programme id.ID) error {
	offers, err := promo.Histories(ctx, q, programme)
	if err != nil {
		return err
	}
	given, err := promo.GivenByOffer(ctx, q, programme, r.From, r.Until)
	if err != nil {
		return err
	}
	for i := range offers {
		h := &offers[i]
		now, since := running(h, r.Until)
		if now == nil || now.Spec.Benefit.Kind == promo.Gift || now.Spec.Benefit.Kind == promo.PointsMultiplier {
			continue
		}
		n := Running{OfferID: h.ID, Name: h.Name, Since: since, Weeks: int64(r.Until.Sub(since) / (7 * 24 * time.Hour)), Sales: given[h.ID].Sales, Amount: given[h.ID].Amount}
		// What needs a code or is for newcomers is not there for everybody.
		n.Tired = n.Weeks >= r.Settings.Weeks && now.Ends.IsZero() && !now.Spec.WithCode && now.Spec.Audience != promo.Newcomers && n.Sales > 0
		r.Offers = append(r.Offers, n)
	}
	slices.SortStableFunc(r.Offers, func(a, b Running) int {
		if a.Tired != b.Tired {
			return map[bool]int{true: -1, false: 1}[a.Tired]
		}
		return cmp.Compare(b.Sales, a.Sales)
	})
	return nil
}

// running returns the version of an offer that is in force, and from when on the
// offer has been without a pause; nil for none.
func running(h *promo.History, now time.Time) (*promo.Version, time.Time) {
	var live *promo.Version
	for i := range h.Versions {
		if v := &h.Versions[i]; v.State != promo.Draft && !v.Begins.After(now) && (v.Ends.IsZero() || v.Ends.After(now)) {
			live = v
		}
	}
	if live == nil {
		return nil, time.Time{}
	}
	since := live.Begins
	for range h.Versions { // each may go on from one before it
		for i := range h.Versions {
			v := &h.Versions[i]
			if v.State != promo.Draft && v.Begins.Before(since) && !v.Ends.IsZero() && !v.Ends.Before(since) {
				since = v.Begins
			}
		}
	}
	return live, since
}
