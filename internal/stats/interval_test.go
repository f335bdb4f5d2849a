package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// near reports whether two figures agree to so many decimals.
func near(a, b float64, decimals int) bool { return math.Abs(a-b) <= 0.5001*math.Pow10(-decimals) }

func wantInterval(t *testing.T, what string, got, want Interval, decimals int) {
	t.Helper()
	if !near(got.Value, want.Value, decimals) || !near(got.Low, want.Low, decimals) || !near(got.High, want.High, decimals) {
		t.Errorf("%s: %.5f (%.5f to %.5f), want %v", what, got.Value, got.Low, got.High, want)
	}
}

// TestWilsonAsPublished holds the interval against Newcombe, Two-sided
// confidence intervals for the single proportion, Statistics in Medicine 17
// (1998), table I, method 3.
func TestWilsonAsPublished(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
	} {
		got := Wilson(c.k, c.n, Confidence)
		wantInterval(t, "share", got, Interval{float64(c.k) / float64(c.n), c.low, c.high}, 4)
	}
	if got := Wilson(0, 0, Confidence); got != (Interval{Low: 0, High: 1}) {
		t.Errorf("nothing known: %v", got)
	}
}

// TestShareDifferenceAsPublished holds it against Newcombe, Interval estimation
// for the difference between independent proportions, Statistics in Medicine 17
// (1998), table II, method 10.
func TestShareDifferenceAsPublished(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090}, {6, 7, 2, 7, 0.0582, 0.8062}, {5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775}, {10, 10, 0, 20, 0.6791, 1}, {10, 10, 0, 10, 0.6075, 1},
	} {
		got := ShareDifference(c.k1, c.n1, c.k2, c.n2, Confidence)
		wantInterval(t, "difference", got, Interval{float64(c.k1)/float64(c.n1) - float64(c.k2)/float64(c.n2), c.low, c.high}, 4)
	}
}

// TestRateAsPublished holds it against the table of Garwood (1936), as in every
// collection of tables since.
func TestRateAsPublished(t *testing.T) {
	for _, c := range []struct {
		k         int64
		low, high float64
	}{{0, 0, 3.689}, {1, 0.0253, 5.572}, {5, 1.623, 11.668}, {10, 4.795, 18.390}} {
		got := Rate(c.k, 1)
		wantInterval(t, "count", got, Interval{float64(c.k), c.low, c.high}, 3)
		if scaled := Rate(c.k, 1000); !near(scaled.High*1000, got.High, 6) {
			t.Errorf("per exposure %v, want a thousandth of %v", scaled, got)
		}
	}
	if !math.IsInf(Rate(1, 0).High, 1) {
		t.Error("without exposure there is a bound")
	}
}

func TestMean(t *testing.T) {
	// Student (1908): the additional hours of sleep by the first drug.
	got := Mean([]float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2.0})
	wantInterval(t, "sleep", got, Interval{0.75, -0.530, 2.030}, 3)
	if one := Mean([]float64{3}); one.Value != 3 || !math.IsInf(one.High, 1) {
		t.Errorf("of one value: %v", one)
	}
}

// TestIntervalsHoldTheirShare: bounds lie in order, within what is possible.
func TestIntervalsHoldTheirShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 5000).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		m := rapid.Int64Range(1, 5000).Draw(t, "m")
		j := rapid.Int64Range(0, m).Draw(t, "j")
		w, d := Wilson(k, n, Confidence), ShareDifference(k, n, j, m, Confidence)
		if !w.Contains(w.Value) || w.Low < 0 || w.High > 1 || !d.Contains(d.Value) || d.Low < -1-1e-12 || d.High > 1+1e-12 {
			t.Fatalf("%d of %d: %v; less %d of %d: %v", k, n, w, j, m, d)
		}
		if back := ShareDifference(j, m, k, n, Confidence); !near(back.Low, -d.High, 9) || !near(back.High, -d.Low, 9) {
			t.Fatalf("turned round: %v and %v", d, back)
		}
	})
}

// TestMeanDifferenceAsPublished is Student's comparison of two sleeping draughts
// (The probable error of a mean, Biometrika 6, 1908) as R's manual shows it:
// t.test(extra ~ group, data = sleep) gives means 0.75 and 2.33 and the interval
// −3.3654832 to 0.2054832.
func TestMeanDifferenceAsPublished(t *testing.T) {
	a := []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	b := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	d := MeanDifference(a, b)
	if math.Abs(d.Value+1.58) > 1e-9 || math.Abs(d.Low+3.3654832) > 1e-6 || math.Abs(d.High-0.2054832) > 1e-6 {
		t.Errorf("the difference is %+v", d)
	}
	if d := MeanDifference(a, b[:1]); !math.IsInf(d.Low, -1) || !math.IsInf(d.High, 1) {
		t.Errorf("of one value it is %+v", d)
	}
	if d := MeanDifference([]float64{1, 1}, []float64{2, 2}); d.Value != -1 || !math.IsInf(d.High, 1) {
		t.Errorf("without any spread it is %+v", d)
	}
	if d := MeanDifference(nil, b); !math.IsNaN(d.Value) {
		t.Errorf("of nothing it is %+v", d)
	}
}
