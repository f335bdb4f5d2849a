package giftcard

import (
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// MaxValue bounds what one card may hold, in minor units.
const MaxValue = int64(100_000_000)

// Activate puts the card's face value on it, or the value where the card has
// none, and lets its term begin. The value may be 0 or the same where the card
// has one. The zone is the programme's.
func (c *Card) Activate(at time.Time, value int64, zone *time.Location) error {
	if c.State != Inactive {
		return fault.Conflict("card_active_already", "this gift card has been activated before")
	}
	if c.Face == 0 && value == 0 {
		return fault.Invalid("card_value_needed", "this gift card has no value of its own; say what it is sold for").At("/value")
	}
	if c.Face != 0 && value != 0 && value != c.Face {
		return fault.Invalid("card_value_printed", "this gift card has a value of its own; leave the value out").At("/value").With("value", c.Face)
	}
	if value == 0 {
		value = c.Face
	}
	if err := checkValue(value); err != nil {
		return err.At("/value")
	}
	if c.ended(at) {
		return c.over()
	}
	c.State, c.Activated = Active, at
	c.extend(at, zone)
	c.post(Entry{Kind: KindIssue, Amount: value, At: at})
	return nil
}

// TopUp adds money that was paid for, and lets the term begin anew for all that
// is on the card. Given cards take no money: what is paid for has rights that a
// gift lacks.
func (c *Card) TopUp(at time.Time, amount int64, zone *time.Location) error {
	if err := c.Usable(at); err != nil {
		return err
	}
	if c.Given {
		return fault.Refused("card_given", "this gift card was given free of charge and takes no money; sell a card instead")
	}
	if err := checkValue(amount); err != nil {
		return err.At("/amount")
	}
	if c.Balance+amount > MaxValue {
		return fault.Refused("card_too_full", "a gift card holds at most %d minor units, and this one has %d", MaxValue, c.Balance).
			At("/amount").With("most", MaxValue).With("left", c.Balance)
	}
	c.extend(at, zone)
	c.post(Entry{Kind: KindTopUp, Amount: amount, At: at})
	return nil
}

// extend lets the term begin at the moment; the end never comes nearer.
func (c *Card) extend(at time.Time, zone *time.Location) {
	if c.Months == 0 {
		return
	}
	if end := lastDay(at, c.Months, zone); end.After(c.Expires) {
		c.Expires = end
	}
}

// Charge takes an amount that a sale is paid with. It refuses what Usable
// refuses, more than there is and not held for others ("card_too_low"), and a second charge by the same
// sale ("card_charged_already"). The first charge claims the card.
func (c *Card) Charge(amount int64, sale id.ID, at time.Time) error {
	return c.ChargeFor("", amount, sale, at)
}

// ChargeFor is Charge for the one for whom money may be held: that hold ends.
func (c *Card) ChargeFor(holder string, amount int64, sale id.ID, at time.Time) error {
	if err := c.Usable(at); err != nil {
		return err
	}
	if err := checkValue(amount); err != nil {
		return err
	}
	if t := c.taken[sale]; t != nil && t.charged > 0 {
		return fault.Conflict("card_charged_already", "this sale has charged the gift card already; name each card once")
	}
	if left := c.Balance - c.HeldAt(holder, at); amount > left {
		return tooLow(left, amount)
	}
	c.drop(func(h Hold) bool { return h.Holder == holder || !h.live(at) })
	if c.Claimed.IsZero() {
		c.Claimed = at
	}
	c.note(sale, &taken{charged: amount, at: at})
	c.post(Entry{Kind: KindCharge, Amount: amount, EventID: sale, SaleID: sale, At: at})
	return nil
}

func tooLow(left, asked int64) error {
	return fault.Refused("card_too_low", "the gift card has %d minor units left, less than %d; pay the rest otherwise", left, asked).
		With("left", left).With("asked", asked)
}

func (c *Card) note(sale id.ID, t *taken) {
	if c.taken == nil {
		c.taken = map[id.ID]*taken{}
	}
	c.taken[sale] = t
}

// Taken returns what a sale took from the card and has not been given back. The
// sale must be among those of LoadTaken, or have charged the card just now.
func (c *Card) Taken(sale id.ID) int64 {
	if t := c.taken[sale]; t != nil {
		return t.charged - t.refunded
	}
	return 0
}

// Refund gives back, because of an event such as a return, what a sale took
// from the card, never more ("card_refund_too_much"). Blocked cards take it
// too. A card that has ended since gets as long again as it had when it was
// charged, for the money was the customer's then.
func (c *Card) Refund(amount int64, sale, event id.ID, at time.Time) error {
	if err := checkValue(amount); err != nil {
		return err
	}
	if left := c.Taken(sale); amount > left {
		return fault.Refused("card_refund_too_much", "the sale took %d minor units from this gift card that can still be given back, less than %d", left, amount).
			With("left", left).With("asked", amount)
	}
	for _, e := range c.entries {
		if e.Kind == KindRefund && e.EventID == event && e.SaleID == sale {
			return fault.Conflict("card_refunded_already", "this return has given the money back to the gift card already")
		}
	}
	t := c.taken[sale]
	if c.ended(at) {
		c.Expire(at) // what ran out does not come back
		c.Expires = at.Add(c.Expires.Sub(t.at))
	}
	t.refunded += amount
	c.post(Entry{Kind: KindRefund, Amount: amount, EventID: event, SaleID: sale, At: at})
	return nil
}

// Expire posts what ran out by the moment, dated at the end of the card, and
// returns how much that was.
func (c *Card) Expire(until time.Time) int64 {
	if !c.ended(until) || c.Balance == 0 {
		return 0
	}
	lost := c.Balance
	c.drop(func(Hold) bool { return true })
	c.post(Entry{Kind: KindExpire, Amount: lost, At: c.Expires})
	return lost
}

// Block stops an active card from paying.
func (c *Card) Block() error {
	if c.State != Active {
		return fault.Conflict("card_not_blockable", "only an active gift card can be blocked")
	}
	c.State, c.changed = Blocked, true
	return nil
}

// Unblock lets a blocked card pay again.
func (c *Card) Unblock() error {
	if c.State != Blocked {
		return fault.Conflict("card_not_blocked", "the gift card is not blocked")
	}
	c.State, c.changed = Active, true
	return nil
}

// Claim makes the card a member's. It may be meant for one of the member's
// aliases, or for nobody yet.
func (c *Card) Claim(member id.ID, aliases []id.ID, at time.Time) error {
	if err := c.Usable(at); err != nil {
		return err
	}
	if c.MemberID != 0 && !slices.Contains(aliases, c.MemberID) {
		return fault.Refused("card_not_yours", "this gift card is somebody else's")
	}
	c.MemberID, c.changed = member, true
	if c.Claimed.IsZero() {
		c.Claimed = at
	}
	return nil
}

func checkValue(amount int64) *fault.Error {
	if amount <= 0 || amount > MaxValue {
		return fault.Invalid("card_amount", "an amount must be between 1 and %d minor units", MaxValue).With("least", 1).With("most", MaxValue)
	}
	return nil
}
