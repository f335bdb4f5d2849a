package touch

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/id"
	"regulars/internal/stats"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.00005 {
		t.Errorf("%s is %.5f, want %.5f", what, got, want)
	}
}

// TestSupportByHand reckons a small period that can be counted on paper:
// customers 1 and 2 are confirmed (1 twice), 3 is probable, one review stays
// unattributed since two cards led there, and one is not positive.
func TestSupportByHand(t *testing.T) {
	hour := noon.Truncate(time.Hour)
	s := Reckon(Facts{
		Reviews: []ReviewFact{
			{At: noon, Positive: true, Spot: "a", Customer: 1, Card: true, Shop: 7},
			{At: noon, Positive: true, Spot: "b", Customer: 1, Card: true, Shop: 7},
			{At: noon, Positive: true, Spot: "a", Customer: 2, Shop: 8},
			{At: noon, Positive: true, Spot: "c"},
			{At: noon, Positive: true, Spot: "d"},
			{At: noon, Spot: "a", Customer: 9, Card: true},
		},
		Clicks: []ClickFact{
			{Hour: hour.Add(-2 * time.Hour), Spot: "c", Visits: 1, Customer: 3, Shop: 7},
			{Hour: hour.Add(-2 * time.Hour), Spot: "d", Visits: 1, Customer: 4, Shop: 7},
			{Hour: hour.Add(-3 * time.Hour), Spot: "d", Visits: 1, Customer: 5, Shop: 7},
		},
		Cards: 20, Served: 100, Shops: map[id.ID]int64{7: 60, 8: 40},
		WithCard: Arm{Orders: 56, Reviewed: 48}, Without: Arm{Orders: 34, Reviewed: 29},
	})
	if s.Positive != 5 || s.Confirmed != 3 || s.Probable != 1 || s.Unattributed != 1 {
		t.Errorf("counted %+v", s)
	}
	if i := s.ByCustomers; i.Sure != 2 || i.Likely != 3 || i.Possible != 4 || i.Base != 100 {
		t.Errorf("by customers: %+v", i)
	}
	if i := s.ByCards; i.Sure != 1 || i.Likely != 2 || i.Possible != 3 || i.Base != 20 {
		t.Errorf("by cards: %+v", i)
	}
	// Wilson's interval of 2 of 100 begins at 0.00550, of 4 of 100 ends at 0.09837.
	near(t, "the lower bound", s.ByCustomers.Low, 0.00550)
	near(t, "the upper bound", s.ByCustomers.High, 0.09837)
	if len(s.Shops) != 2 || s.Shops[0].Sure != 1 || s.Shops[0].Likely != 2 || s.Shops[0].Base != 60 || s.Shops[1].Sure != 1 {
		t.Errorf("by shop: %+v", s.Shops)
	}
	// 48 of 56 less 29 of 34 by the formula of Newcombe's method 10 on the
	// Wilson intervals 0.7431–0.9257 and 0.6987–0.9355.
	a, b := stats.Wilson(48, 56, stats.Confidence), stats.Wilson(29, 34, stats.Confidence)
	near(t, "what cards add", s.Added.Value, 48.0/56-29.0/34)
	near(t, "its low bound", s.Added.Low, s.Added.Value-math.Hypot(a.Value-a.Low, b.High-b.Value))
	near(t, "its high bound", s.Added.High, s.Added.Value+math.Hypot(a.High-a.Value, b.Value-b.Low))
}

// TestWhoPraisedTwoShopsCountsInBoth, confirmed at one and probable at another,
// as they are a customer of both.
func TestWhoPraisedTwoShopsCountsInBoth(t *testing.T) {
	s := Reckon(Facts{
		Reviews: []ReviewFact{
			{At: noon, Positive: true, Spot: "a", Customer: 1, Shop: 7},
			{At: noon.Add(time.Hour), Positive: true, Spot: "a", Customer: 1, Shop: 8},
			{At: noon, Positive: true, Spot: "c"},
		},
		Clicks: []ClickFact{{Hour: noon.Truncate(time.Hour), Spot: "c", Visits: 1, Customer: 1, Shop: 9}},
		Served: 50, Shops: map[id.ID]int64{7: 20, 8: 20, 9: 20},
	})
	if s.ByCustomers.Sure != 1 || s.ByCustomers.Likely != 1 {
		t.Errorf("by customers: %+v", s.ByCustomers)
	}
	if s.Shops[0].Sure != 1 || s.Shops[1].Sure != 1 || s.Shops[2].Sure != 0 || s.Shops[2].Likely != 1 {
		t.Errorf("by shop: %+v", s.Shops)
	}
}

// TestOneClickInThreeDays walks along the bounds of the 72 hours.
func TestOneClickInThreeDays(t *testing.T) {
	at := noon.Add(30 * time.Minute)
	for what, c := range map[string]struct {
		click ClickFact
		want  bool
	}{
		"in the same hour":       {ClickFact{Hour: noon, Visits: 1, Customer: 1}, true},
		"in the hour of the end": {ClickFact{Hour: noon.Add(-72 * time.Hour), Visits: 1, Customer: 1}, true},
		"too early":              {ClickFact{Hour: noon.Add(-73 * time.Hour), Visits: 1, Customer: 1}, false},
		"afterwards":             {ClickFact{Hour: noon.Add(time.Hour), Visits: 1, Customer: 1}, false},
		"twice":                  {ClickFact{Hour: noon, Visits: 2, Customer: 1}, false},
		"a card of nobody":       {ClickFact{Hour: noon, Visits: 1}, false},
		"elsewhere":              {ClickFact{Hour: noon, Visits: 1, Customer: 1, Spot: "x"}, false},
	} {
		if got := onlyClick([]ClickFact{c.click}, ReviewFact{At: at}) != nil; got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func drawFacts(t *rapid.T) Facts {
	spots := rapid.SampledFrom([]string{"a", "b"})
	f := Facts{Cards: rapid.Int64Range(0, 60).Draw(t, "cards"), Served: rapid.Int64Range(0, 60).Draw(t, "served"), Shops: map[id.ID]int64{1: 30, 2: 9}}
	for range rapid.IntRange(0, 30).Draw(t, "reviews") {
		f.Reviews = append(f.Reviews, ReviewFact{
			At: noon.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "at")) * time.Hour), Positive: rapid.Bool().Draw(t, "positive"), Spot: spots.Draw(t, "spot"),
			Customer: id.ID(rapid.IntRange(0, 8).Draw(t, "customer")), Card: rapid.Bool().Draw(t, "card"), Shop: id.ID(rapid.IntRange(0, 2).Draw(t, "shop")),
		})
	}
	for range rapid.IntRange(0, 10).Draw(t, "clicks") {
		f.Clicks = append(f.Clicks, ClickFact{
			Hour: noon.Add(time.Duration(rapid.IntRange(-80, 200).Draw(t, "hour")) * time.Hour), Spot: spots.Draw(t, "spot"), Visits: rapid.Int64Range(1, 2).Draw(t, "visits"),
			Customer: id.ID(rapid.IntRange(0, 8).Draw(t, "customer")),
		})
	}
	return f
}

// TestBoundsHold: the lower bound is never above the upper one, nor either
// outside of 0 to 1, and one more unattributed review lowers no upper bound.
func TestBoundsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		s := Reckon(f)
		if s.Confirmed+s.Probable+s.Unattributed != s.Positive {
			t.Fatalf("%+v does not add up", s)
		}
		for _, i := range []Index{s.ByCards, s.ByCustomers, s.Shops[0].Index, s.Shops[1].Index} {
			if !(0 <= i.Low && i.Low <= i.High && i.High <= 1) || i.Sure > i.Likely || i.Likely > i.Possible || i.Possible > i.Base {
				t.Fatalf("the bounds of %+v", i)
			}
			if share := i.Share(i.Likely); i.Base > 0 && (share < i.Low-1e-9 || share > i.High+1e-9) {
				t.Fatalf("%+v does not hold its own figure", i)
			}
		}
		f.Reviews = append(f.Reviews, ReviewFact{At: noon, Positive: true, Spot: "nowhere"})
		more := Reckon(f)
		if more.ByCards.High < s.ByCards.High-1e-12 || more.ByCustomers.High < s.ByCustomers.High-1e-12 || more.Unattributed != s.Unattributed+1 {
			t.Fatalf("an unattributed review makes %+v of %+v", more, s)
		}
		if more.ByCustomers.Low != s.ByCustomers.Low {
			t.Fatalf("an unattributed review changes the lower bound")
		}
	})
}
