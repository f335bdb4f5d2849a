package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Refund gives back points that were paid: to the lots that they came from,
// the last taken first, so that what is kept is what would expire soonest.
// Points whose time has ended meanwhile expire at once, unless something is
// owed, which they pay first. The entries are those of the payment; the amount
// may be a part. It refuses more than is left of them ("refund_too_large").
func (a *Account) Refund(at time.Time, payment []id.ID, amount int64, c Cause) error {
	lots, err := a.unspend(at, payment, amount, c)
	if err != nil {
		return err
	}
	a.land(at, lots, c)
	return nil
}

// unspend gives back points that were paid and returns the lots that they came
// from, each once; what is owed and what has ended is still to be dealt with.
func (a *Account) unspend(at time.Time, payment []id.ID, amount int64, c Cause) ([]*Lot, error) {
	if amount <= 0 {
		return nil, notPositive()
	}
	list, err := a.earlier(payment)
	if err != nil {
		return nil, err
	}
	left := int64(0)
	for _, e := range list {
		if e.To != Spent {
			return nil, fault.Invalid("not_a_payment", "the entry %s did not pay for anything", e.ID.In(id.Entry)).With("entry", e.ID.In(id.Entry))
		}
		left += a.left(e)
	}
	if left < amount {
		left, wanted := a.wallet.Points(left), a.wallet.Points(amount)
		return nil, fault.Refused("refund_too_large", "%s points are to go back and %s are left of the payment", wanted, left).
			At("/points").With("wanted", wanted).With("left", left)
	}
	a.Post(at, Releases|Expiries)
	var lots []*Lot
	for _, e := range list {
		n := min(amount, a.left(e))
		amount -= n
		l := a.lots[e.LotID]
		a.putBack(at, KindRefund, l, Spent, n, reversal(e, c))
		if !slices.Contains(lots, l) {
			lots = append(lots, l)
		}
	}
	return lots, nil
}

// reversal returns the cause of what undoes an entry.
func reversal(e Entry, c Cause) Cause {
	return Cause{Event: c.Event, Kind: CauseReversal, ID: e.ID, Reason: c.Reason}
}

// left returns what of an entry has not been undone yet.
func (a *Account) left(e Entry) int64 { return e.Amount - a.undone[e.ID] }

// earlier returns entries that were made or loaded to be undone, the latest
// first.
func (a *Account) earlier(entries []id.ID) ([]Entry, error) {
	list := make([]Entry, 0, len(entries))
	for _, wanted := range entries {
		e, ok := a.past[wanted]
		if i := slices.IndexFunc(a.entries, func(e Entry) bool { return e.ID == wanted }); i >= 0 {
			e, ok = a.entries[i], true
		}
		if !ok {
			return nil, fault.Missing("no_such_entry", "there is no entry %s on this account", wanted.In(id.Entry)).With("entry", wanted.In(id.Entry))
		}
		if e.LotID != 0 && a.lots[e.LotID] == nil {
			return nil, fmt.Errorf("undoing entry %s: %w", wanted.In(id.Entry), errPartial)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(b.ID, a.ID) })
	return list, nil
}

// Reverse undoes earlier entries as far as they have not been undone, the
// latest first: all those of one movement, or one alone. Points given are
// clawed back by the wallet's policy; points paid come back as by Refund; what
// a clawback took, excused or left owing is as if it had not been. What the
// clock did would be done again at once, so expired points need a new end and
// released ones a new beginning: until, which is also the end of a hold placed
// again. It refuses entries that are undone already ("already_reversed"), that
// cannot be undone by themselves ("not_reversible"), and those whose points
// have been used since ("points_used"); then nothing is changed.
func (a *Account) Reverse(at time.Time, entries []id.ID, until time.Time, c Cause) error {
	list, err := a.earlier(entries)
	if err != nil {
		return err
	}
	a.Post(at, Releases|Expiries)
	before := a.snapshot()
	u := &undoing{account: a, at: at, until: micro(until), cause: c}
	for _, e := range list {
		if err := u.undo(e); err != nil {
			a.restore(before)
			return err
		}
	}
	if !u.did {
		return fault.Conflict("already_reversed", "this has been undone already")
	}
	a.land(at, u.lots, c)
	return nil
}

// undoing is a reversal on its way.
type undoing struct {
	account   *Account
	at, until time.Time
	cause     Cause
	lots      []*Lot // that points came back to
	did       bool
}

func (u *undoing) undo(e Entry) error {
	n := u.account.left(e)
	if n <= 0 {
		return nil
	}
	u.did = true
	l, c := u.account.lots[e.LotID], reversal(e, u.cause)
	switch e.Kind {
	case KindEarn, KindAdjustUp:
		return u.takeBack(l, n, c)
	case KindHold:
		return u.unhold(e, l, n, c)
	case KindUnhold:
		return u.holdAgain(l, n, c)
	case KindRelease:
		return u.suspend(l, c)
	case KindExpire:
		return u.restore(l, n, c)
	case KindOwe:
		return u.disclaim(l, n, c)
	case KindRefund:
		return u.drain(l, n, c)
	case KindMoveIn, KindMoveOut, KindReversal:
		return notReversible(e)
	}
	u.giveBack(e, l, n, c)
	return nil
}

func notReversible(e Entry) error {
	return fault.Refused("not_reversible", "an entry of the kind %s is not undone by itself; undo what caused it, or adjust the points", e.Kind).
		With("kind", e.Kind.String())
}

func pointsUsed() error {
	return fault.Refused("points_used", "the points have been used since; undo that first, or adjust the points")
}

// giveBack turns an entry round whose points go back to their lot: a payment,
// a clawback, an adjustment down, a repayment or a note.
func (u *undoing) giveBack(e Entry, l *Lot, n int64, c Cause) {
	switch {
	case e.note():
		u.account.post(u.at, KindReversal, l, e.From, e.To, n, c)
		return
	case e.To == Spent:
		u.account.putBack(u.at, KindRefund, l, e.To, n, c)
	default:
		u.account.putBack(u.at, KindReversal, l, e.To, n, c)
	}
	u.lots = append(u.lots, l)
}

// takeBack undoes a grant.
func (u *undoing) takeBack(l *Lot, n int64, c Cause) error {
	if l.Claim() == 0 {
		return pointsUsed()
	}
	u.account.Clawback(u.at, []*Lot{l}, n, c)
	return nil
}

// unhold ends the hold of one lot's points.
func (u *undoing) unhold(e Entry, l *Lot, n int64, c Cause) error {
	h := u.account.holds[e.Cause.ID]
	if h == nil {
		return notReversible(e)
	}
	i := slices.IndexFunc(h.Parts, func(p HoldPart) bool { return p.LotID == l.ID })
	if i < 0 || h.Parts[i].Left < n {
		return pointsUsed()
	}
	u.account.putBack(u.at, KindUnhold, l, Held, n, c)
	h.less(&h.Parts[i], n)
	u.lots = append(u.lots, l)
	return nil
}

// holdAgain sets the points aside again, under a new hold.
func (u *undoing) holdAgain(l *Lot, n int64, c Cause) error {
	if !l.Released || l.Remaining < n {
		return pointsUsed()
	}
	if !u.until.IsZero() && !u.until.After(u.at) {
		return untilPassed()
	}
	u.account.place(u.at, []part{{l, n}}, u.until, c)
	return nil
}

func untilPassed() error {
	return fault.Invalid("until_passed", "say until when: a moment that has not passed yet").At("/until")
}

// suspend makes a lot pending again until the moment given.
func (u *undoing) suspend(l *Lot, c Cause) error {
	if !u.until.After(u.at) {
		return untilPassed()
	}
	if !l.Released || l.Remaining == 0 {
		return pointsUsed()
	}
	l.Released, l.Activates = false, u.until
	u.account.post(u.at, KindReversal, l, Available, Pending, l.Remaining, c)
	return nil
}

// restore gives expired points a new end. Points that have excused a clawback
// stay expired.
func (u *undoing) restore(l *Lot, n int64, c Cause) error {
	if !u.until.After(u.at) {
		return untilPassed()
	}
	if n = min(n, l.allowance()); n == 0 {
		return pointsUsed()
	}
	l.Expires = u.until
	u.account.putBack(u.at, KindReversal, l, Expired, n, c)
	u.lots = append(u.lots, l)
	return nil
}

// disclaim undoes a debt; what of it has been paid goes to the lot.
func (u *undoing) disclaim(l *Lot, n int64, c Cause) error {
	owed := min(n, u.account.balance[Debt])
	u.account.post(u.at, KindReversal, l, ClawedBack, Debt, owed, c)
	u.account.putBack(u.at, KindReversal, l, ClawedBack, n-owed, c)
	u.lots = append(u.lots, l)
	return nil
}

// drain undoes a refund: the points are spent again.
func (u *undoing) drain(l *Lot, n int64, c Cause) error {
	if l.Remaining < n {
		return pointsUsed()
	}
	u.account.post(u.at, KindReversal, l, l.Bucket(), Spent, n, c)
	return nil
}

// snapshot is an account as it was, to go back to.
type snapshot struct {
	account Account
	lots    []Lot
	holds   []Hold
}

func (a *Account) snapshot() snapshot {
	s := snapshot{account: *a}
	for _, l := range a.order {
		s.lots = append(s.lots, *l)
	}
	for _, h := range a.holds {
		kept := *h
		kept.Parts = slices.Clone(h.Parts)
		s.holds = append(s.holds, kept)
	}
	s.account.lots, s.account.holds, s.account.undone = maps.Clone(a.lots), maps.Clone(a.holds), maps.Clone(a.undone)
	s.account.order, s.account.open, s.account.changed = slices.Clone(a.order), slices.Clone(a.open), slices.Clone(a.changed)
	s.account.entries = slices.Clone(a.entries)
	s.account.releases.duties, s.account.ends.duties = slices.Clone(a.releases.duties), slices.Clone(a.ends.duties)
	return s
}

// restore goes back to the snapshot; lots and holds stay where callers have
// them.
func (a *Account) restore(s snapshot) {
	*a = s.account
	for i, l := range a.order {
		*l = s.lots[i]
	}
	for _, h := range s.holds {
		*a.holds[h.ID] = h
	}
}

// Payments returns the entries by which points paid at an event and which are
// at hand, for Refund: those made since the account was loaded, and those that
// Need.Undo asked for.
func (a *Account) Payments(event id.ID) []id.ID {
	var list []id.ID
	for _, e := range a.past {
		if e.Cause.Event == event && e.To == Spent {
			list = append(list, e.ID)
		}
	}
	for _, e := range a.entries {
		if e.Cause.Event == event && e.To == Spent {
			list = append(list, e.ID)
		}
	}
	return list
}

// Adjusted returns the entries by which an event moved points by hand before or
// at a moment, for Reverse, and how many it gave; below 0 are those it took.
// There are none where it did neither, or where they are not at hand: those made
// since the account was loaded and those that Need.Undo asked for are.
func (a *Account) Adjusted(event id.ID, by time.Time) (entries []id.ID, points int64) {
	for _, e := range a.under(event) {
		switch {
		case e.Occurred.After(by):
			continue
		case e.Kind == KindAdjustUp:
			points += e.Amount
		case e.Kind == KindAdjustDown:
			points -= e.Amount
		case e.Kind != KindRepay:
			continue
		}
		entries = append(entries, e.ID)
	}
	if points == 0 {
		return nil, 0
	}
	return entries, points
}
