package ledger

import (
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Grant is points that a rule gives, or an offer.
type Grant struct {
	EventID id.ID
	Amount  int64 // smallest units; nothing is given for 0 and less
	// Activates and Expires bound the use: Activates ≤ now < Expires. Zero means
	// at once and never.
	Activates, Expires time.Time
	// Shares are the points by line of the sale, at line number − 1.
	Shares      []int64
	RuleVersion id.ID
	// OfferVersion is that of the offer that gives them, instead of a rule.
	OfferVersion id.ID
	Reason       i18n.Text
}

func (g *Grant) cause() Cause {
	c := Cause{Event: g.EventID, Kind: CauseRule, ID: g.RuleVersion, Reason: g.Reason}
	if g.OfferVersion != 0 {
		c.Kind, c.ID = CauseOffer, g.OfferVersion
	}
	return c
}

// Earn gives points by a rule or an offer and returns their lot, or nil when there are
// none. What is owed is paid first, from the new lot, pending or not, unless
// what was released before can pay it.
func (a *Account) Earn(at time.Time, g Grant) *Lot {
	if g.Amount <= 0 {
		return nil
	}
	a.Post(at, Releases)
	l := a.grant(at, g)
	c := g.cause()
	a.post(at, KindEarn, l, Earned, l.Bucket(), g.Amount, c)
	a.repay(at, l, c)
	return l
}

// grant makes the lot of a grant, still empty.
func (a *Account) grant(at time.Time, g Grant) *Lot {
	l := &Lot{
		EventID: g.EventID, ID: a.pick(), MemberID: a.key.MemberID, WalletID: a.key.WalletID, Amount: g.Amount,
		Earned: micro(at), Activates: micro(g.Activates), Expires: micro(g.Expires), Shares: slices.Clone(g.Shares),
		RuleVersion: g.RuleVersion, Reason: g.Reason,
	}
	l.Released = !l.Activates.After(l.Earned)
	l.book.fresh = true
	a.add(l)
	return l
}

// Adjust gives points by hand, or takes them when amount is below 0. Given
// points are available at once until they expire (zero: never) and pay what is
// owed first. It refuses to take more than is available, with
// "not_enough_points".
func (a *Account) Adjust(at time.Time, amount int64, expires time.Time, c Cause) (*Lot, error) {
	switch {
	case amount < 0:
		return nil, a.take(at, KindAdjustDown, AdjustedDown, -amount, c)
	case amount == 0:
		return nil, notPositive()
	case !expires.IsZero() && !expires.After(at):
		return nil, fault.Invalid("points_end_passed", "points cannot be given with an end that has passed; choose a later day").At("/expires")
	}
	a.Post(at, Releases)
	l := a.grant(at, Grant{EventID: c.Event, Amount: amount, Expires: expires, Reason: c.Reason})
	a.post(at, KindAdjustUp, l, AdjustedUp, l.Bucket(), amount, c)
	a.repay(at, l, c)
	return l, nil
}

func notPositive() error {
	return fault.Invalid("points_not_positive", "the number of points must be above 0").At("/points")
}
