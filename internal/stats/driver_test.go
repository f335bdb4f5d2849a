package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// swiss are 47 provinces of Switzerland about 1888 (Mosteller and Tukey 1977):
// fertility, and what it may go with: agriculture, examination, education,
// catholic, infant mortality.
var swiss = [][6]float64{
	{80.2, 17.0, 15, 12, 9.96, 22.2}, {83.1, 45.1, 6, 9, 84.84, 22.2}, {92.5, 39.7, 5, 5, 93.40, 20.2}, {85.8, 36.5, 12, 7, 33.77, 20.3},
	{76.9, 43.5, 17, 15, 5.16, 20.6}, {76.1, 35.3, 9, 7, 90.57, 26.6}, {83.8, 70.2, 16, 7, 92.85, 23.6}, {92.4, 67.8, 14, 8, 97.16, 24.9},
	{82.4, 53.3, 12, 7, 97.67, 21.0}, {82.9, 45.2, 16, 13, 91.38, 24.4}, {87.1, 64.5, 14, 6, 98.61, 24.5}, {64.1, 62.0, 21, 12, 8.52, 16.5},
	{66.9, 67.5, 14, 7, 2.27, 19.1}, {68.9, 60.7, 19, 12, 4.43, 22.7}, {61.7, 69.3, 22, 5, 2.82, 18.7}, {68.3, 72.6, 18, 2, 24.20, 21.2},
	{71.7, 34.0, 17, 8, 3.30, 20.0}, {55.7, 19.4, 26, 28, 12.11, 20.2}, {54.3, 15.2, 31, 20, 2.15, 10.8}, {65.1, 73.0, 19, 9, 2.84, 20.0},
	{65.5, 59.8, 22, 10, 5.23, 18.0}, {65.0, 55.1, 14, 3, 4.52, 22.4}, {56.6, 50.9, 22, 12, 15.14, 16.7}, {57.4, 54.1, 20, 6, 4.20, 15.3},
	{72.5, 71.2, 12, 1, 2.40, 21.0}, {74.2, 58.1, 14, 8, 5.23, 23.8}, {72.0, 63.5, 6, 3, 2.56, 18.0}, {60.5, 60.8, 16, 10, 7.72, 16.3},
	{58.3, 26.8, 25, 19, 18.46, 20.9}, {65.4, 49.5, 15, 8, 6.10, 22.5}, {75.5, 85.9, 3, 2, 99.71, 15.1}, {69.3, 84.9, 7, 6, 99.68, 19.8},
	{77.3, 89.7, 5, 2, 100.00, 18.3}, {70.5, 78.2, 12, 6, 98.96, 19.4}, {79.4, 64.9, 7, 3, 98.22, 20.2}, {65.0, 75.9, 9, 9, 99.06, 17.8},
	{92.2, 84.6, 3, 3, 99.46, 16.3}, {79.3, 63.1, 13, 13, 96.83, 18.1}, {70.4, 38.4, 26, 12, 5.62, 20.3}, {65.7, 7.7, 29, 11, 13.79, 20.5},
	{72.7, 16.7, 22, 13, 11.22, 18.9}, {64.4, 17.6, 35, 32, 16.92, 23.0}, {77.6, 37.6, 15, 7, 4.97, 20.0}, {67.6, 18.7, 25, 7, 8.65, 19.5},
	{35.0, 1.2, 37, 53, 42.34, 18.0}, {44.7, 46.6, 16, 29, 50.43, 18.2}, {42.8, 27.7, 22, 29, 58.33, 19.3},
}

// TestShapleyAsPublished holds the averages over orders against U. Grömping,
// Relative importance for linear regression in R: the package relaimpo, Journal
// of Statistical Software 17 (2006).
func TestShapleyAsPublished(t *testing.T) {
	var s Sample
	for _, row := range swiss {
		s.Y, s.X = append(s.Y, row[0]), append(s.X, row[1:])
	}
	d, err := Explain(s)
	if err != nil {
		t.Fatal(err)
	}
	if !near(d.R2, 0.7067, 4) {
		t.Errorf("they explain %v", d.R2)
	}
	for j, want := range []float64{0.0571, 0.1712, 0.2601, 0.1056, 0.1128} {
		if !near(d.Shapley[j], want, 4) {
			t.Errorf("driver %d has %.5f, want %v", j, d.Shapley[j], want)
		}
	}
	if s.Enough() {
		t.Error("47 answers are shown")
	}
}

// cars are 32 of the magazine Motor Trend of 1974: miles per gallon, and what it
// may go with: cylinders, displacement, horse power, forward gears. H. V.
// Henderson and P. F. Velleman, Building multiple regression models
// interactively, Biometrics 37 (1981); R's mtcars.
var cars = [][5]float64{
	{21, 6, 160, 110, 4}, {21, 6, 160, 110, 4}, {22.8, 4, 108, 93, 4}, {21.4, 6, 258, 110, 3}, {18.7, 8, 360, 175, 3}, {18.1, 6, 225, 105, 3},
	{14.3, 8, 360, 245, 3}, {24.4, 4, 146.7, 62, 4}, {22.8, 4, 140.8, 95, 4}, {19.2, 6, 167.6, 123, 4}, {17.8, 6, 167.6, 123, 4},
	{16.4, 8, 275.8, 180, 3}, {17.3, 8, 275.8, 180, 3}, {15.2, 8, 275.8, 180, 3}, {10.4, 8, 472, 205, 3}, {10.4, 8, 460, 215, 3},
	{14.7, 8, 440, 230, 3}, {32.4, 4, 78.7, 66, 4}, {30.4, 4, 75.7, 52, 4}, {33.9, 4, 71.1, 65, 4}, {21.5, 4, 120.1, 97, 3}, {15.5, 8, 318, 150, 3},
	{15.2, 8, 304, 150, 3}, {13.3, 8, 350, 245, 3}, {19.2, 8, 400, 175, 3}, {27.3, 4, 79, 66, 4}, {26, 4, 120.3, 91, 5}, {30.4, 4, 95.1, 113, 5},
	{15.8, 8, 351, 264, 5}, {19.7, 6, 145, 175, 5}, {15, 8, 301, 335, 5}, {21.4, 4, 121, 109, 4},
}

// TestJohnsonAsPublished holds the relative weights of Johnson (2000) against the
// example of M. Chan's package rwa for R: R² 0.7791896 and these parts.
func TestJohnsonAsPublished(t *testing.T) {
	var s Sample
	for _, row := range cars {
		s.Y, s.X = append(s.Y, row[0]), append(s.X, row[1:])
	}
	d, err := Explain(s)
	if err != nil {
		t.Fatal(err)
	}
	if !near(d.R2, 0.7791896, 7) {
		t.Errorf("they explain %v", d.R2)
	}
	for j, want := range []float64{0.2284797, 0.2221469, 0.2321744, 0.0963886} {
		if !near(d.Johnson[j], want, 7) {
			t.Errorf("driver %d has %.8f, want %v", j, d.Johnson[j], want)
		}
	}
}

// sample draws answers of which the first driver counts twice, the second
// repeats half of it, and the third nothing.
func sample(seed uint64, n int) Sample {
	random := rand.New(rand.NewPCG(seed, 1))
	var s Sample
	for range n {
		a, b, c := random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
		s.X = append(s.X, []float64{a, a/2 + b, c})
		s.Y = append(s.Y, 2*a+b+random.NormFloat64())
	}
	return s
}

// TestPartsAddUp: both ways share out the same R², and nobody gets less than
// nothing by more than rounding.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := Explain(sample(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(20, 200).Draw(t, "n")))
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for j := range d.Johnson {
			sum += d.Johnson[j]
			if d.Johnson[j] < -1e-9 || d.Shapley[j] < -1e-9 {
				t.Fatalf("driver %d has %v and %v", j, d.Johnson[j], d.Shapley[j])
			}
		}
		if !near(sum, d.R2, 9) || d.R2 > 1 {
			t.Fatalf("the weights add up to %v of %v", sum, d.R2)
		}
	})
}

// TestEveryDriverAddedIsReckoned: with as many drivers as are taken, both ways
// share out the R² of the regression on all of them, which is solved here by
// itself; and many who answer alike count each.
func TestEveryDriverAddedIsReckoned(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	var s Sample
	for range 400 {
		row, y := make([]float64, mostDrivers), float64(random.IntN(4))
		for j := range row {
			row[j] = float64(1 + random.IntN(2))
			y += row[j] * float64(j%3)
		}
		for range 1 + random.IntN(3) {
			s.X, s.Y = append(s.X, row), append(s.Y, y)
		}
	}
	d, err := Explain(s)
	if err != nil {
		t.Fatal(err)
	}
	x, y := mat.NewDense(len(s.Y), mostDrivers+1, nil), mat.NewVecDense(len(s.Y), s.Y)
	for i, row := range s.X {
		x.SetRow(i, append([]float64{1}, row...))
	}
	var beta, left mat.VecDense
	if err := beta.SolveVec(x, y); err != nil {
		t.Fatal(err)
	}
	left.MulVec(x, &beta)
	left.SubVec(y, &left)
	_, squares := moments(s.Y)
	if want := 1 - mat.Dot(&left, &left)/squares; !near(d.R2, want, 9) {
		t.Errorf("they explain %v, want %v", d.R2, want)
	}
	sum := 0.0
	for _, part := range d.Johnson {
		sum += part
	}
	if !near(sum, d.R2, 9) {
		t.Errorf("the weights add up to %v of %v", sum, d.R2)
	}
}

// TestTwoDriversAgree: with two drivers both ways are one (Johnson 2000).
func TestTwoDriversAgree(t *testing.T) {
	s := sample(7, 60)
	for i := range s.X {
		s.X[i] = s.X[i][:2]
	}
	d, err := Explain(s)
	if err != nil || !near(d.Johnson[0], d.Shapley[0], 9) || !near(d.Johnson[1], d.Shapley[1], 9) {
		t.Errorf("%v and %v: %v", d.Johnson, d.Shapley, err)
	}
}

func TestBootstrap(t *testing.T) {
	s := sample(3, 300)
	first, err := Bootstrap(s, 200, 42)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Bootstrap(s, 200, 42)
	for j, d := range first {
		if !d.Johnson.Contains(d.Johnson.Value) || !d.Shapley.Contains(d.Shapley.Value) || again[j] != d {
			t.Errorf("driver %d: %+v, then %+v", j, d, again[j])
		}
	}
	if first[0].Shapley.Low <= first[2].Shapley.High {
		t.Errorf("what counts twice is not told from what counts nothing: %+v", first)
	}
	if !s.Enough() {
		t.Error("300 answers are too few")
	}
}

func TestExplainRefuses(t *testing.T) {
	s := sample(1, 50)
	twice, flat := Sample{Y: s.Y}, Sample{Y: s.Y}
	for _, row := range s.X {
		twice.X = append(twice.X, []float64{row[0], 3 * row[0]})
		flat.X = append(flat.X, []float64{row[0], 4})
	}
	for _, c := range []struct {
		s    Sample
		want error
	}{{twice, ErrCollinear}, {flat, ErrConstant}, {Sample{s.X[:4], s.Y[:4]}, ErrFewAnswers}, {Sample{}, ErrFewAnswers}} {
		if _, err := Explain(c.s); !errors.Is(err, c.want) {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{1, 2, 4, 8}
	for p, want := range map[float64]float64{0: 1, 0.5: 3, 1: 8, 0.25: 1.75} {
		if got := Quantile(values, p); !near(got, want, 9) {
			t.Errorf("quantile %v is %v, want %v", p, got, want)
		}
	}
	if !math.IsNaN(Quantile(nil, 0.5)) {
		t.Error("nothing has a middle")
	}
}
