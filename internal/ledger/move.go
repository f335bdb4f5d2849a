package ledger

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"regulars/internal/id"
)

// Move takes everything of one account to another of the same wallet, as when
// two members turn out to be one: what remains of each lot with all its dates,
// what could still be clawed back from it, and the debt. Every movement is a
// pair of entries, one on each account, and each lot goes on as a new lot of
// the same event. What is available then pays what is owed. Held points stay
// until the hold ends: move again then. What was paid comes back by RefundTo. Both
// accounts need all their lots.
func Move(at time.Time, from, to *Account, c Cause) {
	for _, a := range []*Account{from, to} {
		a.Post(at, Releases|Expiries)
	}
	for _, l := range from.order {
		shift(at, l, from, to, l.ID, c)
	}
	oweFor(at, from, to, from.balance[Debt], c)
	to.settle(at, c)
}

// RefundTo is Refund of what an account paid before it was moved to another: the
// points come back to the lots that they came from and go on, with their dates, to
// the other, where they pay what is owed first and expire if their time has ended.
func (a *Account) RefundTo(at time.Time, to *Account, payment []id.ID, amount int64, c Cause) error {
	lots, err := a.unspend(at, payment, amount, c)
	if err != nil {
		return err
	}
	to.Post(at, Releases|Expiries)
	for i, l := range lots {
		lots[i] = shift(at, l, a, to, l.ID, c)
	}
	to.land(at, lots, c)
	return nil
}

// shift moves a lot, with the claim to it, and returns the one that it goes on as;
// nil when nothing of it is left. Origin is the lot that it goes on from.
func shift(at time.Time, l *Lot, from, to *Account, origin id.ID, c Cause) *Lot {
	if l.Remaining == 0 && l.Claim() == 0 {
		return nil
	}
	next := &Lot{
		EventID: l.EventID, ID: to.pick(), MemberID: to.key.MemberID, WalletID: to.key.WalletID, Origin: origin,
		Amount: l.Claim(), Lapsed: l.allowance(), Earned: l.Earned, Activates: l.Activates, Expires: l.Expires,
		Released: l.Released, Shares: l.Shares, RuleVersion: l.RuleVersion, Reason: l.Reason,
	}
	if l.MovedTo != 0 { // its claim has gone before; this is what was held then
		next.Amount, next.Shares = l.Remaining, nil
	}
	next.book.fresh = true
	to.add(next)
	to.touch(next)
	n := l.Remaining
	from.post(at, KindMoveOut, l, l.Bucket(), MovedOut, n, merging(to, c))
	to.post(at, KindMoveIn, next, MovedIn, next.Bucket(), n, merging(from, c))
	if l.MovedTo == 0 {
		l.MovedTo = next.ID
		from.touch(l)
	}
	return next
}

// merging returns the cause of an entry whose other half is on that account.
func merging(other *Account, c Cause) Cause {
	return Cause{Event: c.Event, Kind: CauseMerge, ID: other.key.MemberID, Reason: c.Reason}
}

// oweFor makes one account owe what the other owed.
func oweFor(at time.Time, from, to *Account, n int64, c Cause) {
	from.post(at, KindMoveIn, nil, MovedIn, Debt, n, merging(to, c))
	to.post(at, KindMoveOut, nil, Debt, MovedOut, n, merging(from, c))
}

// errNoEvent says that the entries to be undone were not asked for.
var errNoEvent = errors.New("moving back without the entries of the move: name its event in Need.Undo for both accounts")

// MoveBack undoes a Move: what is left of the lots that came from the account
// goes back to it, with its dates; what was paid of its debt in that moment is
// owed again and the debt goes back too, as far as it has not been paid since.
// A lot that is back goes on from where it came to the account in the first
// place, so that an earlier Move may be undone next.
// Merge is the event of the Move; both accounts need all their lots, and all
// entries of that event to be undone.
func MoveBack(at time.Time, from, to *Account, merge id.ID, c Cause) {
	for _, a := range []*Account{from, to} {
		a.Post(at, Releases|Expiries)
		if a.stored && !slices.Contains(a.events, merge) {
			a.fail(errNoEvent)
		}
	}
	from.unpay(at, merge, c)
	for _, l := range from.order {
		if home := to.lots[l.Origin]; home != nil {
			shift(at, l, from, to, cmp.Or(home.Origin, home.ID), c)
		}
	}
	oweFor(at, from, to, min(from.balance[Debt], to.debtMoved(merge)), c)
	from.settle(at, c)
	to.settle(at, c)
}

// unpay undoes the repayments made at an event. Points whose time has ended
// since expire.
func (a *Account) unpay(at time.Time, event id.ID, c Cause) {
	u := &undoing{account: a, at: at, cause: c}
	for _, e := range a.under(event) {
		if n := a.left(e); e.Kind == KindRepay && n > 0 {
			u.giveBack(e, a.lots[e.LotID], n, reversal(e, c))
		}
	}
	for _, l := range u.lots {
		if l.over(at) {
			a.end(at, l, c)
		}
	}
}

// debtMoved returns the debt that left the account at an event.
func (a *Account) debtMoved(event id.ID) int64 {
	n := int64(0)
	for _, e := range a.under(event) {
		if e.Kind == KindMoveIn && e.To == Debt {
			n += e.Amount
		}
	}
	return n
}

// under returns the entries at hand that were made under an event, in order.
func (a *Account) under(event id.ID) []Entry {
	var list []Entry
	for _, e := range a.past {
		if e.Cause.Event == event {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range a.entries {
		if e.Cause.Event == event {
			list = append(list, e)
		}
	}
	return list
}
