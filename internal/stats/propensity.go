package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrSeparated says that the traits tell exactly who answers, so that nobody
// who answered can speak for those who never do.
var ErrSeparated = errors.New("the traits tell exactly who answers")

const (
	logitRounds    = 60
	logitTolerance = 1e-10
)

// Propensity returns how probable it was that each person answers, by logistic
// regression on their traits (a row for each person, without a constant), with
// the coefficients, the constant first. Its inverse is the weight of an answer.
// It refuses traits that repeat one another and ("ErrSeparated") those that
// tell answers exactly.
//
// P. R. Rosenbaum and D. B. Rubin, The central role of the propensity score in
// observational studies for causal effects, Biometrika 70 (1983); fitted by
// Newton's method, as in D. R. Cox, The regression analysis of binary
// sequences, JRSS B 20 (1958).
func Propensity(traits [][]float64, answered []bool) (probability, coefficients []float64, err error) {
	n := len(traits)
	if n == 0 || n != len(answered) {
		return nil, nil, fmt.Errorf("fitting %d people with %d answers", n, len(answered))
	}
	x, p := design(traits)
	beta := mat.NewVecDense(p, nil)
	probability = make([]float64, n)
	for range logitRounds {
		step, err := newton(x, beta, answered, probability)
		if err != nil {
			return nil, nil, err
		}
		beta.AddVec(beta, step)
		if mat.Norm(beta, math.Inf(1)) > 30 {
			return nil, nil, ErrSeparated
		}
		if mat.Norm(step, math.Inf(1)) < logitTolerance {
			predict(x, beta, probability)
			return probability, mat.Col(nil, 0, beta), nil
		}
	}
	return nil, nil, ErrSeparated
}

// design puts a constant before the traits.
func design(traits [][]float64) (*mat.Dense, int) {
	p := len(traits[0]) + 1
	x := mat.NewDense(len(traits), p, nil)
	for i, row := range traits {
		x.Set(i, 0, 1)
		for j, v := range row {
			x.Set(i, j+1, v)
		}
	}
	return x, p
}

func predict(x *mat.Dense, beta *mat.VecDense, into []float64) {
	var eta mat.VecDense
	eta.MulVec(x, beta)
	for i := range into {
		into[i] = 1 / (1 + math.Exp(-eta.AtVec(i)))
	}
}

// newton returns the next step of the fit.
func newton(x *mat.Dense, beta *mat.VecDense, answered []bool, probability []float64) (*mat.VecDense, error) {
	n, p := x.Dims()
	predict(x, beta, probability)
	score, information := mat.NewVecDense(p, nil), mat.NewSymDense(p, nil)
	for i := range n {
		row := x.RowView(i)
		rest := -probability[i]
		if answered[i] {
			rest++
		}
		score.AddScaledVec(score, rest, row)
		information.SymRankOne(information, probability[i]*(1-probability[i]), row)
	}
	var c mat.Cholesky
	if !c.Factorize(information) {
		return nil, fmt.Errorf("fitting who answers: %w, or repeat one another", ErrSeparated)
	}
	step := mat.NewVecDense(p, nil)
	if err := c.SolveVecTo(step, score); err != nil {
		return nil, fmt.Errorf("fitting who answers: %w", err)
	}
	return step, nil
}
