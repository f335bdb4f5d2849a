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
	c, err := s.crowd()
	if err != nil {
		return Drivers{}, err
	}
	return c.explain(c.all)
}

// crowd is a sample by what was answered: of all who answered alike there is one
// row, the outcome last, so that many answers cost as little as few different.
type crowd struct {
	rows [][mostDrivers + 1]float64
	p    int       // drivers
	of   []int     // the row of each person
	all  []float64 // how many are behind each row
}

func (s Sample) crowd() (*crowd, error) {
	n := len(s.Y)
	if n < 3 || len(s.X) != n || len(s.X[0]) == 0 || len(s.X[0]) > mostDrivers || n <= len(s.X[0])+1 {
		return nil, fmt.Errorf("explaining %d answers: %w", n, ErrFewAnswers)
	}
	c := &crowd{p: len(s.X[0]), of: make([]int, n)}
	known := map[[mostDrivers + 1]float64]int{}
	for i := range s.Y {
		var row [mostDrivers + 1]float64
		copy(row[:], s.X[i])
		row[c.p] = s.Y[i]
		k, there := known[row]
		if !there {
			k = len(c.rows)
			known[row] = k
			c.rows, c.all = append(c.rows, row), append(c.all, 0)
		}
		c.of[i] = k
		c.all[k]++
	}
	return c, nil
}

// draw counts how often each row comes when as many people are drawn with
// replacement.
func (c *crowd) draw(random *rand.Rand) []float64 {
	counts := make([]float64, len(c.rows))
	for range c.of {
		counts[c.of[random.IntN(len(c.of))]]++
	}
	return counts
}

func (c *crowd) explain(counts []float64) (Drivers, error) {
	r, ry, err := c.correlations(counts)
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

// correlations of the drivers with one another and with the outcome, each row
// counted so often.
func (c *crowd) correlations(counts []float64) (*mat.SymDense, []float64, error) {
	p, n := c.p, float64(len(c.of))
	var mean [mostDrivers + 1]float64
	for k := range c.rows {
		for j := range p + 1 {
			mean[j] += counts[k] * c.rows[k][j] / n
		}
	}
	var products [mostDrivers + 1][mostDrivers + 1]float64
	for k := range c.rows {
		var away [mostDrivers + 1]float64
		for j := range p + 1 {
			away[j] = c.rows[k][j] - mean[j]
		}
		for a := range p + 1 {
			for b := a; b <= p; b++ {
				products[a][b] += counts[k] * away[a] * away[b]
			}
		}
	}
	r, ry := mat.NewSymDense(p, nil), make([]float64, p)
	for a := range p + 1 {
		if products[a][a] <= tiny*n*(1+mean[a]*mean[a]) {
			return nil, nil, fmt.Errorf("explaining by driver %d: %w", a, ErrConstant)
		}
	}
	for a := range p {
		for b := a; b < p; b++ {
			r.SetSym(a, b, products[a][b]/math.Sqrt(products[a][a]*products[b][b]))
		}
		ry[a] = products[a][p] / math.Sqrt(products[a][a]*products[p][p])
	}
	var whole mat.Cholesky
	if !whole.Factorize(r) || whole.Cond() > 1e12 {
		return nil, nil, fmt.Errorf("explaining by %d drivers: %w", p, ErrCollinear)
	}
	return r, ry, nil
}

// tiny is the variance, of answers about 1, that rounding alone may leave where
// everybody answered the same.
const tiny = 1e-24

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
	g := &growth{r: r, ry: ry, explained: make([]float64, 1<<p)}
	g.from(0, 0)
	explained := g.explained
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

// growth reckons R² of every set of drivers, each from the set without its last
// driver: the Cholesky factor of the correlations gets one row more, and what
// that driver adds is the square of its part in the outcome.
type growth struct {
	r         *mat.SymDense
	ry        []float64
	explained []float64 // by set
	in        []int
	rows      [mostDrivers][mostDrivers]float64 // the factor, row by row
	parts     [mostDrivers]float64              // of the outcome
}

func (g *growth) from(set uint, next int) {
	for j := next; j < len(g.ry); j++ {
		with := set | 1<<j
		g.explained[with] = g.explained[set] + g.add(j)
		g.in = append(g.in, j)
		g.from(with, j+1)
		g.in = g.in[:len(g.in)-1]
	}
}

// add writes the factor's row for a driver below those that are in, and returns
// what it explains beside them.
func (g *growth) add(j int) float64 {
	k := len(g.in)
	row, left, part := &g.rows[k], 1.0, g.ry[j]
	for a, i := range g.in {
		row[a] = g.r.At(i, j)
		for b := range a {
			row[a] -= g.rows[a][b] * row[b]
		}
		row[a] /= g.rows[a][a]
		left -= row[a] * row[a]
		part -= row[a] * g.parts[a]
	}
	row[k] = math.Sqrt(left)
	g.parts[k] = part / row[k]
	return g.parts[k] * g.parts[k]
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
	c, err := s.crowd()
	if err != nil {
		return nil, err
	}
	all, err := c.explain(c.all)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, seed))
	johnson, parts := make([][]float64, len(all.Shapley)), make([][]float64, len(all.Shapley))
	for try := 0; try < 2*draws && len(johnson[0]) < draws; try++ {
		d, err := c.explain(c.draw(random))
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
