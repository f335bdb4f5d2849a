package stats

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestDiscoveriesAsPublished is the example of Benjamini and Hochberg (1995),
// section 3.2: of fifteen hypotheses about a heart drug four are rejected at
// 0.05, where Bonferroni rejects three.
func TestDiscoveriesAsPublished(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000}
	want := make([]bool, len(p))
	for i := range 4 {
		want[i] = true
	}
	slices.Reverse(p)
	slices.Reverse(want)
	if got := Discoveries(p, 0.05); !slices.Equal(got, want) {
		t.Errorf("found %v", got)
	}
}

// TestDiscoveriesLieBetween: no fewer than Bonferroni finds, no more than are
// below q by themselves.
func TestDiscoveriesLieBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 0.2), 1, 20).Draw(t, "p")
		for i, found := range Discoveries(p, 0.05) {
			if p[i] <= 0.05/float64(len(p)) && !found || p[i] > 0.05 && found {
				t.Fatalf("%v of %v: %v", p[i], p, found)
			}
		}
	})
}

// TestRateAbove: of four throws of a coin three or more are heads in 5 of 16
// cases, and nobody is above a share of everything.
func TestRateAbove(t *testing.T) {
	for _, c := range []struct {
		k, others int64
		share, p  float64
	}{{3, 1, 0.5, 5.0 / 16}, {0, 4, 0.5, 1}, {4, 0, 0.25, 1.0 / 256}, {2, 8, 0.5, 1013.0 / 1024}} {
		if got := RateAbove(c.k, c.others, c.share); !near(got, c.p, 9) {
			t.Errorf("%d beside %d: %v, want %v", c.k, c.others, got, c.p)
		}
	}
}

// TestRateAboveAsPublished is the example of R's poisson.test, 11 of 800 against
// 21 of 3,011, whose two-sided p is 0.07967: as many or more, and the lower
// tail that is no more probable than the 11 (none, one or two).
func TestRateAboveAsPublished(t *testing.T) {
	share := 800.0 / 3811
	if p := RateAbove(11, 21, share) + 1 - RateAbove(3, 29, share); !near(p, 0.07967, 5) {
		t.Errorf("p is %v", p)
	}
}

func TestCharts(t *testing.T) {
	// Moving ranges 2, 1, 3: mean 2.
	l, ok := IndividualsChart([]float64{10, 12, 11, 14})
	if !ok || !near(l.Centre, 11.75, 9) || !near(l.High, 11.75+5.32, 9) || !near(l.Low, 11.75-5.32, 9) {
		t.Errorf("single measures: %+v", l)
	}
	if _, ok := IndividualsChart([]float64{1}); ok {
		t.Error("one measure has limits")
	}
	rates := RateChart([]int64{2, 14, 0}, []int64{1000, 3000, 0})
	if !near(rates[0].Centre, 0.004, 9) || rates[0].Low != 0 || !rates[0].Outside(0.011) || rates[1].Outside(14.0/3000) {
		t.Errorf("rates: %+v", rates)
	}
}
