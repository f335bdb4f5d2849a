package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// ErrNoRhythm says that too little was bought again to learn how customers buy.
var ErrNoRhythm = errors.New("too little is bought again to learn how customers buy")

// Buying is what one customer's purchases amount to, in any unit of time.
type Buying struct {
	// Repeats counts the purchases after the first.
	Repeats int64
	// Last is the time from the first purchase to the last, 0 with one; Seen that
	// from the first until now.
	Last, Seen float64
}

// BuyModel is the BG/NBD model: while they are customers, people buy at random
// at a rate of their own, which differs between them by a gamma distribution
// with shape R and rate Alpha; after each purchase they leave for good with a
// probability of their own, which differs by a beta distribution with A and B.
//
// P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting your customers" the easy
// way: an alternative to the Pareto/NBD model, Marketing Science 24 (2005).
type BuyModel struct{ R, Alpha, A, B float64 }

// Leaving is the mean chance of leaving after a purchase, a/(a+b).
func (m BuyModel) Leaving() float64 { return m.A / (m.A + m.B) }

// Rhythm returns how probable it is that somebody who is still a customer buys
// nothing for so long after the last purchase, going by the own purchases and,
// the less of them there are, by everybody's.
func (m BuyModel) Rhythm(h Buying) float64 {
	return RateModel{m.R, m.Alpha}.Wait(h)
}

// leaving returns the odds that somebody left at the last of the repeats, before
// anything is known of the time since.
func (m BuyModel) leaving(repeats int64) float64 { return m.A / (m.B + float64(repeats) - 1) }

// Alive returns how probable it is that somebody is a customer still. Nobody
// leaves before a second purchase, so that of one who never bought again the
// model says 1.
//
// P. S. Fader, B. G. S. Hardie and K. L. Lee, Computing P(alive) using the BG/NBD
// model (2008).
func (m BuyModel) Alive(h Buying) float64 {
	if h.Repeats == 0 {
		return 1
	}
	return 1 / (1 + m.leaving(h.Repeats)/m.Rhythm(h))
}

// SilentAfter returns after how much time without a purchase Alive is down to p,
// above 0 and below 1: the formula above solved for the time. It is 0 where p is
// not reached even on the day of the purchase, and infinite for one who never
// bought again.
func (m BuyModel) SilentAfter(repeats int64, last, p float64) float64 {
	if repeats == 0 {
		return math.Inf(1)
	}
	odds := (1/p - 1) / m.leaving(repeats)
	return max(0, (m.Alpha+last)*(math.Pow(odds, 1/(m.R+float64(repeats)))-1))
}

// Fits reports whether the parameters are such as a model may have.
func (m BuyModel) Fits() bool {
	for _, v := range []float64{m.R, m.Alpha, m.A, m.B} {
		if !(v > 0) || math.IsInf(v, 1) {
			return false
		}
	}
	return true
}

// LogLikelihood returns the logarithm of how probable the model makes what
// happened (equation 6 of the paper of 2005).
func (m BuyModel) LogLikelihood(all []Buying) float64 {
	sum := 0.0
	parts := map[int64]float64{} // what depends on the number of repeats alone
	for _, h := range all {
		x := float64(h.Repeats)
		part, known := parts[h.Repeats]
		if !known {
			part = lnGamma(m.R+x) - lnGamma(m.R) + m.R*math.Log(m.Alpha) +
				lnGamma(m.A+m.B) + lnGamma(m.B+x) - lnGamma(m.B) - lnGamma(m.A+m.B+x)
			parts[h.Repeats] = part
		}
		stays := -(m.R + x) * math.Log(m.Alpha+h.Seen)
		if h.Repeats == 0 {
			sum += part + stays
			continue
		}
		left := math.Log(m.leaving(h.Repeats)) - (m.R+x)*math.Log(m.Alpha+h.Last)
		most := max(stays, left)
		sum += part + most + math.Log(math.Exp(stays-most)+math.Exp(left-most))
	}
	return sum
}

func lnGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// fitRounds is how often the likelihood is reckoned at most.
const fitRounds = 2000

func fitting() *optimize.Settings {
	return &optimize.Settings{FuncEvaluations: fitRounds, Converger: &optimize.FunctionConverge{Absolute: 1e-10, Iterations: 60}}
}

// unitOf returns the mean time for which the customers are seen, so that the
// start of a fit is near whatever the unit of time, and how often they bought
// again.
func unitOf(all []Buying) (unit float64, repeats int64) {
	for _, h := range all {
		unit, repeats = unit+h.Seen, repeats+h.Repeats
	}
	return unit / float64(len(all)), repeats
}

// FitBuying finds the model that makes what happened most probable, by the
// simplex method of Nelder and Mead over the logarithms of the parameters. It
// refuses with ErrNoRhythm when nobody bought again or no best model is found.
func FitBuying(all []Buying) (BuyModel, error) {
	unit, repeats := unitOf(all)
	if repeats == 0 || !(unit > 0) {
		return BuyModel{}, ErrNoRhythm
	}
	at := func(v []float64) BuyModel {
		return BuyModel{math.Exp(v[0]), unit * math.Exp(v[1]), math.Exp(v[2]), math.Exp(v[3])}
	}
	problem := optimize.Problem{Func: func(v []float64) float64 {
		if m := at(v); m.Fits() {
			return -m.LogLikelihood(all) / float64(len(all))
		}
		return math.Inf(1)
	}}
	found, err := optimize.Minimize(problem, []float64{0, 0, 0, 0}, fitting(), &optimize.NelderMead{})
	if err != nil {
		return BuyModel{}, fmt.Errorf("fitting how customers buy: %w", err)
	}
	m := at(found.X)
	if !m.Fits() || math.IsNaN(found.F) || found.Status == optimize.FunctionEvaluationLimit {
		return BuyModel{}, ErrNoRhythm
	}
	return m, nil
}
