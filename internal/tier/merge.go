package tier

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/id"
)

// Merge moves all that counts from one member's account to another's, when two
// profiles turn out to be one person. The survivor holds the higher of both
// ranks and keeps it if the ladder lets it; a rank given by hand to
// either, or bought, holds for the survivor. The other account is closed. Both must have all their
// credits loaded.
func Merge(now time.Time, survivor, loser *Account) error {
	v, err := meet(now, survivor, loser)
	if err != nil {
		return err
	}
	loser.handOver(survivor, func(*credit) bool { return true })
	loser.s.Closed, loser.s.FallsAt, loser.dirty = true, time.Time{}, true
	if v.index(loser.s.Hand) > v.index(survivor.s.Hand) {
		survivor.s.Hand, survivor.s.HandUntil = loser.s.Hand, loser.s.HandUntil
	}
	if v.index(loser.s.Bought) > v.index(survivor.s.Bought) {
		survivor.s.Bought, survivor.s.BoughtUntil = loser.s.Bought, loser.s.BoughtUntil
	}
	why := cause{key: profilesMet}
	if held := v.index(loser.s.Rank); held > v.index(survivor.s.Rank) {
		survivor.s.FallsAt = time.Time{}
		survivor.move(v, held, why)
	}
	survivor.reckon(why)
	return nil
}

// Unmerge undoes Merge: the account is opened again with the rank that it had,
// and what the given events brought goes back to it. What was given by hand
// or bought stays with both. Both must have all their credits loaded.
func Unmerge(now time.Time, survivor, loser *Account, events []id.ID) error {
	if !loser.s.Closed {
		return errors.New("parting two accounts: neither is closed")
	}
	v, err := meet(now, survivor, loser)
	if err != nil {
		return err
	}
	loser.s.Closed, loser.s.Version, loser.dirty = false, v.Number, true
	back := make(map[id.ID]bool, len(events))
	for _, e := range events {
		back[e] = true
	}
	survivor.handOver(loser, func(c *credit) bool { return back[c.event] })
	survivor.reckon(cause{key: profilesLeft})
	loser.reckon(cause{key: profilesLeft})
	return loser.Post(now) // a guarantee may have ended meanwhile
}

// meet brings two accounts to the same instant and returns the version then in
// force.
func meet(now time.Time, a, b *Account) (*Version, error) {
	if a.ladder.ID != b.ladder.ID || a.partial || b.partial {
		return nil, fmt.Errorf("moving what counts between members %s and %s: not of one ladder, or not all loaded",
			a.s.MemberID.In(id.Member), b.s.MemberID.In(id.Member))
	}
	at := latest(now, a.s.Reckoned, b.s.Reckoned)
	if err := a.Post(at); err != nil {
		return nil, err
	}
	return a.ladder.from(at), b.Post(at)
}

// handOver moves credits to another account.
func (a *Account) handOver(to *Account, which func(*credit) bool) {
	for _, event := range slices.Sorted(maps.Keys(a.known)) {
		c := a.known[event]
		if c.amount == 0 || !which(c) {
			continue
		}
		to.count(event, c.leaves, c.amount)
		a.s.Metric -= c.amount
		c.amount = 0
		a.dirty, a.touched[c] = true, true
	}
}
