package standard

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// sent is a sheet of a shop, scored.
func sent(n, shop, pair id.ID, greeted, clean, receipt int) *Visit {
	s := service()
	v := &Visit{ID: n, ShopID: shop, PairID: pair, State: Sent, Sheet: found(greeted, clean, receipt), Opens: time.Unix(int64(n)*86_400, 0)}
	score, failed := s.Score(v.Answers)
	v.Score, v.Failed = score, len(failed) > 0
	return v
}

func reckoned(sheets []*Visit) *Results {
	s := service()
	r := &Results{Spec: &s}
	r.reckon(sheets)
	return r
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestResults: ten visits, of which the second shop fails two.
func TestResults(t *testing.T) {
	var sheets []*Visit
	for i := range 8 {
		sheets = append(sheets, sent(id.ID(1+i), 1, 0, i%2, 4, 1))
	}
	sheets = append(sheets, sent(9, 2, 0, 1, 1, 1), sent(10, 2, 0, 1, 4, 0))
	r := reckoned(sheets)
	if r.N != 10 || !r.Score.Shown || !r.Score.Preliminary {
		t.Fatalf("the score is %+v", r.Score)
	}
	if want := (4*0.8 + 4*1 + 0.775 + 0.5) / 10; !near(r.Score.Value, want) {
		t.Errorf("the score is %v, want %v", r.Score.Value, want)
	}
	if want := stats.Wilson(8, 10, stats.Confidence); r.Passed.Interval != want {
		t.Errorf("passed are %v, want %v", r.Passed.Interval, want)
	}
	if r.Waited.N != 10 || !near(r.Waited.Value, 4) {
		t.Errorf("the wait is %+v", r.Waited)
	}
	if len(r.Shops) != 2 || r.Shops[0].Score.N != 8 || r.Shops[0].Score.Shown || r.Shops[1].Passed.Value != 0 {
		t.Errorf("the shops are %+v", r.Shops)
	}
	greeted, clean := r.Criteria[0], r.Criteria[1]
	if want := stats.Wilson(6, 10, stats.Confidence); greeted.Kept.Interval != want || greeted.Failures != 0 {
		t.Errorf("greeted are %+v", greeted)
	}
	if !near(clean.Kept.Value, 9.25/10) || clean.Failures != 1 {
		t.Errorf("clean is %+v", clean)
	}
	if len(r.Failures) != 2 || r.Failures[0].VisitID != 10 || r.Failures[0].Criteria[0] != "receipt" || r.Failures[1].Criteria[0] != "clean" {
		t.Errorf("failed are %+v", r.Failures)
	}
	if len(r.Trend) != 10 || !r.Limited || r.Limits.High != 1 {
		t.Errorf("the trend is %+v within %+v", r.Trend, r.Limits)
	}
	if r := reckoned(sheets[:9]); r.Score.Shown || r.Passed.Shown || len(r.Trend) != 0 {
		t.Errorf("nine visits show %+v", r.Score)
	}
}

// TestWhatCouldNotBeJudged counts for nothing.
func TestWhatCouldNotBeJudged(t *testing.T) {
	v := sent(1, 1, 0, 1, 4, 1)
	v.Answers["greeted"] = Answer{None: true}
	v.Served = NoMinute
	r := reckoned([]*Visit{v})
	if r.Criteria[0].None != 1 || r.Criteria[0].Kept.N != 0 || r.Waited.N != 0 {
		t.Errorf("it is %+v", r.Criteria[0])
	}
	if r := reckoned(nil); r.N != 0 || r.Score.Shown || len(r.Agreement) != 0 {
		t.Errorf("nothing is %+v", r)
	}
}

// TestDoubleVisits: the second sheet counts for nothing but the agreement, unless
// it is the only one.
// TestVisitsByTheirDays: they are drawn at once, and listed by the day on which
// they are, in pages too.
func TestVisitsByTheirDays(t *testing.T) {
	each(t, func(w *town) {
		for i := range 4 {
			w.outsider(string(rune('a' + i)))
		}
		w.draws(func(n *Plan) { n.Each = 3 })
		whole := w.visits(boss, Query{})
		for i := 1; i < len(whole); i++ {
			if whole[i-1].Day < whole[i].Day {
				t.Errorf("%s stands before %s", whole[i-1].Day, whole[i].Day)
			}
		}
		query := Query{ProgrammeID: w.Programme.ID, Limit: 2}
		for i := 0; i < len(whole); {
			page, err := w.Visits(w.Context(), boss, query)
			w.OK(err)
			if len(page) == 0 {
				t.Fatalf("the pages end after %d of %d", i, len(whole))
			}
			for _, v := range page {
				if v.ID != whole[i].ID {
					t.Errorf("at %d stands %s and not %s", i, v.Day, whole[i].Day)
				}
				i++
			}
			query.Before = page[len(page)-1].ID
		}
	})
}

func TestDoubleVisits(t *testing.T) {
	var sheets []*Visit
	for i := range 12 {
		n := id.ID(1 + 2*i)
		same := 1
		if i == 0 {
			same = 0
		}
		sheets = append(sheets, sent(n, 1, 0, i%2, 4-i%2, 1), sent(n+1, 1, n, (i+1-same)%2, 4-i%2, 1))
	}
	sheets = append(sheets, sent(100, 1, 99, 0, 4, 1)) // whose first never came
	r := reckoned(sheets)
	if r.N != 13 || r.Pairs != 12 {
		t.Fatalf("%d visits and %d pairs", r.N, r.Pairs)
	}
	all, greeted, clean := r.Agreement[0], r.Agreement[1], r.Agreement[2]
	want, _ := stats.Agreement([][]int64{{5, 1}, {0, 6}}, stats.Confidence)
	if greeted.Kappa.Interval != want || greeted.Alike != 11 || !greeted.Kappa.Shown {
		t.Errorf("on the greeting they agree %+v, want %v", greeted, want)
	}
	if !near(clean.Kappa.Value, 1) || clean.Top != 4 {
		t.Errorf("on the scale they agree %+v", clean)
	}
	if all.Code != "" || all.Kappa.N != 24 {
		t.Errorf("over all they agree %+v", all)
	}
	if receipt := r.Agreement[3]; receipt.Kappa.Shown || !receipt.Constant {
		t.Errorf("always the same shows %+v", receipt)
	}
}

// TestIntervalsHold: whatever is found, every figure lies within its bounds.
func TestIntervalsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sheets []*Visit
		for i := range rapid.IntRange(0, 40).Draw(t, "n") {
			sheets = append(sheets, sent(id.ID(i+1), id.ID(rapid.IntRange(1, 3).Draw(t, "shop")), 0, rapid.IntRange(0, 1).Draw(t, "a"), rapid.IntRange(0, 4).Draw(t, "b"), rapid.IntRange(0, 1).Draw(t, "c")))
		}
		r := reckoned(sheets)
		figures := []Figure{r.Score, r.Passed}
		var visits int64
		for _, s := range r.Shops {
			figures, visits = append(figures, s.Score, s.Passed), visits+s.Passed.N
		}
		for _, c := range r.Criteria {
			figures = append(figures, c.Kept)
		}
		for _, f := range figures {
			if f.Shown != (f.N >= LeastVisits) || f.Shown && (f.Low > f.Value+1e-9 || f.High < f.Value-1e-9 || f.Low < 0 || f.High > 1) {
				t.Fatalf("%+v", f)
			}
		}
		if visits != r.N {
			t.Fatalf("the shops have %d visits of %d", visits, r.N)
		}
	})
}

// TestResultsAreRead from the database, of a span and a shop.
func TestResultsAreRead(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(4)
		w.draws(func(p *Plan) { p.Each, p.Doubles = 2, 1 })
		list := w.visits(boss, Query{})
		if len(list) != 7 {
			w.Fatalf("%d visits", len(list))
		}
		w.Set(time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC))
		for _, v := range list[1:] {
			if v.At(w.Now()) == Planned {
				w.sends(v, found(1, 3, 1))
			}
		}
		w.Set(w.Now().AddDate(0, 0, 10))
		viewer := w.hires("Jan", auth.ReadOnly)
		r, err := w.Results(w.Context(), viewer, w.Programme.ID, Span{StandardID: w.standard})
		w.OK(err)
		if r.Planned != 7 || r.MissedOnes+r.N+r.Pairs != 7 || r.MissedOnes < 1 {
			w.Errorf("of seven %d were missed, %d count and %d second", r.MissedOnes, r.N, r.Pairs)
		}
		one, err := w.Results(w.Context(), viewer, w.Programme.ID, Span{StandardID: w.standard, ShopID: w.shops[1]})
		w.OK(err)
		if len(one.Shops) > 1 || one.N >= r.N {
			w.Errorf("of one shop there are %+v", one.Shops)
		}
		_, err = w.Results(w.Context(), viewer, w.Programme.ID, Span{StandardID: w.standard, Kind: "poem"})
		w.Refuses(err, "visit_kind")
		_, err = w.Results(w.Context(), viewer, w.Programme.ID, Span{StandardID: 5})
		w.Refuses(err, "unknown_standard")
		_, err = w.Results(w.Context(), viewer, w.Programme.ID, Span{StandardID: w.standard, From: w.Now()})
		w.Refuses(err, "visit_span")
	})
}
