package complaint

import (
	"fmt"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ru"
)

// Hours are the working hours of a day in minutes from its midnight by the
// clock on the wall, the end excluded; equal ones are none.
type Hours struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Week is the working hours of its days, Monday first.
type Week [7]Hours

// ShowTime writes minutes from midnight as 09:00; the end of a day is 24:00.
func ShowTime(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// ReadTime reads what ShowTime writes, also without the first zero.
func ReadTime(text string) (minutes int, ok bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil
}

// holidays are the public holidays of the countries that we know.
var holidays = map[string][]*cal.Holiday{"PL": pl.Holidays, "RU": ru.Holidays, "GB": gb.Holidays}

// horizon bounds how far a due moment is looked for.
const horizon = 5 * 366 * 24 * time.Hour

const secondsADay = 24 * 60 * 60

// Clock counts working time.
type Clock struct {
	zone *time.Location
	week Week
	off  *cal.Calendar
	// days are exceptions by date: true for a day that is worked.
	days map[string]bool
}

// NewClock returns the clock of a place with the settings' hours.
func NewClock(s *Settings, zone *time.Location, shop string) *Clock {
	c := &Clock{zone: zone, week: s.Week, off: &cal.Calendar{Cacheable: true}, days: map[string]bool{}}
	if w, own := s.Shops[shop]; own && shop != "" {
		c.week = w
	}
	c.off.AddHoliday(holidays[s.Country]...)
	for _, d := range s.Holidays {
		c.days[d] = false
	}
	for _, d := range s.Workdays {
		c.days[d] = true
	}
	return c
}

// hours returns the working hours of a day, counted from 1970.
func (c *Clock) hours(day int64) Hours {
	date := time.Unix(day*secondsADay, 0).UTC()
	h := c.week[(int(date.Weekday())+6)%7]
	worked, exception := c.days[date.Format(time.DateOnly)]
	switch {
	case exception && !worked:
		return Hours{}
	case exception && h.From == h.To:
		return c.week[0] // a Saturday that is worked goes by Monday's hours
	case exception:
		return h
	}
	if actual, observed, _ := c.off.IsHoliday(date); actual || observed {
		return Hours{}
	}
	return h
}

// each calls fn with the stretches of working time between two moments, in
// order, until it returns false. The clock on the wall runs evenly between
// changes of the zone, so every day is cut there: an hour that comes twice is
// worked twice, one that is left out is not.
func (c *Clock) each(from, to time.Time, fn func(a, b time.Time) bool) {
	for t := from; t.Before(to); {
		local := t.In(c.zone)
		_, offset := local.Zone()
		shift := time.Duration(offset) * time.Second
		day := floorDays(t.Add(shift))
		midnight := time.Unix(day*secondsADay, 0).Add(-shift)
		end := earlier(midnight.Add(secondsADay*time.Second), to)
		if _, change := local.ZoneBounds(); !change.IsZero() {
			end = earlier(end, change)
		}
		h := c.hours(day)
		a, b := later(t, midnight.Add(time.Duration(h.From)*time.Minute)), earlier(end, midnight.Add(time.Duration(h.To)*time.Minute))
		if a.Before(b) && !fn(a, b) {
			return
		}
		t = end
	}
}

func floorDays(t time.Time) int64 {
	n := t.Unix()
	if n < 0 {
		return (n - secondsADay + 1) / secondsADay
	}
	return n / secondsADay
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
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

// Stretches returns the working time between two moments, in order; one stretch
// stays whole though the zone's clock changes within it.
func (c *Clock) Stretches(from, to time.Time) (all [][2]time.Time) {
	c.each(from, to, func(a, b time.Time) bool {
		if n := len(all); n > 0 && all[n-1][1].Equal(a) {
			all[n-1][1] = b
		} else {
			all = append(all, [2]time.Time{a, b})
		}
		return true
	})
	return all
}

// Between returns the working time between two moments, 0 where the second is
// not later.
func (c *Clock) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	c.each(from, to, func(a, b time.Time) bool {
		sum += b.Sub(a)
		return true
	})
	return sum
}

// After returns the moment at which so much working time has passed since
// another, or the zero time where there is not so much within five years.
func (c *Clock) After(from time.Time, span time.Duration) time.Time {
	if span <= 0 {
		return from
	}
	var at time.Time
	c.each(from, from.Add(horizon), func(a, b time.Time) bool {
		if d := b.Sub(a); d < span {
			span -= d
			return true
		}
		at = a.Add(span)
		return false
	})
	return at.UTC()
}
