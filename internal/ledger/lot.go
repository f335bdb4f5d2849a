package ledger

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Lot is points given together: by one grant, by one adjustment, or moved here
// from a lot of another account. It may be used while Activates ≤ now <
// Expires. All amounts are in the wallet's smallest unit.
type Lot struct {
	// EventID is the event that gave the points; a moved lot keeps it.
	EventID, ID, MemberID, WalletID id.ID
	// Origin is the lot that this one continues, of another account, or of its
	// own when it has been away and none stands behind that one; MovedTo is the
	// lot that continues it. 0 for none.
	Origin, MovedTo id.ID
	// Amount is what was given; in a moved lot, what of it could still be taken
	// back when it moved.
	Amount int64
	// Lapsed is what had expired before the lot moved here and would not be
	// taken back again.
	Lapsed int64
	// Remaining is the part that is pending or available, Held the part set
	// aside, Expired the part that was not used in time.
	Remaining, Held, Expired int64
	// Exempt is what of Lapsed and Expired has excused a clawback; Clawed is
	// all that was clawed back: taken, owed, excused or forgiven.
	Exempt, Clawed int64
	// Earned is the business time of the grant. A zero Activates means at once,
	// a zero Expires never.
	Earned, Activates, Expires time.Time
	// Released says that the lot is available, not pending.
	Released bool
	// Shares are the points by line of the sale, at line number − 1; empty when
	// no line earned them.
	Shares      []int64
	RuleVersion id.ID
	Reason      i18n.Text

	book bookkeeping
}

// bookkeeping is what the account that holds a lot remembers of it.
type bookkeeping struct {
	fresh, changed bool
	open           bool      // listed among the lots with something remaining
	release, end   time.Time // the moments under which it stands in the agenda
}

// Bucket returns where the remaining points are: pending or available.
func (l *Lot) Bucket() Bucket {
	if l.Released {
		return Available
	}
	return Pending
}

// Claim returns how many points may still be taken back from the lot, wherever
// they are by now. A lot that moved on has none: the claim moved with it.
func (l *Lot) Claim() int64 {
	if l.MovedTo != 0 {
		return 0
	}
	return max(0, l.Amount-l.Clawed)
}

// allowance returns what has expired and has not excused a clawback yet.
func (l *Lot) allowance() int64 {
	if l.MovedTo != 0 {
		return 0
	}
	return max(0, l.Lapsed+l.Expired-l.Exempt)
}

// releaseAt returns when the lot will become available; zero when it will not.
// A lot that ends before it begins never does.
func (l *Lot) releaseAt() time.Time {
	endsFirst := !l.Expires.IsZero() && l.Expires.Before(l.Activates)
	if l.Released || l.Remaining == 0 || endsFirst {
		return time.Time{}
	}
	return l.Activates
}

// expireAt returns when what remains will expire; zero when it will not.
func (l *Lot) expireAt() time.Time {
	if l.Remaining == 0 {
		return time.Time{}
	}
	return l.Expires
}

// next returns the next moment at which the clock moves the lot's points, or
// zero.
func (l *Lot) next() time.Time { return earlier(l.releaseAt(), l.expireAt()) }

// over reports whether the lot's time has ended.
func (l *Lot) over(at time.Time) bool { return !l.Expires.IsZero() && !l.Expires.After(at) }

// earlier returns the earlier of two moments, where zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// apply counts an entry of the lot.
func (l *Lot) apply(e *Entry) {
	if e.note() {
		l.applyNote(e)
		return
	}
	l.count(e.From, -e.Amount)
	l.count(e.To, e.Amount)
}

func (l *Lot) count(b Bucket, n int64) {
	switch b {
	case Pending, Available:
		l.Remaining += n
	case Held:
		l.Held += n
	case Expired:
		l.Expired += n
	case ClawedBack:
		l.Clawed += n
	}
}

func (l *Lot) applyNote(e *Entry) {
	n := e.Amount
	if e.Kind == KindReversal {
		n = -n
	}
	l.Clawed += n
	if e.From == Expired {
		l.Exempt += n
	}
}

// sooner orders lots as they are spent: soonest expiring first, then earliest
// earned, then by id.
func sooner(a, b *Lot) int {
	switch {
	case a.Expires.Equal(b.Expires):
	case a.Expires.IsZero():
		return 1
	case b.Expires.IsZero():
		return -1
	default:
		return a.Expires.Compare(b.Expires)
	}
	if c := a.Earned.Compare(b.Earned); c != 0 {
		return c
	}
	return int(max(-1, min(1, a.ID-b.ID)))
}
