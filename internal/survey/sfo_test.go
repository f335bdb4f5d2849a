package survey

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"regulars/internal/stats"
)

// sfo reads the answers of the airport's passengers.
func sfo(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/sfo-2017.csv.gz")
	ok(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	ok(t, err)
	rows, err := csv.NewReader(z).ReadAll()
	ok(t, err)
	var list []map[string]string
	for _, row := range rows[1:] {
		one := map[string]string{}
		for i, name := range rows[0] {
			one[name] = row[i]
		}
		list = append(list, one)
	}
	return list
}

// passenger is one who gave a score.
func passenger(t *testing.T, r map[string]string) (v Voice, scored bool) {
	t.Helper()
	n, err := strconv.Atoi(r["NETPRO"])
	if err != nil || n > 10 {
		return v, false
	}
	weight, err := strconv.ParseFloat(r["WEIGHT"], 64)
	ok(t, err)
	return Voice{Number: n, Lang: r["LANG"], Mode: Import, Occurred: time.Date(2017, 5, 10, 12, 0, 0, 0, time.UTC), Weight: weight}, true
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 5e-6*max(1, math.Abs(want)) {
		t.Errorf("%s is %.8f, not %.8f", what, got, want)
	}
}

// TestRealPassengers holds the figures of 2,831 real answers against ones
// reckoned by another program (in Python, from the published formulas):
// 2,746 scored, 342 detractors, 968 passives, 1,436 promoters.
func TestRealPassengers(t *testing.T) {
	rows := sfo(t)
	if len(rows) != 2831 {
		t.Fatalf("%d passengers", len(rows))
	}
	var plain, weighted []Voice
	for _, r := range rows {
		if v, scored := passenger(t, r); scored {
			v.Cell = "never/f0/none" // as if they had been drawn
			weighted = append(weighted, v)
			v.Weight, v.Cell = 0, ""
			plain = append(plain, v)
		}
	}
	f := Reckon(NPS, weighted, Asked{Drawn: 13730, Completed: 2746}, time.UTC)
	if f.N != 2746 || f.Votes != (stats.Votes{Detractors: 342, Passives: 968, Promoters: 1436}) || f.Preliminary {
		t.Fatalf("%d answers: %+v", f.N, f.Votes)
	}
	near(t, "the score", f.Score.Value, 39.839766933721776)
	near(t, "its lower bound", f.Score.Low, 37.1823607170)
	near(t, "its upper bound", f.Score.High, 42.4102184027)
	near(t, "the weighted score", f.Weighted.Value, 40.398435511707)
	near(t, "its lower bound", f.Weighted.Low, 37.4911338809)
	near(t, "its upper bound", f.Weighted.High, 43.1989341932)
	near(t, "the effective number", f.Weighted.Effective, 2266.512355086764)
	near(t, "the design effect", f.Weighted.Design, 1.2115530691)
	// One in five answered, so Manski's bounds are 0.2 · 39.84 ± 80.
	near(t, "the lower bound with the silent", f.Bounds.Low, 0.2*39.839766933721776-80)
	near(t, "the upper bound with the silent", f.Bounds.High, 0.2*39.839766933721776+80)
	near(t, "what the silent would need", f.Silent.Value, -0.2*39.839766933721776/0.8)
	if got := Reckon(NPS, plain, Asked{}, time.UTC); got.Weighted.Shown || got.Response.Shown || got.Bounds.Shown {
		t.Errorf("without weights and without anybody drawn there is %+v, %+v, %+v", got.Weighted, got.Response, got.Bounds)
	}
}

// TestRealDrivers: what goes with the recommendation, by ratings of six things
// at the airport; relative weights and Shapley values from the same other
// program.
func TestRealDrivers(t *testing.T) {
	items := []string{"Q7ART", "Q7FOOD", "Q7STORE", "Q7SIGN", "Q7SCREENS", "Q7WALKWAYS"}
	spec := Spec{Kind: NPS, Questions: []Question{{Code: "score", Form: Scale, To: 10}}}
	for _, item := range items {
		spec.Questions = append(spec.Questions, Question{Code: item, Form: Scale, From: 1, To: 5, Optional: true})
	}
	var list []*Response
	for _, r := range sfo(t) {
		one := &Response{Answers: Answers{}}
		for code, top := range map[string]int{"score": 10, "Q7ART": 5, "Q7FOOD": 5, "Q7STORE": 5, "Q7SIGN": 5, "Q7SCREENS": 5, "Q7WALKWAYS": 5} {
			column := code
			if code == "score" {
				column = "NETPRO"
			}
			if n, err := strconv.Atoi(r[column]); err == nil && n <= top && (code == "score" || n > 0) {
				one.Answers[code] = Answer{Number: n}
			}
		}
		if _, scored := one.Answers["score"]; scored {
			list = append(list, one)
		}
	}
	d := drive(&spec, list)
	if !d.Shown || d.N != 1858 {
		t.Fatalf("%d whole answers, shown: %t", d.N, d.Shown)
	}
	near(t, "R²", d.R2, 0.2662730470)
	johnson, shapley := []float64{0.0419130322, 0.0402446657, 0.0320360593, 0.0499288054, 0.0540989025, 0.0480515818}, []float64{0.0400281021, 0.0395704062, 0.0336942136, 0.0501160439, 0.0540300882, 0.0488341929}
	for i, part := range d.Parts {
		near(t, items[i]+" by Johnson", part.Johnson.Value, johnson[i])
		near(t, items[i]+" by Shapley", part.Shapley.Value, shapley[i])
		if !part.Johnson.Contains(part.Johnson.Value) {
			t.Errorf("%s lies outside its own interval: %+v", items[i], part.Johnson)
		}
	}
	if few := drive(&spec, list[:120]); few.Shown {
		t.Errorf("drivers are shown from %d whole answers", few.N)
	}
}
