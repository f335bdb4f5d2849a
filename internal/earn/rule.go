package earn

import (
	"encoding/json"
	"time"

	"regulars/internal/condition"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Rule is one way to earn points. What it says stands in its versions.
type Rule struct {
	ID, ProgrammeID id.ID
	Name            string
	Trigger         Trigger
}

// Trigger is the kind of event that a rule answers: one of the named kinds, or
// "custom." and a name.
type Trigger string

// The triggers that are not custom.
const (
	Purchase Trigger = "purchase"
	Return   Trigger = "return"
	SignUp   Trigger = "sign_up"
	Birthday Trigger = "birthday"
	// Profile is that a profile has become complete, which happens once.
	Profile Trigger = "profile"
)

// ofSales reports whether the trigger's events have goods.
func (t Trigger) ofSales() bool { return t == Purchase || t == Return }

// State says where a version stands in its life.
type State string

// The states. A version that was published never changes; it is retired at
// the instant at which the next one is published.
const (
	Draft     State = "draft"
	Published State = "published"
	Retired   State = "retired"
)

// Version is what a rule says during some time.
type Version struct {
	ID     id.ID
	Rule   Rule
	Number int // from 1 within the rule
	State  State
	// The version is in force while From ≤ event < To. A zero From is always
	// before, a zero To never comes.
	From, To time.Time
	// Decimals are those of the wallet's points.
	Decimals int
	Spec     Spec
}

// Spec is what a manager writes: when a rule gives, what, and within which
// limits.
type Spec struct {
	// WalletID is the wallet that the points go into.
	WalletID id.ID `json:"-"`
	// Priority orders rules that answer one event: higher first, of equals the
	// older rule.
	Priority int `json:"priority,omitempty"`
	// Group names rules of which only the first that gives anything applies to
	// an event; empty for none.
	Group     string              `json:"group,omitempty"`
	Condition condition.Condition `json:"condition,omitzero"`
	Effects   []Effect            `json:"effects"`
	// Rounding is applied once, to the exact sum of all effects; Floor when
	// empty.
	Rounding   money.Rounding `json:"rounding,omitempty"`
	Activation Activation     `json:"activation,omitzero"`
	Expiry     Expiry         `json:"expiry,omitzero"`
	Caps       []Cap          `json:"caps,omitempty"`
	Budget     Budget         `json:"budget,omitzero"`
}

// Cap limits what one member earns by a rule within a period of the
// programme's calendar, over all versions of the rule. One of Points and Times
// is set. Points that do not fit are cut off; a rule that may not apply once
// more gives nothing. What a return takes back does not free the limit.
type Cap struct {
	Period Period `json:"period"`
	Points int64  `json:"points,omitempty"` // smallest units
	Times  int64  `json:"times,omitempty"`
}

// Budget limits what all members together earn by a rule, over all its
// versions. The grant that meets the end is cut to what is left.
type Budget struct {
	Points int64 `json:"points,omitempty"` // smallest units; 0 is no limit
}

// MarshalJSON shows the wallet as an identifier.
func (s Spec) MarshalJSON() ([]byte, error) {
	type plain Spec
	return json.Marshal(struct {
		Wallet string `json:"wallet"`
		plain
	}{s.WalletID.In(id.Wallet), plain(s)})
}

// UnmarshalJSON reads the spec as ParseSpec does, without knowing the trigger.
func (s *Spec) UnmarshalJSON(raw []byte) error {
	parsed, err := ParseSpec(raw)
	*s = parsed
	return err
}
