package stats

import (
	"math"
	"testing"
)

// TestPropensityAsPublished is the standing example of logistic regression,
// twenty students, the hours they learned and whether they passed (Wikipedia,
// Logistic regression), as R's glm fits it: −4.077713 and 1.504645.
func TestPropensityAsPublished(t *testing.T) {
	hours := []float64{0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5}
	passed := []bool{6: true, 8: true, 10: true, 12: true, 14: true, 15: true, 16: true, 17: true, 18: true, 19: true}
	traits := make([][]float64, len(hours))
	for i, h := range hours {
		traits[i] = []float64{h}
	}
	p, beta, err := Propensity(traits, passed)
	if err != nil || !near(beta[0], -4.077713, 6) || !near(beta[1], 1.504645, 6) {
		t.Fatalf("%v: %v", beta, err)
	}
	if want := 1 / (1 + math.Exp(4.077713-2*1.504645)); !near(p[7], want, 6) {
		t.Errorf("two hours pass with %v, want %v", p[7], want)
	}
}
