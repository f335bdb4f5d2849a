package stats

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Sample holds answers to questions that may drive an outcome: X has a row for each person
// and a column for each driver, Y the outcome.
type Sample struct {
	X [][]float64
	Y []float64
}

// Bounds under which drivers are not reckoned.
const (
	LeastAnswers   = 100 // in all
	LeastPerDriver = 10
	mostDrivers    = 16 // 2^16 regressions
)

// Reasons why drivers are not reckoned.
var (
	ErrFewAnswers = errors.New("too few answers for so many drivers")
	ErrConstant   = errors.New("everybody answered the same")
	ErrCollinear  = errors.New("two drivers say the same")
)

// Enough reports whether there are answers enough to show drivers.
func (s Sample) Enough() bool {
	return len(s.Y) >= LeastAnswers && len(s.X) > 0 && len(s.Y) >= LeastPerDriver*len(s.X[0])
}

// Drivers are each driver's part of the explained variance; the parts add up to
// R². They tell what goes with the outcome, not what causes it.
type Drivers struct {
	R2 float64
	// Johnson are the relative weights, Shapley the averages over all orders.
	Johnson, Shapley []float64
}

// Explain reckons the drivers of a sample.
//
// J. W. Johnson, A heuristic method for estimating the relative weight of
// predictor variables in multiple regression, Multivariate Behav. Res.
// 35 (2000); R. H. Lindeman, P. F. Merenda and R. Z. Gold, Introduction to
// Bivariate and Multivariate Analysis (1980), which is the Shapley value of R².
func Explain(s Sample) (Drivers, error) {
	r, ry, err := correlations(s)
	if err != nil {
		return Drivers{}, err
	}
	d := Drivers{Shapley: shapley(r, ry)}
	for _, part := range d.Shapley {
		d.R2 += part
	}
	d.Johnson, err = relativeWeights(r, ry)
	return d, err
}

// correlations of the drivers with one another and with the outcome.
func correlations(s Sample) (*mat.SymDense, []float64, error) {
	n := len(s.Y)
	if n < 3 || len(s.X) != n || len(s.X[0]) == 0 || len(s.X[0]) > mostDrivers || n <= len(s.X[0])+1 {
		return nil, nil, fmt.Errorf("explaining %d answers: %w", n, ErrFewAnswers)
	}
	p := len(s.X[0])
	columns := make([][]float64, p+1)
	for j := range columns {
		columns[j] = make([]float64, n)
		for i := range columns[j] {
			if j == p {
				columns[j][i] = s.Y[i]
			} else {
				columns[j][i] = s.X[i][j]
			}
		}
		mean, squares := moments(columns[j])
		if squares <= 0 {
			return nil, nil, fmt.Errorf("explaining by driver %d: %w", j, ErrConstant)
		}
		for i := range columns[j] {
			columns[j][i] = (columns[j][i] - mean) / math.Sqrt(squares)
		}
	}
	r, ry := mat.NewSymDense(p, nil), make([]float64, p)
	for a := range p {
		for b := a; b < p; b++ {
			r.SetSym(a, b, dot(columns[a], columns[b]))
		}
		ry[a] = dot(columns[a], columns[p])
	}
	var c mat.Cholesky
	if !c.Factorize(r) || c.Cond() > 1e12 {
		return nil, nil, fmt.Errorf("explaining by %d drivers: %w", p, ErrCollinear)
	}
	return r, ry, nil
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// relativeWeights go over the orthogonal variables that resemble the drivers
// most: with R = QΔQ', Λ = QΔ^½Q' and β = Λ⁻¹r, they are Λ²β².
func relativeWeights(r *mat.SymDense, ry []float64) ([]float64, error) {
	var e mat.EigenSym
	if !e.Factorize(r, true) {
		return nil, fmt.Errorf("finding the axes of the drivers: %w", ErrCollinear)
	}
	p := len(ry)
	var q mat.Dense
	e.VectorsTo(&q)
	values := e.Values(nil)
	lambda, inverse := mat.NewDense(p, p, nil), mat.NewDense(p, p, nil)
	for a := range p {
		for b := range p {
			l, v := 0.0, 0.0
			for k := range p {
				root := math.Sqrt(values[k])
				l += q.At(a, k) * root * q.At(b, k)
				v += q.At(a, k) / root * q.At(b, k)
			}
			lambda.Set(a, b, l)
			inverse.Set(a, b, v)
		}
	}
	weights := make([]float64, p)
	for k := range p {
		beta := 0.0
		for b := range p {
			beta += inverse.At(k, b) * ry[b]
		}
		for a := range p {
			weights[a] += lambda.At(a, k) * lambda.At(a, k) * beta * beta
		}
	}
	return weights, nil
}

// shapley averages what each driver adds to R² over all orders in which drivers
// may be added.
func shapley(r *mat.SymDense, ry []float64) []float64 {
	p := len(ry)
	explained := make([]float64, 1<<p)
	for set := 1; set < len(explained); set++ {
		explained[set] = explainedBy(r, ry, uint(set))
	}
	weight := make([]float64, p) // of a set of k others: k!(p−k−1)!/p!
	for k := range weight {
		weight[k] = math.Exp(logFactorial(k) + logFactorial(p-k-1) - logFactorial(p))
	}
	parts := make([]float64, p)
	for set := range explained {
		for j := range p {
			if set&(1<<j) == 0 {
				parts[j] += weight[bits.OnesCount(uint(set))] * (explained[set|1<<j] - explained[set])
			}
		}
	}
	return parts
}

func logFactorial(n int) float64 {
	l, _ := math.Lgamma(float64(n) + 1)
	return l
}

// explainedBy returns R² of the drivers in a set.
func explainedBy(r *mat.SymDense, ry []float64, set uint) float64 {
	var in []int
	for j := range ry {
		if set&(1<<j) != 0 {
			in = append(in, j)
		}
	}
	sub, y := mat.NewSymDense(len(in), nil), mat.NewVecDense(len(in), nil)
	for a, i := range in {
		for b, j := range in[a:] {
			sub.SetSym(a, a+b, r.At(i, j))
		}
		y.SetVec(a, ry[i])
	}
	var c mat.Cholesky
	var beta mat.VecDense
	if !c.Factorize(sub) || c.SolveVecTo(&beta, y) != nil {
		return 0 // a part of what has a Cholesky factor has one
	}
	return mat.Dot(&beta, y)
}

// DriverInterval is a driver's part with its bootstrap interval.
type DriverInterval struct {
	Johnson, Shapley Interval
}

// Bootstrap returns the drivers with percentile intervals at 95 % over so many
// samples drawn with replacement; the seed makes them repeatable. Draws in which
// the drivers cannot be reckoned are drawn again, up to as many again.
//
// B. Efron, Bootstrap methods: another look at the jackknife, Annals of
// Statistics 7 (1979).
func Bootstrap(s Sample, draws int, seed uint64) ([]DriverInterval, error) {
	all, err := Explain(s)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, seed))
	johnson, parts := make([][]float64, len(all.Shapley)), make([][]float64, len(all.Shapley))
	for try := 0; try < 2*draws && len(johnson[0]) < draws; try++ {
		d, err := Explain(s.draw(random))
		if err != nil {
			continue
		}
		for j := range johnson {
			johnson[j], parts[j] = append(johnson[j], d.Johnson[j]), append(parts[j], d.Shapley[j])
		}
	}
	if len(johnson[0]) < draws {
		return nil, fmt.Errorf("drawing samples: %w", ErrCollinear)
	}
	out := make([]DriverInterval, len(johnson))
	for j := range out {
		out[j] = DriverInterval{percentiles(all.Johnson[j], johnson[j]), percentiles(all.Shapley[j], parts[j])}
	}
	return out, nil
}

func (s Sample) draw(random *rand.Rand) Sample {
	d := Sample{make([][]float64, len(s.X)), make([]float64, len(s.Y))}
	for i := range d.Y {
		k := random.IntN(len(s.Y))
		d.X[i], d.Y[i] = s.X[k], s.Y[k]
	}
	return d
}

func percentiles(value float64, draws []float64) Interval {
	slices.Sort(draws)
	return Interval{value, Quantile(draws, 0.025), Quantile(draws, 0.975)}
}

// Quantile returns the p-th quantile of sorted values, between neighbours in
// proportion; NaN for none.
//
// R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, The
// American Statistician 50 (1996), definition 7.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := p * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
