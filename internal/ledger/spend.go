package ledger

import (
	"time"

	"regulars/internal/fault"
)

// Spend pays with available points, soonest expiring first, then earliest
// earned; never with pending or held ones. It refuses with
// "not_enough_points".
func (a *Account) Spend(at time.Time, amount int64, c Cause) error {
	return a.take(at, KindSpend, Spent, amount, c)
}

// take moves available points to a bucket, soonest expiring first.
func (a *Account) take(at time.Time, kind EntryKind, to Bucket, amount int64, c Cause) error {
	parts, err := a.cover(at, amount)
	if err != nil {
		return err
	}
	for _, p := range parts {
		a.post(at, kind, p.lot, Available, to, p.amount, c)
	}
	return nil
}

// cover picks the points that pay an amount, after posting what is due, so that
// nothing expired is ever picked.
func (a *Account) cover(at time.Time, amount int64) ([]part, error) {
	if amount <= 0 {
		return nil, notPositive()
	}
	a.Post(at, Releases|Expiries)
	if have := a.balance[Available]; have < amount {
		have, wanted := a.wallet.Points(have), a.wallet.Points(amount)
		return nil, fault.Refused("not_enough_points", "%s points are wanted and %s are available; ask for less", wanted, have).
			At("/points").With("wanted", wanted).With("available", have)
	}
	return a.choose(amount)
}
