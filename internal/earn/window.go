package earn

import "time"

// AddMonths returns the same clock time so many calendar months later in the
// zone, on the last day of the month where the month is too short: 31 January
// and one month is the last of February. A clock time that the day leaves out
// for summer time is moved as time.Date does.
func AddMonths(t time.Time, months int, zone *time.Location) time.Time {
	local := t.In(zone)
	year, month, day := local.Date()
	last := time.Date(year, month+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, month+time.Month(months), min(day, last),
		local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), zone)
}

// EndOfDay returns the first instant after the day that t falls on in the
// zone, so that what ends there lasts the whole day.
func EndOfDay(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.In(zone).Date()
	return midnight(year, month, day+1, zone)
}

// midnight returns the first instant of a day. Where clocks are changed at
// midnight, the day may begin at another hour, or midnight come twice; of a
// day that a zone left out it returns the end of the day before.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	guess := time.Date(year, month, day, 0, 0, 0, 0, zone)
	_, before := guess.Add(-24 * time.Hour).Zone()
	_, after := guess.Add(24 * time.Hour).Zone()
	if before == after {
		return guess
	}
	wall := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	early := wall.Add(-time.Duration(max(before, after)) * time.Second).In(zone)
	if early.YearDay() == wall.YearDay() {
		return early
	}
	return wall.Add(-time.Duration(min(before, after)) * time.Second).In(zone)
}

// Period is a stretch of the calendar over which a cap counts.
type Period string

// The periods. Weeks begin on Monday; Ever has no end.
const (
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
	Year  Period = "year"
	Ever  Period = "ever"
)

// Periods returns every period, the shortest first.
func Periods() []Period { return []Period{Day, Week, Month, Year, Ever} }

// Start returns the first instant of the period that t falls in, by the
// calendar of the zone; the zero time for Ever.
func (p Period) Start(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	year, month, day := local.Date()
	switch p {
	case Day:
		return midnight(year, month, day, zone)
	case Week:
		return midnight(year, month, day-(int(local.Weekday())+6)%7, zone)
	case Month:
		return midnight(year, month, 1, zone)
	case Year:
		return midnight(year, 1, 1, zone)
	}
	return time.Time{}
}

// Activation says when points become usable.
type Activation struct {
	// Hours after the event, each of 60 minutes whatever the clocks do; 0 is
	// at once.
	Hours int `json:"hours,omitempty"`
}

// At returns when points earned at t become usable.
func (a Activation) At(t time.Time) time.Time { return t.Add(time.Duration(a.Hours) * time.Hour) }

// Expiry says how long points last, counted from earning. Of Months and Days
// at most one is set; with neither they last for ever.
type Expiry struct {
	Months int `json:"months,omitempty"`
	Days   int `json:"days,omitempty"`
	// EndOfDay lets points last until that day is over.
	EndOfDay bool `json:"end_of_day,omitempty"`
}

// At returns the first instant at which points earned at t are gone, by the
// calendar of the zone; the zero time when they last for ever.
func (e Expiry) At(t time.Time, zone *time.Location) time.Time {
	var end time.Time
	switch {
	case e.Months > 0:
		end = AddMonths(t, e.Months, zone)
	case e.Days > 0:
		end = t.In(zone).AddDate(0, 0, e.Days)
	default:
		return end
	}
	if e.EndOfDay {
		return EndOfDay(end, zone)
	}
	return end
}
