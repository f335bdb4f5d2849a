package stats

import "testing"

func wantLimits(t *testing.T, what string, got, want Limits, decimals int) {
	t.Helper()
	if !near(got.Centre, want.Centre, decimals) || !near(got.Low, want.Low, decimals) || !near(got.High, want.High, decimals) {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

// TestRateChartAsPublished are the defects in twenty rolls of fabric of 30 square
// metres: SAS/QC 13.1 User's Guide, The SHEWHART procedure, Creating u charts
// from defect count data, and its data set Fablim with the limits.
func TestRateChartAsPublished(t *testing.T) {
	defects := []int64{12, 11, 9, 15, 7, 6, 5, 10, 8, 8, 14, 5, 9, 13, 7, 5, 8, 11, 7, 12}
	metres := make([]int64, len(defects))
	for i := range metres {
		metres[i] = 30
	}
	for i, l := range RateChart(defects, metres) {
		wantLimits(t, "fabric", l, Limits{0.30333, 0.001671271, 0.60500}, 5)
		if !near(l.Low, 0.001671271, 9) || l.Outside(float64(defects[i])/30) {
			t.Errorf("roll %d: %+v", i+1, l)
		}
	}
}

// TestRateChartOfUnequalParts is dyed cloth in rolls of different length: D. C.
// Montgomery, Introduction to Statistical Quality Control, 2nd edition (1991),
// pages 183 and 184, whose 153 defects in 107.5 units of 50 square metres make
// 1.42 a unit. The limits are reckoned by hand from its formula,
// 1.42326 ± 3 √(1.42326 / n).
func TestRateChartOfUnequalParts(t *testing.T) {
	defects := []int64{14, 12, 20, 11, 7, 10, 21, 16, 19, 23}
	halves := []int64{20, 16, 26, 20, 19, 20, 24, 21, 24, 25} // half units of 50 m²
	limits := RateChart(defects, halves)
	for i, want := range map[int]Limits{0: {1.4233, 0.2915, 2.5550}, 1: {1.4233, 0.1579, 2.6886}, 2: {1.4233, 0.4306, 2.4159}} {
		got := limits[i]
		// A unit has twice what half a unit has.
		wantLimits(t, "cloth", Limits{2 * got.Centre, 2 * got.Low, 2 * got.High}, want, 4)
	}
	for i, l := range limits {
		if l.Outside(float64(defects[i]) / float64(halves[i])) {
			t.Errorf("roll %d is outside of %+v", i+1, l)
		}
	}
}

// TestIndividualsChartAsPublished are ten flow rates: NIST/SEMATECH e-Handbook of
// Statistical Methods, section 6.3.2.2, which takes 3 / 1.128 where 2.66 is its
// rounding.
func TestIndividualsChartAsPublished(t *testing.T) {
	l, ok := IndividualsChart([]float64{49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1})
	if !ok {
		t.Fatal("ten measures have no limits")
	}
	wantLimits(t, "flow", l, Limits{50.81, 45.8159, 55.8041}, 2)
}
