package ledger

import (
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Hold is points set aside for an open sale.
type Hold struct {
	ID, MemberID, WalletID id.ID
	// Amount was set aside, Left still is: smallest units.
	Amount, Left int64
	Placed       time.Time
	// Lapses is when the hold ends by itself; zero for never.
	Lapses time.Time
	Cause  Cause
	// Parts are the lots of which the points are, in the order in which they
	// were taken.
	Parts []HoldPart

	fresh, changed bool
}

// HoldPart is what a hold still holds of one lot.
type HoldPart struct {
	LotEvent, LotID id.ID
	Left            int64
}

// Hold sets available points aside for an open sale until it is captured or
// released, or until the moment given, if any. The points are those that Spend
// would take. It refuses with "not_enough_points".
func (a *Account) Hold(at time.Time, amount int64, until time.Time, c Cause) (*Hold, error) {
	if !until.IsZero() && !until.After(at) {
		return nil, fault.Invalid("hold_over_before", "a hold must end after it begins").At("/until")
	}
	parts, err := a.cover(at, amount)
	if err != nil {
		return nil, err
	}
	return a.place(at, parts, until, c), nil
}

// place makes the hold of the points picked.
func (a *Account) place(at time.Time, parts []part, until time.Time, c Cause) *Hold {
	h := &Hold{
		ID: a.pick(), MemberID: a.key.MemberID, WalletID: a.key.WalletID, Placed: micro(at), Lapses: micro(until), Cause: c, fresh: true,
	}
	why := c
	if c.Kind != CauseReversal {
		why = h.why(c)
	}
	for _, p := range parts {
		a.post(at, KindHold, p.lot, Available, Held, p.amount, why)
		h.Parts = append(h.Parts, HoldPart{p.lot.EventID, p.lot.ID, p.amount})
		h.Amount += p.amount
	}
	h.Left = h.Amount
	a.keep(h)
	return h
}

// keep takes in a hold, loaded or new.
func (a *Account) keep(h *Hold) {
	a.holds[h.ID] = h
	if h.Left > 0 && !h.Lapses.IsZero() {
		a.releases.add(duty{at: h.Lapses, hold: h, what: Releases})
	}
}

// Capture spends points of an open hold, in the order in which they were set
// aside, and releases the rest. It refuses more than is held
// ("over_hold") and a hold that is not open any more ("hold_closed").
func (a *Account) Capture(at time.Time, h *Hold, amount int64, c Cause) error {
	if amount <= 0 {
		return notPositive()
	}
	if err := a.ready(at, h); err != nil {
		return err
	}
	if amount > h.Left {
		held, wanted := a.wallet.Points(h.Left), a.wallet.Points(amount)
		return fault.Refused("over_hold", "%s points are wanted and %s are held; hold more first", wanted, held).
			At("/points").With("wanted", wanted).With("held", held)
	}
	for i := range h.Parts {
		p := &h.Parts[i]
		n := min(amount, p.Left)
		a.post(at, KindCapture, a.lots[p.LotID], Held, Spent, n, h.why(c))
		h.less(p, n)
		amount -= n
	}
	a.release(at, h, c)
	return nil
}

// Release gives back what a hold still holds. Points whose time has ended
// meanwhile expire.
func (a *Account) Release(at time.Time, h *Hold, c Cause) error {
	if err := a.ready(at, h); err != nil {
		return err
	}
	a.release(at, h, c)
	return nil
}

// ready posts what is due and refuses a hold that is closed.
func (a *Account) ready(at time.Time, h *Hold) error {
	a.Post(at, Releases|Expiries)
	if h.Left == 0 {
		return fault.Conflict("hold_closed", "the hold %s has been captured or released, or its time is over; set the points aside again", h.ID.In(id.Hold)).
			With("hold", h.ID.In(id.Hold))
	}
	return nil
}

func (a *Account) release(at time.Time, h *Hold, c Cause) {
	why := h.why(c)
	var lots []*Lot
	for i := range h.Parts {
		p := &h.Parts[i]
		l := a.lots[p.LotID]
		a.putBack(at, KindUnhold, l, Held, p.Left, why)
		h.less(p, p.Left)
		lots = append(lots, l)
	}
	a.land(at, lots, c)
}

// why returns the cause of an entry of the hold.
func (h *Hold) why(c Cause) Cause {
	return Cause{Event: c.Event, Kind: CauseHold, ID: h.ID, Reason: c.Reason}
}

func (h *Hold) less(p *HoldPart, n int64) {
	h.changed = h.changed || n > 0
	p.Left -= n
	h.Left -= n
}

// putBack returns points to a lot, which is available if its time has come.
func (a *Account) putBack(at time.Time, kind EntryKind, l *Lot, from Bucket, n int64, c Cause) {
	if n > 0 && !l.Released && !l.Activates.After(at) {
		a.mature(at, l, c)
	}
	a.post(at, kind, l, from, l.Bucket(), n, c)
}

// land deals with lots that points came back to: available points pay what is
// owed, those first that would expire soonest; then the lots whose time has
// ended expire.
func (a *Account) land(at time.Time, lots []*Lot, c Cause) {
	for _, l := range slices.SortedFunc(slices.Values(lots), sooner) {
		if l.Released {
			a.repay(at, l, c)
		}
		if l.over(at) {
			a.end(at, l, c)
		}
	}
}
