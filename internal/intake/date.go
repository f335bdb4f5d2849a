package intake

import (
	"strings"
	"time"

	"regulars/internal/fault"
)

// ISO is the pattern of ISO 8601 dates and times, with or without a time, its
// seconds and an offset.
const ISO = "iso"

// tokens of a date pattern and what the standard library calls them. Where it
// takes one digit or two, so do we.
var tokens = []struct{ ours, theirs string }{
	{"YYYY", "2006"}, {"YY", "06"}, {"MM", "1"}, {"M", "1"}, {"DD", "2"}, {"D", "2"},
	{"hh", "15"}, {"h", "15"}, {"mm", "4"}, {"ss", "5"}, {"AM", "PM"}, {"Z", "Z07:00"},
}

var isoLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC3339, "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
}

// layouts turns patterns such as "DD.MM.YYYY hh:mm" into layouts.
func layouts(patterns []string) ([]string, error) {
	if len(patterns) == 0 {
		return isoLayouts, nil
	}
	var all []string
	for _, p := range patterns {
		if strings.EqualFold(p, ISO) {
			all = append(all, isoLayouts...)
			continue
		}
		one, ok := layout(p)
		if !ok {
			return nil, fault.Invalid("import_date_pattern", "%q is not a pattern of dates; write it as DD.MM.YYYY hh:mm or iso", clip(p)).
				At("/dates").With("pattern", clip(p))
		}
		all = append(all, one)
	}
	return all, nil
}

func layout(pattern string) (string, bool) {
	var out strings.Builder
	rest := pattern
next:
	for rest != "" {
		for _, t := range tokens {
			if strings.HasPrefix(rest, t.ours) {
				out.WriteString(t.theirs)
				rest = rest[len(t.ours):]
				continue next
			}
		}
		if !strings.ContainsRune(" .,-/:T", rune(rest[0])) {
			return "", false
		}
		out.WriteByte(rest[0])
		rest = rest[1:]
	}
	done := out.String()
	if strings.Contains(done, "PM") {
		done = strings.Replace(done, "15", "3", 1)
	}
	return done, tellsDay(done)
}

// tellsDay reports whether a layout holds a whole date.
func tellsDay(layout string) bool {
	day := time.Date(2013, 11, 22, 0, 0, 0, 0, time.UTC)
	got, err := time.Parse(layout, day.Format(layout))
	return err == nil && got.Truncate(24*time.Hour).Equal(day)
}

// dater reads dates by layouts in a zone. It remembers the last text and the
// layout that served it, for neighbouring rows are alike.
type dater struct {
	layouts []string
	zone    *time.Location
	best    int
	text    string
	last    time.Time
}

// parse reads a date. A local time that the clocks skip or repeat is taken as
// package time takes it.
func (d *dater) parse(s string) (time.Time, bool) {
	if s == d.text && s != "" {
		return d.last, true
	}
	for i := range d.layouts {
		at := (d.best + i) % len(d.layouts)
		if t, err := time.ParseInLocation(d.layouts[at], s, d.zone); err == nil {
			d.best, d.last = at, t
			d.text = strings.Clone(s)
			return t, true
		}
	}
	return time.Time{}, false
}

// clockLayouts are those of a column that holds only the time of the day.
var clockLayouts = []string{"15:4:5", "15:4", "15.4", "3:4:5 PM", "3:4 PM"}

// at returns a day at the time of a clock.
func (d *dater) at(day, clock time.Time) time.Time {
	h, m, s := clock.Clock()
	return time.Date(day.Year(), day.Month(), day.Day(), h, m, s, 0, d.zone)
}
