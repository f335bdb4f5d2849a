package earn

import (
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Slot names one counter of a member: what a rule gave within one period.
type Slot struct {
	RuleID id.ID
	Period Period
	Start  int64 // the period's first instant, in microseconds; 0 of Ever
}

// Count is what a rule gave a member within a slot.
type Count struct {
	Times, Points int64

	changed bool
}

// Counts are a member's counters. What is not there is zero.
type Counts map[Slot]Count

// Spending is what a rule gave all members.
type Spending struct {
	Points int64

	claimed, limit int64
}

// Budgets are what rules with a budget have given, by rule.
type Budgets map[id.ID]Spending

// Usage is what has been used of the limits that bear on one member. Budgets
// may be shared by the usages of a batch. The zero Usage is that nothing was
// used.
type Usage struct {
	Counts  Counts
	Budgets Budgets
}

// Limits returns the counters and the budgets that a decision about an event
// of the kind and moment looks at, to be loaded before it; nothing for most
// rulesets.
func (s *Ruleset) Limits(kind string, occurred time.Time) (slots []Slot, budgets []id.ID) {
	for _, c := range s.rules[Trigger(kind)] {
		if !c.inForce(occurred) {
			continue
		}
		for _, p := range c.periods {
			slots = append(slots, c.slot(p, occurred, s.zone))
		}
		if c.spec.Budget.Points > 0 {
			budgets = append(budgets, c.rule.ID)
		}
	}
	return slots, budgets
}

func (c *compiled) slot(p Period, t time.Time, zone *time.Location) Slot {
	return Slot{c.rule.ID, p, db.Micros(p.Start(t, zone))}
}

// Apply counts what a decision gives, so that the next one sees it.
func (u *Usage) Apply(d *Decision) {
	if u.Counts == nil && len(d.uses) > 0 {
		u.Counts = Counts{}
	}
	for _, use := range d.uses {
		n := u.Counts[use.slot]
		u.Counts[use.slot] = Count{Times: n.Times + 1, Points: n.Points + use.points, changed: true}
	}
	if u.Budgets == nil && len(d.claims) > 0 {
		u.Budgets = Budgets{}
	}
	for _, claim := range d.claims {
		b := u.Budgets[claim.rule]
		b.Points += claim.points
		b.claimed += claim.points
		b.limit = claim.limit
		u.Budgets[claim.rule] = b
	}
}

// room returns how many of the points a member may still get of the rule, and
// the cap that says so; -1 for no cap.
func (c *compiled) room(points int64, u Usage, t time.Time, zone *time.Location) (int64, int) {
	binding := -1
	for i, limit := range c.spec.Caps {
		n := u.Counts[c.slot(limit.Period, t, zone)]
		left := points
		switch {
		case limit.Times > 0 && n.Times >= limit.Times:
			left = 0
		case limit.Points > 0:
			left = max(0, limit.Points-n.Points)
		}
		if left < points {
			points, binding = left, i
		}
	}
	return points, binding
}

// funds returns how many of the points the rule's budget still holds.
func (c *compiled) funds(points int64, u Usage) int64 {
	limit := c.spec.Budget.Points
	if limit == 0 {
		return points
	}
	return min(points, max(0, limit-u.Budgets[c.rule.ID].Points))
}
