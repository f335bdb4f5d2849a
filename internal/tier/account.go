package tier

import (
	"fmt"
	"math"
	"slices"
	"time"

	"regulars/internal/id"
)

// Account is a member's standing on a ladder while it is being changed: pure
// and in memory. Times never run backwards in it: whatever is told takes effect
// at the latest instant that it has seen.
type Account struct {
	ladder *Ladder
	s      Standing

	// queue holds the known credits that still count and will leave, the first
	// to leave first; known holds these and those that stay for ever.
	queue []*credit
	known map[id.ID]*credit
	// partial says that not all credits were loaded: beyond is when the first of
	// the others leaves, or zero. What was credited after kept is not stored yet;
	// of the rest, asked are the events that were looked for or credited here.
	partial bool
	beyond  time.Time
	kept    time.Time
	asked   map[id.ID]bool
	// noted is when the store expects something to be due.
	noted time.Time
	// loaded is since when the rank was held that was loaded; history holds the
	// changes before, if past is set.
	loaded  time.Time
	history []Change
	past    bool

	dirty   bool
	touched map[*credit]bool
	changes []Change
}

// NewAccount returns the account of a member who has no standing yet.
func NewAccount(l *Ladder, member id.ID) *Account {
	return newAccount(l, Standing{MemberID: member, LadderID: l.ID, Rank: l.Versions[0].Ranks[0].Code})
}

func newAccount(l *Ladder, s Standing) *Account {
	return &Account{
		ladder: l, s: s, loaded: s.Since, kept: s.Reckoned,
		known: make(map[id.ID]*credit), asked: make(map[id.ID]bool), touched: make(map[*credit]bool),
	}
}

// Ladder returns the ladder of the account.
func (a *Account) Ladder() *Ladder { return a.ladder }

// Standing returns where the member stands, as of what was posted.
func (a *Account) Standing() Standing { return a.s }

// Rank returns the code of the rank held, as of what was posted.
func (a *Account) Rank() string { return a.s.Rank }

// Changes returns what has changed since the account was loaded or made.
func (a *Account) Changes() []Change { return a.changes }

// RankAt returns the code of the rank that was held at t. It fails for a time
// for which the history would have had to be loaded.
func (a *Account) RankAt(t time.Time) (string, error) {
	if t.Before(a.loaded) && !a.past {
		return "", fmt.Errorf("asking for the rank at %s: the history is not loaded", t.Format(time.RFC3339))
	}
	if !t.Before(a.s.Since) {
		return a.s.Rank, nil
	}
	for _, c := range slices.Concat(a.history, a.changes) {
		if c.At.After(t) {
			return c.From, nil
		}
	}
	return a.s.Rank, nil
}

// NextDue returns when something next happens by itself, or zero.
func (a *Account) NextDue() time.Time {
	if a.s.Closed {
		return time.Time{}
	}
	if a.ladder.from(a.s.Reckoned).Number != a.s.Version {
		return a.s.Reckoned
	}
	return soonest(a.nextLeave(), a.s.FallsAt, a.s.HandUntil, a.s.BoughtUntil, a.ladder.next(a.s.Reckoned))
}

// nextLeave returns when a credit next leaves, or zero.
func (a *Account) nextLeave() time.Time {
	if len(a.queue) == 0 {
		return a.beyond
	}
	return soonest(a.beyond, a.queue[0].leaves)
}

// Post lets happen what is due up to and including an instant, each thing at
// its own: credits leave, graces and guarantees end, versions come into force.
// It fails when credits leave by then that were not loaded.
func (a *Account) Post(until time.Time) error {
	until = micro(until)
	if due(a.beyond, until) {
		return fmt.Errorf("posting ranks until %s: credits are loaded only up to %s", until.Format(time.RFC3339), a.beyond.Format(time.RFC3339))
	}
	if a.s.Reckoned.IsZero() {
		a.begin(until)
	}
	a.dirty = a.dirty || due(a.noted, until) // or it would be found due again
	if a.s.Closed {
		a.leave(until)
	}
	for t := a.NextDue(); due(t, until); t = a.NextDue() {
		a.tick(t)
	}
	a.s.Reckoned = latest(a.s.Reckoned, until)
	return nil
}

// begin gives a new account the lowest rank of the version in force.
func (a *Account) begin(t time.Time) {
	v := a.ladder.from(t)
	a.s.Reckoned, a.s.Version, a.s.Rank = t, v.Number, v.Ranks[0].Code
	a.dirty = true
}

// tick lets happen what is due at one instant.
func (a *Account) tick(t time.Time) {
	a.dirty = true
	a.s.Reckoned = latest(t, a.s.Reckoned)
	why := cause{key: windowMoved}
	if due(a.s.FallsAt, t) {
		why.key = graceOver
	}
	a.leave(t)
	if due(a.s.HandUntil, t) {
		a.endHand()
		why.key = handOver
	}
	if due(a.s.BoughtUntil, t) {
		a.endBought()
		why.key = boughtOver
	}
	if v := a.ladder.from(t); v.Number != a.s.Version {
		a.s.Version = v.Number
		why.key = ladderChanged
	}
	a.reckon(why)
}

// leave takes off the credits that leave up to an instant.
func (a *Account) leave(t time.Time) {
	for len(a.queue) > 0 && due(a.queue[0].leaves, t) {
		c := a.queue[0]
		a.queue = a.queue[1:]
		a.s.Metric -= c.amount
		delete(a.known, c.event)
	}
}

// Credit counts an amount that an event brought at a time, which may be past;
// the rank changes from now on, never before. What would have left already, or
// came before the ladder began, does not count. All that is due by now happens
// first.
func (a *Account) Credit(now, at time.Time, event id.ID, amount int64) error {
	at = micro(at)
	if err := a.Post(latest(now, at)); err != nil {
		return err
	}
	if amount < 0 || amount > math.MaxInt64-a.s.Metric || a.s.Closed {
		return fmt.Errorf("crediting %d towards a rank at %d: out of range, or the account is closed", amount, a.s.Metric)
	}
	a.asked[event] = true
	v := a.ladder.At(at)
	if amount == 0 || v == nil {
		return nil
	}
	leaves := micro(v.Window.leaves(at, a.ladder.Zone))
	if due(leaves, a.s.Reckoned) {
		return nil
	}
	a.count(event, leaves, amount)
	a.reckon(cause{key: reached, event: event})
	return nil
}

// count adds an amount to the credit of an event.
func (a *Account) count(event id.ID, leaves time.Time, amount int64) {
	c := a.known[event]
	if c == nil {
		c = &credit{event: event, leaves: leaves}
		a.know(c)
	}
	c.amount += amount
	a.s.Metric += amount
	a.dirty, a.touched[c] = true, true
}

// know takes up a credit that counts.
func (a *Account) know(c *credit) {
	a.known[c.event] = c
	if c.leaves.IsZero() {
		return
	}
	i, _ := slices.BinarySearchFunc(a.queue, c, func(x, c *credit) int {
		if x.leaves.After(c.leaves) {
			return 1
		}
		return -1 // after its equals
	})
	a.queue = slices.Insert(a.queue, i, c)
}

// TakeOff takes back what was credited, as far as it still counts: goods that
// came back count no more from the time of their sale. The event is that of the
// return. All that is due by now happens first. It fails when the credit was
// not asked for.
func (a *Account) TakeOff(now time.Time, sold Sold, event id.ID, amount int64) error {
	if err := a.Post(now); err != nil {
		return err
	}
	if amount <= 0 {
		return nil
	}
	c := a.known[sold.EventID]
	if c == nil && a.partial && !a.asked[sold.EventID] && !micro(sold.At).After(a.kept) {
		return fmt.Errorf("taking off the credit of event %s: it is not loaded", sold.EventID.In(id.Event))
	}
	if c == nil {
		return nil
	}
	amount = min(amount, c.amount)
	c.amount -= amount
	a.s.Metric -= amount
	a.dirty, a.touched[c] = true, true
	a.reckon(cause{key: cameBack, event: event})
	return nil
}
