package referral

import (
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State says how far a referral is.
type State string

// The states.
const (
	Recorded State = "recorded" // the friend came, and has not bought enough yet
	Bought   State = "bought"   // and has; the return window runs
	Paying   State = "paying"   // what is owed is decided and on its way
	Paid     State = "paid"
	Refused  State = "refused"
)

// States returns every state in order.
func States() []State { return []State{Recorded, Bought, Paying, Paid, Refused} }

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "referral.state." + string(s)} }

// Outcomes of a side that are not the code of a refusal.
const (
	OutcomeNone   = "none"   // the terms give this side nothing
	OutcomePaying = "paying" // decided
	OutcomePaid   = "paid"
)

// Sources of a referral.
const (
	FromEvent = "event" // an event carried the code
	FromAPI   = "api"
	FromLink  = "link"
	Simulated = "simulated" // the demo made it up
)

// Sources returns every source.
func Sources() []string { return []string{FromEvent, FromAPI, FromLink, Simulated} }

// Referral is one friend whom one member brought, by the ids of then.
type Referral struct {
	ID, ProgrammeID     id.ID
	InviterID, FriendID id.ID
	// Outside says that the inviter is an influencer who is no member.
	Outside bool
	// Terms is the number of those that were in force.
	Terms  int64
	Source string
	State  State
	// At is when the friend came with the code.
	At time.Time
	// SaleID is the purchase that counts, Bought when it was made, Due when
	// its return window ends; zero before.
	SaleID      id.ID
	Bought, Due time.Time
	// Closed is when it was paid or refused.
	Closed time.Time
	// Allowed says that staff let it pass in spite of likenesses.
	Allowed bool
	// Reason is the code of why it was refused; its words are those of the
	// fault. Evidence are the codes of everything that was found.
	Reason   string
	Evidence []string
	// InviterOutcome and FriendOutcome are empty until it is paid, and then an
	// outcome or the code of why a side got nothing.
	InviterOutcome, FriendOutcome string
}

// Inviter is the id of who invited as people read it.
func (r *Referral) Inviter() string { return ShowInviter(r.InviterID, r.Outside) }

// Final reports whether it was refused for what nobody can let pass: a ring, or
// inviting oneself.
func (r *Referral) Final() bool {
	return slices.Contains(r.Evidence, selfCode) || slices.Contains(r.Evidence, ringCode)
}

// waits reports whether a purchase is still looked for: there was none, or it
// came back, and one that is kept takes its place.
func (r *Referral) waits() bool {
	return r.State == Recorded || r.State == Refused && r.Reason == returnedCode
}

// Why says in words why it was refused.
func (r *Referral) Why() i18n.Text { return WhyText(r.Reason) }

// WhyText returns the words of a code of refusal.
func WhyText(code string) i18n.Text { return i18n.Text{Key: "fault." + code} }

func unknownReferral(n id.ID) *fault.Error {
	return fault.Missing("unknown_referral", "the programme has no referral %s", n.In(id.Referral)).With("referral", n.In(id.Referral))
}

// Codes of refusal that the room decides later than at once.
const (
	byStaff      = "referral_by_staff"
	selfCode     = "referral_self"
	ringCode     = "referral_ring"
	returnedCode = "referral_returned"
	limitCode    = "referral_limit"
	secondCode   = "referral_second"
	notNewCode   = "referral_not_new"
	goneCode     = "referral_inviter_gone"
	outsideCode  = "referral_inviter_not_enrolled"
)
