package survey

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/stats"
)

// Bounds of showing a figure.
const (
	LeastAnswers = 10 // under which no figure is shown
	Preliminary  = 30 // under which a figure is called preliminary
	// leastWeeks is how many weeks the limits of chance need: among fewer, which
	// make them, none could ever lie outside. The last of n that stands alone does
	// from (n − 1)² > 2.66 n.
	leastWeeks = 5
	// mostWeight bounds an answer's weight, as a multiple of the mean.
	mostWeight = 5
	// falseDiscoveries bounds the share of segments that are called different
	// and are not.
	falseDiscoveries = 0.05
)

// Voice is one answer to the main question, with what the figures go by.
type Voice struct {
	Number int
	// Cell is empty for those who were not drawn.
	Cell       Cell
	Shop, Lang string
	Mode       Mode
	Occurred   time.Time
	// Weight is given by who brought the answer in; 0 means none.
	Weight float64
}

// Asked says how many were asked and what is known of those who could have been.
type Asked struct {
	// Drawn were chosen; Bounced of them got nothing; Completed answered.
	Drawn, Bounced, Completed int64
	// Cells counts the eligible.
	Cells Cells
}

// reached is how many were drawn and not out of reach.
func (a Asked) reached() int64 { return a.Drawn - a.Bounced }

// Figure is a number with how sure it is, and what it says in a sentence.
type Figure struct {
	stats.Interval
	N    int64
	Says i18n.Text
	// Shown is false where there is nothing to show; Says tells why.
	Shown bool
}

// Figures are what a survey's main answers come to.
type Figures struct {
	Kind        Kind
	N           int64
	Preliminary bool
	// Distribution counts the answers from the lowest to the highest of the
	// scale.
	Distribution []int64
	From         int
	Votes        stats.Votes // of NPS

	// Score is of those who answered alone. Top is the share of the best
	// answers, of CES.
	Score, Top Figure
	// Response is the share who answered of those drawn, bounced ones left out.
	Response Figure
	// Bounds is how far the score of all drawn could lie from that of the drawn
	// who gave one, which is its value.
	Bounds Figure
	// Weighted speaks for all eligible.
	Weighted Weighting
	// Silent is the score that those who did not answer would need to turn the
	// conclusion.
	Silent Figure

	Segments []Compared
	Trend    Trend
}

// tenth rounds a figure to one decimal, for words and tables.
func tenth(x float64) float64 { return math.Round(x*10) / 10 }

func few(n int64) Figure {
	return Figure{N: n, Says: i18n.Text{Key: "survey.says.few", Args: map[string]any{"n": n, "least": LeastAnswers}}}
}

// Reckon makes the figures of a survey with a main question. Weeks begin on
// Mondays in the zone.
func Reckon(kind Kind, voices []Voice, asked Asked, zone *time.Location) Figures {
	bounds := standard[kind]
	f := Figures{Kind: kind, N: int64(len(voices)), From: bounds[0], Distribution: make([]int64, bounds[1]-bounds[0]+1)}
	for _, v := range voices {
		f.Distribution[v.Number-f.From]++
		f.Votes.Vote(v.Number)
	}
	f.Preliminary = f.N < Preliminary
	f.Response = response(asked)
	if f.N < LeastAnswers {
		f.Score, f.Top, f.Bounds, f.Silent = few(f.N), few(f.N), few(f.N), few(f.N)
		f.Weighted.Figure = few(f.N)
		return f
	}
	f.Score = score(kind, voices)
	if kind == CES {
		f.Top = topBox(voices)
	}
	if kind == NPS {
		f.Bounds, f.Silent = silent(voices, asked)
		f.Weighted = weigh(voices, asked)
		f.Segments = segments(voices)
	}
	f.Trend = trend(kind, voices, zone)
	return f
}

// said makes a figure with the sentence of the key.
func said(key string, i stats.Interval, n int64, more map[string]any) Figure {
	args := map[string]any{"value": tenth(i.Value), "low": tenth(i.Low), "high": tenth(i.High), "n": n}
	for name, v := range more {
		args[name] = v
	}
	return Figure{Interval: i, N: n, Shown: true, Says: i18n.Text{Key: "survey.says." + key, Args: args}}
}

// score is the figure of a kind: NPS and the balance of feelings with the
// adjusted Wald interval, the share of the content (4 and 5) with Wilson's, the
// mean effort with Student's.
func score(kind Kind, voices []Voice) Figure {
	n := int64(len(voices))
	switch kind {
	case NPS:
		var votes stats.Votes
		for _, v := range voices {
			votes.Vote(v.Number)
		}
		return said("nps", stats.NPS(votes, stats.Confidence), n, nil)
	case Felt:
		return balance(numbersOf(voices))
	case CSAT:
		return said("csat", percent(stats.Wilson(content(voices, 4), n, stats.Confidence)), n, nil)
	}
	numbers := make([]float64, len(voices))
	for i, v := range voices {
		numbers[i] = float64(v.Number)
	}
	return said("ces", stats.Mean(numbers), n, nil)
}

func numbersOf(voices []Voice) []int {
	numbers := make([]int, len(voices))
	for i, v := range voices {
		numbers[i] = v.Number
	}
	return numbers
}

// topBox is the share who agree that it was easy: 5, 6 or 7.
func topBox(voices []Voice) Figure {
	n := int64(len(voices))
	return said("ces_top", percent(stats.Wilson(content(voices, 5), n, stats.Confidence)), n, nil)
}

func content(voices []Voice, least int) (k int64) {
	for _, v := range voices {
		if v.Number >= least {
			k++
		}
	}
	return k
}

func percent(i stats.Interval) stats.Interval {
	return stats.Interval{Value: 100 * i.Value, Low: 100 * i.Low, High: 100 * i.High}
}

func response(asked Asked) Figure {
	base := asked.reached()
	if base <= 0 {
		return Figure{Says: i18n.Text{Key: "survey.says.nobody_drawn"}}
	}
	return said("response", percent(stats.Wilson(min(asked.Completed, base), base, stats.Confidence)), base, map[string]any{"completed": asked.Completed, "bounced": asked.Bounced})
}

// silent is what those of the drawn who gave no score could change, and what they
// would have to think to turn the sign. Answers of others, by the link for
// everybody or from elsewhere, have no part in it: of those nobody knows who
// stayed silent.
func silent(voices []Voice, asked Asked) (bounds, needed Figure) {
	if asked.reached() <= 0 {
		none := Figure{N: int64(len(voices)), Says: i18n.Text{Key: "survey.says.nobody_drawn"}}
		return none, none
	}
	var votes stats.Votes
	for _, v := range voices {
		if v.Cell != "" {
			votes.Vote(v.Number)
		}
	}
	n := votes.N()
	if n < LeastAnswers {
		none := Figure{N: n, Says: i18n.Text{Key: "survey.says.drawn_few", Args: map[string]any{"n": n, "least": LeastAnswers}}}
		return none, none
	}
	score, rate := votes.Score(), min(1, float64(n)/float64(asked.reached()))
	bounds = said("bounds", stats.NonResponse(score, rate), n, map[string]any{"rate": tenth(100 * rate)})
	at, possible := stats.Silent(score, rate, 0)
	if !possible {
		return bounds, Figure{N: n, Says: i18n.Text{Key: "survey.says.silent_never", Args: map[string]any{"value": tenth(score)}}}
	}
	return bounds, said("silent", stats.Interval{Value: at, Low: at, High: at}, n, map[string]any{"score": tenth(score), "apart": tenth(math.Abs(score - at))})
}

// Compared is a segment beside all others.
type Compared struct {
	By, Value string // shop, lang or mode
	Votes     stats.Votes
	Score     stats.Interval
	// Difference is the segment less all others, with how probable so great a
	// one is by chance. Different holds for all segments compared together.
	Difference stats.Interval
	P          float64
	Different  bool
}

// segments compares every shop, language and mode of enough answers with
// all other answers.
func segments(voices []Voice) []Compared {
	var list []Compared
	for _, by := range []struct {
		name string
		of   func(Voice) string
	}{{"shop", func(v Voice) string { return v.Shop }}, {"lang", func(v Voice) string { return v.Lang }}, {"mode", func(v Voice) string { return string(v.Mode) }}} {
		votes := map[string]*stats.Votes{}
		var all stats.Votes
		for _, v := range voices {
			if votes[by.of(v)] == nil {
				votes[by.of(v)] = &stats.Votes{}
			}
			votes[by.of(v)].Vote(v.Number)
			all.Vote(v.Number)
		}
		for value, v := range votes {
			rest := stats.Votes{Detractors: all.Detractors - v.Detractors, Passives: all.Passives - v.Passives, Promoters: all.Promoters - v.Promoters}
			if value == "" || v.N() < LeastAnswers || rest.N() < LeastAnswers {
				continue
			}
			c := Compared{By: by.name, Value: value, Votes: *v, Score: stats.NPS(*v, stats.Confidence)}
			c.Difference, c.P = stats.NPSDifference(*v, rest, stats.Confidence)
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Compared) int { return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Value, b.Value)) })
	p := make([]float64, len(list))
	for i := range list {
		p[i] = list[i].P
	}
	for i, found := range stats.Discoveries(p, falseDiscoveries) {
		list[i].Different = found
	}
	return list
}

// Week is what one week's answers come to.
type Week struct {
	Monday time.Time
	N      int64
	Value  float64
	// Shown is false under LeastAnswers; Outside says that the week is unlikely
	// to be chance.
	Shown, Outside bool
}

// Trend is the score by week with the limits of chance.
type Trend struct {
	Weeks  []Week
	Limits stats.Limits
	// Limited is false until there are weeks enough to reckon limits of.
	Limited bool
	Says    i18n.Text
}

func trend(kind Kind, voices []Voice, zone *time.Location) Trend {
	byWeek := map[time.Time][]Voice{}
	for _, v := range voices {
		byWeek[monday(v.Occurred.In(zone))] = append(byWeek[monday(v.Occurred.In(zone))], v)
	}
	var t Trend
	var values []float64
	for at, list := range byWeek {
		t.Weeks = append(t.Weeks, Week{Monday: at, N: int64(len(list)), Value: score(kind, list).Value, Shown: len(list) >= LeastAnswers})
	}
	slices.SortFunc(t.Weeks, func(a, b Week) int { return a.Monday.Compare(b.Monday) })
	for _, w := range t.Weeks {
		if w.Shown {
			values = append(values, w.Value)
		}
	}
	if t.Limited = len(values) >= leastWeeks; !t.Limited {
		t.Says = i18n.Text{Key: "survey.says.trend_short", Args: map[string]any{"weeks": len(values), "least": leastWeeks}}
		return t
	}
	t.Limits, _ = stats.IndividualsChart(values)
	least, most := span(kind)
	t.Limits.Low, t.Limits.High = max(t.Limits.Low, least), min(t.Limits.High, most)
	outside := 0
	for i, w := range t.Weeks {
		t.Weeks[i].Outside = w.Shown && t.Limits.Outside(w.Value)
		if t.Weeks[i].Outside {
			outside++
		}
	}
	t.Says = i18n.Text{Key: "survey.says.trend", Args: map[string]any{"weeks": len(values), "outside": outside, "low": tenth(t.Limits.Low), "high": tenth(t.Limits.High)}}
	return t
}

// span is between what a score can be: limits beyond it would say nothing.
func span(kind Kind) (least, most float64) {
	switch kind {
	case NPS, Felt:
		return -100, 100
	case CSAT:
		return 0, 100
	}
	return float64(standard[CES][0]), float64(standard[CES][1])
}

// monday is the first moment of the week of a local time.
func monday(at time.Time) time.Time {
	back := (int(at.Weekday()) + 6) % 7
	return time.Date(at.Year(), at.Month(), at.Day()-back, 0, 0, 0, 0, at.Location())
}

// notWeighted says why there are no weights.
func notWeighted(err error) string {
	switch {
	case errors.Is(err, stats.ErrEmptyCell):
		return "empty"
	case errors.Is(err, stats.ErrNoRake):
		return "contradict"
	}
	return "separated"
}
