package stats

import "math"

// Agreement returns how far two judges agree beyond chance, Cohen's kappa, with
// its interval at the normal quantile z: 1 always, 0 as by chance. Table[i][j]
// counts what the first put into category i and the second into j. Without
// anything to judge, or when both always say the same one thing, it says
// ok = false.
//
// J. Cohen, A coefficient of agreement for nominal scales, Educational and
// Psychological Measurement 20 (1960); the interval: J. L. Fleiss, J. Cohen and
// B. S. Everitt, Large sample standard errors of kappa and weighted kappa,
// Psychological Bulletin 72 (1969).
func Agreement(table [][]int64, z float64) (kappa Interval, ok bool) {
	return agreement(table, z, func(i, j int) float64 {
		if i == j {
			return 1
		}
		return 0
	})
}

// ScaleAgreement is Agreement for categories that are steps of a scale, in their
// order: judges who are one step apart agree more than those who are two. A
// distance counts by its square, so that the figure is an intraclass
// correlation.
//
// J. Cohen, Weighted kappa: nominal scale agreement with provision for scaled
// disagreement or partial credit, Psychological Bulletin 70 (1968); J. L. Fleiss
// and J. Cohen, The equivalence of weighted kappa and the intraclass correlation
// coefficient as measures of reliability, Educational and Psychological
// Measurement 33 (1973).
func ScaleAgreement(table [][]int64, z float64) (kappa Interval, ok bool) {
	widest := float64(max(1, len(table)-1))
	return agreement(table, z, func(i, j int) float64 {
		apart := float64(i-j) / widest
		return 1 - apart*apart
	})
}

// agreement gives credit between 0 and 1 for what the judges said.
func agreement(table [][]int64, z float64, credit func(i, j int) float64) (Interval, bool) {
	n, first, second := margins(table)
	if n == 0 {
		return Interval{}, false
	}
	size := len(table)
	rows, columns := make([]float64, size), make([]float64, size) // mean credit of a category against chance
	seen, chance := 0.0, 0.0
	for i := range size {
		for j := range size {
			w := credit(i, j)
			seen += float64(table[i][j]) / n * w
			chance += first[i] * second[j] * w
			rows[i] += second[j] * w
			columns[j] += first[i] * w
		}
	}
	if chance >= 1 {
		return Interval{}, false
	}
	kappa := (seen - chance) / (1 - chance)
	spread := 0.0
	for i := range size {
		for j := range size {
			off := credit(i, j) - (rows[i]+columns[j])*(1-kappa)
			spread += float64(table[i][j]) / n * off * off
		}
	}
	spread -= (kappa - chance*(1-kappa)) * (kappa - chance*(1-kappa))
	half := z * math.Sqrt(max(0, spread)/n) / (1 - chance)
	return Interval{kappa, max(-1, kappa-half), min(1, kappa+half)}, true
}

// margins returns how much was judged, and what share each judge put into each
// category.
func margins(table [][]int64) (n float64, first, second []float64) {
	first, second = make([]float64, len(table)), make([]float64, len(table))
	for i, row := range table {
		for j, count := range row {
			n += float64(count)
			first[i] += float64(count)
			second[j] += float64(count)
		}
	}
	for i := range table {
		first[i] /= max(1, n)
		second[i] /= max(1, n)
	}
	return n, first, second
}
