package churn

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/stats"
)

var (
	usual  = stats.BuyModel{R: 0.8, Alpha: 30, A: 0.6, B: 4}
	learnt = Model{R: 0.8, Alpha: 30, A: 0.6, B: 4, RateR: 1.2, RateAlpha: 40}
)

func TestADayIsOfTheProgrammesCalendar(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	late := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC) // past midnight in Warsaw, on the day when the clocks change
	if here, there := DayOf(late, time.UTC), DayOf(late, warsaw); there != here+1 || there.Date() != "2026-03-29" {
		t.Errorf("it is %s and %s", here.Date(), there.Date())
	}
	for _, zone := range []*time.Location{time.UTC, warsaw} {
		for d := DayOf(late, zone) - 5; d < DayOf(late, zone)+5; d++ {
			if begins := d.Begin(zone); DayOf(begins, zone) != d || DayOf(begins.Add(-time.Second), zone) != d-1 {
				t.Errorf("%s begins at %v", d.Date(), begins)
			}
		}
	}
}

func TestTheHabitTellsTheUsualWaits(t *testing.T) {
	set := DefaultSettings()
	for _, c := range []struct {
		days              []Day
		low, middle, high int64
	}{
		{[]Day{100, 112, 132}, 12, 16, 20},
		{[]Day{100, 101, 104, 144}, 1, 3, 40},
		{[]Day{0, 10, 22, 36, 52, 152}, 12, 14, 16},
	} {
		if h := habitOf(c.days, &learnt, &set); h.Low != c.low || h.Middle != c.middle || h.High != c.high || h.Days != int64(len(c.days)) {
			t.Errorf("%v are told as %+v", c.days, h)
		}
	}
}

// daysOf draws purchase days.
func daysOf(t *rapid.T) []Day {
	days := []Day{Day(rapid.IntRange(0, 100).Draw(t, "first"))}
	for _, wait := range rapid.SliceOfN(rapid.IntRange(1, 200), LeastDays-1, 30).Draw(t, "waits") {
		days = append(days, days[len(days)-1]+Day(wait))
	}
	return days
}

// TestTheBoundsAreWhereTheChanceComesDown holds the days after which somebody
// slips and is silent against the chance, reckoned day by day.
func TestTheBoundsAreWhereTheChanceComesDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := Settings{Slipping: int64(rapid.IntRange(40, 90).Draw(t, "slipping")), Silent: int64(rapid.IntRange(10, 39).Draw(t, "silent"))}
		h := habitOf(daysOf(t), &learnt, &set)
		chance := func(quiet int64) float64 { return 100 * h.Alive(usual, h.Last+Day(quiet)) }
		for bound, percent := range map[int64]int64{h.Slips: set.Slipping, h.Quiet: set.Silent} {
			if bound < forEver && chance(bound) > float64(percent)+1e-6 {
				t.Errorf("after %d days the chance is %f, and should be %d", bound, chance(bound), percent)
			}
			if bound > 1 && chance(bound-1) < float64(percent)-1e-6 {
				t.Errorf("a day before %d it is %f already", bound, chance(bound-1))
			}
		}
		if h.Slips > h.Quiet {
			t.Errorf("slipping begins after %d days, silence after %d", h.Slips, h.Quiet)
		}
	})
}

// TestAStateHoldsFromItsDay follows somebody day by day: the state never gets
// better without a purchase, and holds since the day that is told.
func TestAStateHoldsFromItsDay(t *testing.T) {
	rank := map[State]int{Active: 0, Returned: 0, Slipping: 1, Silent: 2}
	rapid.Check(t, func(t *rapid.T) {
		set := DefaultSettings()
		h := habitOf(daysOf(t), &learnt, &set)
		was := h.State(h.Last)
		for d := h.Last; d < h.Last+Day(min(h.Quiet, 3000))+3; d++ {
			is := h.State(d)
			if rank[is] < rank[was] {
				t.Fatalf("%s after %s without a purchase", is, was)
			}
			if is != was && h.Since(is) != d {
				t.Fatalf("%s since %d and not %d", is, h.Since(is), d)
			}
			was = is
		}
	})
}

// TestWhoBuysAfterASilenceIsBack is of one who bought every ten days.
func TestWhoBuysAfterASilenceIsBack(t *testing.T) {
	set := DefaultSettings()
	days := []Day{0, 10, 20, 30, 40, 50, 60, 70, 80}
	h := habitOf(days, &learnt, &set)
	if h.State(85) != Active || h.State(80+Day(h.Slips)) != Slipping || h.State(80+Day(h.Quiet)) != Silent {
		t.Errorf("the habit is %+v", h)
	}
	back := habitOf(append(days, 80+Day(h.Quiet)), &learnt, &set)
	if back.State(back.Last+1) != Returned {
		t.Errorf("after a silence: %s", back.State(back.Last+1))
	}
	if on := habitOf(append(days, 80+Day(h.Quiet)-1), &learnt, &set); on.State(on.Last+1) != Active {
		t.Errorf("after a long wait: %s", on.State(on.Last+1))
	}
	if again := habitOf(append(days, back.Last, back.Last+10), &learnt, &set); again.State(again.Last) != Active {
		t.Errorf("after two purchases: %s", again.State(again.Last))
	}
}

// TestWhoBuysOftenIsMissedSooner sets a weekly customer beside a monthly one.
func TestWhoBuysOftenIsMissedSooner(t *testing.T) {
	set := DefaultSettings()
	often := func(wait Day) Habit {
		var days []Day
		for n := range Day(12) {
			days = append(days, n*wait)
		}
		return habitOf(days, &learnt, &set)
	}
	if weekly, monthly := often(7), often(30); weekly.Quiet >= monthly.Quiet || weekly.Quiet <= weekly.High {
		t.Errorf("weekly is missed after %d days, monthly after %d", weekly.Quiet, monthly.Quiet)
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	good := DefaultSettings()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for at, s := range map[string]Settings{
		"/slipping": {Slipping: 100, Silent: 50}, "/silent": {Slipping: 50, Silent: 50}, "/before": {Slipping: 75, Silent: 50, Before: -1},
	} {
		if err := s.Check(); err == nil || pointer(err) != at {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, s := range []Settings{{Slipping: 1}, {Slipping: 75, Silent: 0}, {Slipping: 75, Silent: 50, Before: 366}} {
		if s.Check() == nil {
			t.Errorf("%+v is taken", s)
		}
	}
}
