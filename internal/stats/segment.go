package stats

import (
	"cmp"
	"math"
	"slices"
)

// Discoveries returns which of the hypotheses may be called different, so that
// of those called so a share of at most q is expected to be wrong, however many
// are tested. P-values are independent or positively dependent.
//
// Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, JRSS B 57
// (1995).
func Discoveries(p []float64, q float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	last := -1
	for rank, i := range order {
		if p[i] <= q*float64(rank+1)/float64(len(p)) {
			last = rank
		}
	}
	found := make([]bool, len(p))
	for _, i := range order[:last+1] {
		found[i] = true
	}
	return found
}

// RateAbove returns how probable it is that a part of a count is at least k when
// others have the rest, if it only had its share of what both were exposed to:
// the exact one-sided test of two Poisson rates given their sum.
//
// J. Przyborowski and H. Wilenski, Homogeneity of results in testing samples
// from Poisson series, Biometrika 31 (1940).
func RateAbove(k, others int64, share float64) float64 {
	n, tail := k+others, 0.0
	for i := k; i <= n; i++ {
		tail += math.Exp(logFactorial(int(n)) - logFactorial(int(i)) - logFactorial(int(n-i)) + float64(i)*math.Log(share) + float64(n-i)*math.Log1p(-share))
	}
	return min(1, tail)
}
