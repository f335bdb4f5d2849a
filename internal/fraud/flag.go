package fraud

import (
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State is where a flag stands.
type State string

// The states. A flag is withdrawn by itself when its figure has become usual
// by what others did since.
const (
	Open      State = "open"
	Allowed   State = "allowed"
	Confirmed State = "confirmed"
	Withdrawn State = "withdrawn"
)

// States returns every state.
func States() []State { return []State{Open, Allowed, Confirmed, Withdrawn} }

// Text names the state.
func (s State) Text() i18n.Text { return i18n.Text{Key: "fraud.state." + string(s)} }

// Evidence is an event behind a flag.
type Evidence struct {
	EventID  id.ID     `json:"event"`
	MemberID id.ID     `json:"member"` // 0 where nobody was named
	At       time.Time `json:"at"`
	Amount   int64     `json:"amount"` // what it adds to the figure
	Actor    string    `json:"actor"`
}

// Part is what a flag is about of one member: points in the smallest unit of the
// programme's first wallet.
type Part struct {
	FlagID, MemberID id.ID
	// Points were given by the events of the flag.
	Points int64
	// Aside of them are away from the member now: set aside while the flag is
	// open, taken once it is confirmed.
	Aside int64
	// moving is what the movement step takes, below 0 to give back, 0 for none.
	moving, step int64
}

// Flagged is a flag.
type Flagged struct {
	ID, ProgrammeID id.ID
	Kind            Kind
	// Subject is a member, somebody as auth.Actor names them, with the shop after
	// a space for enrolments, or the hash of what people share.
	Subject string
	// Begins is the hour, day or month that it is about; zero for all times.
	Begins time.Time
	State  State
	// Hold says that the points are set aside while the flag is open.
	Hold bool
	// Rules is the version by which it was raised, More what that lets pass.
	Rules, More int64
	Figure      int64
	// Events is how many there are; Evidence lists the first of them.
	Events   int64
	Evidence []Evidence
	Parts    []Part
	// At is when the last event happened, Raised when the flag was.
	At, Raised, Decided time.Time
	Decider, Note       string
}

// Points adds up what the events gave, and what of it is away now.
func (f *Flagged) Points() (given, aside int64) {
	for _, p := range f.Parts {
		given, aside = given+p.Points, aside+p.Aside
	}
	return given, aside
}

// target is how many points of a part shall be away from the member.
func (f *Flagged) target(p *Part) int64 {
	if f.State == Confirmed || f.State == Open && f.Hold {
		return p.Points
	}
	return 0
}

// Says is what is flagged, in words.
func (f *Flagged) Says() i18n.Text {
	return i18n.Text{Key: "fraud.says." + string(f.Kind), Args: map[string]any{"n": f.Figure, "more": f.More}}
}

// members are those whom the flag names.
func (f *Flagged) members() []id.ID {
	var list []id.ID
	for _, p := range f.Parts {
		list = append(list, p.MemberID)
	}
	return list
}

// maxEvidence is how many events a flag lists.
const maxEvidence = 50

// mark is what an event counts for.
type mark struct {
	kind    Kind
	subject string
	begin   time.Time
	event   id.ID
	member  id.ID
	at      time.Time
	amount  int64
	points  int64 // that the event gave the member
	actor   string
}

// spent and returned are kinds of marks that no rule has: a rule looks at both
// together.
const (
	spent    Kind = "spent"
	returned Kind = "returned"
)

// finding is what the marks of a subject come to.
type finding struct {
	figure int64
	marks  []mark
}

// reckon folds the marks of one subject. Their order does not matter.
func reckon(k Kind, marks []mark, person func(id.ID) id.ID) finding {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b mark) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return compareIDs(a.event, b.event)
	})
	switch {
	case k.shared():
		return people(marks, person)
	case k == ReturnsAfterSpending:
		return afterSpending(marks)
	}
	f := finding{marks: marks}
	for _, m := range marks {
		f.figure += m.amount
	}
	return f
}

func compareIDs(a, b id.ID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// people counts whom the marks name, by the first mark of each.
func people(marks []mark, person func(id.ID) id.ID) finding {
	var f finding
	seen := map[id.ID]bool{}
	for _, m := range marks {
		if who := person(m.member); !seen[who] {
			seen[who] = true
			f.figure++
			f.marks = append(f.marks, m)
		}
	}
	return f
}

// afterSpending counts the returns before which, but after their sale, points
// were spent. The amount of a mark of a return is when the sale was.
func afterSpending(marks []mark) finding {
	var f finding
	for _, r := range marks {
		if r.kind != returned {
			continue
		}
		if slices.ContainsFunc(marks, func(s mark) bool {
			return s.kind == spent && s.at.UnixMicro() >= r.amount && s.at.Before(r.at)
		}) {
			r.amount = 1
			f.figure++
			f.marks = append(f.marks, r)
		}
	}
	return f
}

// Usual is what others came to by the same rule in the same length of time, in
// the month around.
type Usual struct {
	// Others is how many figures there are, Median the middle one, Most the
	// largest.
	Others, Median, Most int64
}

// usualOf reckons what is usual of figures; of an even number the median is the
// lower of the two in the middle.
func usualOf(figures []int64) Usual {
	if len(figures) == 0 {
		return Usual{}
	}
	figures = slices.Sorted(slices.Values(figures))
	return Usual{Others: int64(len(figures)), Median: figures[(len(figures)-1)/2], Most: figures[len(figures)-1]}
}

// tooMuch reports whether a figure is to be flagged, others being what other
// staff gave.
func (r Rule) tooMuch(figure int64, others []int64) bool {
	if figure <= r.More {
		return false
	}
	return r.Times == 0 || len(others) == 0 || figure > r.Times*usualOf(others).Median
}
