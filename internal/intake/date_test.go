package intake

import (
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pattern, text, want string
	}{
		{"iso", "2011-12-09T12:50:00", "2011-12-09T12:50:00Z"},
		{"iso", "2011-07-09 12:50", "2011-07-09T12:50:00+01:00"},
		{"ISO", "2011-07-09", "2011-07-09T00:00:00+01:00"},
		{"iso", "2011-07-09T12:50:00.250+03:00", "2011-07-09T12:50:00.25+03:00"},
		{"iso", "09.07.2011", ""},
		{"DD.MM.YYYY hh:mm", "9.7.2011 8:05", "2011-07-09T08:05:00+01:00"},
		{"DD.MM.YYYY hh:mm:ss", "09.07.2011 08:05:59", "2011-07-09T08:05:59+01:00"},
		{"DD.MM.YYYY", "31.02.2011", ""},
		{"DD/MM/YY", "03/04/11", "2011-04-03T00:00:00+01:00"},
		{"MM/DD/YYYY hh:mm AM", "03/04/2011 01:30 PM", "2011-03-04T13:30:00Z"},
		{"YYYYMMDD", "20110109", "2011-01-09T00:00:00Z"},
		{"YYYY-MM-DDThh:mm:ssZ", "2011-01-09T10:00:00-05:00", "2011-01-09T10:00:00-05:00"},
	} {
		known, err := layouts([]string{c.pattern})
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		d := dater{layouts: known, zone: london}
		for range 2 { // the second time from memory
			got, ok := d.parse(c.text)
			if shown := got.Format(time.RFC3339Nano); ok != (c.want != "") || ok && shown != c.want {
				t.Errorf("%q by %s is %s, want %s", c.text, c.pattern, shown, c.want)
			}
		}
	}
}

func TestSeveralPatterns(t *testing.T) {
	known, err := layouts([]string{"DD.MM.YYYY", "iso", "DD.MM.YYYY hh:mm"})
	if err != nil {
		t.Fatal(err)
	}
	d := dater{layouts: known, zone: time.UTC}
	for _, s := range []string{"09.07.2011", "2011-07-09", "09.07.2011 00:00", "09.07.2011"} {
		if got, ok := d.parse(s); !ok || !got.Equal(time.Date(2011, 7, 9, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%q is %s", s, got)
		}
	}
	if _, ok := d.parse("soon"); ok {
		t.Error("a word was read as a date")
	}
}

func TestPatternsOfNoDate(t *testing.T) {
	for _, p := range []string{"", "hh:mm", "DD.MM", "YYYY", "Jan 2, 2006", "DD.MM.YYYY uhr", "2006-01-02"} {
		if _, err := layouts([]string{p}); err == nil {
			t.Errorf("%q was taken as a pattern", p)
		}
	}
}
