package partner

import (
	"fmt"
	"time"

	"regulars/internal/fault"
)

// Month is a calendar month of a programme's zone, as year × 100 + month.
type Month int

// MonthOf returns the month of a moment.
func MonthOf(t time.Time, zone *time.Location) Month {
	t = t.In(zone)
	return Month(t.Year()*100 + int(t.Month()))
}

// ParseMonth reads "2026-01"; fault "malformed_month".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 1990 {
		return 0, fault.Invalid("malformed_month", "a month is written as 2026-01").At("/month")
	}
	return MonthOf(t, time.UTC), nil
}

// String returns the month as 2026-01.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/100, int(m)%100) }

// Begin returns the first moment of the month.
func (m Month) Begin(zone *time.Location) time.Time {
	return time.Date(int(m)/100, time.Month(int(m)%100), 1, 0, 0, 0, 0, zone)
}

// End returns the first moment of the next month.
func (m Month) End(zone *time.Location) time.Time { return m.Next().Begin(zone) }

// Next returns the month that follows.
func (m Month) Next() Month { return MonthOf(m.Begin(time.UTC).AddDate(0, 1, 0), time.UTC) }

// Before returns the month before.
func (m Month) Before() Month { return MonthOf(m.Begin(time.UTC).AddDate(0, -1, 0), time.UTC) }
