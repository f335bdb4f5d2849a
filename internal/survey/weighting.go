package survey

import (
	"slices"

	"regulars/internal/i18n"
	"regulars/internal/stats"
)

// Way is how weights were found.
type Way string

// The ways, in the order in which they are tried.
const (
	PostStratified Way = "post_stratified" // by every cell of the eligible
	Raked          Way = "raked"           // by each trait for itself
	Inverse        Way = "inverse"         // by how probable it was to answer
	Given          Way = "given"           // brought in with the answers
	Unweighted     Way = "none"
)

// Text names the way in words.
func (w Way) Text() i18n.Text { return i18n.Text{Key: "survey.way." + string(w)} }

// Weighting is the score that speaks for all eligible.
type Weighting struct {
	Figure
	Way Way
	// Effective is how many answers without weights would be as sure; Design how
	// many times more are needed than without weights.
	Effective, Design float64
	// Refused are the ways that were tried before, with why they did not do.
	Refused []i18n.Text
}

// weigh tries the ways one after the other. Where answers were brought in with
// weights, those alone are weighted, and by these. Else only answers of those drawn are
// weighted, for of others nobody knows whom they stand for.
func weigh(voices []Voice, asked Asked) Weighting {
	if given := slices.DeleteFunc(slices.Clone(voices), func(v Voice) bool { return v.Weight <= 0 }); len(given) > 0 {
		return weighed(given, weightsOf(given), Given, nil)
	}
	drawn := slices.DeleteFunc(slices.Clone(voices), func(v Voice) bool { return v.Cell == "" || asked.Cells[v.Cell] == 0 })
	if len(drawn) < LeastAnswers {
		return Weighting{Way: Unweighted, Figure: Figure{N: int64(len(drawn)), Says: i18n.Text{Key: "survey.says.unweighted", Args: map[string]any{"n": len(drawn), "least": LeastAnswers}}}}
	}
	var refused []i18n.Text
	for _, way := range []struct {
		name    Way
		weights func([]Voice, Cells) ([]float64, error)
	}{{PostStratified, postStratify}, {Raked, rake}, {Inverse, invert}} {
		weights, err := way.weights(drawn, asked.Cells)
		if err == nil {
			return weighed(drawn, stats.Trim(weights, mostWeight), way.name, refused)
		}
		refused = append(refused, i18n.Text{Key: "survey.refused." + string(way.name), Args: map[string]any{"why": i18n.Text{Key: "survey.refused." + notWeighted(err)}}})
	}
	return Weighting{Way: Unweighted, Refused: refused, Figure: Figure{N: int64(len(drawn)), Says: i18n.Text{Key: "survey.says.no_weights"}}}
}

func weightsOf(voices []Voice) []float64 {
	w := make([]float64, len(voices))
	for i, v := range voices {
		w[i] = v.Weight
	}
	return w
}

func weighed(voices []Voice, weights []float64, way Way, refused []i18n.Text) Weighting {
	votes := make([]int, len(voices))
	for i, v := range voices {
		var one stats.Votes
		one.Vote(v.Number)
		votes[i] = int(one.Promoters - one.Detractors)
	}
	i, n := stats.WeightedNPS(stats.Weighted{Vote: votes, Weight: weights}, stats.Confidence)
	_, design := stats.Effective(weights)
	w := Weighting{Way: way, Effective: n, Design: design, Refused: refused}
	if n < LeastAnswers {
		w.Figure = few(int64(n))
		return w
	}
	w.Figure = said("weighted", i, int64(len(voices)), map[string]any{"effective": tenth(n), "design": tenth(design), "way": way.Text()})
	return w
}

// postStratify weights by every cell that the eligible fill.
func postStratify(voices []Voice, cells Cells) ([]float64, error) {
	order := cells.Sorted()
	population, answers := make([]int64, len(order)), make([]int64, len(order))
	for i, c := range order {
		population[i] = cells[c]
	}
	for _, v := range voices {
		answers[slices.Index(order, v.Cell)]++
	}
	byCell, err := stats.PostStratify(population, answers)
	if err != nil {
		return nil, err
	}
	weights := make([]float64, len(voices))
	for i, v := range voices {
		weights[i] = byCell[slices.Index(order, v.Cell)]
	}
	return weights, nil
}

// margins are the levels of a trait among the eligible, with how many have them.
func margins(cells Cells, by Segment) (levels []string, counts []int64) {
	count := map[string]int64{}
	for c, n := range cells {
		count[c.Trait(by)] += n
	}
	for level := range count {
		levels = append(levels, level)
	}
	slices.Sort(levels)
	for _, level := range levels {
		counts = append(counts, count[level])
	}
	return levels, counts
}

// rake weights so that each trait by itself has the shares of the eligible.
func rake(voices []Voice, cells Cells) ([]float64, error) {
	levels, counts := make([][]int, len(Segments())), make([][]int64, len(Segments()))
	for d, by := range Segments() {
		var names []string
		names, counts[d] = margins(cells, by)
		levels[d] = make([]int, len(voices))
		for i, v := range voices {
			levels[d][i] = slices.Index(names, v.Cell.Trait(by))
		}
	}
	return stats.Rake(levels, counts)
}

// most is how many people a regression is fitted on; of more, every cell counts
// in proportion.
const most = 20_000

// invert weights by how probable it was that somebody of the cell answers. A
// trait's levels count as one figure each, in their order; shops by which is
// the most frequent one.
func invert(voices []Voice, cells Cells) ([]float64, error) {
	answers := Cells{}
	for _, v := range voices {
		answers[v.Cell]++
	}
	var all int64
	for _, n := range cells {
		all += n
	}
	if all > most {
		return nil, stats.ErrSeparated
	}
	var traits [][]float64
	var answered []bool
	at := map[Cell]int{}
	shop := mainShop(cells)
	for _, c := range cells.Sorted() {
		at[c] = len(traits)
		for i := range cells[c] {
			traits = append(traits, numbers(c, shop))
			answered = append(answered, i < answers[c])
		}
	}
	probability, _, err := stats.Propensity(varying(traits), answered)
	if err != nil {
		return nil, err
	}
	weights := make([]float64, len(voices))
	for i, v := range voices {
		weights[i] = 1 / probability[at[v.Cell]]
	}
	return weights, nil
}

// varying leaves out traits in which all people are alike, as nothing can be
// told by them.
func varying(traits [][]float64) [][]float64 {
	if len(traits) == 0 {
		return traits
	}
	var keep []int
	for j := range traits[0] {
		if slices.ContainsFunc(traits, func(row []float64) bool { return row[j] != traits[0][j] }) {
			keep = append(keep, j)
		}
	}
	out := make([][]float64, len(traits))
	for i, row := range traits {
		for _, j := range keep {
			out[i] = append(out[i], row[j])
		}
	}
	return out
}

func mainShop(cells Cells) string {
	levels, counts := margins(cells, ByShop)
	best := 0
	for i := range counts {
		if counts[i] > counts[best] {
			best = i
		}
	}
	return levels[best]
}

func numbers(c Cell, shop string) []float64 {
	row := []float64{
		float64(slices.Index(Recencies, c.Trait(ByRecency))),
		float64(slices.Index(Frequencies, c.Trait(ByFrequency))),
		0,
	}
	if c.Trait(ByShop) == shop {
		row[2] = 1
	}
	return row
}
