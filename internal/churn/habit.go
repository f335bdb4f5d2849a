package churn

import (
	"math"
	"slices"
	"time"

	"regulars/internal/stats"
)

// Day is a day of the programme's calendar, counted from 1970-01-01.
type Day int64

const daySeconds = 24 * 60 * 60

// DayOf returns the day that it is at a moment.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// Begin returns when the day begins.
func (d Day) Begin(zone *time.Location) time.Time {
	y, m, n := time.Unix(int64(d)*daySeconds, 0).UTC().Date()
	return time.Date(y, m, n, 0, 0, 0, 0, zone)
}

// LeastDays is on how many days somebody has to have bought before anything is
// said of their habit.
const LeastDays = 3

// State is how somebody stands.
type State string

// The states. Whoever bought on fewer than LeastDays has none; nor has anybody
// where nothing is known of leaving.
const (
	Active   State = "active"
	Slipping State = "slipping"
	Silent   State = "silent"
	// Returned is who was silent before the last purchase.
	Returned State = "returned"
)

// States returns the states, the most pressing first.
func States() []State { return []State{Silent, Slipping, Returned, Active} }

// Habit is how somebody buys, in days.
type Habit struct {
	// Days counts those on which they bought, First and Last are two of them.
	Days        int64
	First, Last Day
	// Low to High is how long they usually wait between them: the middle half of
	// all waits, of fewer than four all of them. Middle is the median.
	Low, Middle, High int64
	// Slips and Quiet are after how many days without a purchase they are slipping
	// and silent.
	// Both are 0 where nothing is known of leaving.
	Slips, Quiet int64
	// Rare is after how many such days the silence is unusual for them, 0 where
	// that is not known.
	Rare int64
	// Back says that the last purchase ended a silence.
	Back bool
}

// forEver is a wait that nobody outlives, where the model names no end.
const forEver = 100 * 365

// habitOf learns the habit from different days in their order, at least
// LeastDays of them.
func habitOf(days []Day, m *Model, set *Settings) Habit {
	n := len(days)
	h := Habit{Days: int64(n), First: days[0], Last: days[n-1]}
	waits := make([]float64, n-1)
	for i := range waits {
		waits[i] = float64(days[i+1] - days[i])
	}
	last := waits[n-2]
	slices.Sort(waits)
	low, high := waits[0], waits[n-2]
	if len(waits) >= 4 {
		low, high = math.Floor(stats.Quantile(waits, 0.25)), math.Ceil(stats.Quantile(waits, 0.75))
	}
	h.Low, h.Middle, h.High = int64(low), int64(math.Round(stats.Quantile(waits, 0.5))), int64(high)
	if rates, known := m.rates(); known {
		h.Rare = wholeDays(rates.WaitOf(h.Days-1, float64(h.Last-h.First), float64(set.Unusual)/100))
	}
	leaving, known := m.buying()
	if !known {
		return h
	}
	h.Slips, h.Quiet = set.bounds(leaving, days)
	if n > LeastDays {
		_, before := set.bounds(leaving, days[:n-1])
		h.Back = int64(last) >= before
	}
	return h
}

// bounds returns after how many days without a purchase somebody who bought on
// these days is slipping, and silent.
func (s *Settings) bounds(m stats.BuyModel, days []Day) (slips, quiet int64) {
	repeats, last := int64(len(days)-1), float64(days[len(days)-1]-days[0])
	bound := func(percent int64) int64 { return wholeDays(m.SilentAfter(repeats, last, float64(percent)/100)) }
	return bound(s.Slipping), bound(s.Silent)
}

// wholeDays rounds a wait up to days, of which there is at least one.
func wholeDays(wait float64) int64 { return int64(min(forEver, max(1, math.Ceil(wait)))) }

// Unusual reports whether the silence is unusual for them on a day.
func (h *Habit) Unusual(today Day) bool { return h.Rare > 0 && int64(today-h.Last) >= h.Rare }

// seen is how they buy, as the models see it on a day.
func (h *Habit) seen(today Day) stats.Buying {
	return stats.Buying{Repeats: h.Days - 1, Last: float64(h.Last - h.First), Seen: float64(max(today, h.Last) - h.First)}
}

// State returns how somebody with the habit stands on a day; empty where
// nothing is known of leaving.
func (h *Habit) State(today Day) State {
	switch quiet := int64(today - h.Last); {
	case h.Quiet == 0:
		return ""
	case quiet >= h.Quiet:
		return Silent
	case quiet >= h.Slips:
		return Slipping
	case h.Back:
		return Returned
	}
	return Active
}

// Since returns from which day the state holds; for the active, from the last
// purchase.
func (h *Habit) Since(state State) Day {
	switch state {
	case Silent:
		return h.Last + Day(h.Quiet)
	case Slipping:
		return h.Last + Day(h.Slips)
	}
	return h.Last
}

// Alive is how probable it is on a day that somebody is a customer still.
func (h *Habit) Alive(m stats.BuyModel, today Day) float64 {
	return m.Alive(h.seen(today))
}
