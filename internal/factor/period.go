package factor

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Period is a time of which feedback is looked at, from inclusive, to
// exclusive; shop 0 is every shop.
type Period struct {
	ProgrammeID id.ID
	From, To    time.Time
	ShopID      id.ID
}

// Lately is the period by which actions are ordered: the days of the window
// until a moment, which is within.
func Lately(programme id.ID, now time.Time) Period {
	return Period{ProgrammeID: programme, From: now.AddDate(0, 0, -Window), To: now.Add(time.Microsecond)}
}

// longest is how long a period may be.
const longest = 5 * 366 * 24 * time.Hour

func (p Period) check() error {
	if p.From.IsZero() || p.To.IsZero() || !p.From.Before(p.To) || p.To.Sub(p.From) > longest {
		return fault.Invalid("factor_period", "a period ends after it begins, and lasts five years at most").At("/to")
	}
	return nil
}

func (p Period) span() span { return span{p.ProgrammeID, p.From, p.To, p.ShopID} }

// before is the time of the same length that ended where this one begins.
func (p Period) before() Period {
	p.From, p.To = p.From.Add(p.From.Sub(p.To)), p.From
	return p
}
