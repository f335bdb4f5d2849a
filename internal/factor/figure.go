package factor

import (
	"cmp"
	"slices"

	"regulars/internal/i18n"
	"regulars/internal/stats"
)

// Bounds of showing a figure.
const (
	// LeastPieces is under how many pieces a factor is listed and not placed.
	LeastPieces = 10
	// Preliminary is under how many a figure is called so.
	Preliminary = 30
)

// Basis is what a map is made of. The two are never mixed on one map.
type Basis string

// The bases: how good the feedback about a factor is, or how its marks in a
// questionnaire are.
const (
	ByFeedback Basis = "feedback"
	ByRatings  Basis = "ratings"
)

// Weighing is how importance is known. One map has one.
type Weighing string

// Derived importance follows from which marks go with the main answer of a
// questionnaire; stated importance is how much of the feedback names the factor.
const (
	Derived Weighing = "derived"
	Stated  Weighing = "stated"
)

// Quadrant is where a factor lies on the map.
type Quadrant string

// The quadrants, by importance and performance.
const (
	MendFirst Quadrant = "mend_first" // important and done badly
	KeepUp    Quadrant = "keep_up"    // important and done well
	MendLater Quadrant = "mend_later" // of less weight and done badly
	Enough    Quadrant = "enough"     // of less weight and done well
)

// Quadrants returns them, the most pressing first.
func Quadrants() []Quadrant { return []Quadrant{MendFirst, KeepUp, MendLater, Enough} }

// Text names the quadrant in words.
func (q Quadrant) Text() i18n.Text { return i18n.Text{Key: "factor.quadrant." + string(q)} }

// Figure is how much a factor matters and how well it is done; shares are from
// 0 to 1, with intervals at 95 %.
type Figure struct {
	Factor Code
	// Tally counts the feedback that names it, Marks those who rated it.
	Tally Tally
	Marks int64
	// Performance is the share of positive among the feedback that says how it
	// was, with Wilson's interval, or the mean mark between the ends of its
	// scale, with Student's. Importance is the factor's share of what is coded
	// (Wilson) or its part of what the main answer varies by (Johnson's
	// relative weight, bootstrap).
	Performance, Importance stats.Interval
	// Before is the performance of the period before, and BeforeN of how many;
	// Change is the difference with Newcombe's interval, of shares alone.
	Before  stats.Interval
	BeforeN int64
	Change  stats.Interval
	Changed bool
	// Placed says that there is enough to place it, Sure that both intervals
	// keep to their side of the lines.
	Placed   bool
	Quadrant Quadrant
	Sure     bool
	// Gap is how much of the best is missing, Priority importance times gap.
	Gap, Priority float64
}

// N is how many pieces or marks the performance rests on.
func (f *Figure) N(b Basis) int64 {
	if b == ByRatings {
		return f.Marks
	}
	return f.Tally.Told()
}

// place says where a factor lies among lines of importance and performance.
func (f *Figure) place(b Basis, importance, performance float64) {
	f.Gap = 1 - f.Performance.Value
	if f.N(b) < LeastPieces {
		return
	}
	f.Placed = true
	f.Priority = f.Importance.Value * f.Gap
	important, good := f.Importance.Value >= importance, f.Performance.Value >= performance
	switch {
	case important && good:
		f.Quadrant = KeepUp
	case important:
		f.Quadrant = MendFirst
	case good:
		f.Quadrant = Enough
	default:
		f.Quadrant = MendLater
	}
	f.Sure = !f.Importance.Contains(importance) && !f.Performance.Contains(performance)
}

// state fills the figures from what feedback says, now and in the period before.
func (m *Map) state(now, before *Count) {
	whole := now.whole()
	m.ImportanceLine = 1 / float64(len(m.on))
	m.PerformanceLine = stats.Wilson(whole.Positive, whole.Told(), stats.Confidence).Value
	for _, c := range m.on {
		f := Figure{Factor: c, Tally: now.Of(c)}
		f.Importance = stats.Wilson(f.Tally.N(), whole.N(), stats.Confidence)
		f.Performance = stats.Wilson(f.Tally.Positive, f.Tally.Told(), stats.Confidence)
		if was := before.Of(c); was.Told() >= LeastPieces {
			f.Before, f.BeforeN = stats.Wilson(was.Positive, was.Told(), stats.Confidence), was.Told()
			f.Change = stats.ShareDifference(f.Tally.Positive, f.Tally.Told(), was.Positive, was.Told(), stats.Confidence)
			f.Changed = f.Tally.Told() >= LeastPieces
		}
		m.Figures = append(m.Figures, f)
	}
}

// finish places every factor and sorts them, what is most pressing first; those
// that are not placed come last.
func (m *Map) finish() {
	for i := range m.Figures {
		m.Figures[i].place(m.Basis, m.ImportanceLine, m.PerformanceLine)
	}
	slices.SortStableFunc(m.Figures, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(b.N(m.Basis), a.N(m.Basis)))
	})
}
