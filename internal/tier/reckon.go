package tier

import (
	"maps"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// cause is why a rank is reckoned anew.
type cause struct {
	key   string // of its text
	event id.ID
	actor string
	args  map[string]any
	// needed is what would have kept a rank that falls.
	needed any
}

// The causes; each is the key of the reason that is kept.
const (
	reached       = "tier.reason.reached"
	windowMoved   = "tier.reason.window"
	cameBack      = "tier.reason.came_back"
	graceOver     = "tier.reason.grace_over"
	ladderChanged = "tier.reason.ladder_changed"
	givenByHand   = "tier.reason.by_hand"
	handOver      = "tier.reason.hand_over"
	handWithdrawn = "tier.reason.hand_withdrawn"
	bought        = "tier.reason.bought"
	boughtOver    = "tier.reason.bought_over"
	profilesMet   = "tier.reason.merged"
	profilesLeft  = "tier.reason.unmerged"
)

// reckon brings the rank in line with the metric, at the instant reckoned. A
// rank earned is held at once; one that the metric no longer keeps falls after
// the grace, never below what was given by hand or bought.
func (a *Account) reckon(why cause) {
	if a.s.Closed {
		return
	}
	v := a.ladder.from(a.s.Reckoned)
	held, owed := v.index(a.s.Rank), max(v.earned(a.s.Metric), a.given(v))
	switch {
	case held < 0: // the version has no such rank any more
		a.s.FallsAt = time.Time{}
		a.move(v, owed, why)
	case owed > held:
		a.s.FallsAt = time.Time{}
		a.move(v, owed, rising(why))
	case owed == held || a.s.Metric >= v.Ranks[held].keep():
		a.clearFall()
	default:
		a.fall(v, held, why)
	}
}

// rising is the cause of a rise: what happened to the member says less than
// what was reached.
func rising(why cause) cause {
	switch why.key {
	case windowMoved, graceOver, cameBack, handOver, handWithdrawn, boughtOver:
		why.key = reached
	}
	return why
}

func (a *Account) clearFall() {
	a.dirty = a.dirty || !a.s.FallsAt.IsZero()
	a.s.FallsAt = time.Time{}
}

// fall begins the grace, or ends it.
func (a *Account) fall(v *Version, held int, why cause) {
	if a.s.FallsAt.IsZero() {
		a.dirty = true
		a.s.FallsAt = a.graceEnd(v, a.s.Reckoned)
	}
	if !due(a.s.FallsAt, a.s.Reckoned) {
		return
	}
	a.s.FallsAt = time.Time{}
	why.needed = v.said(v.Ranks[held].keep())
	down := a.fallsTo(v, held)
	a.move(v, down, why)
	if a.s.Metric < v.Ranks[down].keep() && down > a.given(v) {
		a.s.FallsAt = a.nextStep(v)
	}
}

// fallsTo is the place that a rank falls to.
func (a *Account) fallsTo(v *Version, held int) int {
	down := v.kept(a.s.Metric, held)
	if v.Drop == Soft {
		down = held - 1
	}
	return max(down, a.given(v))
}

func (a *Account) graceEnd(v *Version, t time.Time) time.Time {
	return micro(t.In(a.ladder.Zone).AddDate(0, 0, v.GraceDays))
}

// nextStep is when a soft fall goes on.
func (a *Account) nextStep(v *Version) time.Time {
	if v.GraceDays > 0 {
		return a.graceEnd(v, a.s.Reckoned)
	}
	return micro(v.Window.leaves(a.s.Reckoned, a.ladder.Zone))
}

// move changes the rank and writes the history.
func (a *Account) move(v *Version, to int, why cause) {
	from := a.s.Rank
	a.s.Rank = v.Ranks[to].Code
	if from != a.s.Rank {
		a.s.Since = a.s.Reckoned
	}
	a.note(v, from, why)
}

func (a *Account) note(v *Version, from string, why cause) {
	a.dirty = true
	a.s.Changes++
	a.changes = append(a.changes, Change{
		MemberID: a.s.MemberID, LadderID: a.s.LadderID, No: a.s.Changes,
		At: a.s.Reckoned, From: from, To: a.s.Rank,
		Reason: a.reason(v, why), EventID: why.event, Actor: why.actor,
	})
}

// reason is the kept text: what the member had when the rank changed.
func (a *Account) reason(v *Version, why cause) i18n.Text {
	args := map[string]any{
		"metric": string(v.Metric), "amount": v.said(a.s.Metric),
		"window": string(v.Window.Kind), "months": v.Window.Months,
	}
	maps.Copy(args, why.args)
	if why.needed != nil {
		args["needed"] = why.needed
	}
	return i18n.Text{Key: why.key, Args: args}
}

// said is a value of the metric as texts take it: points with their decimals.
func (d *Definition) said(value int64) any {
	if d.Decimals == 0 {
		return value
	}
	unit := int64(1)
	for range d.Decimals {
		unit *= 10
	}
	return money.NewRate(value, unit).String()
}
