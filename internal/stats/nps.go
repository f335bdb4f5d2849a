package stats

import "math"

// Votes are answers to "how likely would you recommend us?", sorted into the
// three groups of the net promoter score: 0–6, 7–8, 9–10. They are whole
// numbers of people.
type Votes struct {
	Detractors, Passives, Promoters int64
}

// Vote adds one answer from 0 to 10.
func (v *Votes) Vote(answer int) { v.Add(answer, 1) }

// Add adds an answer from 0 to 10 that was given so many times.
func (v *Votes) Add(answer int, times int64) {
	switch {
	case answer >= 9:
		v.Promoters += times
	case answer >= 7:
		v.Passives += times
	default:
		v.Detractors += times
	}
}

// N returns how many answered.
func (v Votes) N() int64 { return v.Detractors + v.Passives + v.Promoters }

// Score returns the net promoter score: the share of promoters less that of
// detractors, in points from −100 to 100; 0 when nobody answered.
func (v Votes) Score() float64 {
	if v.N() == 0 {
		return 0
	}
	return 100 * float64(v.Promoters-v.Detractors) / float64(v.N())
}

// Pseudo answers of the adjusted Wald interval.
const (
	pseudoEnds   = 0.75
	pseudoMiddle = 1.5
)

// NPS returns the score with its adjusted Wald interval at the normal quantile
// z: three quarters of a promoter, as much of a detractor and one and a half
// passives are added before the error is reckoned. The score itself is that of
// the answers alone; bounds stay within ±100.
//
// B. Rocks, Interval estimation for the "Net Promoter Score", The American
// Statistician 70 (2016).
func NPS(v Votes, z float64) Interval {
	return nps(v.Score(), float64(v.Detractors), float64(v.Passives), float64(v.Promoters), z)
}

// nps takes weighted numbers of answers.
func nps(score, detractors, passives, promoters, z float64) Interval {
	centre, variance := adjusted(detractors, passives, promoters)
	half := z * math.Sqrt(variance)
	return Interval{score, clamp(100 * (centre - half)), clamp(100 * (centre + half))}
}

// adjusted returns the adjusted score and its variance, in shares.
func adjusted(detractors, passives, promoters float64) (centre, variance float64) {
	d, p := detractors+pseudoEnds, promoters+pseudoEnds
	n := d + p + passives + pseudoMiddle
	centre = (p - d) / n
	return centre, ((p+d)/n - centre*centre) / n
}

func clamp(points float64) float64 { return max(-100, min(100, points)) }

// NonResponse returns how far the score of everybody asked could lie from that
// of those who answered, whatever the silent think: the share rate answered, and
// the silent are taken as all detractors, then as all promoters. The value is
// the score of those who answered.
//
// C. F. Manski, Anatomy of the selection problem, Journal of Human Resources 24
// (1989).
func NonResponse(score, rate float64) Interval {
	rate = max(0, min(1, rate))
	return Interval{score, clamp(rate*score - 100*(1-rate)), clamp(rate*score + 100*(1-rate))}
}

// Silent returns the score that those who did not answer would need for the
// score of everybody asked to be the threshold, in points. It is possible only
// within ±100: outside, no opinion of the silent could move the score there.
func Silent(score, rate, threshold float64) (needed float64, possible bool) {
	if rate >= 1 {
		return math.NaN(), false
	}
	needed = (threshold - rate*score) / (1 - rate)
	return needed, math.Abs(needed) <= 100
}

// NPSDifference compares the scores of two segments: the first less the second
// with its interval at the normal quantile z, and how probable so great a
// difference is if there were none. It adds the pseudo answers to each.
func NPSDifference(a, b Votes, z float64) (Interval, float64) {
	ca, va := adjusted(float64(a.Detractors), float64(a.Passives), float64(a.Promoters))
	cb, vb := adjusted(float64(b.Detractors), float64(b.Passives), float64(b.Promoters))
	d, half := ca-cb, z*math.Sqrt(va+vb)
	return Interval{a.Score() - b.Score(), max(-200, 100*(d-half)), min(200, 100*(d+half))}, tail(d / math.Sqrt(va+vb))
}
