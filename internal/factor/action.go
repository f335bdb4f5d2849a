package factor

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Effort is how soon something can be done at all.
type Effort string

// The efforts.
const (
	AtOnce Effort = "now"
	Weeks  Effort = "weeks"
	Months Effort = "months"
)

// Efforts returns them, the least first.
func Efforts() []Effort { return []Effort{AtOnce, Weeks, Months} }

// Text names the effort in words.
func (e Effort) Text() i18n.Text { return i18n.Text{Key: "factor.effort." + string(e)} }

// State is where an action stands.
type State string

// The states of an action.
const (
	Idea    State = "idea"
	Planned State = "planned"
	Doing   State = "doing"
	Done    State = "done"
	Dropped State = "dropped"
)

// States returns them in their order.
func States() []State { return []State{Idea, Planned, Doing, Done, Dropped} }

// Text names the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "factor.state." + string(s)} }

// Spec is what is said of an action.
type Spec struct {
	Factor Code
	// Title says what is done, Why what for, Expected what should come of it.
	Title, Why, Expected string
	OwnerID              id.ID
	// Cost is in minor units of the programme's currency.
	Cost   int64
	Effort Effort
	// Due is the beginning of the day on which it is to be done.
	Due time.Time
}

// Action is what is to be done about a factor.
type Action struct {
	ID, ProgrammeID id.ID
	Spec
	State State
	// DroppedWhy says why it is not done after all.
	DroppedWhy string
	Made       time.Time
	MadeBy     string
	// Began and Done are zero before.
	Began, Done time.Time
	Version     int64
}

// Open reports whether something is left to do.
func (n *Action) Open() bool { return n.State != Done && n.State != Dropped }

const (
	maxTitle = 200
	maxStory = 2000
	maxCost  = 1_000_000_000_00
)

// check tidies what is said and returns all that is wrong with it.
func (n *Spec) check(set *Settings) error {
	var wrong []error
	n.Title, n.Why, n.Expected = strings.TrimSpace(n.Title), tidy(n.Why), tidy(n.Expected)
	for _, part := range []struct {
		missing bool
		field   string
	}{{n.Title == "", "/title"}, {n.Why == "", "/why"}, {n.OwnerID == 0, "/owner"}, {n.Due.IsZero(), "/due"}} {
		if part.missing {
			wrong = append(wrong, fault.Invalid("factor_action", "say what is done and why, by whom and until when").At(part.field))
		}
	}
	if !set.on(n.Factor) {
		wrong = append(wrong, fault.Invalid("factor_off", "there is no such factor in use").At("/factor"))
	}
	if !slices.Contains(Efforts(), n.Effort) {
		wrong = append(wrong, fault.Invalid("factor_effort", "say whether it takes moments, weeks or months: now, weeks or months").At("/effort"))
	}
	if n.Cost < 0 || n.Cost > maxCost {
		wrong = append(wrong, fault.Invalid("factor_cost", "a cost is a sum that is not below zero").At("/cost"))
	}
	wrong = append(wrong, checkLine(n.Title, "/title", maxTitle))
	for _, part := range []struct{ field, text string }{{"/why", n.Why}, {"/expected", n.Expected}} {
		if utf8.RuneCountInString(part.text) > maxStory {
			wrong = append(wrong, fault.Invalid("factor_long", "it takes at most %d letters", maxStory).With("most", maxStory).At(part.field))
		}
	}
	return fault.Gather(wrong...)
}

// tidy takes out what cannot be shown and what stands around the words.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, text))
}

// turn moves an action into a state.
func (n *Action) turn(to State, why string, now time.Time) error {
	if !slices.Contains(States(), to) {
		return fault.Invalid("factor_state", "an action is an idea, planned, being done, done or dropped").At("/state")
	}
	why = tidy(why)
	if to == Dropped && why == "" {
		return fault.Invalid("factor_dropped", "say why it is dropped").At("/why")
	}
	if len([]rune(why)) > maxStory {
		return fault.Invalid("factor_long", "it takes at most %d letters", maxStory).With("most", maxStory).At("/why")
	}
	n.State, n.DroppedWhy = to, ""
	switch to {
	case Idea, Planned:
		n.Began, n.Done = time.Time{}, time.Time{}
	case Doing:
		n.Done = time.Time{}
		n.begin(now)
	case Done:
		n.begin(now)
		n.Done = now
	case Dropped:
		n.Done, n.DroppedWhy = time.Time{}, why
	}
	return nil
}

func (n *Action) begin(now time.Time) {
	if n.Began.IsZero() {
		n.Began = now
	}
}

// overdue reports whether the day on which it was to be done has ended in a
// zone.
func overdue(due, now time.Time, zone *time.Location) bool {
	return !now.Before(due.In(zone).AddDate(0, 0, 1))
}

// ActionRecord is an action in exports.
type ActionRecord struct {
	Action     string     `json:"action"`
	Factor     Code       `json:"factor"`
	Title      string     `json:"title"`
	Why        string     `json:"why"`
	Expected   string     `json:"expected,omitempty"`
	Owner      string     `json:"owner"`
	Cost       int64      `json:"cost"`
	Effort     Effort     `json:"effort"`
	Due        time.Time  `json:"due"`
	State      State      `json:"state"`
	DroppedWhy string     `json:"dropped_why,omitempty"`
	Made       time.Time  `json:"made"`
	Began      *time.Time `json:"began,omitempty"`
	Done       *time.Time `json:"done,omitempty"`
}

func (n *Action) record() ActionRecord {
	when := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return ActionRecord{
		n.ID.In(id.FactorAction), n.Factor, n.Title, n.Why, n.Expected, n.OwnerID.In(id.Staff), n.Cost, n.Effort, n.Due, n.State, n.DroppedWhy, n.Made, when(n.Began), when(n.Done),
	}
}

// audit notes what contradicts itself in an action.
func (n *Action) audit(note func(string)) {
	name := n.ID.In(id.FactorAction)
	wrong := func(yes bool, what string) {
		if yes {
			note(name + " " + what)
		}
	}
	wrong(!slices.Contains(States(), n.State) || !slices.Contains(Codes(), n.Factor), "is in no state, or about no factor")
	wrong((n.State == Done) == n.Done.IsZero(), "is "+string(n.State)+" and its dates say otherwise")
	wrong(n.State == Doing && n.Began.IsZero() || (n.State == Idea || n.State == Planned) && !n.Began.IsZero(), "is "+string(n.State)+" and its beginning says otherwise")
	wrong((n.State == Dropped) == (n.DroppedWhy == ""), "was dropped for no reason, or has one and was not")
	wrong(!n.Done.IsZero() && n.Done.Before(n.Began), "was done before it began")
}
