package plan

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State is where a subscription stands.
type State string

// The states. While it is waiting for its first payment nothing is held; in
// trial, active, grace and left everything is.
const (
	Waiting State = "waiting"
	Trial   State = "trial"
	Active  State = "active"
	// Grace is a period that is not paid yet.
	Grace State = "grace"
	// Left ends with its period.
	Left  State = "left"
	Ended State = "ended"
)

// States returns every state of a subscription.
func States() []State { return []State{Waiting, Trial, Active, Grace, Left, Ended} }

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "subscription.state." + string(s)} }

// InForce reports whether the benefits of the plan are held.
func (s State) InForce() bool { return s == Trial || s == Active || s == Grace || s == Left }

// Ending is why a subscription ended.
type Ending string

// The endings.
const (
	EndLeft      Ending = "left"
	EndWithdrawn Ending = "withdrawn"
	EndUnpaid    Ending = "unpaid"
	EndErased    Ending = "erased"
)

// Text returns the ending in words.
func (e Ending) Text() i18n.Text { return i18n.Text{Key: "subscription.ending." + string(e)} }

// Subscription is a member's agreement from joining to the end.
type Subscription struct {
	ID, ProgrammeID, MemberID id.ID
	// PlanID and Version are those of the present period, or of the one that
	// waits for its payment.
	PlanID id.ID
	State  State
	Joined time.Time
	// LeftAt is when the member said that they leave; zero if they did not.
	LeftAt, Ended time.Time
	Terms
	// due is when something next happens, as stored.
	due time.Time
}

// Withdraws reports whether leaving at a moment gives money back, so many days
// of the moment's calendar after the first payment began.
func (s *Subscription) Withdraws(days int, now time.Time) bool {
	return s.State == Active && !s.FirstPaid.IsZero() && now.Before(s.FirstPaid.In(now.Location()).AddDate(0, 0, days))
}

// Terms is the part of a subscription that is kept as a whole.
type Terms struct {
	Version int `json:"version"`
	// Period is the number of the present period, 0 before the first; it lasts
	// from Begins until Ends. OnTrial says that it is free.
	Period  int       `json:"period,omitempty"`
	Begins  time.Time `json:"begins,omitzero"`
	Ends    time.Time `json:"ends,omitzero"`
	OnTrial bool      `json:"on_trial,omitempty"`
	// Price of the present period.
	Price int64 `json:"price,omitempty"`
	// Anchor is the moment whose day and hour every period keeps; Count is how
	// many intervals after it the present one ends.
	Anchor time.Time `json:"anchor,omitzero"`
	Count  int       `json:"count,omitempty"`
	// FirstPaid is the beginning of the first period that was paid, from which
	// the days of withdrawal count.
	FirstPaid time.Time `json:"first_paid,omitzero"`
	// Trialled and Welcomed are what happens once for each person.
	Trialled bool `json:"trialled,omitempty"`
	Welcomed bool `json:"welcomed,omitempty"`
	// NextPlan takes over when the period ends; 0 for the same.
	NextPlan id.ID `json:"next_plan,omitempty"`
	// NextVersion is the version at which that was chosen; a dearer one does
	// not take its place.
	NextVersion int `json:"next_version,omitempty"`
	// NoticeVersion is the version whose higher price was announced at Noticed.
	NoticeVersion int       `json:"notice_version,omitempty"`
	Noticed       time.Time `json:"noticed,omitzero"`
	// Reminded is the period before whose end the member was reminded.
	Reminded int    `json:"reminded,omitempty"`
	Why      Ending `json:"why,omitempty"`
}

// Period is a part of a subscription under one price. It lasts from Begins
// until before Ends.
type Period struct {
	SubscriptionID, MemberID id.ID
	No                       int
	PlanID                   id.ID
	Version                  int
	Trial                    bool
	Begins, Ends             time.Time
	Price                    int64
}

// Purpose is what a charge pays for.
type Purpose string

// The purposes.
const (
	ForJoining Purpose = "join"
	ForRenewal Purpose = "renewal"
	ForUpgrade Purpose = "upgrade"
)

// Text returns the purpose in words.
func (p Purpose) Text() i18n.Text { return i18n.Text{Key: "charge.purpose." + string(p)} }

// ChargeState is where a charge stands.
type ChargeState string

// The states of a charge. Due is not told to the provider yet.
const (
	Due       ChargeState = "due"
	Requested ChargeState = "requested"
	Paid      ChargeState = "paid"
	Failed    ChargeState = "failed"
	Cancelled ChargeState = "cancelled"
	RefundDue ChargeState = "refund_due"
	Refunded  ChargeState = "refunded"
)

// ChargeStates returns every state of a charge.
func ChargeStates() []ChargeState {
	return []ChargeState{Due, Requested, Failed, Paid, RefundDue, Refunded, Cancelled}
}

// Text returns the state in words.
func (s ChargeState) Text() i18n.Text { return i18n.Text{Key: "charge.state." + string(s)} }

// Charge is a sum asked for one period. Who pays how is the provider's to know:
// Reference is its name for the payment and never a card's.
type Charge struct {
	ID, ProgrammeID, MemberID, SubscriptionID id.ID
	No                                        int
	PlanID                                    id.ID
	Version                                   int
	Purpose                                   Purpose
	State                                     ChargeState
	// Void charges were cancelled: they buy nothing, and what is paid for one
	// all the same is to be given back.
	Void bool
	// Amount is what is asked, Credit what an earlier period pays of the price;
	// Refund is what is to be given back. All in minor units.
	Amount, Credit, Refund int64
	// Points were given with the payment, in the wallet's smallest unit.
	Points    int64
	Method    Method
	Invoice   int64
	Reference string
	Made, Due time.Time
	// Paid and Settled are when it was paid, and given back or found failed.
	Paid, Settled time.Time
}

// open reports whether the charge can still be paid in time, as Query.Open asks.
func (c *Charge) open() bool {
	return !c.Void && (c.State == Due || c.State == Requested || c.State == Failed)
}

// Kept is the money that was paid for the charge and is not to be given back, in
// minor units.
func (c *Charge) Kept() int64 { return c.taken() - c.Refund }

// taken is the money that was paid for the charge.
func (c *Charge) taken() int64 {
	if c.State == Paid || c.State == RefundDue || c.State == Refunded {
		return c.Amount
	}
	return 0
}
