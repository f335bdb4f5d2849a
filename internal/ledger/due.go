package ledger

import (
	"container/heap"
	"errors"
	"time"
)

// Due chooses what the clock may post.
type Due uint8

// What the clock posts.
const (
	// Releases are pending lots that become available and holds whose time is
	// over.
	Releases Due = 1 << iota
	// Expiries are lots whose time has ended.
	Expiries
)

// errBeyond says that the clock was asked to go further than what is loaded.
var errBeyond = errors.New("posting beyond the moment up to which due lots were loaded")

// Post posts what is due at or before until, each at its own time and in the
// order of time; at one moment releases come before expiries.
func (a *Account) Post(until time.Time, what Due) {
	if !a.rest.IsZero() && !a.rest.After(until) {
		a.fail(errBeyond)
		a.rest = time.Time{}
	}
	for {
		d := a.due(what)
		if d == nil || d.at.After(until) {
			return
		}
		a.perform(*d)
	}
}

// due returns the next duty of the kinds wanted, or nil.
func (a *Account) due(what Due) *duty {
	var next *duty
	if what&Releases != 0 {
		next = a.releases.first()
	}
	if what&Expiries == 0 {
		return next
	}
	if end := a.ends.first(); end != nil && (next == nil || end.at.Before(next.at)) {
		return end
	}
	return next
}

func (a *Account) perform(d duty) {
	clock := Cause{Kind: CauseClock}
	switch {
	case d.hold != nil:
		a.release(d.at, d.hold, clock)
	case d.what == Releases:
		a.mature(d.at, d.lot, clock)
		a.repay(d.at, d.lot, clock)
	default:
		a.end(d.at, d.lot, clock)
	}
}

// mature makes a pending lot available.
func (a *Account) mature(at time.Time, l *Lot, c Cause) {
	l.Released = true
	a.touch(l)
	a.post(at, KindRelease, l, Pending, Available, l.Remaining, Cause{Event: c.Event, Kind: CauseClock})
}

// end expires what remains of a lot.
func (a *Account) end(at time.Time, l *Lot, c Cause) {
	a.post(at, KindExpire, l, l.Bucket(), Expired, l.Remaining, Cause{Event: c.Event, Kind: CauseClock})
}

// duty is one thing that the clock will do to a lot or a hold.
type duty struct {
	at   time.Time
	lot  *Lot
	hold *Hold
	what Due
}

// stands reports whether the duty is still to be done.
func (d *duty) stands() bool {
	switch {
	case d.hold != nil:
		return d.hold.Left > 0
	case d.what == Releases:
		return d.at.Equal(d.lot.releaseAt())
	}
	return d.at.Equal(d.lot.expireAt())
}

// agenda holds duties, the earliest on top. Duties that have become idle are
// dropped when they come up.
type agenda struct{ duties duties }

func (g *agenda) add(d duty) { heap.Push(&g.duties, d) }

// first returns the earliest duty that stands, or nil.
func (g *agenda) first() *duty {
	for len(g.duties) > 0 {
		d := &g.duties[0]
		if d.stands() {
			return d
		}
		g.drop()
	}
	return nil
}

func (g *agenda) drop() {
	d := heap.Pop(&g.duties).(duty)
	switch {
	case d.hold != nil:
	case d.what == Releases && d.at.Equal(d.lot.book.release):
		d.lot.book.release = time.Time{}
	case d.what == Expiries && d.at.Equal(d.lot.book.end):
		d.lot.book.end = time.Time{}
	}
}

// duties implements heap.Interface.
type duties []duty

func (s duties) Len() int      { return len(s) }
func (s duties) Swap(i, k int) { s[i], s[k] = s[k], s[i] }
func (s duties) Less(i, k int) bool {
	if !s[i].at.Equal(s[k].at) {
		return s[i].at.Before(s[k].at)
	}
	return s[i].order() < s[k].order()
}

// order makes the postings of one moment come in the same order every time:
// lots and holds as they were made.
func (d *duty) order() int64 {
	if d.hold != nil {
		return int64(d.hold.ID)
	}
	return int64(d.lot.ID)
}

// Push implements heap.Interface.
func (s *duties) Push(v any) { *s = append(*s, v.(duty)) }

// Pop implements heap.Interface.
func (s *duties) Pop() any {
	last := len(*s) - 1
	d := (*s)[last]
	*s = (*s)[:last]
	return d
}
