package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// RateModel is the NBD model of buying without leaving: people buy at random at
// a rate of their own for good, and the rates differ between them by a gamma
// distribution with shape R and rate Alpha. It says nothing of who has left; it
// says how unusual a silence would be for one who has not.
//
// A. S. C. Ehrenberg, The pattern of consumer purchases, Applied Statistics 8
// (1959); with times of purchases as the case without leaving of D. C.
// Schmittlein, D. G. Morrison and R. Colombo, Counting your customers: who are
// they and what will they do next?, Management Science 33 (1987).
type RateModel struct{ R, Alpha float64 }

// Wait returns how probable it is that somebody waits at least so long after the
// last purchase: that of the purchases none lies between h.Last and h.Seen.
//
// At a rate λ it is exp(−λ(T−t)). The rate of one who bought again x times until
// t has, by Bayes, a gamma distribution with shape r+x and rate α+t, for x
// purchases until t are as probable as λ^x·exp(−λt); and the mean of exp(−λ(T−t))
// over that is ((α+t)/(α+T))^(r+x).
func (m RateModel) Wait(h Buying) float64 {
	return math.Pow((m.Alpha+h.Last)/(m.Alpha+h.Seen), m.R+float64(h.Repeats))
}

// WaitOf returns how long a wait has to be for Wait to be p, above 0 and below 1.
func (m RateModel) WaitOf(repeats int64, last, p float64) float64 {
	return (m.Alpha + last) * (math.Pow(p, -1/(m.R+float64(repeats))) - 1)
}

// Listed returns how probable it is that of somebody who buys on, and who bought
// again so often in the time seen, Wait is at most p at its end.
//
// The purchases of one who buys at random are spread evenly over the time,
// whatever the rate, so that the last of x lies before u of it with probability
// u^x; and Wait is at most p where the last lies before p^(1/(r+x))·(α+T) − α.
// It is not p itself: p is of the waits as they begin, this of those under way
// on a day.
func (m RateModel) Listed(repeats int64, seen, p float64) float64 {
	before := math.Pow(p, 1/(m.R+float64(repeats)))*(m.Alpha+seen) - m.Alpha
	return Even(Buying{repeats, max(0, before), seen})
}

// Even returns how probable it is that of so many purchases after the first,
// made at random at any rate that does not change, the last lies as early as it
// does or earlier: (t/T)^x. Of those who buy on it is spread evenly from 0 to 1,
// so that a test may go by it.
//
// D. R. Cox and P. A. W. Lewis, The Statistical Analysis of Series of Events
// (1966), chapter 2: given their number, the events of a Poisson process are
// independent and uniform.
func Even(h Buying) float64 {
	if h.Repeats == 0 || !(h.Seen > 0) {
		return 1
	}
	return math.Pow(min(1, h.Last/h.Seen), float64(h.Repeats))
}

// Fits reports whether the parameters are such as a model may have.
func (m RateModel) Fits() bool {
	return m.R > 0 && m.Alpha > 0 && !math.IsInf(m.R, 1) && !math.IsInf(m.Alpha, 1)
}

// LogLikelihood returns the logarithm of how probable the model makes what
// happened: of each Γ(r+x)/Γ(r) · α^r / (α+T)^(r+x).
func (m RateModel) LogLikelihood(all []Buying) float64 {
	sum := 0.0
	parts := map[int64]float64{} // what depends on the number of repeats alone
	for _, h := range all {
		x := float64(h.Repeats)
		part, known := parts[h.Repeats]
		if !known {
			part = lnGamma(m.R+x) - lnGamma(m.R) + m.R*math.Log(m.Alpha)
			parts[h.Repeats] = part
		}
		sum += part - (m.R+x)*math.Log(m.Alpha+h.Seen)
	}
	return sum
}

// FitRates finds the model that makes what happened most probable, as FitBuying
// does. It refuses with ErrNoRhythm when nobody bought again or no best model is
// found, as where all buy at one rate.
func FitRates(all []Buying) (RateModel, error) {
	unit, repeats := unitOf(all)
	if repeats == 0 || !(unit > 0) {
		return RateModel{}, ErrNoRhythm
	}
	at := func(v []float64) RateModel { return RateModel{math.Exp(v[0]), unit * math.Exp(v[1])} }
	problem := optimize.Problem{Func: func(v []float64) float64 {
		if m := at(v); m.Fits() {
			return -m.LogLikelihood(all) / float64(len(all))
		}
		return math.Inf(1)
	}}
	found, err := optimize.Minimize(problem, []float64{0, 0}, fitting(), &optimize.NelderMead{})
	if err != nil {
		return RateModel{}, fmt.Errorf("fitting how often customers buy: %w", err)
	}
	m := at(found.X)
	if !m.Fits() || m.R > mostAlike || math.IsNaN(found.F) || found.Status == optimize.FunctionEvaluationLimit {
		return RateModel{}, ErrNoRhythm
	}
	return m, nil
}

// mostAlike is the shape above which rates do not differ that anybody could tell:
// there the likelihood is flat, and whatever is found is no best.
const mostAlike = 1e4

// Found returns the value up to which Discoveries at q calls the hypotheses
// different, or -1 where it calls none so.
func Found(p []float64, q float64) float64 {
	most := -1.0
	for i, is := range Discoveries(p, q) {
		if is {
			most = max(most, p[i])
		}
	}
	return most
}
