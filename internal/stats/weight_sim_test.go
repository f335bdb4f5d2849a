package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestDesignIsWhatWeightsCost: no worked example of Kish's is at hand beside his
// formula, so that it is held against what it stands for. Votes that have nothing
// to do with their weights are drawn many times; the variance of the weighted
// score is the design effect times that of the plain one.
func TestDesignIsWhatWeightsCost(t *testing.T) {
	const n, draws = 200, 20_000
	random := rand.New(rand.NewPCG(11, 1965))
	weights, sum := make([]float64, n), 0.0
	for i := range weights {
		weights[i] = math.Exp(random.NormFloat64() * 0.7)
		sum += weights[i]
	}
	plain, weighted := make([]float64, draws), make([]float64, draws)
	for d := range draws {
		for _, w := range weights {
			vote := float64(random.IntN(3) - 1)
			plain[d] += vote / n
			weighted[d] += vote * w / sum
		}
	}
	_, ofPlain := moments(plain)
	_, ofWeighted := moments(weighted)
	_, design := Effective(weights)
	if ratio := ofWeighted / ofPlain; math.Abs(ratio/design-1) > 0.04 { // four standard errors of a ratio of so many draws
		t.Errorf("weights cost %v, and are said to cost %v", ratio, design)
	}
}

// TestWeightsMendWhoAnswers: three cells answer with different readiness and
// think differently. Over many surveys drawn by chance the weighted interval
// holds the score of all about as often as it says, where that of those who
// answered hardly ever does.
func TestWeightsMendWhoAnswers(t *testing.T) {
	cells := []struct {
		people            int64
		answers           float64
		promoter, passive float64
	}{{1000, 0.08, 0.2, 0.4}, {600, 0.2, 0.4, 0.35}, {400, 0.5, 0.7, 0.2}}
	var population []int64
	truth, all := 0.0, 0.0
	for _, c := range cells {
		population = append(population, c.people)
		truth += float64(c.people) * (c.promoter - (1 - c.promoter - c.passive))
		all += float64(c.people)
	}
	truth *= 100 / all
	const surveys = 2000
	random := rand.New(rand.NewPCG(4, 57))
	weightedHolds, plainHolds := 0, 0
	for range surveys {
		answers := make([]int64, len(cells))
		var w Weighted
		var of []int
		var votes Votes
		for i, c := range cells {
			for range c.people {
				if random.Float64() >= c.answers {
					continue
				}
				vote := -1
				switch k := random.Float64(); {
				case k < c.promoter:
					vote = 1
					votes.Promoters++
				case k < c.promoter+c.passive:
					vote = 0
					votes.Passives++
				default:
					votes.Detractors++
				}
				answers[i]++
				w.Vote, of = append(w.Vote, vote), append(of, i)
			}
		}
		byCell, err := PostStratify(population, answers)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range of {
			w.Weight = append(w.Weight, byCell[i])
		}
		if i, _ := WeightedNPS(w, Confidence); i.Contains(truth) {
			weightedHolds++
		}
		if NPS(votes, Confidence).Contains(truth) {
			plainHolds++
		}
	}
	if share := float64(weightedHolds) / surveys; share < 0.93 || share > 0.985 {
		t.Errorf("the weighted interval holds the score of all in %v of surveys", share)
	}
	if share := float64(plainHolds) / surveys; share > 0.05 {
		t.Errorf("without weights it is held in %v of surveys: nothing is shown", share)
	}
}
