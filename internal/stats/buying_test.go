package stats

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

//go:embed testdata/cdnow.csv
var cdnowCSV string

// cdnow is the calibration sample of the paper, in weeks.
func cdnow(t *testing.T) (all []Buying) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(cdnowCSV)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		var n [4]int64
		for i := range n {
			if n[i], err = strconv.ParseInt(r[i], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		for range n[3] {
			all = append(all, Buying{n[0], float64(n[1]) / 7, float64(n[2]) / 7})
		}
	}
	return all
}

// TestBuyingIsFittedAsInThePaper holds the fit against table 2 of Fader, Hardie
// and Lee (2005): r = 0.243, alpha = 4.414, a = 0.793, b = 2.426, and a log
// likelihood of -9,582.4.
func TestBuyingIsFittedAsInThePaper(t *testing.T) {
	all := cdnow(t)
	if len(all) != 2357 {
		t.Fatalf("the sample has %d customers", len(all))
	}
	m, err := FitBuying(all)
	if err != nil {
		t.Fatal(err)
	}
	if !near(m.R, 0.243, 3) || !near(m.Alpha, 4.414, 2) || !near(m.A, 0.793, 2) || !near(m.B, 2.426, 2) {
		t.Errorf("fitted as %+v", m)
	}
	if l := m.LogLikelihood(all); !near(l, -9582.4, 1) {
		t.Errorf("the log likelihood is %f", l)
	}
}

// TestAliveAgreesWithOthers holds the customers of the paper against what the
// package BTYDplus reckons for them in its demonstration: alive with 0.8134 in
// the mean, with 0.6604 at the first quartile and 1 in the middle.
func TestAliveAgreesWithOthers(t *testing.T) {
	m := BuyModel{0.243, 4.414, 0.793, 2.426}
	var all []float64
	mean := 0.0
	for _, h := range cdnow(t) {
		all = append(all, m.Alive(h))
		mean += all[len(all)-1] / 2357
	}
	slices.Sort(all)
	if first := Quantile(all, 0.25); !near(mean, 0.8134, 3) || !near(first, 0.6604, 3) || Quantile(all, 0.5) != 1 {
		t.Errorf("the mean is %f, the first quartile %f", mean, first)
	}
	if p := m.Alive(Buying{0, 0, 31}); p != 1 {
		t.Errorf("who never bought again is alive with %f", p)
	}
	// The paradox of frequency: of two whose last purchase is as long ago, the one
	// who bought more often is the more surely gone.
	if often, seldom := m.Alive(Buying{20, 10, 39}), m.Alive(Buying{2, 10, 39}); often >= seldom {
		t.Errorf("20 repeats leave %f, 2 leave %f", often, seldom)
	}
}

// TestSilentAfterIsWhereAliveComesDown draws models and histories.
func TestSilentAfterIsWhereAliveComesDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.Float64Range(0.05, 20)
		m := BuyModel{of.Draw(t, "r"), of.Draw(t, "alpha"), of.Draw(t, "a"), of.Draw(t, "b")}
		repeats := rapid.Int64Range(1, 60).Draw(t, "repeats")
		last := rapid.Float64Range(0.1, 300).Draw(t, "last")
		p := rapid.Float64Range(0.05, 0.95).Draw(t, "p")
		after := m.SilentAfter(repeats, last, p)
		if math.IsInf(after, 1) || after > 1e12 {
			return
		}
		got := m.Alive(Buying{repeats, last, last + after})
		if after > 0 && math.Abs(got-p) > 1e-6 {
			t.Errorf("after %g it is %g, not %g", after, got, p)
		}
		if after == 0 && got > p+1e-9 {
			t.Errorf("it is %g at once and ought to be at most %g", got, p)
		}
		if later := m.Alive(Buying{repeats, last, last + after + 5}); later > got {
			t.Errorf("it rises from %g to %g with the silence", got, later)
		}
	})
}

// TestBuyingIsFoundAgain fits what was drawn from a known model, in days.
func TestBuyingIsFoundAgain(t *testing.T) {
	want := BuyModel{1, 20, 1, 6}
	r := rand.New(rand.NewPCG(7, 9))
	var all []Buying
	for range 4000 {
		rate := r.ExpFloat64() / want.Alpha       // a gamma of shape 1
		leaves := 1 - math.Pow(r.Float64(), 1./6) // a beta of 1 and 6
		h := Buying{Seen: 200 + 200*r.Float64()}
		for at := r.ExpFloat64() / rate; at < h.Seen; at += r.ExpFloat64() / rate {
			h.Repeats, h.Last = h.Repeats+1, at
			if r.Float64() < leaves {
				break
			}
		}
		all = append(all, h)
	}
	m, err := FitBuying(all)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(m.R-1) > 0.15 || math.Abs(m.Alpha-20) > 4 || math.Abs(m.A/(m.A+m.B)-1./7) > 0.02 {
		t.Errorf("found %+v", m)
	}
	if m.LogLikelihood(all) < want.LogLikelihood(all) {
		t.Errorf("%+v is less probable than what it was drawn from", m)
	}
}

func TestBuyingRefusesWhatHasNoRhythm(t *testing.T) {
	for _, all := range [][]Buying{nil, {{0, 0, 10}, {0, 0, 20}}, {{1, 0, 0}}} {
		if m, err := FitBuying(all); !errors.Is(err, ErrNoRhythm) {
			t.Errorf("%v is fitted as %+v, %v", all, m, err)
		}
	}
	if (BuyModel{1, 1, 0, 1}).Fits() || (BuyModel{1, math.NaN(), 1, 1}).Fits() || !(BuyModel{1, 1, 1, 1}).Fits() {
		t.Error("what fits is not told from what does not")
	}
}
