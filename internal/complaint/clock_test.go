package complaint

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// worked is the oracle: whether the minute that begins at t is worked, asked of
// the clock on the wall alone.
func worked(s *Settings, zone *time.Location, t time.Time) bool {
	local := t.In(zone)
	date := local.Format(time.DateOnly)
	h := s.Week[(int(local.Weekday())+6)%7]
	for _, d := range s.Workdays {
		if d == date {
			if h.From == h.To {
				h = s.Week[0]
			}
			now := local.Hour()*60 + local.Minute()
			return h.From <= now && now < h.To
		}
	}
	for _, d := range s.Holidays {
		if d == date {
			return false
		}
	}
	// The fixed feasts of Poland within the days that the test draws.
	if md := date[5:]; s.Country == "PL" && (md == "11-01" || md == "11-11") {
		return false
	}
	now := local.Hour()*60 + local.Minute()
	return h.From <= now && now < h.To
}

// TestTheClockCountsAsMinutesDo compares the clock with a count of minutes over
// changes to and from summer time, holidays and pauses.
func TestTheClockCountsAsMinutesDo(t *testing.T) {
	starts := []time.Time{
		time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC),
	}
	rapid.Check(t, func(r *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Europe/Warsaw", "Europe/London", "Europe/Moscow", "America/Santiago"}).Draw(r, "zone"))
		if err != nil {
			r.Fatal(err)
		}
		s := &Settings{Country: rapid.SampledFrom([]string{"", "PL"}).Draw(r, "country")}
		for i := range s.Week {
			a, b := rapid.IntRange(0, 1440).Draw(r, "from"), rapid.IntRange(0, 1440).Draw(r, "to")
			s.Week[i] = Hours{min(a, b), max(a, b)}
		}
		start := rapid.SampledFrom(starts).Draw(r, "start")
		day := func(label string) string {
			return start.AddDate(0, 0, rapid.IntRange(0, 6).Draw(r, label)).Format(time.DateOnly)
		}
		s.Holidays, s.Workdays = []string{day("holiday")}, []string{day("workday")}
		if s.Holidays[0] == s.Workdays[0] {
			s.Holidays = nil
		}
		c := NewClock(s, zone, "")
		from := start.Add(time.Duration(rapid.IntRange(0, 2*1440).Draw(r, "begins")) * time.Minute)
		pause := from.Add(time.Duration(rapid.IntRange(0, 2*1440).Draw(r, "pause")) * time.Minute)
		again := pause.Add(time.Duration(rapid.IntRange(0, 1440).Draw(r, "again")) * time.Minute)
		end := again.Add(time.Duration(rapid.IntRange(0, 2*1440).Draw(r, "end")) * time.Minute)
		var want time.Duration
		for m := from; m.Before(end); m = m.Add(time.Minute) {
			if worked(s, zone, m) && (m.Before(pause) || !m.Before(again)) {
				want += time.Minute
			}
		}
		n := &Case{Kind: Complaint, Opened: from, Since: from}
		n.pause(c, pause)
		n.Since = again
		if got := n.Elapsed(c, end); got != want {
			r.Fatalf("the clock says %s, the minutes say %s", got, want)
		}
		if want > 0 {
			whole := c.Between(from, end)
			due := c.After(from, whole)
			if due.After(end) || c.Between(from, due) != whole || c.Between(from, due.Add(-time.Second)) == whole {
				r.Fatalf("%s after %s is %s", whole, from, due)
			}
		}
	})
}

func TestTheClockRestsOnHolidays(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		country, from string
		span          time.Duration
		want          string
	}{
		{"PL", "2026-04-03T15:00", 4 * time.Hour, "2026-04-07T10:00"}, // Easter Monday is free in Poland
		{"", "2026-04-03T15:00", 4 * time.Hour, "2026-04-06T10:00"},
		{"PL", "2026-11-10T16:00", 3 * time.Hour, "2026-11-12T10:00"}, // Independence Day
		{"GB", "2026-12-24T16:00", 3 * time.Hour, "2026-12-29T10:00"}, // Boxing Day on a Saturday is kept on Monday
		{"RU", "2026-06-11T16:00", 3 * time.Hour, "2026-06-15T10:00"}, // Russia Day
	} {
		s := DefaultSettings(k.country)
		from, err := time.ParseInLocation("2006-01-02T15:04", k.from, warsaw)
		if err != nil {
			t.Fatal(err)
		}
		if got := NewClock(&s, warsaw, "").After(from, k.span).In(warsaw).Format("2006-01-02T15:04"); got != k.want {
			t.Errorf("%s: %s after %s is %s, want %s", k.country, k.span, k.from, got, k.want)
		}
	}
	never := &Settings{}
	if at := NewClock(never, warsaw, "").After(time.Unix(0, 0), time.Hour); !at.IsZero() {
		t.Errorf("a week without hours ends at %s", at)
	}
}
