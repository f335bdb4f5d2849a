package challenge

import (
	"time"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State says where a challenge stands.
type State string

// The states. What a published challenge asks for never changes; it can only
// be ended.
const (
	Draft     State = "draft"
	Published State = "published"
	Ended     State = "ended"
)

// States returns every state.
func States() []State { return []State{Draft, Published, Ended} }

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "challenge.state." + string(s)} }

// Form is how what a member does adds up.
type Form string

// The forms.
const (
	// Goal is reached once in each period.
	Goal Form = "goal"
	// Stamps fill one card after the other; what is over goes onto the next.
	Stamps Form = "stamps"
	// Streak counts units of the calendar in a row.
	Streak Form = "streak"
)

// Forms returns every form.
func Forms() []Form { return []Form{Goal, Stamps, Streak} }

// Text returns the form in words.
func (f Form) Text() i18n.Text { return i18n.Text{Key: "challenge.form." + string(f)} }

// Kind is what is counted.
type Kind string

// The kinds. A visit is a day of the calendar on which the member came or
// bought, so it never counts twice a day.
const (
	Purchases  Kind = "purchases"
	Visits     Kind = "visits"
	Units      Kind = "units"      // of the chosen goods, whole ones
	Amount     Kind = "amount"     // spent on the chosen goods, in minor units
	Products   Kind = "products"   // different ones
	Categories Kind = "categories" // different ones
	Shops      Kind = "shops"      // different ones in which something was bought
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{Purchases, Visits, Units, Amount, Products, Categories, Shops} }

// Text returns the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "challenge.kind." + string(k)} }

// Span is the period within which something is to be done.
type Span string

// The spans. Weeks begin on Monday; weeks and months are those of the
// programme's calendar.
const (
	// Fixed is from the challenge's beginning to its end.
	Fixed Span = "fixed"
	// Rolling is so many days for each member, from when they joined.
	Rolling Span = "rolling"
	Weekly  Span = "week"
	Monthly Span = "month"
)

// Spans returns every span.
func Spans() []Span { return []Span{Fixed, Rolling, Weekly, Monthly} }

// Text returns the span in words.
func (s Span) Text() i18n.Text { return i18n.Text{Key: "challenge.span." + string(s)} }

// RewardKind is what sort of thing a challenge gives.
type RewardKind string

// The kinds of reward.
const (
	Points RewardKind = "points"
	Code   RewardKind = "code"
	Tag    RewardKind = "tag"
)

// RewardKinds returns every kind.
func RewardKinds() []RewardKind { return []RewardKind{Points, Code, Tag} }

// Text returns the kind in words.
func (k RewardKind) Text() i18n.Text { return i18n.Text{Key: "challenge.gives." + string(k)} }

// Challenge is one invitation.
type Challenge struct {
	ID, ProgrammeID id.ID
	State           State
	Made            time.Time
	Spec
}

// Spec is what a manager writes of a challenge.
type Spec struct {
	// Names and Descriptions are by language, as "en"; Names holds at least the
	// programme's first language.
	Names        map[string]string `json:"names"`
	Descriptions map[string]string `json:"descriptions,omitempty"`
	Form         Form              `json:"form"`
	Counts       Kind              `json:"counts"`
	// Lines choose the goods that count; nil is all goods.
	Lines *earn.Lines `json:"lines,omitempty"`
	// Minimum is what one purchase must come to in the chosen goods, in minor
	// units.
	Minimum int64 `json:"minimum,omitempty"`
	// Daily lets a day count once at most.
	Daily bool `json:"daily,omitempty"`
	Span  Span `json:"span"`
	// Days is how long a rolling challenge lasts, to the end of the last.
	Days int `json:"days,omitempty"`
	// Unit is what a streak counts: day, week or month.
	Unit earn.Period `json:"unit,omitempty"`
	// Gaps is how many units a streak may miss in all without breaking; missed
	// ones are not counted.
	Gaps int `json:"gaps,omitempty"`
	// It counts what happened while Begins ≤ occurred < Ends; a zero Ends never
	// comes.
	Begins time.Time `json:"begins,omitzero"`
	Ends   time.Time `json:"ends,omitzero"`
	// OptIn asks members to join; what they did before does not count.
	OptIn    bool     `json:"opt_in,omitempty"`
	Audience Audience `json:"audience,omitzero"`
	// Steps are what is given at which count, from the lowest to the highest;
	// stamps have one, the size of the card.
	Steps []Step `json:"steps"`
	// PerMember is how many rewards one member gets at most; 0 for any number.
	PerMember int64  `json:"per_member,omitempty"`
	Budget    Budget `json:"budget,omitzero"`
	// TakeBack takes points back when returns undo what they were given for.
	TakeBack bool `json:"take_back,omitempty"`
}

// Audience says whom a challenge is for: those who hold one of the tags, if
// any are named, and one of the ranks, if any are. It is asked when the
// challenge is shown, joined and paid.
type Audience struct {
	Tags  []string `json:"tags,omitempty"`
	Ranks []string `json:"ranks,omitempty"` // codes, of the ladder that rules ask about
}

// Open reports whether the challenge is for everybody.
func (a Audience) Open() bool { return len(a.Tags)+len(a.Ranks) == 0 }

// Step is what is given at a count.
type Step struct {
	At     int64  `json:"at"`
	Reward Reward `json:"reward"`
}

// Reward is what is given. Which fields it has depends on its kind.
type Reward struct {
	Kind RewardKind `json:"kind"`
	// Points of the wallet, in its smallest unit; they last for Months, 0 for
	// ever.
	WalletID id.ID `json:"wallet,omitempty"`
	Points   int64 `json:"points,omitempty"`
	Months   int   `json:"months,omitempty"`
	// BatchID is the batch of personal codes.
	BatchID id.ID  `json:"batch,omitempty"`
	Tag     string `json:"tag,omitempty"`
}

// Budget limits what all members get together; 0 is no limit.
type Budget struct {
	Rewards int64 `json:"rewards,omitempty"`
	Points  int64 `json:"points,omitempty"` // smallest units
}

// IsZero reports whether there is no limit.
func (b Budget) IsZero() bool { return b == Budget{} }

// Name returns the name in a language, or else in any that it has.
func (s *Spec) Name(lang string) string { return s.Named(lang).Text }

// Named is Name with the language that it is really in.
func (s *Spec) Named(lang string) i18n.Said { return i18n.Pick(s.Names, lang) }

// Described is the description in a language, or else in any, with the language
// that it is really in.
func (s *Spec) Described(lang string) i18n.Said { return i18n.Pick(s.Descriptions, lang) }

// StateAt returns where the challenge stands at a moment: one whose end has
// come is ended, whether or not anybody ended it.
func (c *Challenge) StateAt(at time.Time) State {
	if c.State == Published && !c.Ends.IsZero() && !at.Before(c.Ends) {
		return Ended
	}
	return c.State
}

// covers reports whether the challenge is about what happened at a moment.
func (s *Spec) covers(at time.Time) bool {
	return !at.Before(s.Begins) && (s.Ends.IsZero() || at.Before(s.Ends))
}

// step returns what is given at a count, nil when nothing is.
func (s *Spec) step(at int64) *Step {
	for i := range s.Steps {
		if s.Steps[i].At == at {
			return &s.Steps[i]
		}
	}
	return nil
}
