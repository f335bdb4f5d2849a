package giftcard

import (
	"errors"
	"slices"
	"time"

	"regulars/internal/db"
)

// Hold is money of a card that is set aside for an open sale.
type Hold struct {
	Holder string // names the sale
	Amount int64  // minor units
	// Until is when the hold ends by itself; it counts before.
	Until time.Time
}

func (h Hold) live(at time.Time) bool { return db.Micros(h.Until) > db.Micros(at) }

var errHold = errors.New("a hold of a gift card names its sale and ends after it begins")

// HeldAt returns what is set aside at the moment for others than the holder,
// empty for nobody: all of it.
func (c *Card) HeldAt(holder string, at time.Time) int64 {
	n := int64(0)
	for _, h := range c.holds {
		if h.live(at) && (holder == "" || h.Holder != holder) {
			n += h.Amount
		}
	}
	return n
}

// AvailableAt returns what the card can pay at the moment: what is left and not
// set aside.
func (c *Card) AvailableAt(at time.Time) int64 {
	return max(0, c.BalanceAt(at)-c.HeldAt("", at))
}

// Hold sets money aside for an open sale until a moment, or until the card ends
// if that is sooner. A hold of the same holder is replaced. It refuses what
// Charge would refuse.
func (c *Card) Hold(h Hold, at time.Time) error {
	if err := c.Usable(at); err != nil {
		return err
	}
	if err := checkValue(h.Amount); err != nil {
		return err
	}
	if h.Holder == "" || !h.Until.After(at) {
		return errHold
	}
	if !c.Expires.IsZero() && c.Expires.Before(h.Until) {
		h.Until = c.Expires
	}
	if left := c.Balance - c.HeldAt(h.Holder, at); h.Amount > left {
		return tooLow(left, h.Amount)
	}
	c.drop(func(o Hold) bool { return o.Holder == h.Holder || !o.live(at) })
	c.holds, c.changed = append(c.holds, h), true
	return nil
}

// Release ends the hold of a holder. Where there is none nothing happens.
func (c *Card) Release(holder string) {
	c.drop(func(h Hold) bool { return h.Holder == holder })
}

// lapse ends the holds whose time is over.
func (c *Card) lapse(at time.Time) { c.drop(func(h Hold) bool { return !h.live(at) }) }

func (c *Card) drop(which func(Hold) bool) {
	n := len(c.holds)
	c.holds = slices.DeleteFunc(c.holds, which)
	c.changed = c.changed || len(c.holds) < n
}

// held is the sum of the holds, whether or not their time is over.
func (c *Card) held() int64 {
	n := int64(0)
	for _, h := range c.holds {
		n += h.Amount
	}
	return n
}
