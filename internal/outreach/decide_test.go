package outreach

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/flow"
)

var zones = []string{"Europe/London", "Europe/Warsaw", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo", "Pacific/Apia", "America/Havana", "UTC"}

func zoneOf(t *rapid.T) *time.Location {
	z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// instant draws a moment, more often one near a change of the clocks.
func instant(t *rapid.T, zone *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(1_262_304_000, 1_893_456_000).Draw(t, "at"), 0)
	if _, end := at.In(zone).ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !end.IsZero() {
		at = end.Add(time.Duration(rapid.Int64Range(-36*3600, 36*3600).Draw(t, "off")) * time.Second)
	}
	return at
}

func policyOf(t *rapid.T) Policy {
	p := DefaultPolicy()
	p.QuietFrom, p.QuietTo = rapid.IntRange(0, minutesADay-1).Draw(t, "from"), rapid.IntRange(0, minutesADay-1).Draw(t, "to")
	p.QuietWeekends = rapid.Bool().Draw(t, "weekends")
	p.DayCap, p.MonthCap = rapid.IntRange(0, 3).Draw(t, "day"), rapid.IntRange(0, 5).Draw(t, "month")
	p.AskDays, p.IncidentDays = rapid.IntRange(0, 60).Draw(t, "ask"), rapid.IntRange(0, 30).Draw(t, "incident")
	return p
}

func factsOf(t *rapid.T) Facts {
	zone := zoneOf(t)
	f := Facts{
		Now: instant(t, zone), Zone: zone, Class: rapid.SampledFrom(Classes()).Draw(t, "class"),
		Erased: rapid.IntRange(0, 9).Draw(t, "erased") == 0, Reachable: rapid.IntRange(0, 9).Draw(t, "reachable") > 0,
		Consented: rapid.IntRange(0, 4).Draw(t, "consented") > 0, Control: rapid.IntRange(0, 9).Draw(t, "control") == 0,
	}
	ago := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Time {
		return f.Now.Add(-time.Duration(rapid.Int64Range(0, 60*24*3600).Draw(t, "ago")) * time.Second)
	}), 0, 4)
	f.Stimuli, f.Asks = ago.Draw(t, "stimuli"), ago.Draw(t, "asks")
	if rapid.Bool().Draw(t, "incidents known") {
		list := []Incident{}
		for _, at := range ago.Draw(t, "solved") {
			list = append(list, Incident{Solved: at})
		}
		f.Incidents = &list
	}
	f.Loyal = rapid.Ptr(rapid.Bool(), true).Draw(t, "loyal")
	f.Overloaded = rapid.Ptr(rapid.Bool(), true).Draw(t, "overloaded")
	return f
}

// TestMoreAgainstItNeverAllows: whatever speaks against a contact in addition,
// it is not sent when it was not before.
func TestMoreAgainstItNeverAllows(t *testing.T) {
	worse := map[string]func(*Facts){
		"consent":    func(f *Facts) { f.Consented = false },
		"erased":     func(f *Facts) { f.Erased = true },
		"address":    func(f *Facts) { f.Reachable = false },
		"control":    func(f *Facts) { f.Control = true },
		"stimulus":   func(f *Facts) { f.Stimuli = append([]time.Time{f.Now}, f.Stimuli...) },
		"ask":        func(f *Facts) { f.Asks = append([]time.Time{f.Now}, f.Asks...) },
		"incident":   func(f *Facts) { f.Incidents = &[]Incident{{Open: true}} },
		"loyal":      func(f *Facts) { f.Loyal = new(true) },
		"overloaded": func(f *Facts) { f.Overloaded = new(true) },
	}
	rapid.Check(t, func(t *rapid.T) {
		p, f := policyOf(t), factsOf(t)
		before := Decide(p, f)
		for name, add := range worse {
			g := f
			add(&g)
			if after := Decide(p, g); before.Outcome != Allow && after.Outcome == Allow {
				t.Fatalf("with %s it is allowed, without %+v", name, before)
			}
		}
		if !f.Consented && f.Class != flow.ServiceContact && before.Outcome == Allow {
			t.Fatalf("allowed without consent: %+v", before)
		}
		f.Security = true
		if v := Decide(p, f); v.Outcome != Allow {
			t.Fatalf("a code of security is not sent: %+v", v)
		}
	})
}

// TestAllowedIsWithinThePolicy says in other words what an allowed contact may
// not be.
func TestAllowedIsWithinThePolicy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := policyOf(t), factsOf(t)
		v := Decide(p, f)
		if (v.Outcome == Defer) != !v.Until.IsZero() || v.Outcome == Defer && !v.Until.After(f.Now) || v.Reason.Key == "" {
			t.Fatalf("the verdict %+v does not fit itself", v)
		}
		if v.Outcome != Allow || f.Class == flow.ServiceContact {
			return
		}
		if p.Quiet(f.Now, f.Zone) {
			t.Fatal("sent in quiet hours")
		}
		if f.Class != flow.StimulusContact {
			return
		}
		day := 0
		for _, at := range f.Stimuli {
			if f.Now.Sub(at) < 24*time.Hour {
				day++
			}
		}
		if day >= p.DayCap || f.Control || f.Loyal != nil && *f.Loyal {
			t.Fatalf("%d stimuli within a day under a cap of %d, control %v", day, p.DayCap, f.Control)
		}
	})
}

// TestQuietHoursEnd: a deferred contact comes at a moment that is not quiet
// where the member lives, not later than the next day's end of quiet hours, also
// on days on which the clocks change; they may leave out the only time of a day
// that is not quiet, which is waited for a day longer then.
func TestQuietHoursEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, zone := policyOf(t), zoneOf(t)
		at := instant(t, zone)
		next := p.Next(at, zone)
		if !p.Quiet(at, zone) {
			if !next.Equal(at) {
				t.Fatalf("%v is not quiet and becomes %v", at.In(zone), next.In(zone))
			}
			return
		}
		most := 27 * time.Hour
		if p.QuietWeekends {
			most += 48 * time.Hour
		}
		_, offset := at.In(zone).Zone()
		if _, later := next.In(zone).Zone(); later != offset {
			most += 24 * time.Hour
		}
		if !next.After(at) || p.Quiet(next, zone) || next.Sub(at) > most {
			t.Fatalf("quiet %d–%d, %v becomes %v", p.QuietFrom, p.QuietTo, at.In(zone), next.In(zone))
		}
	})
}

func TestQuietHours(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	p := DefaultPolicy()
	weekdays := p
	weekdays.QuietWeekends = true
	never := Policy{}
	night := Policy{QuietFrom: 23 * 60, QuietTo: 90} // the clocks leave 01:30 out in March
	for _, c := range []struct {
		policy   Policy
		at, want string
	}{
		{p, "2026-11-20T20:59:59Z", "2026-11-20T20:59:59Z"},
		{p, "2026-11-20T21:00:00Z", "2026-11-21T09:00:00Z"},
		{p, "2026-11-21T03:00:00Z", "2026-11-21T09:00:00Z"},
		{p, "2026-03-28T22:00:00Z", "2026-03-29T08:00:00Z"}, // summer time begins in the night
		{p, "2026-10-24T21:00:00Z", "2026-10-25T09:00:00Z"}, // and ends
		{weekdays, "2026-11-20T21:30:00Z", "2026-11-23T09:00:00Z"},
		{weekdays, "2026-11-22T12:00:00Z", "2026-11-23T09:00:00Z"},
		{never, "2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z"},
		{night, "2026-03-28T23:30:00Z", "2026-03-29T01:30:00Z"},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		want, _ := time.Parse(time.RFC3339, c.want)
		if got := c.policy.Next(at, london); !got.Equal(want) {
			t.Errorf("%s with %+v becomes %s, want %s", c.at, c.policy, got.UTC().Format(time.RFC3339), c.want)
		}
	}
}

// TestTheTrailTellsWhatIsNotChecked: a check without a source passes and says
// so.
func TestTheTrailTellsWhatIsNotChecked(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	f := Facts{Now: noon, Zone: time.UTC, Class: flow.StimulusContact, Reachable: true, Consented: true}
	v := Decide(DefaultPolicy(), f)
	unknown := ""
	for _, s := range v.Trail {
		if s.Unknown {
			unknown += " " + string(s.Check)
		}
	}
	if v.Outcome != Allow || unknown != " incident loyal overloaded" {
		t.Errorf("the outcome is %s, not checked are%s", v.Outcome, unknown)
	}
	f.Incidents, f.Loyal = &[]Incident{{Solved: noon.AddDate(0, 0, -7)}}, new(true)
	if v = Decide(DefaultPolicy(), f); v.Reason.Key != "outreach.verdict.loyal" {
		t.Errorf("the verdict is %s", v.Reason.Key)
	}
	f.Incidents = &[]Incident{{Solved: noon.AddDate(0, 0, -6)}}
	if v = Decide(DefaultPolicy(), f); v.Outcome != Refuse || v.Reason.Key != "outreach.verdict.incident" {
		t.Errorf("a stimulus after an incident: %+v", v)
	}
	f.Class = flow.AskContact
	if v = Decide(DefaultPolicy(), f); v.Outcome != Defer || !v.Until.Equal(noon.AddDate(0, 0, 1)) {
		t.Errorf("an ask after an incident: %+v", v)
	}
}
