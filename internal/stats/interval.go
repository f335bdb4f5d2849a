package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence of the intervals that people are shown, as the quantile of the
// normal distribution: 95 %, two-sided.
const Confidence = 1.959963984540054

// Interval is an estimate with its bounds.
type Interval struct {
	Value, Low, High float64
}

// Contains reports whether a value lies within the bounds.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// Wilson returns the share k of n with its score interval at the normal
// quantile z; from 0 to 1 without data. It never leaves 0 to 1 and is of use
// down to small n.
//
// E. B. Wilson, Probable inference, the law of succession, and statistical
// inference, JASA 22 (1927).
func Wilson(k, n int64, z float64) Interval {
	if n <= 0 {
		return Interval{Low: 0, High: 1}
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	i := Interval{p, (middle - half) / (1 + z*z/m), (middle + half) / (1 + z*z/m)}
	if k == 0 { // rounding must not leave a trace of what did not happen
		i.Low = 0
	}
	if k == n {
		i.High = 1
	}
	return i
}

// ShareDifference returns the share k1 of n1 less the share k2 of n2 with its
// interval, from the score intervals of both; from −1 to 1 where one is without
// data.
//
// R. G. Newcombe, Interval estimation for the difference between independent
// proportions: comparison of eleven methods, Statistics in Medicine 17 (1998),
// method 10.
func ShareDifference(k1, n1, k2, n2 int64, z float64) Interval {
	if n1 <= 0 || n2 <= 0 {
		return Interval{Low: -1, High: 1}
	}
	a, b := Wilson(k1, n1, z), Wilson(k2, n2, z)
	d := a.Value - b.Value
	return Interval{
		d,
		d - math.Hypot(a.Value-a.Low, b.High-b.Value),
		d + math.Hypot(a.High-a.Value, b.Value-b.Low),
	}
}

// Rate returns the rate of k rare occurrences in an exposure with its exact
// interval at 95 %, in the unit of 1/exposure. Without exposure there is no
// bound above.
//
// F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28
// (1936).
func Rate(k int64, exposure float64) Interval {
	if exposure <= 0 {
		return Interval{High: math.Inf(1)}
	}
	low := 0.0
	if k > 0 {
		low = distuv.ChiSquared{K: float64(2 * k)}.Quantile(0.025) / 2
	}
	high := distuv.ChiSquared{K: float64(2*k + 2)}.Quantile(0.975) / 2
	return Interval{float64(k) / exposure, low / exposure, high / exposure}
}

// Mean returns the mean of the values with the interval of Student's t at
// 95 %; bounds are infinite for fewer than two values.
func Mean(values []float64) Interval {
	n := float64(len(values))
	if n == 0 {
		return Interval{math.NaN(), math.Inf(-1), math.Inf(1)}
	}
	mean, squares := moments(values)
	if n < 2 {
		return Interval{mean, math.Inf(-1), math.Inf(1)}
	}
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975) * math.Sqrt(squares/(n-1)/n)
	return Interval{mean, mean - half, mean + half}
}

// MeanDifference returns the mean of a less that of b with its interval at 95 %,
// without the assumption that both vary alike; bounds are infinite where one has
// fewer than two values or neither varies at all.
//
// B. L. Welch, The generalization of "Student's" problem when several different
// population variances are involved, Biometrika 34 (1947), with Satterthwaite's
// degrees of freedom.
func MeanDifference(a, b []float64) Interval {
	n, m := float64(len(a)), float64(len(b))
	if n == 0 || m == 0 {
		return Interval{math.NaN(), math.Inf(-1), math.Inf(1)}
	}
	meanA, squaresA := moments(a)
	meanB, squaresB := moments(b)
	d := Interval{meanA - meanB, math.Inf(-1), math.Inf(1)}
	if n < 2 || m < 2 {
		return d
	}
	va, vb := squaresA/(n-1)/n, squaresB/(m-1)/m
	if va+vb == 0 {
		return d
	}
	freedom := (va + vb) * (va + vb) / (va*va/(n-1) + vb*vb/(m-1))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(0.975) * math.Sqrt(va+vb)
	return Interval{d.Value, d.Value - half, d.Value + half}
}

// moments returns the mean and the sum of squared deviations from it.
func moments(values []float64) (mean, squares float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return mean, squares
}

// tail returns how probable a standard normal value of at least |z| is, on both
// sides together.
func tail(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }
