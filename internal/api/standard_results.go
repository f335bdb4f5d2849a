package api

import (
	"time"

	"regulars/internal/id"
	"regulars/internal/standard"
)

// visitFigure is a figure of visits.
type visitFigure struct {
	N           int64    `json:"n" doc:"How many it is of."`
	Shown       bool     `json:"shown" doc:"False under 10; then there is no figure."`
	Preliminary bool     `json:"preliminary,omitempty" doc:"Fewer than 30."`
	Value       *float64 `json:"value,omitempty"`
	Low         *float64 `json:"low,omitempty"`
	High        *float64 `json:"high,omitempty"`
}

func visitFigureOf(f standard.Figure) visitFigure {
	v := visitFigure{N: f.N, Shown: f.Shown}
	if f.Shown {
		v.Preliminary, v.Value, v.Low, v.High = f.Preliminary, &f.Value, &f.Low, &f.High
	}
	return v
}

type shopResult struct {
	Shop   string      `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Score  visitFigure `json:"score"`
	Passed visitFigure `json:"passed"`
}

type criterionResult struct {
	Code     string      `json:"code" example:"greeted"`
	Kept     visitFigure `json:"kept" doc:"The share of yes, or the mean step as a share of the top."`
	None     int64       `json:"none" doc:"Visits on which there was nothing to judge."`
	Failures int64       `json:"failures" doc:"Visits that failed by it."`
}

type visitPoint struct {
	Visit   string    `json:"visit" example:"vst_01h9x3k7q2v5n"`
	Shop    string    `json:"shop" example:"shp_01h9x3k7q2v5n"`
	At      time.Time `json:"at"`
	Score   float64   `json:"score"`
	Outside bool      `json:"outside" doc:"Beyond the limits of the chart."`
}

type visitFailure struct {
	Visit    string   `json:"visit" example:"vst_01h9x3k7q2v5n"`
	Shop     string   `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Day      string   `json:"day" format:"date"`
	Criteria []string `json:"criteria" nullable:"false" doc:"The codes of what was not kept."`
}

type visitAgreement struct {
	Criterion string      `json:"criterion,omitempty" doc:"Missing for all criteria of yes or no together."`
	Top       int         `json:"top" doc:"Of the scale; 1 for yes or no."`
	Kappa     visitFigure `json:"kappa" doc:"Cohen's, on a scale weighted by the square of the distance. 1 is always, 0 as by chance."`
	Alike     int64       `json:"alike" doc:"Pairs of answers that are the same."`
	Constant  bool        `json:"constant" doc:"Both always gave the same one answer, so that nothing can be said."`
}

type standardResultsView struct {
	From      time.Time         `json:"from"`
	To        time.Time         `json:"to"`
	N         int64             `json:"n" doc:"Visits that count."`
	Planned   int64             `json:"planned" doc:"Visits that were to be, those called off left out."`
	Missed    int64             `json:"missed" doc:"Of which no sheet came."`
	Score     visitFigure       `json:"score" doc:"The mean, from 0 to 1."`
	Passed    visitFigure       `json:"passed" doc:"The share on which everything critical was kept."`
	Waited    visitFigure       `json:"waited" doc:"Minutes until somebody was served."`
	Shops     []shopResult      `json:"shops" nullable:"false"`
	Criteria  []criterionResult `json:"criteria" nullable:"false"`
	Trend     []visitPoint      `json:"trend" nullable:"false" doc:"The last 40 visits, the earliest first; none under 10."`
	Centre    *float64          `json:"centre,omitempty" doc:"The middle of the chart of individuals, with its limits."`
	Lower     *float64          `json:"lower,omitempty"`
	Upper     *float64          `json:"upper,omitempty"`
	Failures  []visitFailure    `json:"failures" nullable:"false" doc:"Visits that failed, the latest first."`
	Pairs     int64             `json:"pairs" doc:"Visits that two rated."`
	Agreement []visitAgreement  `json:"agreement" nullable:"false"`
}

func standardResultsOf(r *standard.Results) standardResultsView {
	v := standardResultsView{
		From: r.From, To: r.To, N: r.N, Planned: r.Planned, Missed: r.MissedOnes, Score: visitFigureOf(r.Score), Passed: visitFigureOf(r.Passed), Waited: visitFigureOf(r.Waited),
		Shops: []shopResult{}, Criteria: []criterionResult{}, Trend: []visitPoint{}, Failures: []visitFailure{}, Pairs: r.Pairs, Agreement: []visitAgreement{},
	}
	for _, n := range r.Shops {
		v.Shops = append(v.Shops, shopResult{n.ShopID.In(id.Shop), visitFigureOf(n.Score), visitFigureOf(n.Passed)})
	}
	for _, n := range r.Criteria {
		v.Criteria = append(v.Criteria, criterionResult{n.Code, visitFigureOf(n.Kept), n.None, n.Failures})
	}
	for _, n := range r.Trend {
		v.Trend = append(v.Trend, visitPoint{n.VisitID.In(id.Visit), n.ShopID.In(id.Shop), n.At, n.Score, n.Outside})
	}
	if r.Limited {
		v.Centre, v.Lower, v.Upper = &r.Limits.Centre, &r.Limits.Low, &r.Limits.High
	}
	for _, n := range r.Failures {
		v.Failures = append(v.Failures, visitFailure{n.VisitID.In(id.Visit), n.ShopID.In(id.Shop), n.Day, append([]string{}, n.Criteria...)})
	}
	for _, n := range r.Agreement {
		v.Agreement = append(v.Agreement, visitAgreement{n.Code, n.Top, visitFigureOf(n.Kappa), n.Alike, n.Constant})
	}
	return v
}
