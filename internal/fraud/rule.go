package fraud

import (
	"slices"
	"strconv"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Kind is what a rule watches.
type Kind string

// The kinds of rules.
const (
	// PointsHour and PointsDay add up what a member earned, in the smallest
	// units of the programme's first wallet.
	PointsHour Kind = "points_hour"
	PointsDay  Kind = "points_day"
	// CodesHour and CodesDay count the codes that a member used.
	CodesHour Kind = "codes_hour"
	CodesDay  Kind = "codes_day"
	// SharedDevice, SharedPhone and SharedAddress count the people whose events
	// named one device, telephone or address.
	SharedDevice  Kind = "shared_device"
	SharedPhone   Kind = "shared_phone"
	SharedAddress Kind = "shared_address"
	// ReturnsAfterSpending counts returns of goods after whose purchase the
	// member had spent points, in a month.
	ReturnsAfterSpending Kind = "returns_after_spending"
	// OwnAccount adds up points that a member of staff gave in a day to a
	// profile with the same e-mail address.
	OwnAccount Kind = "own_account"
	// StaffGrants adds up points that a member of staff gave by hand in a day.
	StaffGrants Kind = "staff_grants"
	// Enrolments counts who joined in an hour through one member of staff or
	// key, in one shop.
	Enrolments Kind = "enrolments_hour"
	// CardTries counts numbers of gift cards that there are not, asked for by
	// one member of staff or key in an hour.
	CardTries Kind = "card_tries"
)

// Kinds returns every kind, in the order in which they are offered.
func Kinds() []Kind {
	return []Kind{
		PointsHour, PointsDay, CodesHour, CodesDay, SharedDevice, SharedPhone, SharedAddress, ReturnsAfterSpending, OwnAccount, StaffGrants, Enrolments,
		CardTries,
	}
}

// Text names what the rule watches.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "fraud.kind." + string(k)} }

// InPoints reports whether the figure is in points.
func (k Kind) InPoints() bool {
	return slices.Contains([]Kind{PointsHour, PointsDay, OwnAccount, StaffGrants}, k)
}

// AboutMember reports whether the subject is a member.
func (k Kind) AboutMember() bool {
	return slices.Contains([]Kind{PointsHour, PointsDay, CodesHour, CodesDay, ReturnsAfterSpending}, k)
}

// shared reports whether the subject is the hash of what several people named.
func (k Kind) shared() bool {
	return k == SharedDevice || k == SharedPhone || k == SharedAddress
}

// Begin returns the beginning of the hour, day or month of t that the rule
// looks at, in the zone; the zero time for all times.
func (k Kind) Begin(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	switch k {
	case PointsHour, CodesHour, Enrolments, CardTries:
		// Not by the wall clock: the hour that comes twice in autumn is two.
		_, offset := t.Zone()
		part := (t.Unix() + int64(offset)) % 3600
		return time.Unix(t.Unix()-part, 0).In(zone)
	case PointsDay, CodesDay, OwnAccount, StaffGrants:
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	case ReturnsAfterSpending:
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, zone)
	}
	return time.Time{}
}

// Action is what comes of a rule.
type Action string

// The actions. Hold sets aside the points that the events gave, until staff have
// decided.
const (
	Off  Action = "off"
	Flag Action = "flag"
	Hold Action = "hold"
)

// Text names the action.
func (a Action) Text() i18n.Text { return i18n.Text{Key: "fraud.action." + string(a)} }

// Actions returns the actions that a rule may have.
func (k Kind) Actions() []Action {
	if k == CardTries || k == StaffGrants || k == ReturnsAfterSpending {
		return []Action{Off, Flag}
	}
	return []Action{Off, Flag, Hold}
}

// Rule is one thing to watch.
type Rule struct {
	Kind   Kind   `json:"kind"`
	Action Action `json:"action"`
	// More is the most that passes; a figure above it is flagged.
	More int64 `json:"more"`
	// Times is how often the median of other staff of the day the figure must
	// exceed too; of staff_grants alone, 0 for not compared.
	Times int64 `json:"times,omitempty"`
}

// Spec is what a programme watches for.
type Spec struct {
	// Watching says whether anything is watched at all.
	Watching bool   `json:"watching"`
	Rules    []Rule `json:"rules"`
}

// Rules are a version of what a programme watches for.
type Rules struct {
	ProgrammeID id.ID
	// Number counts the versions, from 1; 0 for the defaults, not written yet.
	Number int64
	Made   time.Time
	Spec
}

// DefaultSpec returns rules that few honest customers meet. Nothing is watched
// until a manager has looked at them and says so.
func DefaultSpec() Spec {
	return Spec{Rules: []Rule{
		{Kind: PointsHour, Action: Flag, More: 2_000},
		{Kind: PointsDay, Action: Flag, More: 5_000},
		{Kind: CodesHour, Action: Flag, More: 3},
		{Kind: CodesDay, Action: Flag, More: 6},
		{Kind: SharedDevice, Action: Flag, More: 3},
		{Kind: SharedPhone, Action: Flag, More: 2},
		{Kind: SharedAddress, Action: Flag, More: 5},
		{Kind: ReturnsAfterSpending, Action: Flag, More: 1},
		{Kind: OwnAccount, Action: Hold, More: 0},
		{Kind: StaffGrants, Action: Flag, More: 3_000, Times: 5},
		{Kind: Enrolments, Action: Flag, More: 20},
		{Kind: CardTries, Action: Flag, More: 5},
	}}
}

// maxTimes bounds a comparison.
const maxTimes = 1000

// Check refuses rules that cannot be, and puts them in order: one for each
// kind, off where it is not named.
func (s *Spec) Check() error {
	var list []Rule
	var wrong []error
	for i, r := range s.Rules {
		wrong = append(wrong, fault.At("/rules/"+strconv.Itoa(i), r.check(list)))
		list = append(list, r)
	}
	if err := fault.Gather(wrong...); err != nil {
		return err
	}
	s.Rules = nil
	for _, k := range Kinds() {
		i := slices.IndexFunc(list, func(r Rule) bool { return r.Kind == k })
		if i < 0 {
			s.Rules = append(s.Rules, Rule{Kind: k, Action: Off})
			continue
		}
		s.Rules = append(s.Rules, list[i])
	}
	return nil
}

// check returns all that keeps a rule from standing behind others.
func (r Rule) check(others []Rule) error {
	if !slices.Contains(Kinds(), r.Kind) {
		return fault.Invalid("fraud_kind", "%q is nothing that can be watched", r.Kind).At("/kind").With("kind", string(r.Kind))
	}
	return fault.Gather(
		fault.When(slices.ContainsFunc(others, func(o Rule) bool { return o.Kind == r.Kind }), fault.Invalid("fraud_twice", "there is one rule of each kind").At("/kind")),
		fault.When(!slices.Contains(r.Kind.Actions(), r.Action), fault.Invalid("fraud_action", "%q is not among what may come of this rule", r.Action).At("/action")),
		fault.When(r.More < 0 || r.More > money.MaxMinor, fault.Invalid("fraud_more", "the most that passes is 0 or more").At("/more")),
		fault.When(r.Times < 0 || r.Times > maxTimes || r.Times > 0 && r.Kind != StaffGrants,
			fault.Invalid("fraud_times", "only what staff give is compared with others, by 0 to %d times", maxTimes).At("/times").With("most", maxTimes)))
}

// Rule returns the rule of a kind, off where there is none.
func (s *Spec) Rule(k Kind) Rule {
	for _, r := range s.Rules {
		if r.Kind == k {
			return r
		}
	}
	return Rule{Kind: k, Action: Off}
}

// on reports whether a kind is watched.
func (s *Spec) on(k Kind) bool { return s.Watching && s.Rule(k).Action != Off }
