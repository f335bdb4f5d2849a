package challenge

import (
	"cmp"
	"slices"
	"time"

	"regulars/internal/earn"
	"regulars/internal/id"
)

// whole names the period of a challenge that has only one.
const whole = "all"

// Window is one period of a challenge for one member.
type Window struct {
	// Key names the period: "all", the month as "2026-11", or the Monday of the
	// week.
	Key string
	// What occurred while Begins ≤ occurred < Ends is in it; a zero Ends never
	// comes.
	Begins, Ends time.Time
}

// window returns the period that a moment falls in for a member who joined at
// a time, and false when it falls in none.
func (s *Spec) window(at, joined time.Time, zone *time.Location) (Window, bool) {
	w := Window{whole, s.Begins, s.Ends}
	switch s.Span {
	case Rolling:
		w.Begins, w.Ends = joined, earlier(s.Ends, earn.EndOfDay(joined.In(zone).AddDate(0, 0, s.Days), zone))
	case Weekly:
		start := earn.Week.Start(at, zone)
		w = Window{start.In(zone).Format(time.DateOnly), later(s.Begins, start), earlier(s.Ends, earn.Week.Start(start.In(zone).AddDate(0, 0, 8), zone))}
	case Monthly:
		start := earn.Month.Start(at, zone)
		w = Window{start.In(zone).Format("2006-01"), later(s.Begins, start), earlier(s.Ends, earn.Month.Start(start.In(zone).AddDate(0, 0, 32), zone))}
	}
	inside := !at.Before(w.Begins) && (w.Ends.IsZero() || at.Before(w.Ends))
	return w, inside && s.covers(at) && !at.Before(joined)
}

// earlier returns the first of two ends, of which a zero one never comes.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Round names a thing that can be reached: a step of a period. A card of
// stamps can be filled, and a streak reach its length, several times.
type Round struct {
	Period string
	Step   int64
}

// Reached says how often each round was reached. It depends on the marks
// alone, not on their order.
type Reached map[Round]int64

// rounds returns the rounds in a fixed order: period, then step.
func (r Reached) rounds() []Round {
	list := make([]Round, 0, len(r))
	for round := range r {
		list = append(list, round)
	}
	slices.SortFunc(list, func(a, b Round) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Step, b.Step))
	})
	return list
}

// Total returns how many rewards that makes.
func (r Reached) Total() int64 {
	var n int64
	for _, times := range r {
		n += times
	}
	return n
}

// Fold reckons what the marks of one member amount to, who joined at a time.
// The marks may come in any order, but each once.
func (s *Spec) Fold(marks []Mark, joined time.Time, zone *time.Location) Reached {
	reached := Reached{}
	for key, inside := range s.split(marks, joined, zone) {
		switch s.Form {
		case Streak:
			for _, run := range s.runs(inside, zone) {
				for _, step := range s.Steps {
					if run.length >= step.At {
						reached[Round{key, step.At}]++
					}
				}
			}
		case Stamps:
			if n := s.count(inside, zone) / s.Steps[0].At; n > 0 {
				reached[Round{key, s.Steps[0].At}] = n
			}
		default:
			for n, i := s.count(inside, zone), 0; i < len(s.Steps); i++ {
				if n >= s.Steps[i].At {
					reached[Round{key, s.Steps[i].At}] = 1
				}
			}
		}
	}
	return reached
}

// split puts the marks that count into their periods.
func (s *Spec) split(marks []Mark, joined time.Time, zone *time.Location) map[string][]Mark {
	periods := map[string][]Mark{}
	for _, m := range marks {
		if w, in := s.window(m.Occurred, joined, zone); in {
			periods[w.Key] = append(periods[w.Key], m)
		}
	}
	return periods
}

// count adds up the marks of one period in the unit of what is counted.
func (s *Spec) count(marks []Mark, zone *time.Location) int64 {
	days, shops, things := map[int64]int64{}, map[id.ID]bool{}, map[string]bool{}
	var quantity, amount int64
	for _, m := range marks {
		days[dayOf(m.Occurred, zone)] += m.Quantity
		shops[m.ShopID] = true
		for _, t := range m.Things {
			things[t] = true
		}
		quantity, amount = quantity+m.Quantity, amount+m.Amount
	}
	switch s.Counts {
	case Visits:
		return int64(len(days))
	case Units:
		if s.Daily {
			quantity = 0
			for _, q := range days {
				quantity += min(q, 1000)
			}
		}
		return quantity / 1000
	case Amount:
		return amount
	case Products, Categories:
		return int64(len(things))
	case Shops:
		return int64(len(shops))
	}
	if s.Daily {
		return int64(len(days))
	}
	return int64(len(marks))
}

// run is one streak: from its first unit to its last, length of them active,
// with so many forgiven gaps left.
type run struct {
	last, length int64
	gaps         int64
}

// runs returns the streaks in their order.
func (s *Spec) runs(marks []Mark, zone *time.Location) []run {
	units := make([]int64, len(marks))
	for i, m := range marks {
		units[i] = s.unit(m.Occurred, zone)
	}
	slices.Sort(units)
	var runs []run
	for _, u := range slices.Compact(units) {
		if n := len(runs) - 1; n >= 0 && u-runs[n].last-1 <= runs[n].gaps {
			runs[n] = run{u, runs[n].length + 1, runs[n].gaps - (u - runs[n].last - 1)}
			continue
		}
		runs = append(runs, run{u, 1, int64(s.Gaps)})
	}
	return runs
}

// alive returns the streak that can still go on at a moment; a zero one when
// none can.
func (s *Spec) alive(runs []run, at time.Time, zone *time.Location) run {
	if n := len(runs) - 1; n >= 0 && s.unit(at, zone)-runs[n].last-1 <= runs[n].gaps {
		return runs[n]
	}
	return run{}
}

// unit numbers the unit of a streak that a moment falls in, by the calendar of
// the zone.
func (s *Spec) unit(at time.Time, zone *time.Location) int64 {
	switch s.Unit {
	case earn.Month:
		year, month, _ := at.In(zone).Date()
		return int64(year)*12 + int64(month)
	case earn.Week:
		return (dayOf(at, zone) + 3) / 7 // 1 January 1970 was a Thursday
	}
	return dayOf(at, zone)
}

// dayOf numbers the day of the calendar that a moment falls on; no change of
// the clocks alters it.
func dayOf(at time.Time, zone *time.Location) int64 {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}
