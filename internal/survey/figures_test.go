package survey

import (
	"math"
	"slices"
	"testing"
	"time"

	"regulars/internal/stats"
)

// voices are so many answers of 10 and of 0.
func voices(cell Cell, tens, noughts int) (list []Voice) {
	for i := range tens + noughts {
		v := Voice{Cell: cell, Mode: Web, Occurred: time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)}
		if i < tens {
			v.Number = 10
		}
		list = append(list, v)
	}
	return list
}

// TestVolunteersSayNothingOfTheSilent: the bounds are those of the drawn alone.
// By hand: of 40 drawn and reached 10 answered, 4 with 10 and 6 with 0, which is
// −20; so all 40 lie between −5 − 75 and −5 + 75, and the silent 30 would need
// 5 / 0.75. Ninety volunteers full of praise change the score, and nothing of that.
func TestVolunteersSayNothingOfTheSilent(t *testing.T) {
	asked := Asked{Drawn: 42, Bounced: 2, Completed: 10}
	f := Reckon(NPS, append(voices("r30/f1/none", 4, 6), voices("", 90, 0)...), asked, time.UTC)
	near(t, "the score of all answers", f.Score.Value, 88)
	near(t, "that of the drawn", f.Bounds.Value, -20)
	near(t, "the lower bound", f.Bounds.Low, -80)
	near(t, "the upper bound", f.Bounds.High, 70)
	near(t, "what the silent would need", f.Silent.Value, 5/0.75)
	near(t, "how many answered", f.Response.Value, 25)
	if f.Bounds.N != 10 || f.Silent.N != 10 {
		t.Errorf("they are of %d and %d answers", f.Bounds.N, f.Silent.N)
	}
	// Who came to the end without a score is silent about it.
	asked.Completed = 20
	f = Reckon(NPS, voices("r30/f1/none", 4, 6), asked, time.UTC)
	near(t, "the lower bound where ten passed the question over", f.Bounds.Low, -80)
	// Under ten answers of the drawn nothing is said, however many volunteers.
	f = Reckon(NPS, append(voices("r30/f1/none", 9, 0), voices("", 90, 0)...), asked, time.UTC)
	if f.Bounds.Shown || f.Silent.Shown || f.Bounds.Says.Key != "survey.says.drawn_few" {
		t.Errorf("of nine drawn it says %+v", f.Bounds)
	}
}

// TestCSATAndCESByHand: 15 of 20 gave 4 or 5, with Wilson's interval; the mean of
// ten efforts is 5.1 with squares that add up to 24.9, so that the bounds are
// 2.2622 √(24.9 / 9 / 10) away (Student's t of nine degrees).
func TestCSATAndCESByHand(t *testing.T) {
	var list []Voice
	for _, n := range []int{5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 3, 3, 2, 1, 1} {
		list = append(list, Voice{Number: n, Mode: Web})
	}
	f := Reckon(CSAT, list, Asked{}, time.UTC)
	want := stats.Wilson(15, 20, stats.Confidence)
	near(t, "the satisfied", f.Score.Value, 75)
	near(t, "at least", f.Score.Low, 100*want.Low)
	near(t, "at most", f.Score.High, 100*want.High)
	if f.Bounds.Shown || f.Weighted.Shown || f.Top.Shown || !f.Preliminary || f.From != 1 || !slices.Equal(f.Distribution, []int64{2, 1, 2, 6, 9}) {
		t.Errorf("satisfaction is %+v", f)
	}
	list = nil
	for _, n := range []int{7, 7, 6, 6, 6, 5, 5, 4, 3, 2} {
		list = append(list, Voice{Number: n, Mode: Web})
	}
	f = Reckon(CES, list, Asked{}, time.UTC)
	near(t, "the mean effort", f.Score.Value, 5.1)
	half := 2.262157162 * math.Sqrt(24.9/9/10)
	near(t, "at least", f.Score.Low, 5.1-half)
	near(t, "at most", f.Score.High, 5.1+half)
	near(t, "the top box", f.Top.Value, 70)
	near(t, "of it at least", f.Top.Low, 100*stats.Wilson(7, 10, stats.Confidence).Low)
}

// TestFewAnswersMakeNoFigure: under ten nothing is shown, under thirty it is
// preliminary.
func TestFewAnswersMakeNoFigure(t *testing.T) {
	for _, c := range []struct {
		n                  int
		shown, preliminary bool
	}{{0, false, true}, {9, false, true}, {10, true, true}, {29, true, true}, {30, true, false}} {
		for _, kind := range []Kind{NPS, CSAT, CES} {
			list := make([]Voice, c.n)
			for i := range list {
				list[i] = Voice{Number: 4, Cell: "r30/f1/none", Mode: Web}
			}
			f := Reckon(kind, list, Asked{Drawn: 100, Completed: int64(c.n), Cells: Cells{"r30/f1/none": 100}}, time.UTC)
			if f.Score.Shown != c.shown || f.Preliminary != c.preliminary {
				t.Errorf("%s of %d: shown %t, preliminary %t", kind, c.n, f.Score.Shown, f.Preliminary)
			}
			if four := c.shown && kind == NPS; f.Bounds.Shown != four || f.Weighted.Shown != four || f.Silent.Shown != four {
				t.Errorf("%s of %d shows beside it %t, %t and %t", kind, c.n, f.Bounds.Shown, f.Weighted.Shown, f.Silent.Shown)
			}
		}
	}
}

// TestGroupsAreComparedAllTogether: a difference that one comparison would call
// one is not called so among many that show nothing; a great one still is. Groups
// under ten answers are not compared.
func TestGroupsAreComparedAllTogether(t *testing.T) {
	group := func(shop string, tens, noughts int) []Voice {
		list := voices("", tens, noughts)
		for i := range list {
			list[i].Shop, list[i].Lang, list[i].Mode = shop, "en", Web
		}
		return list
	}
	find := func(list []Compared, shop string) *Compared {
		for i := range list {
			if list[i].By == "shop" && list[i].Value == shop {
				return &list[i]
			}
		}
		return nil
	}
	alone := Reckon(NPS, append(group("a", 30, 10), group("b", 20, 20)...), Asked{}, time.UTC).Segments
	if a := find(alone, "a"); a == nil || a.P > 0.05 || !a.Different {
		t.Fatalf("of two shops it is %+v", a)
	}
	list := append(group("a", 30, 10), group("tiny", 9, 0)...)
	for _, shop := range []string{"c", "d", "e", "f", "g", "h", "i", "j"} {
		list = append(list, group(shop, 22, 18)...)
	}
	many := Reckon(NPS, list, Asked{}, time.UTC).Segments
	if a := find(many, "a"); a == nil || a.P > 0.05 || a.Different {
		t.Errorf("of nine shops it is %+v", a)
	}
	if find(many, "tiny") != nil {
		t.Error("nine answers are compared")
	}
	list = append(list, group("worst", 0, 40)...)
	if worst := find(Reckon(NPS, list, Asked{}, time.UTC).Segments, "worst"); worst == nil || !worst.Different || worst.Difference.Value > 0 {
		t.Errorf("the worst shop is %+v", worst)
	}
	if lang := slices.IndexFunc(many, func(c Compared) bool { return c.By == "lang" }); lang >= 0 {
		t.Errorf("one language is compared with nobody: %+v", many[lang])
	}
}

// TestWeeksHaveLimitsFromFive: weeks under ten answers do not count, four weeks
// have no limits, and of five a last one that stands alone is outside.
func TestWeeksHaveLimitsFromFive(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Warsaw")
	ok(t, err)
	first := time.Date(2026, 3, 2, 0, 0, 0, 0, zone) // a Monday; the clock changes on the 29th
	week := func(n, tens, noughts int) []Voice {
		list := voices("", tens, noughts)
		for i := range list {
			list[i].Occurred = first.AddDate(0, 0, 7*n+6).Add(24*time.Hour - time.Second) // late on Sunday
			if n == 3 {
				list[i].Occurred = first.AddDate(0, 0, 7*n) // at midnight
			}
		}
		return list
	}
	var list []Voice
	for n := range 4 {
		list = append(list, week(n, 16, 4)...)
	}
	list = append(list, week(5, 9, 0)...)
	got := Reckon(NPS, list, Asked{}, zone).Trend
	if got.Limited || got.Says.Key != "survey.says.trend_short" || len(got.Weeks) != 5 || got.Weeks[4].Shown || !got.Weeks[3].Monday.Equal(first.AddDate(0, 0, 21)) {
		t.Errorf("four weeks have %+v", got)
	}
	got = Reckon(NPS, append(list, week(4, 2, 18)...), Asked{}, zone).Trend
	if !got.Limited || !got.Weeks[4].Outside || got.Weeks[0].Outside || got.Weeks[5].Outside {
		t.Errorf("five weeks have %+v", got)
	}
	// By hand: scores 60 four times and −80: the mean is 32, the mean moving range 35.
	near(t, "the middle", got.Limits.Centre, 32)
	near(t, "the lower limit", got.Limits.Low, 32-2.66*35)
	near(t, "the upper limit, cut at the end of the scale", got.Limits.High, 100)
}
