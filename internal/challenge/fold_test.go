package challenge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/earn"
	"regulars/internal/id"
)

var london = mustZone("Europe/London")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// at makes marks of one unit each at moments of London, as "2026-03-29 00:30".
func at(t *testing.T, moments ...string) []Mark {
	t.Helper()
	var marks []Mark
	for i, text := range moments {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, london)
		if err != nil {
			t.Fatal(err)
		}
		marks = append(marks, Mark{EventID: id.ID(i + 1), Occurred: when, Quantity: 1000, Amount: 200, ShopID: id.ID(i%2 + 1)})
	}
	return marks
}

func steps(counts ...int64) []Step {
	list := make([]Step, len(counts))
	for i, n := range counts {
		list[i] = Step{At: n, Reward: Reward{Kind: Points, WalletID: 1, Points: 10}}
	}
	return list
}

func TestFold(t *testing.T) {
	begins := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		spec   Spec
		marks  []Mark
		joined time.Time
		want   Reached
	}{
		"a week ends with Sunday, also when the clocks change": {
			spec:  Spec{Form: Goal, Counts: Purchases, Span: Weekly, Steps: steps(2)},
			marks: at(t, "2026-03-29 23:59", "2026-03-30 00:01", "2026-03-23 00:00"),
			want:  Reached{{"2026-03-23", 2}: 1},
		},
		"the autumn hour that comes twice is one day": {
			spec:  Spec{Form: Goal, Counts: Visits, Span: Weekly, Steps: steps(2)},
			marks: append(at(t, "2026-10-25 00:30"), Mark{EventID: 9, Occurred: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)}),
			want:  Reached{},
		},
		"29 February belongs to its month": {
			spec:  Spec{Form: Goal, Counts: Purchases, Span: Monthly, Steps: steps(2)},
			marks: at(t, "2024-02-01 00:00", "2024-02-29 23:59", "2024-03-01 00:00"),
			want:  Reached{{"2024-02", 2}: 1},
		},
		"rolling lasts to the end of its last day": {
			spec:   Spec{Form: Goal, Counts: Purchases, Span: Rolling, Days: 7, Steps: steps(1, 2, 3)},
			marks:  at(t, "2026-03-25 12:00", "2026-04-01 23:59", "2026-04-02 00:00"),
			joined: time.Date(2026, 3, 25, 12, 0, 0, 0, time.UTC),
			want:   Reached{{whole, 1}: 1, {whole, 2}: 1},
		},
		"stamps roll over": {
			spec:  Spec{Form: Stamps, Counts: Units, Span: Fixed, Steps: steps(3)},
			marks: []Mark{{Occurred: begins, Quantity: 5000}, {Occurred: begins, Quantity: 2500}},
			want:  Reached{{whole, 3}: 2},
		},
		"once a day at most": {
			spec:  Spec{Form: Goal, Counts: Units, Daily: true, Span: Fixed, Steps: steps(2, 3)},
			marks: at(t, "2026-03-01 10:00", "2026-03-01 11:00", "2026-03-02 10:00"),
			want:  Reached{{whole, 2}: 1},
		},
		"different shops": {
			spec:  Spec{Form: Goal, Counts: Shops, Span: Fixed, Steps: steps(2, 3)},
			marks: at(t, "2026-03-01 10:00", "2026-03-01 11:00", "2026-03-02 10:00"),
			want:  Reached{{whole, 2}: 1},
		},
		"different products": {
			spec:  Spec{Form: Goal, Counts: Products, Span: Fixed, Steps: steps(3, 4)},
			marks: []Mark{{Occurred: begins, Things: []string{"a", "b"}}, {Occurred: begins, Things: []string{"b", "c"}}},
			want:  Reached{{whole, 3}: 1},
		},
		"a streak forgives one gap and no second": {
			spec:  Spec{Form: Streak, Counts: Purchases, Span: Fixed, Unit: earn.Week, Gaps: 1, Steps: steps(3, 4)},
			marks: at(t, "2026-03-02 10:00", "2026-03-10 10:00", "2026-03-24 10:00", "2026-04-07 10:00"),
			want:  Reached{{whole, 3}: 1},
		},
		"a streak of months over the end of a year": {
			spec:  Spec{Form: Streak, Counts: Visits, Span: Fixed, Unit: earn.Month, Steps: steps(3)},
			marks: at(t, "2024-12-31 23:00", "2025-01-01 00:10", "2025-02-28 10:00"),
			want:  Reached{{whole, 3}: 1},
		},
		"a streak of days over 29 February and over summer time": {
			spec:  Spec{Form: Streak, Counts: Visits, Span: Fixed, Unit: earn.Day, Steps: steps(3)},
			marks: at(t, "2024-02-28 10:00", "2024-02-29 23:30", "2024-03-01 00:10", "2026-03-28 23:59", "2026-03-29 02:00", "2026-03-30 00:00"),
			want:  Reached{{whole, 3}: 2},
		},
		"what came before joining does not count": {
			spec:   Spec{Form: Goal, Counts: Purchases, Span: Fixed, Steps: steps(1, 2)},
			marks:  at(t, "2026-03-01 10:00", "2026-03-02 10:00"),
			joined: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
			want:   Reached{{whole, 1}: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.spec.Begins = begins
			if got := c.spec.Fold(c.marks, later(begins, c.joined), london); !cmp.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAStreakLivesUntilItsGapsAreUsed(t *testing.T) {
	s := Spec{Form: Streak, Counts: Visits, Span: Fixed, Unit: earn.Week, Gaps: 1, Steps: steps(3)}
	runs := s.runs(at(t, "2026-03-02 10:00", "2026-03-09 10:00"), london)
	for day, want := range map[string]int64{"2026-03-15 23:59": 2, "2026-03-22 10:00": 2, "2026-03-29 23:59": 2, "2026-03-30 00:00": 0} {
		when := at(t, day)[0].Occurred
		if got := s.alive(runs, when, london).length; got != want {
			t.Errorf("on %s the streak is %d weeks, want %d", day, got, want)
		}
	}
}

// drawSpec draws a challenge of any form that passes the check.
func drawSpec(t *rapid.T, zone *time.Location) Spec {
	s := Spec{
		Form: rapid.SampledFrom(Forms()).Draw(t, "form"), Counts: rapid.SampledFrom(Kinds()).Draw(t, "counts"),
		Span: rapid.SampledFrom(Spans()).Draw(t, "span"), Begins: time.Date(2026, 1, 1, 0, 0, 0, 0, zone), Ends: time.Date(2026, 7, 1, 0, 0, 0, 0, zone),
		Steps: steps(rapid.Int64Range(1, 3).Draw(t, "first"), rapid.Int64Range(4, 6).Draw(t, "second")),
	}
	if s.Form != Goal {
		s.Counts = rapid.SampledFrom([]Kind{Purchases, Visits}).Draw(t, "simple counts")
	}
	if s.Form == Stamps {
		s.Steps = s.Steps[:1]
	}
	if s.Form == Streak {
		s.Span, s.Unit, s.Gaps = Fixed, rapid.SampledFrom(StreakUnits()).Draw(t, "unit"), rapid.IntRange(0, 2).Draw(t, "gaps")
	}
	if s.Span == Rolling {
		s.Days = rapid.IntRange(1, 90).Draw(t, "days")
	}
	if s.Counts == Purchases || s.Counts == Units {
		s.Daily = rapid.Bool().Draw(t, "daily")
	}
	return s
}

func drawMarks(t *rapid.T) []Mark {
	n := rapid.IntRange(0, 40).Draw(t, "marks")
	marks := make([]Mark, n)
	for i := range marks {
		marks[i] = Mark{
			EventID: id.ID(i + 1), Occurred: time.Date(2025, 12, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 24*210).Draw(t, "hour")) * time.Hour),
			Quantity: rapid.Int64Range(1, 4000).Draw(t, "quantity"), Amount: rapid.Int64Range(0, 3).Draw(t, "amount"),
			ShopID: id.ID(rapid.IntRange(1, 4).Draw(t, "shop")), Things: []string{rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "thing")},
		}
	}
	return marks
}

// TestFoldDoesNotDependOnOrder also holds that more marks never reach less,
// but for streaks, of which two may grow together.
func TestFoldDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawSpec(t, london), drawMarks(t)
		joined := s.Begins.AddDate(0, 0, rapid.IntRange(0, 30).Draw(t, "joined"))
		want := s.Fold(marks, joined, london)
		if got := s.Fold(rapid.Permutation(marks).Draw(t, "order"), joined, london); !cmp.Equal(got, want) {
			t.Fatalf("in another order: %v, want %v", got, want)
		}
		if len(marks) == 0 || s.Form == Streak {
			return
		}
		for round, n := range s.Fold(marks[1:], joined, london) {
			if want[round] < n {
				t.Fatalf("%v was reached %d times with a mark less, and %d with it", round, n, want[round])
			}
		}
	})
}

// TestWindowsMeet holds that every moment of a challenge is in exactly one
// period, whose bounds hold it.
func TestWindowsMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := mustZone(rapid.SampledFrom([]string{"Europe/London", "America/Santiago", "Pacific/Apia", "UTC"}).Draw(t, "zone"))
		s := Spec{Span: rapid.SampledFrom([]Span{Weekly, Monthly}).Draw(t, "span"), Begins: time.Date(2020, 1, 1, 0, 0, 0, 0, zone)}
		when := s.Begins.Add(time.Duration(rapid.Int64Range(0, 8*365*24*3600).Draw(t, "second")) * time.Second)
		w, in := s.window(when, s.Begins, zone)
		if !in || when.Before(w.Begins) || !when.Before(w.Ends) {
			t.Fatalf("%s is not in %v", when, w)
		}
		if next, _ := s.window(w.Ends, s.Begins, zone); next.Key == w.Key || !next.Begins.Equal(w.Ends) {
			t.Fatalf("after %v comes %v", w, next)
		}
		if last, _ := s.window(w.Ends.Add(-time.Microsecond), s.Begins, zone); last.Key != w.Key {
			t.Fatalf("the end of %v is in %v", w, last)
		}
	})
}
