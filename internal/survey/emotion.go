package survey

import (
	"regulars/internal/i18n"
	"regulars/internal/stats"
)

// Sensed is one feeling, a number from 1 to 5, with where it was felt.
type Sensed struct {
	Number     int
	Touchpoint Touchpoint
}

// sensed are the answers to a question of the form Emotion.
func sensed(list []*Response, question string) []Sensed {
	var all []Sensed
	for _, r := range list {
		if a, answered := r.Answers[question]; answered && !a.Skipped {
			all = append(all, Sensed{a.Number, r.Touchpoint})
		}
	}
	return all
}

// Emotions are what a question of the form Emotion came to.
type Emotions struct {
	Question string
	// Distribution counts the feelings from the worst to the best.
	Distribution []int64
	Trace
	// Touchpoints are the kinds at which something was felt, those that are
	// known first, in the usual order, and last the answers of which nobody
	// knows where.
	Touchpoints []AtTouchpoint
	// Says tells whether any of them differs beyond chance.
	Says i18n.Text
	// Unknown counts the latter; UnknownSays tells it.
	Unknown     int64
	UnknownSays i18n.Text
}

// Trace is what some feelings come to.
type Trace struct {
	N int64
	// Preliminary says that the answers are few.
	Preliminary bool
	// Positive is the share of pleasure and delight in per cent, Negative that of
	// anger and disappointment; Balance is the one less the other, in points from
	// −100 to 100.
	Positive, Negative, Balance Figure
}

// AtTouchpoint is what was felt at a kind of touchpoint.
type AtTouchpoint struct {
	Touchpoint Touchpoint
	Trace
	// Compared says that it is held beside all others of which it is known where
	// they were felt: Difference is its balance less theirs, P how probable so
	// great a one is by chance. Different holds for all kinds compared together.
	Compared   bool
	Difference stats.Interval
	P          float64
	Different  bool
}

// Feel makes the figures of a question of the form Emotion.
func Feel(question string, all []Sensed) Emotions {
	e := Emotions{Question: question, Distribution: make([]int64, len(feelings))}
	byKind := map[Touchpoint][]int{}
	var numbers []int
	for _, s := range all {
		e.Distribution[s.Number-worstFeeling]++
		byKind[s.Touchpoint] = append(byKind[s.Touchpoint], s.Number)
		numbers = append(numbers, s.Number)
	}
	e.Trace = traceOf(numbers)
	var known stats.Votes
	for _, t := range append(Touchpoints(), "") {
		if len(byKind[t]) == 0 {
			continue
		}
		e.Touchpoints = append(e.Touchpoints, AtTouchpoint{Touchpoint: t, Trace: traceOf(byKind[t])})
		if v := sides(byKind[t]); t != "" {
			known.Detractors, known.Passives, known.Promoters = known.Detractors+v.Detractors, known.Passives+v.Passives, known.Promoters+v.Promoters
		}
	}
	e.Says = compareTouchpoints(e.Touchpoints, byKind, known)
	e.Unknown = int64(len(byKind[""]))
	e.UnknownSays = i18n.Text{Key: "survey.says.touchpoint_unknown", Args: map[string]any{"unknown": e.Unknown, "n": e.N}}
	return e
}

// compareTouchpoints holds each kind of enough answers beside all others that are
// known, judges them together (Benjamini and Hochberg), and says what is found.
func compareTouchpoints(list []AtTouchpoint, byKind map[Touchpoint][]int, known stats.Votes) i18n.Text {
	var p []float64
	var at []int
	for i := range list {
		t := &list[i]
		mine := sides(byKind[t.Touchpoint])
		rest := stats.Votes{Detractors: known.Detractors - mine.Detractors, Passives: known.Passives - mine.Passives, Promoters: known.Promoters - mine.Promoters}
		if t.Touchpoint == "" || mine.N() < LeastAnswers || rest.N() < LeastAnswers {
			continue
		}
		t.Compared = true
		t.Difference, t.P = stats.NPSDifference(mine, rest, stats.Confidence)
		p, at = append(p, t.P), append(at, i)
	}
	different := 0
	for i, found := range stats.Discoveries(p, falseDiscoveries) {
		list[at[i]].Different = found
		different += int(one(found))
	}
	switch {
	case len(p) == 0:
		return i18n.Text{Key: "survey.says.touchpoints_few", Args: map[string]any{"least": LeastAnswers}}
	case different == 0:
		return i18n.Text{Key: "survey.says.touchpoints_alike", Args: map[string]any{"compared": len(p)}}
	}
	return i18n.Text{Key: "survey.says.touchpoints_differ", Args: map[string]any{"compared": len(p), "different": different}}
}

// sides sorts feelings into negative, neutral and positive ones: the three
// groups whose ends a net score takes from each other.
func sides(numbers []int) (v stats.Votes) {
	for _, n := range numbers {
		switch {
		case n >= goodFeeling:
			v.Promoters++
		case n <= badFeeling:
			v.Detractors++
		default:
			v.Passives++
		}
	}
	return v
}

func traceOf(numbers []int) Trace {
	t := Trace{N: int64(len(numbers)), Preliminary: len(numbers) < Preliminary}
	if t.N < LeastAnswers {
		t.Positive, t.Negative, t.Balance = few(t.N), few(t.N), few(t.N)
		return t
	}
	v := sides(numbers)
	t.Positive = said("positive", percent(stats.Wilson(v.Promoters, t.N, stats.Confidence)), t.N, nil)
	t.Negative = said("negative", percent(stats.Wilson(v.Detractors, t.N, stats.Confidence)), t.N, nil)
	t.Balance = balance(numbers)
	return t
}

// balance is the share of positive feelings less that of negative ones, in
// points of a hundred. Both shares are of the same answers, so that they hang
// together as promoters and detractors do, and the interval is that of a net
// score: with p and d the shares once ¾ of a positive, ¾ of a negative and 1½
// neutral answers are added to the n given,
//
//	(p − d) ± z · √((p + d − (p − d)²) ÷ (n + 3)).
//
// The balance itself is of the answers alone. B. Rocks, Interval estimation for
// the "Net Promoter Score", The American Statistician 70 (2016).
func balance(numbers []int) Figure {
	i := stats.NPS(sides(numbers), stats.Confidence)
	key := "balance"
	switch {
	case i.Low > 0:
		key = "balance_good"
	case i.High < 0:
		key = "balance_bad"
	}
	return said(key, i, int64(len(numbers)), nil)
}
