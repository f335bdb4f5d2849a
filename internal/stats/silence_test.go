package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestRatesAreFittedAsInThePaper holds the fit against the column of the NBD in
// table 2 of Fader, Hardie and Lee (2005): r = 0.385, alpha = 12.072 and a log
// likelihood of -9,763.7. At the best both derivatives are nothing.
func TestRatesAreFittedAsInThePaper(t *testing.T) {
	all := cdnow(t)
	m, err := FitRates(all)
	if err != nil {
		t.Fatal(err)
	}
	best := m.LogLikelihood(all)
	if !near(m.R, 0.385, 3) || !near(m.Alpha, 12.072, 2) || !near(best, -9763.7, 1) {
		t.Errorf("fitted as %+v with %f", m, best)
	}
	for _, step := range []float64{0.99, 1.01} {
		if other := (RateModel{m.R * step, m.Alpha}).LogLikelihood(all); other >= best {
			t.Errorf("r times %g is as probable: %f", step, other)
		}
		if other := (RateModel{m.R, m.Alpha * step}).LogLikelihood(all); other >= best {
			t.Errorf("alpha times %g is as probable: %f", step, other)
		}
	}
	// By alpha the derivative is nothing where r/alpha is the mean of (r+x)/(alpha+T).
	sum := 0.0
	for _, h := range all {
		sum += (m.R + float64(h.Repeats)) / (m.Alpha + h.Seen)
	}
	if mean := sum / float64(len(all)); math.Abs(mean/(m.R/m.Alpha)-1) > 1e-3 {
		t.Errorf("with %+v the mean rate is %f after what is known and %f before", m, mean, m.R/m.Alpha)
	}
	if full, err := FitBuying(all); err != nil || full.LogLikelihood(all) < best {
		t.Errorf("without leaving it is more probable: %f, %v", best, err)
	}
}

// TestWaitIsTheMeanOverRates reckons the mean of exp(-λw) over the gamma
// distribution of the rates by the sum of small steps, and by the closed form of
// a shape of one: a/(a+w).
func TestWaitIsTheMeanOverRates(t *testing.T) {
	m := RateModel{0.7, 12}
	h := Buying{4, 90, 150}
	shape, rate, step, sum, all := m.R+4, m.Alpha+90, 1e-6, 0.0, 0.0
	for l := step / 2; l < 0.5; l += step {
		density := math.Exp((shape-1)*math.Log(l) - rate*l)
		sum, all = sum+density*math.Exp(-l*60), all+density
	}
	if got := m.Wait(h); math.Abs(got-sum/all) > 1e-5 {
		t.Errorf("it is %f, the sum has %f", got, sum/all)
	}
	if got := (RateModel{1, 30}).Wait(Buying{0, 0, 60}); math.Abs(got-30./90) > 1e-12 {
		t.Errorf("of a shape of one it is %f", got)
	}
	if got := m.Wait(Buying{3, 50, 50}); got != 1 {
		t.Errorf("on the day of the purchase it is %f", got)
	}
}

// TestWaitOfIsWhereWaitComesDown draws models and histories.
func TestWaitOfIsWhereWaitComesDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := RateModel{rapid.Float64Range(0.05, 20).Draw(t, "r"), rapid.Float64Range(0.05, 200).Draw(t, "alpha")}
		repeats, last := rapid.Int64Range(1, 60).Draw(t, "repeats"), rapid.Float64Range(0, 400).Draw(t, "last")
		p := rapid.Float64Range(0.01, 0.5).Draw(t, "p")
		w := m.WaitOf(repeats, last, p)
		if got := m.Wait(Buying{repeats, last, last + w}); math.Abs(got-p) > 1e-6 {
			t.Errorf("after %g it is %g, not %g", w, got, p)
		}
		// Whoever is listed by Wait at the end of what was seen is one whose last
		// purchase lies no later than Listed reckons with.
		seen := last + w*rapid.Float64Range(0.5, 1.5).Draw(t, "seen")
		if seen <= 0 {
			return
		}
		h := Buying{repeats, last, seen}
		if m.Wait(h) < p-1e-9 && Even(h) > m.Listed(repeats, seen, p)+1e-9 || m.Wait(h) > p+1e-9 && Even(h) < m.Listed(repeats, seen, p)-1e-9 {
			t.Errorf("Wait is %g of %g, Even %g of %g", m.Wait(h), p, Even(h), m.Listed(repeats, seen, p))
		}
	})
}

// buysOn draws people who buy at rates of their own and never leave.
func buysOn(m RateModel, people int) (all []Buying) {
	r := rand.New(rand.NewPCG(11, 4))
	for range people {
		rate := 0.0
		for range int(m.R) { // a gamma of whole shape
			rate += r.ExpFloat64() / m.Alpha
		}
		h := Buying{Seen: 150 + 250*r.Float64()}
		for at := r.ExpFloat64() / rate; at < h.Seen; at += r.ExpFloat64() / rate {
			h.Repeats, h.Last = h.Repeats+1, at
		}
		all = append(all, h)
	}
	return all
}

// TestOfThoseWhoBuyOnAsManyAreListedAsIsReckoned draws 20,000 people, none of
// whom leaves, learns from them and lists.
func TestOfThoseWhoBuyOnAsManyAreListedAsIsReckoned(t *testing.T) {
	want := RateModel{2, 60}
	all := buysOn(want, 20_000)
	m, err := FitRates(all)
	if err != nil || math.Abs(m.R-2) > 0.1 || math.Abs(m.Alpha-60) > 4 {
		t.Fatalf("found %+v, %v", m, err)
	}
	for _, p := range []float64{0.01, 0.05, 0.2} {
		listed, reckoned, even, n := 0, 0.0, 0, 0
		for _, h := range all {
			if h.Repeats < 2 {
				continue
			}
			n++
			reckoned += m.Listed(h.Repeats, h.Seen, p)
			if m.Wait(h) <= p {
				listed++
			}
			if Even(h) <= p {
				even++
			}
		}
		if math.Abs(float64(listed)-reckoned) > 4*math.Sqrt(reckoned) {
			t.Errorf("at %g %d of %d are listed, reckoned were %.0f", p, listed, n, reckoned)
		}
		if expected := p * float64(n); math.Abs(float64(even)-expected) > 4*math.Sqrt(expected) {
			t.Errorf("at %g the even test has %d of %d", p, even, n)
		}
	}
	// As the waits begin, p of them become as long: after the second repeat.
	r, longer, n := rand.New(rand.NewPCG(3, 5)), 0, 40_000
	for range n {
		rate := (r.ExpFloat64() + r.ExpFloat64()) / want.Alpha
		last := (r.ExpFloat64() + r.ExpFloat64()) / rate
		if r.ExpFloat64()/rate >= want.WaitOf(2, last, 0.05) {
			longer++
		}
	}
	if share := float64(longer) / float64(n); math.Abs(share-0.05) > 0.004 {
		t.Errorf("of the waits %f are as long as one in twenty should be", share)
	}
}

func TestRatesRefuseWhatHasNoRhythm(t *testing.T) {
	same := make([]Buying, 60)
	for i := range same {
		same[i] = Buying{5, 90, 100} // all alike: no gamma is best
	}
	for _, all := range [][]Buying{nil, {{0, 0, 10}}, {{1, 0, 0}}, same} {
		if m, err := FitRates(all); !errors.Is(err, ErrNoRhythm) {
			t.Errorf("%d are fitted as %+v, %v", len(all), m, err)
		}
	}
	if Even(Buying{0, 0, 10}) != 1 || Even(Buying{2, 5, 10}) != 0.25 || Even(Buying{1, 0, 0}) != 1 {
		t.Error("the even test is wrong")
	}
	if got := Found([]float64{0.001, 0.2, 0.01, 0.9}, 0.05); got != 0.01 {
		t.Errorf("found up to %g", got)
	}
	if got := Found([]float64{0.4}, 0.05); got != -1 {
		t.Errorf("nothing is found up to %g", got)
	}
}
