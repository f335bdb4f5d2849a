package api

import "regulars/internal/survey"

// surveyTrace is what some feelings come to.
type surveyTrace struct {
	N           int64      `json:"n"`
	Preliminary bool       `json:"preliminary"`
	Positive    figureView `json:"positive" doc:"The share of pleasure and delight in per cent, with Wilson's interval."`
	Negative    figureView `json:"negative" doc:"The share of anger and disappointment in per cent, with Wilson's interval."`
	Balance     figureView `json:"balance" doc:"Positive less negative in points from -100 to 100, with the adjusted Wald interval of a net score (Rocks 2016)."`
}

func (c *call) trace(t *survey.Trace) surveyTrace {
	return surveyTrace{t.N, t.Preliminary, c.figure(&t.Positive), c.figure(&t.Negative), c.figure(&t.Balance)}
}

// surveyEmotion is what a question about a feeling came to.
type surveyEmotion struct {
	Question    string             `json:"question" example:"score"`
	Counts      []int64            `json:"distribution" nullable:"false" doc:"Anger, disappointment, indifference, pleasure, delight."`
	All         surveyTrace        `json:"all"`
	Touchpoints []surveyTouchpoint `json:"touchpoints" nullable:"false" doc:"Those with an answer; those of which nobody knows where last."`
	Unknown     int64              `json:"unknown" doc:"Answers of which nobody knows where they were felt; they are compared with nothing."`
	Says        *reasonView        `json:"says,omitempty" doc:"Whether any kind of touchpoint differs beyond chance."`
}

// surveyTouchpoint is what was felt at a kind of touchpoint.
type surveyTouchpoint struct {
	Touchpoint string      `json:"touchpoint" enum:"shop,parcel,site,phone,event,unknown"`
	Felt       surveyTrace `json:"felt"`
	Compared   bool        `json:"compared" doc:"Held beside all others of which it is known; needs 10 answers on both sides."`
	Difference float64     `json:"difference,omitempty" doc:"Its balance less theirs."`
	Low        float64     `json:"low,omitempty"`
	High       float64     `json:"high,omitempty"`
	P          float64     `json:"p,omitempty"`
	Different  bool        `json:"different" doc:"At a false discovery rate of 5 % over all kinds (Benjamini and Hochberg)."`
}

func (c *call) emotion(e *survey.Emotions) surveyEmotion {
	v := surveyEmotion{Question: e.Question, Counts: append([]int64{}, e.Distribution...), All: c.trace(&e.Trace), Touchpoints: []surveyTouchpoint{}, Unknown: e.Unknown, Says: c.reason(e.Says)}
	for i := range e.Touchpoints {
		t := &e.Touchpoints[i]
		one := surveyTouchpoint{Touchpoint: string(t.Touchpoint), Felt: c.trace(&t.Trace), Compared: t.Compared, Different: t.Different}
		if t.Touchpoint == "" {
			one.Touchpoint = "unknown"
		}
		if t.Compared {
			one.Difference, one.Low, one.High, one.P = t.Difference.Value, t.Difference.Low, t.Difference.High, t.P
		}
		v.Touchpoints = append(v.Touchpoints, one)
	}
	return v
}
