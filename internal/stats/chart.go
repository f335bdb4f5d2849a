package stats

import "math"

// Limits are those of a control chart at one point: a value outside is unlikely
// to be chance.
type Limits struct {
	Centre, Low, High float64
}

// Outside reports whether a value is beyond the limits.
func (l Limits) Outside(value float64) bool { return value < l.Low || value > l.High }

// widest is how many standard errors the limits are away from the centre.
const widest = 3

// IndividualsChart returns the limits of single measures in the order of time,
// from their moving ranges; ok is false for fewer than two.
//
// D. J. Wheeler and D. S. Chambers, Understanding Statistical Process Control
// (1992): 2.66 times the mean moving range.
func IndividualsChart(values []float64) (l Limits, ok bool) {
	if len(values) < 2 {
		return Limits{}, false
	}
	mean, _ := moments(values)
	moved := 0.0
	for i := 1; i < len(values); i++ {
		moved += math.Abs(values[i] - values[i-1])
	}
	half := 2.66 * moved / float64(len(values)-1)
	return Limits{mean, mean - half, mean + half}, true
}

// RateChart returns the limits at each point of a chart of occurrences k per
// unit of exposure n (a u-chart); three standard errors of a Poisson rate.
func RateChart(k, n []int64) []Limits {
	limits := make([]Limits, len(n))
	all := total(n)
	if all == 0 {
		return limits
	}
	centre := total(k) / all
	for i := range n {
		limits[i] = Limits{Centre: centre, High: math.Inf(1)}
		if n[i] > 0 {
			half := widest * math.Sqrt(centre/float64(n[i]))
			limits[i].Low, limits[i].High = max(0, centre-half), centre+half
		}
	}
	return limits
}
