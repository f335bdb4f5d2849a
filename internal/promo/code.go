package promo

import (
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// CodeState says where a code stands in its life.
type CodeState string

// The states. A code that may be used several times is redeemed when nothing
// is left of it, and held when all that is left is held for open sales.
const (
	CodeIssued    CodeState = "issued"
	CodeDelivered CodeState = "delivered"
	CodeSeen      CodeState = "seen"
	CodeHeld      CodeState = "held"
	CodeRedeemed  CodeState = "redeemed"
	CodeExpired   CodeState = "expired"
	CodeCancelled CodeState = "cancelled"
)

// CodeStates returns every state, in the order of a code's life.
func CodeStates() []CodeState {
	return []CodeState{CodeIssued, CodeDelivered, CodeSeen, CodeHeld, CodeRedeemed, CodeExpired, CodeCancelled}
}

// Text returns the state in words.
func (s CodeState) Text() i18n.Text { return i18n.Text{Key: "promo_code.state." + string(s)} }

// Code is one promise of an offer.
type Code struct {
	ID, ProgrammeID, OfferID, BatchID id.ID
	// Text is the code as NormaliseCode returns it, Printed as people see it.
	Text, Printed string
	// MemberID is whose the code is; 0 of one that is whoever's who has it.
	MemberID id.ID
	// Occasion tells apart the codes that a member has of one batch.
	Occasion string
	// State is what has been written of the code; StateAt minds the clock too.
	State CodeState
	// MaxUses is 0 of a code without limit.
	Uses, MaxUses int64
	// The code may be used while Begins ≤ sale < Expires; zero times do not
	// bound it.
	Begins, Expires time.Time
	Issued          time.Time
	// When the code was first delivered and seen, reminded of and cancelled;
	// zero for never.
	Delivered, Seen, Reminded, Cancelled time.Time
	// Holds are uses set aside for open sales, some perhaps beyond their time.
	Holds []CodeHold

	swept     time.Time // when its expiry was written
	withdrawn time.Time // when its batch was cancelled
	moves     int64     // steps of its life that are written
	noted     []CodeStep
}

// CodeKey is by what a code is found.
type CodeKey struct {
	ProgrammeID id.ID
	Text        string // as NormaliseCode returns it
}

// Key returns by what the code is found.
func (c *Code) Key() CodeKey { return CodeKey{c.ProgrammeID, c.Text} }

// StateAt returns where the code stands at the moment: a code is expired, and
// a hold over, whether or not that is written yet.
func (c *Code) StateAt(at time.Time) CodeState {
	cancelled := c.cancelled()
	switch {
	case c.usedUp():
		return CodeRedeemed
	case !cancelled.IsZero() && !c.over(cancelled):
		return CodeCancelled
	case !c.swept.IsZero() || c.over(at):
		return CodeExpired
	case c.MaxUses > 0 && c.Uses+c.held("", at) >= c.MaxUses:
		return CodeHeld
	}
	return c.settled()
}

// settled returns the state that is to be written.
func (c *Code) settled() CodeState {
	switch {
	case c.usedUp():
		return CodeRedeemed
	case !c.Cancelled.IsZero():
		return CodeCancelled
	case !c.swept.IsZero():
		return CodeExpired
	case !c.Seen.IsZero():
		return CodeSeen
	case !c.Delivered.IsZero():
		return CodeDelivered
	}
	return CodeIssued
}

func (c *Code) usedUp() bool { return c.MaxUses > 0 && c.Uses >= c.MaxUses }

// cancelled returns when the code or its batch was, whichever was first.
func (c *Code) cancelled() time.Time {
	if c.Cancelled.IsZero() || !c.withdrawn.IsZero() && c.withdrawn.Before(c.Cancelled) {
		return c.withdrawn
	}
	return c.Cancelled
}

func (c *Code) over(at time.Time) bool { return !c.Expires.IsZero() && !at.Before(c.Expires) }

// held returns how many uses are set aside at the moment for others than the
// holder.
func (c *Code) held(holder string, at time.Time) int64 {
	n := int64(0)
	for _, h := range c.Holds {
		if h.Holder != holder && db.Micros(h.Until) > db.Micros(at) {
			n += h.Times
		}
	}
	return n
}

// Usable returns why the code may not be used at the moment by one of these
// members, who are one customer under all ids; nil when it may. Reasons:
// not_yours, used_up, cancelled, not_yet, expired, held.
func (c *Code) Usable(members []id.ID, at time.Time) *Refusal {
	return c.UsableBy("", members, at)
}

// UsableBy is Usable for the one for whom uses may be held.
func (c *Code) UsableBy(holder string, members []id.ID, at time.Time) *Refusal {
	if c.MemberID != 0 && !slices.Contains(members, c.MemberID) {
		return c.refuse("not_yours", nil)
	}
	return c.spendable(holder, 1, at)
}

// spendable returns why the code cannot be used so many times, whoever asks.
func (c *Code) spendable(holder string, times int64, at time.Time) *Refusal {
	switch {
	case c.usedUp():
		return c.refuse("used_up", map[string]any{"uses": c.MaxUses})
	case !c.cancelled().IsZero():
		return c.refuse("cancelled", nil)
	case at.Before(c.Begins):
		return c.refuse("not_yet", map[string]any{"from": c.Begins})
	case c.over(at):
		return c.refuse("expired", map[string]any{"until": c.Expires})
	case c.MaxUses > 0 && c.Uses+c.held(holder, at)+times > c.MaxUses:
		return c.refuse("held", nil)
	}
	return nil
}

func (c *Code) refuse(why string, args map[string]any) *Refusal {
	said := map[string]any{"code": c.Printed}
	for k, v := range args {
		said[k] = v
	}
	return &Refusal{OfferID: c.OfferID, Code: c.Printed, Why: why, Reason: i18n.Text{Key: "promo_code.refused." + why, Args: said}}
}
