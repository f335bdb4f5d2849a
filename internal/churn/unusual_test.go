package churn

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"regulars/internal/churn/churntest"
	"regulars/internal/db"
	"regulars/internal/stats"
)

// keepsComing has ninety people buy on at waits that look random, none of whom
// left.
func (w *town) keepsComing() {
	for i := range 90 {
		wait := 4 + i%17
		var days []int
		for ago, k := (i*7)%wait+i%3, i; ago < 330; k++ {
			days = append(days, ago)
			ago += 1 + (k*k*13+k*5)%(2*wait)
		}
		slices.Reverse(days)
		w.Bought(fmt.Sprint("regular-", i), days...)
	}
}

// TestWhereNobodyLeavesUnusualSilencesAreTold has one customer stay away in a
// crowd that buys on, so that nothing can be said of leaving.
func TestWhereNobodyLeavesUnusualSilencesAreTold(t *testing.T) {
	each(t, func(w *town) {
		w.keepsComing()
		w.Bought("quiet", churntest.Every(9, 320, 95)...)
		w.Take()
		w.looks()
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if n.Model == nil || n.Model.Leaves() || !n.Model.Rates() || n.Run.Rhythms != 91 || n.Count[""] != 91 {
			t.Fatalf("the summary is %+v of %+v", n, n.Model)
		}
		if n.Run.Unusual < 1 || n.Run.Unusual != n.Rare[None] || n.Run.Clear < 1 || n.Run.Chance < 1 || n.Run.Chance > 15 || n.RareGoods == 0 {
			t.Errorf("the last look has %+v, rare are %v", n.Run, n.Rare)
		}
		quiet := w.is("quiet", "", None)
		m, err := w.Measure(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		rates := stats.RateModel{R: n.Model.RateR, Alpha: n.Model.RateAlpha}
		chance, unusual, known := m.Wait(&quiet)
		want := rates.Wait(stats.Buying{Repeats: quiet.Days - 1, Last: float64(quiet.Last - quiet.First), Seen: float64(m.Today - quiet.First)})
		if !known || !unusual || math.Abs(chance-want) > 1e-12 || chance > 0.001 || !m.Clear(&quiet) {
			t.Errorf("so long a wait has %g (want %g), %t, %t", chance, want, unusual, known)
		}
		if _, said := m.Chance(&quiet); said {
			t.Error("it is said whether she is a customer still")
		}
		if at := rates.Wait(stats.Buying{Repeats: quiet.Days - 1, Last: float64(quiet.Last - quiet.First), Seen: float64(quiet.Last - quiet.First + Day(quiet.Rare))}); at > 0.05 {
			t.Errorf("after %d days it has %g", quiet.Rare, at)
		}
		if got := w.lists(func(q *Query) { q.Unusual = true }); int64(len(got)) != n.Run.Unusual || !slices.Contains(got, "quiet") {
			t.Errorf("unusually silent are %v", got)
		}
		if _, changes := w.stands("quiet"); len(changes) != 0 {
			t.Errorf("of an unusual silence a change is noted: %+v", changes)
		}
	})
}

// TestAnUnusualSilenceIsOfTheirOwnRhythm lets a customer be away as long as
// others usually are.
func TestAnUnusualSilenceIsOfTheirOwnRhythm(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Bought("often", churntest.Every(4, 300, 40)...)
		w.Bought("seldom", churntest.Every(45, 320, 40)...)
		w.Take()
		w.looks()
		m, err := w.Measure(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if often, _ := w.stands("often"); !often.Unusual(m.Run.Day) || often.State != Silent || often.Rare >= 40 {
			t.Errorf("who came every four days is %+v", often)
		}
		if seldom, _ := w.stands("seldom"); seldom.Unusual(m.Run.Day) || seldom.Rare <= 45 {
			t.Errorf("who came every 45 days is %+v", seldom)
		}
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if float64(n.Run.Unusual) < n.Run.Chance || n.Run.Clear > n.Run.Unusual {
			t.Errorf("of those who left %d are unusual, chance makes %f", n.Run.Unusual, n.Run.Chance)
		}
		set := DefaultSettings()
		set.Unusual = 21
		w.Refuses(w.SetSettings(t.Context(), boss, w.Programme.ID, 0, set), "churn_unusual")
		set.Unusual = 1
		w.OK(w.SetSettings(t.Context(), boss, w.Programme.ID, 0, set))
		w.looks()
		strict, err := w.Summary(t.Context(), boss, w.Programme.ID)
		if err != nil || strict.Run.Unusual > n.Run.Unusual || strict.Run.Chance >= n.Run.Chance {
			t.Errorf("with 1%% there are %+v, %v", strict.Run, err)
		}
	})
}

// TestWhatWasLearntBeforeIsLearntAnew has a model of before unusual silences.
func TestWhatWasLearntBeforeIsLearntAnew(t *testing.T) {
	each(t, func(w *town) {
		w.Crowd()
		w.Take()
		w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
			return tx.Insert(t.Context(), modelTable, [][]any{{w.Programme.ID, 1, db.Micros(w.Now()), `{"members":60,"repeaters":55,"r":1,"alpha":20,"a":1,"b":5}`}})
		}))
		w.OK(w.reckon(t.Context(), reckoning{ProgrammeID: w.Programme.ID}, func(int64, int64) error { return nil }))
		n, err := w.Summary(t.Context(), boss, w.Programme.ID)
		if err != nil || n.Model.Number != 2 || !n.Model.Rates() || !n.Model.Leaves() {
			t.Errorf("the model is %+v, %v", n.Model, err)
		}
		w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE churn_standing SET state = '', rare = 0`)
			return err
		}))
		if !strings.Contains(w.faults(), "stands nowhere") {
			t.Error("the check does not find who stands nowhere")
		}
	})
}
