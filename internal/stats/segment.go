package stats

import (
	"cmp"
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
