package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// skin is how two dermatologists judged 88 patients, from terrible to clear:
// SAS/STAT 13.1 User's Guide, The FREQ procedure, Agreement study.
var skin = [][]int64{{10, 4, 1, 0}, {5, 10, 12, 2}, {2, 4, 12, 5}, {0, 2, 6, 13}}

// TestAgreementAsPublished is table 1 of Cohen (1960), and the interval that
// the SAS guide gives for the skins.
func TestAgreementAsPublished(t *testing.T) {
	kappa, ok := Agreement([][]int64{{88, 14, 18}, {10, 40, 10}, {2, 6, 12}}, Confidence)
	if !ok || !near(kappa.Value, 0.492, 3) {
		t.Errorf("they agree %v", kappa)
	}
	kappa, _ = Agreement(skin, Confidence)
	if !near(kappa.Value, 0.3449, 4) || !near(kappa.Low, 0.2030, 4) || !near(kappa.High, 0.4868, 4) {
		t.Errorf("of the skins they agree %v", kappa)
	}
	for _, table := range [][][]int64{{{5, 0}, {0, 0}}, {{0, 0}, {0, 0}}, {}, {{7}}} {
		if _, ok := Agreement(table, Confidence); ok {
			t.Errorf("%v says something", table)
		}
		if _, ok := ScaleAgreement(table, Confidence); ok {
			t.Errorf("on a scale %v says something", table)
		}
	}
}

// TestCreditAsPublished is the illustration of Cohen (1968), with his weights
// of disagreement, and the weighted kappa that the SAS guide gives for the skins,
// whose credit falls with the distance.
func TestCreditAsPublished(t *testing.T) {
	graver := [][]float64{{0, 1, 3}, {1, 0, 6}, {3, 6, 0}}
	kappa, _ := agreement([][]int64{{88, 14, 18}, {10, 40, 10}, {2, 6, 12}}, Confidence, func(i, j int) float64 { return 1 - graver[i][j]/6 })
	if !near(kappa.Value, 0.348, 3) {
		t.Errorf("with graver mistakes they agree %v", kappa)
	}
	kappa, _ = agreement(skin, Confidence, func(i, j int) float64 { return 1 - math.Abs(float64(i-j))/3 })
	if !near(kappa.Value, 0.5082, 4) || !near(kappa.Low, 0.3798, 4) || !near(kappa.High, 0.6366, 4) {
		t.Errorf("of the skins they agree %v", kappa)
	}
}

// TestSquaresAreACorrelation: with quadratic weights kappa is the concordance
// of the steps as numbers (Fleiss and Cohen 1973), reckoned here from their
// moments.
func TestSquaresAreACorrelation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(2, 6).Draw(t, "size")
		table := make([][]int64, size)
		for i := range table {
			table[i] = rapid.SliceOfN(rapid.Int64Range(0, 20), size, size).Draw(t, "row")
		}
		var a, b []float64
		for i := range table {
			for j, n := range table[i] {
				for range n {
					a, b = append(a, float64(i)), append(b, float64(j))
				}
			}
		}
		kappa, ok := ScaleAgreement(table, Confidence)
		if !ok {
			return
		}
		ma, sa := moments(a)
		mb, sb := moments(b)
		n, together := float64(len(a)), 0.0
		for i := range a {
			together += (a[i] - ma) * (b[i] - mb)
		}
		if want := 2 * together / (sa + sb + n*(ma-mb)*(ma-mb)); math.Abs(kappa.Value-want) > 1e-9 {
			t.Fatalf("%v agree %v, want %v", table, kappa, want)
		}
		if !kappa.Contains(kappa.Value) || kappa.Low < -1 || kappa.High > 1 {
			t.Fatalf("the interval is %v", kappa)
		}
	})
}
