package earn

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t testing.TB, z *time.Location, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAddMonthsEndsAShorterMonthOnItsLastDay(t *testing.T) {
	london := zone(t, "Europe/London")
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2011-01-31 10:30", 1, "2011-02-28 10:30"},
		{"2012-01-31 10:30", 1, "2012-02-29 10:30"},
		{"2012-02-29 10:30", 12, "2013-02-28 10:30"},
		{"2011-08-31 10:30", 6, "2012-02-29 10:30"},
		{"2011-12-09 23:59", 12, "2012-12-09 23:59"},
		{"2011-11-15 08:00", 14, "2013-01-15 08:00"},
		{"2011-06-15 08:00", 6, "2011-12-15 08:00"}, // summer to winter: the clock stays
		{"2011-05-31 08:00", 0, "2011-05-31 08:00"},
		{"2011-03-31 08:00", -1, "2011-02-28 08:00"},
	} {
		if got := AddMonths(at(t, london, c.from).UTC(), c.months, london); !got.Equal(at(t, london, c.want)) {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

// What day it is depends on the zone: 23:30 UTC in June is the next day in
// London.
func TestExpiryFollowsTheZone(t *testing.T) {
	london := zone(t, "Europe/London")
	sold := time.Date(2011, 6, 30, 23, 30, 0, 0, time.UTC)
	year := Expiry{Months: 12, EndOfDay: true}
	if got, want := year.At(sold, london), time.Date(2012, 7, 1, 23, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("in London it ends at %s, want %s", got, want)
	}
	if got, want := year.At(sold, time.UTC), time.Date(2012, 7, 1, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("in UTC it ends at %s, want %s", got, want)
	}
}

func TestExpiry(t *testing.T) {
	london := zone(t, "Europe/London")
	sold := at(t, london, "2011-03-20 10:30")
	for _, c := range []struct {
		expiry Expiry
		want   string
	}{
		{Expiry{Days: 10}, "2011-03-30 10:30"}, // over the change to summer time
		{Expiry{Days: 10, EndOfDay: true}, "2011-03-31 00:00"},
		{Expiry{Months: 1}, "2011-04-20 10:30"},
		{Expiry{Months: 1, EndOfDay: true}, "2011-04-21 00:00"},
	} {
		if got := c.expiry.At(sold, london); !got.Equal(at(t, london, c.want)) {
			t.Errorf("%+v ends at %s, want %s", c.expiry, got, c.want)
		}
	}
	if got := (Expiry{EndOfDay: true}).At(sold, london); !got.IsZero() {
		t.Errorf("for ever ends at %s", got)
	}
	if got, want := (Activation{Hours: 14 * 24}).At(sold), at(t, london, "2011-04-03 11:30"); !got.Equal(want) {
		t.Errorf("14 × 24 hours after is %s, want %s", got, want)
	}
}

func TestPeriodStart(t *testing.T) {
	london := zone(t, "Europe/London")
	when := at(t, london, "2011-05-18 00:30").UTC() // a Wednesday; 23:30 of the 17th in UTC
	for p, want := range map[Period]string{
		Day: "2011-05-18 00:00", Week: "2011-05-16 00:00", Month: "2011-05-01 00:00", Year: "2011-01-01 00:00",
	} {
		if got := p.Start(when, london); !got.Equal(at(t, london, want)) {
			t.Errorf("the %s began at %s, want %s", p, got, want)
		}
	}
	if got := Ever.Start(when, london); !got.IsZero() {
		t.Errorf("ever began at %s", got)
	}
	monday := at(t, london, "2011-05-16 00:00")
	if got := Week.Start(monday, london); !got.Equal(monday) {
		t.Errorf("the week of a Monday began at %s", got)
	}
	if got := Week.Start(monday.Add(-time.Nanosecond), london); !got.Equal(at(t, london, "2011-05-09 00:00")) {
		t.Errorf("the week of a Sunday began at %s", got)
	}
}

// zones in which clocks are or were changed at midnight, a day was left out,
// or nothing happens.
var zones = []string{
	"UTC", "Europe/London", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Asuncion",
	"Atlantic/Azores", "Asia/Gaza", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Asia/Tehran",
}

func TestDaysBeginAtTheirFirstInstant(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(rt, "zone"))
		when := time.Unix(rapid.Int64Range(946684800, 1735689600).Draw(rt, "when"), 0)
		checkDay(rt, when, z)
	})
}

func TestDaysOfChangedClocks(t *testing.T) {
	for _, c := range []struct{ zone, day string }{
		{"America/Sao_Paulo", "2017-10-15 12:00"}, // began at 01:00
		{"America/Sao_Paulo", "2018-02-17 12:00"}, // 23:00 came twice
		{"America/Sao_Paulo", "2018-02-18 12:00"},
		{"America/Havana", "2019-11-03 12:00"}, // midnight came twice
		{"America/Havana", "2019-03-10 12:00"},
		{"Asia/Beirut", "2019-03-31 12:00"},
		{"Asia/Beirut", "2019-10-26 12:00"},
		{"Pacific/Apia", "2011-12-29 12:00"}, // the day after was left out
		{"Pacific/Apia", "2011-12-31 12:00"},
		{"Europe/London", "2011-03-27 12:00"},
		{"Europe/London", "2011-10-30 12:00"},
	} {
		z := zone(t, c.zone)
		checkDay(t, at(t, z, c.day), z)
	}
}

// checkDay holds the bounds of a day against the wall clock on both sides.
func checkDay(t rapid.TB, when time.Time, z *time.Location) {
	year, month, day := when.In(z).Date()
	start, end := midnight(year, month, day, z), EndOfDay(when, z)
	date := func(t time.Time) string { return t.In(z).Format(time.DateOnly) }
	if start.After(when) || !end.After(when) {
		t.Fatalf("%s in %s: the day is %s to %s", when, z, start, end)
	}
	if date(start) != date(when) || date(end.Add(-1)) != date(when) {
		t.Fatalf("%s in %s: the day is %s to %s, on other days", when, z, start, end)
	}
	if date(start.Add(-1)) >= date(when) || date(end) <= date(when) {
		t.Fatalf("%s in %s: the day is %s to %s, and goes on beyond", when, z, start, end)
	}
}
