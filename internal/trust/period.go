package trust

import (
	"fmt"
	"strings"
	"time"

	"regulars/internal/fault"
)

// Period is a whole month or quarter in a programme's zone.
type Period struct {
	// Name is 2026-03 for a month and 2026-q1 for a quarter.
	Name string `json:"name"`
	// From is its first moment, Until the first one after it.
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Quarter reports whether it is a quarter, and not a month.
func (p Period) Quarter() bool { return strings.Contains(p.Name, "q") }

// months is how many months it has.
func (p Period) months() int {
	if p.Quarter() {
		return 3
	}
	return 1
}

// ParsePeriod reads a month as 2026-03 or a quarter as 2026-q1; fault
// "trust_period".
func ParsePeriod(text string, zone *time.Location) (Period, error) {
	var year, n int
	low := strings.ToLower(text)
	if _, err := fmt.Sscanf(low, "%4d-q%1d", &year, &n); err == nil && n >= 1 && n <= 4 {
		if p := periodOf(year, time.Month(3*n-2), 3, zone); p.Name == low {
			return p, nil
		}
	}
	if at, err := time.Parse("2006-01", low); err == nil {
		return periodOf(at.Year(), at.Month(), 1, zone), nil
	}
	return Period{}, fault.Invalid("trust_period", "%q is no month such as 2026-03 and no quarter such as 2026-q1", text).With("period", text).At("/period")
}

func periodOf(year int, month time.Month, months int, zone *time.Location) Period {
	p := Period{From: time.Date(year, month, 1, 0, 0, 0, 0, zone), Until: time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, zone)}
	p.Name = p.From.Format("2006-01")
	if months == 3 {
		p.Name = fmt.Sprintf("%04d-q%d", p.From.Year(), (p.From.Month()+2)/3)
	}
	return p
}

// quarterOf is the quarter of a moment that is given in the zone.
func quarterOf(local time.Time, zone *time.Location) Period {
	return periodOf(local.Year(), (local.Month()-1)/3*3+1, 3, zone)
}

// Shift returns the period so many of its sort later; below zero, earlier.
func (p Period) Shift(n int, zone *time.Location) Period {
	from := p.From.In(zone)
	return periodOf(from.Year(), from.Month()+time.Month(n*p.months()), p.months(), zone)
}

// Over reports whether the whole of it has passed.
func (p Period) Over(now time.Time) bool { return !now.Before(p.Until) }

// Recent returns the last whole months and quarters, the latest first.
func Recent(now time.Time, zone *time.Location, months, quarters int) []Period {
	local := now.In(zone)
	month := periodOf(local.Year(), local.Month(), 1, zone)
	quarter := quarterOf(local, zone)
	var list []Period
	for i := range months {
		list = append(list, month.Shift(-i-1, zone))
	}
	for i := range quarters {
		list = append(list, quarter.Shift(-i-1, zone))
	}
	return list
}
