package stats

import (
	"errors"
	"fmt"
	"math"
)

// Effective returns the effective number of answers with the weights, and the
// design effect: how many times more answers are needed than without weights.
// Both are 0 for no weight.
//
// L. Kish, Survey Sampling (1965), section 11.7.
func Effective(weights []float64) (n, design float64) {
	sum, squares := 0.0, 0.0
	for _, w := range weights {
		sum += w
		squares += w * w
	}
	if squares == 0 {
		return 0, 0
	}
	n = sum * sum / squares
	return n, float64(len(weights)) / n
}

// ErrEmptyCell says that somebody is to be represented of whom nobody answered.
// No weight can mend that: join the cell with a neighbour.
var ErrEmptyCell = errors.New("a cell of the population has no answer")

// PostStratify returns the weight of an answer in each cell, so that the
// weighted answers have the population's shares; their mean over all answers is
// 1. It refuses cells of the population without answers ("ErrEmptyCell").
//
// D. Holt and T. M. F. Smith, Post stratification, JRSS A 142 (1979).
func PostStratify(population, answers []int64) ([]float64, error) {
	if len(population) != len(answers) {
		return nil, fmt.Errorf("weighting %d cells by a population of %d", len(answers), len(population))
	}
	all, asked := total(population), total(answers)
	weights := make([]float64, len(answers))
	for i, n := range answers {
		switch {
		case population[i] > 0 && n == 0:
			return nil, fmt.Errorf("weighting cell %d: %w", i, ErrEmptyCell)
		case n > 0:
			weights[i] = float64(population[i]) / all * asked / float64(n)
		}
	}
	return weights, nil
}

func total(counts []int64) float64 {
	n := int64(0)
	for _, c := range counts {
		n += c
	}
	return float64(n)
}

const (
	rakeRounds    = 500
	rakeTolerance = 1e-9 // of a share
)

// ErrNoRake says that no weights meet all margins.
var ErrNoRake = errors.New("no weights meet all margins")

// Rake returns the weight of each answer, so that the weighted answers have the
// population's shares in every dimension by itself: levels[d][i] is the level
// of answer i in dimension d, margins[d][level] how many people of the
// population are there. The mean weight is 1. It refuses levels of which nobody
// answered, and margins that contradict the answers ("ErrNoRake").
//
// W. E. Deming and F. F. Stephan, On a least squares adjustment of a sampled
// frequency table when the expected marginal totals are known, Annals of
// Mathematical Statistics 11 (1940).
func Rake(levels [][]int, margins [][]int64) ([]float64, error) {
	if len(levels) == 0 || len(levels) != len(margins) {
		return nil, fmt.Errorf("raking %d dimensions by %d margins", len(levels), len(margins))
	}
	n := len(levels[0])
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = 1
	}
	for range rakeRounds {
		worst := 0.0
		for d, margin := range margins {
			off, err := rakeOnce(weights, levels[d], margin)
			if err != nil {
				return nil, fmt.Errorf("raking dimension %d: %w", d, err)
			}
			worst = max(worst, off)
		}
		if worst < rakeTolerance {
			return weights, nil
		}
	}
	return nil, ErrNoRake
}

// rakeOnce brings the weights to one margin and returns how far the shares were
// off before.
func rakeOnce(weights []float64, level []int, margin []int64) (off float64, err error) {
	if len(level) != len(weights) {
		return 0, fmt.Errorf("%d answers have levels of %d", len(weights), len(level))
	}
	have := make([]float64, len(margin))
	for i, l := range level {
		if l < 0 || l >= len(margin) {
			return 0, fmt.Errorf("answer %d stands in level %d of %d", i, l, len(margin))
		}
		have[l] += weights[i]
	}
	all, n := total(margin), float64(len(weights))
	factor := make([]float64, len(margin))
	for l, m := range margin {
		want := float64(m) / all * n
		if m > 0 && have[l] == 0 {
			return 0, fmt.Errorf("weighting level %d: %w", l, ErrEmptyCell)
		}
		if have[l] > 0 {
			factor[l] = want / have[l]
		}
		off = max(off, math.Abs(want-have[l])/n)
	}
	for i, l := range level {
		weights[i] *= factor[l]
	}
	return off, nil
}

// Trim bounds weights by a multiple of their mean and spreads what was cut over
// the others in proportion, until none is above; the mean stays. The bound must
// be more than 1. Few answers then cannot speak for many, at the price of some
// of the correction.
//
// F. J. Potter, A study of procedures to identify and trim extreme sampling
// weights, ASA Proceedings of the Survey Research Methods Section (1990).
func Trim(weights []float64, most float64) []float64 {
	trimmed := append([]float64(nil), weights...)
	if most <= 1 || len(weights) == 0 {
		return trimmed
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	bound := most * sum / float64(len(weights))
	for {
		cut, free := 0.0, 0.0
		for i, w := range trimmed {
			if w > bound {
				cut += w - bound
				trimmed[i] = bound
			} else if w < bound {
				free += w
			}
		}
		if cut <= 1e-12*sum || free == 0 {
			return trimmed
		}
		for i, w := range trimmed {
			if w < bound {
				trimmed[i] = w * (1 + cut/free)
			}
		}
	}
}

// Weighted are answers with weights: −1 for detractors, 0 for passives, 1 for
// promoters.
type Weighted struct {
	Vote   []int
	Weight []float64
}

// WeightedNPS returns the weighted score in points with its interval at the
// normal quantile z, reckoned from the effective number of answers by the
// adjusted Wald method, and that number.
func WeightedNPS(w Weighted, z float64) (Interval, float64) {
	n, _ := Effective(w.Weight)
	if n == 0 {
		return Interval{0, -100, 100}, 0
	}
	var groups [3]float64
	sum := 0.0
	for i, vote := range w.Vote {
		groups[vote+1] += w.Weight[i]
		sum += w.Weight[i]
	}
	for i := range groups {
		groups[i] *= n / sum
	}
	return nps(100*(groups[2]-groups[0])/n, groups[0], groups[1], groups[2], z), n
}
