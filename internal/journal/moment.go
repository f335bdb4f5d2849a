package journal

import (
	"time"

	"regulars/internal/fault"
)

// earliest and tolerance bound business times, so that no typing error can date
// a sale in the year 20011: 1990, and how far ahead a source's clock may
// run.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

const tolerance = 24 * time.Hour

// CheckMoment refuses a moment of the input at which nothing can have happened
// ("absurd_time").
func CheckMoment(at string, t, now time.Time) error {
	if t.Before(earliest) || t.After(now.Add(tolerance)) {
		said := t.Format(time.RFC3339)
		return fault.Invalid("absurd_time", "%s is before 1990 or in the future; send the time at which it happened", said).At(at).With("time", said)
	}
	return nil
}
