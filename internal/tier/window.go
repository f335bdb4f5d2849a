package tier

import "time"

// leaves returns the instant from which on what happened at t no longer
// counts; zero means never.
func (w Window) leaves(t time.Time, zone *time.Location) time.Time {
	switch w.Kind {
	case RollingMonths:
		return addMonths(t.In(zone), w.Months)
	case CalendarYear:
		return time.Date(t.In(zone).Year()+1, time.January, 1, 0, 0, 0, 0, zone)
	}
	return time.Time{}
}

// addMonths returns the same local clock time n months later; where the month
// is too short, on its last day.
func addMonths(t time.Time, n int) time.Time {
	last := time.Date(t.Year(), t.Month()+time.Month(n)+1, 0, 0, 0, 0, 0, t.Location()).Day()
	return time.Date(t.Year(), t.Month()+time.Month(n), min(t.Day(), last),
		t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// Instants are kept in microseconds; a zero one is never due.

func micro(t time.Time) time.Time { return t.Truncate(time.Microsecond) }

func due(t, until time.Time) bool { return !t.IsZero() && !t.After(until) }

func latest(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if o.After(t) {
			t = o
		}
	}
	return t
}

// soonest returns the earliest of the instants that are not zero.
func soonest(instants ...time.Time) time.Time {
	var first time.Time
	for _, t := range instants {
		if first.IsZero() || !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return first
}
