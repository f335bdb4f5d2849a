package flow

import (
	"time"

	"regulars/internal/id"
)

// Pledge is what a feature promises a customer by some time. It is kept among the
// promises of the programme, with its clock.
type Pledge struct {
	ProgrammeID, MemberID id.ID
	// Kind is what is promised: "answer", "refund" or "delivery".
	Kind string
	// Source and ExternalID name it among the promises, Order the order that it
	// belongs to.
	Source, ExternalID, Order string
	Due                       time.Time
}

// Clock is how a promise stands.
type Clock struct {
	Kind string
	// Due is the first promise, Expected the one that holds now, and Ends when it
	// is broken: Due and the grace.
	Due, Expected, Ends time.Time
	// State is "open", "kept", "broken" or "withdrawn".
	State string
	// Warned reports that staff were told that it is about to break.
	Warned bool
}

// Late reports whether it is broken, or will be with the next look at the clock.
func (c *Clock) Late(now time.Time) bool {
	return c.State == "broken" || c.State == "open" && now.After(c.Ends)
}

// Left is how much time is left; below zero it is late.
func (c *Clock) Left(now time.Time) time.Duration { return c.Ends.Sub(now) }
