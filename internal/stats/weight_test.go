package stats

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestEffective(t *testing.T) {
	n, design := Effective([]float64{1, 1, 2})
	if !near(n, 16.0/6, 9) || !near(design, 18.0/16, 9) {
		t.Errorf("%v answers count as %v", design, n)
	}
	if n, design := Effective([]float64{2, 2, 2, 2}); n != 4 || design != 1 {
		t.Errorf("equal weights: %v, %v", n, design)
	}
}

// TestEffectiveAsPublished is the example of Sawtooth Software's Lighthouse
// Studio manual, appendix E: five weights whose sum's square is 50.41 and whose
// squares add up to 11.79 are worth 4.28 answers.
func TestEffectiveAsPublished(t *testing.T) {
	if n, design := Effective([]float64{1.5, 0.8, 1.2, 1.1, 2.5}); !near(n, 4.28, 2) || !near(design, 5*11.79/50.41, 9) {
		t.Errorf("five answers count as %v, design effect %v", n, design)
	}
}

// TestEffectiveAsKishPutIt: the design effect is one and the square of the
// weights' coefficient of variation (L. Kish, Weighting for unequal P_i, Journal
// of Official Statistics 8, 1992). By hand: where every third of 150 weighs 3 and
// the others 1, the weights' mean is 5/3 and that of their squares 11/3, which
// makes a design effect of 33/25.
func TestEffectiveAsKishPutIt(t *testing.T) {
	weights := make([]float64, 150)
	for i := range weights {
		weights[i] = 1
		if i%3 == 0 {
			weights[i] = 3
		}
	}
	n, design := Effective(weights)
	if !near(design, 33.0/25, 9) || !near(n, 150*25.0/33, 9) {
		t.Errorf("%v, worth %v answers", design, n)
	}
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0.1, 50), 1, 40).Draw(t, "weights")
		mean, squares := moments(weights)
		m := float64(len(weights))
		if _, design := Effective(weights); !near(design, 1+squares/m/(mean*mean), 9) {
			t.Fatalf("%v have %v", weights, design)
		}
	})
}

func TestPostStratify(t *testing.T) {
	weights, err := PostStratify([]int64{600, 300, 100}, []int64{20, 60, 20})
	if err != nil || !near(weights[0], 3, 9) || !near(weights[1], 0.5, 9) || !near(weights[2], 0.5, 9) {
		t.Errorf("%v, %v", weights, err)
	}
	if _, err := PostStratify([]int64{5, 5}, []int64{3, 0}); !errors.Is(err, ErrEmptyCell) {
		t.Errorf("an empty cell: %v", err)
	}
}

// TestPostStratifyAsPublished is the example of Penn State's course STAT 506,
// Sampling Theory and Methods, lesson 6.3: 20 men of 180 pounds on average and 80
// women of 120 were drawn of a population of which each are half; the mean is 132
// before and 150 after.
func TestPostStratifyAsPublished(t *testing.T) {
	weights, err := PostStratify([]int64{500, 500}, []int64{20, 80})
	if err != nil {
		t.Fatal(err)
	}
	before, after := (20*180.0+80*120)/100, (20*weights[0]*180+80*weights[1]*120)/100
	if !near(before, 132, 9) || !near(after, 150, 9) {
		t.Errorf("%v before, %v after with %v", before, after, weights)
	}
}

// TestRakeMeetsEveryMargin whatever the answers, as long as every combination
// was answered; and it leaves the odds ratios as they were, which makes it the
// least change (Deming and Stephan 1940).
func TestRakeMeetsEveryMargin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(1, 9), 4, 4).Draw(t, "answers")
		var levels [2][]int
		for cell, n := range counts {
			for range n {
				levels[0], levels[1] = append(levels[0], cell/2), append(levels[1], cell%2)
			}
		}
		margins := [][]int64{
			{rapid.Int64Range(1, 99).Draw(t, "a"), rapid.Int64Range(1, 99).Draw(t, "b")},
			{rapid.Int64Range(1, 99).Draw(t, "c"), rapid.Int64Range(1, 99).Draw(t, "d")},
		}
		weights, err := Rake(levels[:], margins)
		if err != nil {
			t.Fatal(err)
		}
		var cell [4]float64
		for i, w := range weights {
			cell[2*levels[0][i]+levels[1][i]] += w
		}
		n := float64(len(weights))
		share := func(d int, l int) float64 { return float64(margins[d][l]) / float64(margins[d][0]+margins[d][1]) }
		if !near((cell[0]+cell[1])/n, share(0, 0), 7) || !near((cell[0]+cell[2])/n, share(1, 0), 7) {
			t.Fatalf("%v misses %v", cell, margins)
		}
		odds := float64(counts[0]*counts[3]) / float64(counts[1]*counts[2])
		if got := cell[0] * cell[3] / (cell[1] * cell[2]); math.Abs(got/odds-1) > 1e-5 {
			t.Fatalf("the odds ratio was %v and is %v", odds, got)
		}
	})
}

// TestRakeAsPublished is the population of England and Wales by age and marital
// status in one year (thousands), fitted to the margins of the next: Y. M. M.
// Bishop, S. E. Fienberg and P. W. Holland, Discrete Multivariate Analysis (1975),
// as SAS/IML User's Guide, Example "Iterative proportional fitting", gives it.
func TestRakeAsPublished(t *testing.T) {
	before := [8][3]int{{1306, 83, 0}, {619, 765, 3}, {263, 1194, 9}, {173, 1372, 28}, {171, 1393, 51}, {159, 1372, 81}, {208, 1350, 108}, {1116, 4100, 2329}}
	want := [8][3]float64{
		{1325.27, 86.73, 0}, {615.56, 783.39, 3.05}, {253.94, 1187.18, 8.88}, {165.13, 1348.55, 27.32},
		{173.41, 1454.71, 52.87}, {147.21, 1308.12, 76.67}, {202.33, 1352.28, 107.40}, {1105.16, 4181.04, 2357.81},
	}
	margins := [][]int64{{1412, 1402, 1450, 1541, 1681, 1532, 1662, 7644}, {3988, 11702, 2634}}
	levels := make([][]int, 2)
	for age, row := range before {
		for status, n := range row {
			for range n {
				levels[0], levels[1] = append(levels[0], age), append(levels[1], status)
			}
		}
	}
	weights, err := Rake(levels, margins)
	if err != nil {
		t.Fatal(err)
	}
	var got [8][3]float64
	for i, w := range weights {
		got[levels[0][i]][levels[1][i]] += w * 18324 / float64(len(weights))
	}
	for age := range want {
		for status, n := range want[age] {
			if math.Abs(got[age][status]-n) > 0.02 {
				t.Errorf("age %d, status %d: %.3f, want %v", age, status, got[age][status], n)
			}
		}
	}
}

func TestRakeRefuses(t *testing.T) {
	if _, err := Rake([][]int{{0, 0}}, [][]int64{{1, 1}}); !errors.Is(err, ErrEmptyCell) {
		t.Errorf("a level nobody answered for: %v", err)
	}
	diagonal := [][]int{{0, 0, 1, 1}, {0, 0, 1, 1}}
	if _, err := Rake(diagonal, [][]int64{{1, 1}, {1, 2}}); !errors.Is(err, ErrNoRake) {
		t.Errorf("margins that contradict each other: %v", err)
	}
}

// TestTrimKeepsTheMean and lets no weight be above the bound.
func TestTrimKeepsTheMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0.01, 100), 2, 30).Draw(t, "weights")
		most := rapid.Float64Range(1.1, 5).Draw(t, "most")
		trimmed := Trim(weights, most)
		before, after := 0.0, 0.0
		for i := range weights {
			before += weights[i]
			after += trimmed[i]
		}
		for _, w := range trimmed {
			if w > most*before/float64(len(weights))*(1+1e-6) {
				t.Fatalf("%v stands above %v times the mean of %v", w, most, weights)
			}
		}
		if math.Abs(after/before-1) > 1e-6 {
			t.Fatalf("the sum was %v and is %v", before, after)
		}
		a, _ := Effective(weights)
		if b, _ := Effective(trimmed); b < a-1e-6 {
			t.Fatalf("trimming lost answers: %v, then %v", a, b)
		}
	})
}

// TestWeightedNPSWithoutWeights is the score itself.
func TestWeightedNPSWithoutWeights(t *testing.T) {
	w := Weighted{}
	for _, g := range []struct{ vote, n int }{{-1, 10}, {0, 20}, {1, 30}} {
		for range g.n {
			w.Vote, w.Weight = append(w.Vote, g.vote), append(w.Weight, 2.5)
		}
	}
	got, n := WeightedNPS(w, Confidence)
	if !near(n, 60, 9) {
		t.Errorf("%v answers", n)
	}
	wantInterval(t, "score", got, NPS(Votes{10, 20, 30}, Confidence), 9)
}

// TestPropensityOfOneTraitIsItsShare: with one yes-or-no trait the fit is the
// share that answered on either side.
func TestPropensityOfOneTraitIsItsShare(t *testing.T) {
	var traits [][]float64
	var answered []bool
	for _, g := range []struct {
		trait float64
		n, of int
	}{{0, 10, 40}, {1, 45, 60}} {
		for i := range g.of {
			traits, answered = append(traits, []float64{g.trait}), append(answered, i < g.n)
		}
	}
	p, beta, err := Propensity(traits, answered)
	if err != nil || !near(p[0], 0.25, 9) || !near(p[99], 0.75, 9) || !near(beta[1], math.Log(3)+math.Log(3), 7) {
		t.Errorf("%v, %v, %v: %v", p[0], p[99], beta, err)
	}
	for i := range answered {
		answered[i] = traits[i][0] == 1
	}
	if _, _, err := Propensity(traits, answered); !errors.Is(err, ErrSeparated) {
		t.Errorf("told exactly: %v", err)
	}
	for i := range traits {
		traits[i] = []float64{traits[i][0], traits[i][0]}
		answered[i] = i%3 == 0
	}
	if _, _, err := Propensity(traits, answered); !errors.Is(err, ErrSeparated) {
		t.Errorf("the same trait twice: %v", err)
	}
}
