package tier

import (
	"time"

	"regulars/internal/fault"
)

// SetByHand gives a rank by hand: from now until an instant (zero: for ever)
// the rank does not fall below it. It takes the place of what was given by hand
// before. The actor is who gives it; the note tells the member and the auditor
// why.
func (a *Account) SetByHand(now time.Time, rank string, until time.Time, actor, note string) error {
	if err := a.Post(now); err != nil {
		return err
	}
	v := a.ladder.from(a.s.Reckoned)
	if v.index(rank) < 0 {
		return fault.Invalid("unknown_rank", "the ladder has no rank %q", rank).At("/rank").With("rank", rank)
	}
	until = micro(until)
	if due(until, a.s.Reckoned) {
		return fault.Invalid("rank_until_past", "the rank would have ended already; choose a later day").At("/until")
	}
	a.endHand()
	a.s.Hand, a.s.HandUntil = rank, until
	before := a.s.Changes
	why := cause{key: givenByHand, actor: actor, args: a.handArgs(until, note)}
	a.reckon(why)
	a.noteUnless(a.s.Changes > before, why)
	return nil
}

// noteUnless writes a row into the history for what was done by hand, unless
// it changed the rank and so has one.
func (a *Account) noteUnless(noted bool, why cause) {
	if !noted {
		a.note(a.ladder.from(a.s.Reckoned), a.s.Rank, why)
	}
}

func (a *Account) handArgs(until time.Time, note string) map[string]any {
	args := map[string]any{"noted": "no", "note": note}
	if note != "" {
		args["noted"] = "yes"
	}
	args["limited"], args["last"] = a.lastDay(until)
	return args
}

// TakeHandBack ends what was given by hand. The rank falls at once, without
// grace, if nothing else holds it.
func (a *Account) TakeHandBack(now time.Time, actor, note string) error {
	if err := a.Post(now); err != nil {
		return err
	}
	if a.s.Hand == "" {
		return fault.Conflict("no_rank_by_hand", "the member has no rank that was given by hand")
	}
	before := a.s.Changes
	why := cause{key: handWithdrawn, actor: actor, args: a.handArgs(time.Time{}, note)}
	a.endHand()
	a.reckon(why)
	a.noteUnless(a.s.Changes > before, why)
	return nil
}

// endHand ends the guarantee.
func (a *Account) endHand() {
	a.unhold(a.s.Hand)
	a.s.Hand, a.s.HandUntil = "", time.Time{}
}

// unhold makes a rank that only an ending guarantee held due to fall now: it
// was promised until then and no longer.
func (a *Account) unhold(guaranteed string) {
	v := a.ladder.from(a.s.Reckoned)
	held := v.index(a.s.Rank)
	if held >= 0 && v.index(guaranteed) >= held && a.s.Metric < v.Ranks[held].keep() {
		a.s.FallsAt = a.s.Reckoned
	}
	a.dirty = true
}

// given is the place of the highest rank that is guaranteed, by hand or by a
// paid membership; -1 for none.
func (a *Account) given(v *Version) int { return max(v.index(a.s.Hand), v.index(a.s.Bought)) }
