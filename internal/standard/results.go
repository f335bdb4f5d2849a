package standard

import (
	"cmp"
	"math"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/stats"
)

// Bounds of showing a figure.
const (
	LeastVisits = 10 // under which none is shown
	Preliminary = 30 // under which it is called preliminary
	// trendShown is how many of the last visits the chart shows.
	trendShown = 40
)

// Figure is a number with how sure it is. Shares and scores are from 0 to 1.
type Figure struct {
	stats.Interval
	N int64
	// Shown is false under LeastVisits.
	Shown, Preliminary bool
}

func figure(i stats.Interval, n int64) Figure {
	return Figure{i, n, n >= LeastVisits, n < Preliminary}
}

// share is how many of so many, with the score interval.
func share(k, n int64) Figure { return figure(stats.Wilson(k, n, stats.Confidence), n) }

// mean is that of values from 0 to most, with Student's interval, which ends
// where the values do.
func mean(values []float64, most float64) Figure {
	i := stats.Mean(values)
	i.Low, i.High = max(0, i.Low), min(most, i.High)
	return figure(i, int64(len(values)))
}

// ShopResult is what was found in one shop.
type ShopResult struct {
	ShopID        id.ID
	Score, Passed Figure
}

// CriterionResult is what was found of one criterion.
type CriterionResult struct {
	Criterion
	// Kept is the share of yes, or the mean step as a share of the top.
	Kept Figure
	// None counts the visits on which there was nothing to judge, Failures those
	// that failed by it.
	None, Failures int64
}

// Point is one visit of the trend.
type Point struct {
	VisitID, ShopID id.ID
	At              time.Time
	Score           float64
	Outside         bool
}

// Failure is a visit on which something critical was not kept.
type Failure struct {
	VisitID, ShopID id.ID
	Day             string
	Criteria        []string
}

// Agreed is how far two raters of one visit agree beyond chance.
type Agreed struct {
	// Code is a criterion's, or empty for all yes-or-no criteria together; Top is
	// that of its scale, 1 for yes or no.
	Code string
	Top  int
	// Kappa is weighted by the square of the distance on scales. Its N is how many
	// pairs of answers it is of. Alike counts those that are the same.
	Kappa Figure
	Alike int64
	// Constant says that both always gave the same one answer: then there is no
	// chance to reckon against.
	Constant bool
}

// Results are what visits came to. Of a double visit the first sheet counts and
// the second serves the agreement alone; where only one was sent, it counts.
type Results struct {
	Spec          *Spec // the version in force
	From, To      time.Time
	N             int64
	Score, Passed Figure
	// Waited is the minutes until somebody was served.
	Waited     Figure
	Shops      []ShopResult
	Criteria   []CriterionResult
	Trend      []Point
	Limits     stats.Limits
	Limited    bool
	Failures   []Failure
	Agreement  []Agreed
	Pairs      int64
	Planned    int64 // visits whose time was over in the span, without those called off
	MissedOnes int64 // of which no sheet came
}

// reckon makes the results of sheets that were sent, in the order of their days.
func (r *Results) reckon(sheets []*Visit) {
	counted, pairs := split(sheets)
	r.N, r.Pairs = int64(len(counted)), int64(len(pairs))
	r.Score, r.Passed = verdict(counted)
	var waits []float64
	byShop := map[id.ID][]*Visit{}
	for _, v := range counted {
		byShop[v.ShopID] = append(byShop[v.ShopID], v)
		if minutes, known := v.Waited(); known {
			waits = append(waits, float64(minutes))
		}
		if _, failed := r.Spec.Score(v.Answers); v.Failed {
			r.Failures = append(r.Failures, Failure{v.ID, v.ShopID, v.Day, failed})
		}
	}
	slices.Reverse(r.Failures) // the latest first
	r.Waited = mean(waits, math.Inf(1))
	for shop, list := range byShop {
		n := ShopResult{ShopID: shop}
		n.Score, n.Passed = verdict(list)
		r.Shops = append(r.Shops, n)
	}
	slices.SortFunc(r.Shops, func(a, b ShopResult) int { return cmp.Compare(a.ShopID, b.ShopID) })
	for i := range r.Spec.Criteria {
		r.Criteria = append(r.Criteria, criterionOf(&r.Spec.Criteria[i], counted))
	}
	r.trend(counted)
	r.agree(pairs)
}

// split tells the sheets that count from those that second them.
func split(sheets []*Visit) (counted []*Visit, pairs [][2]*Visit) {
	first := map[id.ID]*Visit{}
	for _, v := range sheets {
		if v.PairID == 0 {
			first[v.ID] = v
		}
	}
	for _, v := range sheets {
		if of := first[v.PairID]; v.PairID != 0 && of != nil {
			pairs = append(pairs, [2]*Visit{of, v})
			continue
		}
		counted = append(counted, v)
	}
	return counted, pairs
}

func verdict(list []*Visit) (score, passed Figure) {
	var values []float64
	var kept int64
	for _, v := range list {
		if v.Score != Unjudged {
			values = append(values, float64(v.Score)/10_000)
		}
		if !v.Failed {
			kept++
		}
	}
	return mean(values, 1), share(kept, int64(len(list)))
}

func criterionOf(c *Criterion, list []*Visit) CriterionResult {
	n := CriterionResult{Criterion: *c}
	var values []float64
	var yes int64
	for _, v := range list {
		a, given := v.Answers[c.Code]
		switch {
		case !given:
			continue
		case a.None:
			n.None++
			continue
		}
		values = append(values, float64(a.Value)/float64(c.Best()))
		yes += int64(a.Value)
		if c.fails(a) {
			n.Failures++
		}
	}
	if n.Kept = mean(values, 1); c.Form == YesNo {
		n.Kept = share(yes, int64(len(values)))
	}
	return n
}

// trend is the chart of single visits in the order of their days: the limits are
// of all that are shown.
func (r *Results) trend(list []*Visit) {
	var values []float64
	for _, v := range list[max(0, len(list)-trendShown):] {
		if v.Score == Unjudged {
			continue
		}
		values = append(values, float64(v.Score)/10_000)
		r.Trend = append(r.Trend, Point{VisitID: v.ID, ShopID: v.ShopID, At: v.Opens, Score: float64(v.Score) / 10_000})
	}
	if len(values) < LeastVisits {
		r.Trend = nil
		return
	}
	r.Limits, r.Limited = stats.IndividualsChart(values)
	for i := range r.Trend {
		r.Trend[i].Outside = r.Limits.Outside(r.Trend[i].Score)
	}
	r.Limits.Low, r.Limits.High = max(0, r.Limits.Low), min(1, r.Limits.High)
}

// agree reckons how far two raters agree: over all criteria of yes or no
// together, and for each criterion.
func (r *Results) agree(pairs [][2]*Visit) {
	all := table(1)
	var list []Agreed
	for i := range r.Spec.Criteria {
		c := &r.Spec.Criteria[i]
		t := table(c.Best())
		for _, p := range pairs {
			a, given := p[0].Answers[c.Code]
			b, also := p[1].Answers[c.Code]
			if !given || !also || a.None || b.None {
				continue
			}
			t[a.Value][b.Value]++
			if c.Form == YesNo {
				all[a.Value][b.Value]++
			}
		}
		list = append(list, agreed(c.Code, t))
	}
	if len(pairs) > 0 {
		r.Agreement = append([]Agreed{agreed("", all)}, list...)
	}
}

func table(top int) [][]int64 {
	t := make([][]int64, top+1)
	for i := range t {
		t[i] = make([]int64, top+1)
	}
	return t
}

func agreed(code string, t [][]int64) Agreed {
	n := Agreed{Code: code, Top: len(t) - 1}
	var pairs int64
	for i, row := range t {
		for _, count := range row {
			pairs += count
		}
		n.Alike += row[i]
	}
	kappa, ok := stats.Agreement(t, stats.Confidence)
	if n.Top > 1 {
		kappa, ok = stats.ScaleAgreement(t, stats.Confidence)
	}
	n.Kappa, n.Constant = figure(kappa, pairs), !ok && pairs > 0
	n.Kappa.Shown = n.Kappa.Shown && ok
	return n
}
