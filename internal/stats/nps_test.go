package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestScore(t *testing.T) {
	var v Votes
	for answer := range 11 {
		v.Vote(answer)
	}
	if v != (Votes{7, 2, 2}) || !near(v.Score(), -45.4545, 4) {
		t.Errorf("%+v scores %v", v, v.Score())
	}
}

// TestNPSByHand: 10 detractors, 20 passives, 30 promoters. With the pseudo
// answers 10.75, 21.5, 30.75 of 63: centre 20/63, variance
// (41.5/63 − (20/63)²)/63.
func TestNPSByHand(t *testing.T) {
	centre := 20.0 / 63
	half := Confidence * math.Sqrt((41.5/63-centre*centre)/63)
	wantInterval(t, "score", NPS(Votes{10, 20, 30}, Confidence), Interval{100.0 / 3, 100 * (centre - half), 100 * (centre + half)}, 9)
}

// TestNPSIsTheMeanOfItsVotes reckons the interval another way than the formula
// does, as no figures of Rocks (2016) are at hand: everybody is written down four
// times as −1, 0 or 1, the pseudo answers as 3, 6 and 3 more, and mean and
// variance are those of the list.
func TestNPSIsTheMeanOfItsVotes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.Int64Range(0, 60)
		v := Votes{people.Draw(t, "detractors"), people.Draw(t, "passives"), people.Draw(t, "promoters")}
		var list []float64
		for _, group := range []struct {
			vote float64
			n    int64
		}{{-1, 4*v.Detractors + 3}, {0, 4*v.Passives + 6}, {1, 4*v.Promoters + 3}} {
			for range group.n {
				list = append(list, group.vote)
			}
		}
		mean, squares := moments(list)
		n := float64(len(list))
		half := Confidence * math.Sqrt(squares/n/(n/4))
		got := NPS(v, Confidence)
		if !near(got.Low, max(-100, 100*(mean-half)), 9) || !near(got.High, min(100, 100*(mean+half)), 9) {
			t.Fatalf("%+v: %v, want %v ± %v", v, got, mean, half)
		}
	})
}

// TestNPSInterval95CoversAsRocksFound: over every possible outcome of 50
// answers, weighted by its probability, the interval holds the true score about
// as often as it says (Rocks 2016 found the method close to nominal where others
// fall short).
func TestNPSInterval95CoversAsRocksFound(t *testing.T) {
	const n = 50
	for _, p := range [][3]float64{{0.2, 0.3, 0.5}, {0.1, 0.2, 0.7}, {0.4, 0.3, 0.3}, {0.05, 0.15, 0.8}} {
		truth, covered := 100*(p[2]-p[0]), 0.0
		for d := range int64(n + 1) {
			for m := range int64(n) + 1 - d {
				k := n - d - m
				if NPS(Votes{d, m, k}, Confidence).Contains(truth) {
					covered += math.Exp(logFactorial(n) - logFactorial(int(d)) - logFactorial(int(m)) - logFactorial(int(k)) +
						float64(d)*math.Log(p[0]) + float64(m)*math.Log(p[1]) + float64(k)*math.Log(p[2]))
				}
			}
		}
		if covered < 0.93 || covered > 0.975 {
			t.Errorf("of %v it holds the true score in %.3f of cases", p, covered)
		}
	}
}

func TestWhatTheSilentCouldChange(t *testing.T) {
	wantInterval(t, "a quarter answered", NonResponse(40, 0.25), Interval{40, -65, 85}, 9)
	wantInterval(t, "all answered", NonResponse(40, 1), Interval{40, 40, 40}, 9)
	if x, possible := Silent(40, 0.25, 0); !near(x, -13.3333, 4) || !possible {
		t.Errorf("a quarter answered: %v %v", x, possible)
	}
	if x, possible := Silent(40, 0.9, 0); !near(x, -360, 4) || possible {
		t.Errorf("nine of ten answered: %v %v", x, possible)
	}
	if _, possible := Silent(40, 1, 0); possible {
		t.Error("nobody is silent, and yet they could change it")
	}
}

// TestBoundsAsPublished is the example of C. F. Manski, Anatomy of the selection
// problem, Journal of Human Resources 24 (1989), taken up again in his
// Identification Problems in the Social Sciences (1995): of 106 homeless men of
// Minneapolis 64 were found again, 21 of whom had a home, which makes a share
// between 0.20 and 0.59 of all; of 31 women 14 and 3, between 0.10 and 0.65.
func TestBoundsAsPublished(t *testing.T) {
	for _, c := range []struct {
		asked, found, home float64
		low, high          float64
	}{{106, 64, 21, 0.20, 0.59}, {31, 14, 3, 0.10, 0.65}} {
		yes := Votes{Detractors: int64(c.found - c.home), Promoters: int64(c.home)}
		got := NonResponse(yes.Score(), c.found/c.asked)
		share := func(score float64) float64 { return (score/100 + 1) / 2 }
		if !near(share(got.Low), c.low, 2) || !near(share(got.High), c.high, 2) {
			t.Errorf("of %v between %v and %v", c.asked, share(got.Low), share(got.High))
		}
		if !near(share(got.Low), c.home/c.asked, 9) || !near(share(got.High), (c.home+c.asked-c.found)/c.asked, 9) {
			t.Errorf("of %v not the ends of what the lost may have done: %v", c.asked, got)
		}
	}
}

// TestBoundsAreTheEndsOfEveryOpinion: however those who are silent are shared
// out among the three groups, the score of all lies within the bounds, and at
// both ends of them for one. Every sharing out is tried; there is no published
// example for a score of three groups.
func TestBoundsAreTheEndsOfEveryOpinion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.Int64Range(0, 15)
		v := Votes{people.Draw(t, "detractors"), people.Draw(t, "passives"), 1 + people.Draw(t, "promoters")}
		silent := people.Draw(t, "silent")
		low, high := math.Inf(1), math.Inf(-1)
		for d := range silent + 1 {
			for p := range silent - d + 1 {
				all := Votes{v.Detractors + d, v.Passives + silent - d - p, v.Promoters + p}
				low, high = min(low, all.Score()), max(high, all.Score())
			}
		}
		got := NonResponse(v.Score(), float64(v.N())/float64(v.N()+silent))
		if !near(got.Low, low, 9) || !near(got.High, high, 9) {
			t.Fatalf("%+v and %d silent: %v, and all opinions reach from %v to %v", v, silent, got, low, high)
		}
	})
}

// TestSilentMeetsTheThreshold: the silent's score that is named brings the whole
// to the threshold.
func TestSilentMeetsTheThreshold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, rate := rapid.Float64Range(-100, 100).Draw(t, "score"), rapid.Float64Range(0.01, 0.99).Draw(t, "rate")
		threshold := rapid.Float64Range(-100, 100).Draw(t, "threshold")
		x, possible := Silent(score, rate, threshold)
		if !near(rate*score+(1-rate)*x, threshold, 6) {
			t.Fatalf("%v of the silent gives %v", x, rate*score+(1-rate)*x)
		}
		bounds := NonResponse(score, rate)
		if slack := 1e-9; possible && (threshold < bounds.Low-slack || threshold > bounds.High+slack) {
			t.Fatalf("%v is said to be possible and lies outside %v", threshold, bounds)
		}
	})
}

func TestNPSDifference(t *testing.T) {
	d, p := NPSDifference(Votes{10, 20, 70}, Votes{30, 30, 40}, Confidence)
	if d.Value != 50 || d.Low < 25 || d.High > 70 || p > 0.001 {
		t.Errorf("far apart: %v, %v", d, p)
	}
	if d, p := NPSDifference(Votes{5, 5, 5}, Votes{5, 5, 5}, Confidence); d.Value != 0 || p != 1 {
		t.Errorf("the same: %v, %v", d, p)
	}
}
