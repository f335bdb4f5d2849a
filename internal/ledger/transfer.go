package ledger

import (
	"time"

	"regulars/internal/id"
)

// Moved is points that a transfer takes from one lot: they keep the dates of
// the lot. Points are in the wallet's smallest unit; a zero Expires is never.
type Moved struct {
	Points  int64     `json:"points"`
	Earned  time.Time `json:"earned"`
	Expires time.Time `json:"expires,omitzero"`
}

// Give takes available points off the account for another member, soonest
// expiring first; never pending or held ones, and never a debt. It says what
// the other account is to Receive. What could be taken back of the lots stays
// behind: when the sale behind given points comes back, who earned them owes
// them, as if they had been spent. It refuses with "not_enough_points".
func (a *Account) Give(at time.Time, to id.ID, amount int64, c Cause) ([]Moved, error) {
	parts, err := a.cover(at, amount)
	if err != nil {
		return nil, err
	}
	return a.give(at, to, parts, c), nil
}

// GiveOf is Give with what is available of these lots of the account, in their
// order, up to the amount. It may give nothing.
func (a *Account) GiveOf(at time.Time, to id.ID, lots []*Lot, amount int64, c Cause) []Moved {
	a.Post(at, Releases|Expiries)
	var parts []part
	for _, l := range lots {
		if n := min(amount, l.Remaining); l.Released && n > 0 {
			parts = append(parts, part{l, n})
			amount -= n
		}
	}
	return a.give(at, to, parts, c)
}

func (a *Account) give(at time.Time, to id.ID, parts []part, c Cause) []Moved {
	moved := make([]Moved, len(parts))
	for i, p := range parts {
		a.post(at, KindMoveOut, p.lot, Available, MovedOut, p.amount, transferring(to, c))
		moved[i] = Moved{p.amount, p.lot.Earned, p.lot.Expires}
	}
	return moved
}

// Receive adds what another account gave: lots of the cause's event, available
// at once, of which no sale can take anything back. What is owed is paid first.
func (a *Account) Receive(at time.Time, from id.ID, moved []Moved, c Cause) {
	a.Post(at, Releases|Expiries)
	for _, m := range moved {
		l := &Lot{
			EventID: c.Event, ID: a.pick(), MemberID: a.key.MemberID, WalletID: a.key.WalletID,
			Earned: micro(m.Earned), Expires: micro(m.Expires), Released: true, Reason: c.Reason,
		}
		l.book.fresh = true
		a.add(l)
		a.post(at, KindMoveIn, l, MovedIn, Available, m.Points, transferring(from, c))
	}
	a.settle(at, c)
}

// transferring returns the cause of an entry whose other half is on the
// account of another member.
func transferring(other id.ID, c Cause) Cause {
	return Cause{Event: c.Event, Kind: CauseTransfer, ID: other, Reason: c.Reason}
}

// Sums returns the points of all parts.
func Sums(moved []Moved) int64 {
	n := int64(0)
	for _, m := range moved {
		n += m.Points
	}
	return n
}
