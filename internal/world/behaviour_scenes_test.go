package world

import (
	"strings"
	"testing"

	"regulars/internal/gesture"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lesson"
	"regulars/internal/standard"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

// checkLooked holds what the shop does by itself: every room has something to
// show at several states, and all of it says that it is simulated.
func checkLooked(t *testing.T, demo *Demo, n *Looked) {
	t.Helper()
	if n.Visits != 11 || n.Score == nil || *n.Low > *n.Score || *n.Score > *n.High || n.Agreement == nil || *n.Agreement < 0.2 || *n.Agreement >= 1 {
		t.Errorf("standards %+v", n)
	}
	if n.Certificates < 8 || n.KnownIssues != 3 || n.Actions != int64(len(deeds)) || n.Mentions != 4 {
		t.Errorf("certificates %d, known issues %d, actions %d, mentions %d", n.Certificates, n.KnownIssues, n.Actions, n.Mentions)
	}
	all, err := demo.Programmes.List(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	programme := all[0].ID
	standings, err := lesson.New(lesson.Config{DB: demo.DB, Now: demo.Clock}).Standings(t.Context(), actor, programme)
	if err != nil {
		t.Fatal(err)
	}
	states := map[lesson.State]int{}
	for _, s := range standings {
		states[s.State]++
		if !strings.Contains(s.Name, simulated) {
			t.Errorf("%s is not labelled", s.Name)
		}
	}
	if states[lesson.Passed] == 0 || states[lesson.Due] == 0 {
		t.Errorf("lessons stand at %v", states)
	}
	checkFavours(t, demo, programme)
	visits, err := standard.New(demo.DB, demo.Clock).Visits(t.Context(), actor, standard.Query{ProgrammeID: programme, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	found := map[standard.Kind]map[standard.State]int{standard.Mystery: {}, standard.Audit: {}}
	for _, v := range visits {
		if found[v.Kind][v.At(AsOf)]++; v.State == standard.Sent && !strings.Contains(v.Remark, simulated) {
			t.Errorf("the sheet of %s is not labelled", v.Day)
		}
	}
	if m := found[standard.Mystery]; m[standard.Sent] != 17 || m[standard.Missed] != 1 || found[standard.Audit][standard.Sent] != 3 {
		t.Errorf("visits %v", found)
	}
	pages, err := trust.New(trust.Config{DB: demo.DB}).Reports(t.Context(), actor, programme)
	if err != nil || len(pages) != 1 || pages[0].Standing != trust.Published || pages[0].Period.Name != reported {
		t.Errorf("published are %+v, %v", pages, err)
	}
	feeds, err := touch.New(touch.Config{DB: demo.DB, Now: demo.Clock}).Feeds(t.Context(), actor, programme)
	if err != nil || len(feeds) != 1 || !feeds[0].Paused || feeds[0].Read.IsZero() || feeds[0].Failure != "" {
		t.Errorf("feeds %+v, %v", feeds, err)
	}
}

// checkFavours: the crew gave of everything, the draw held some out of the first
// gesture alone, and all of it is labelled.
func checkFavours(t *testing.T, demo *Demo, programme id.ID) {
	t.Helper()
	room := gesture.New(gesture.Config{DB: demo.DB, Now: demo.Clock})
	library, err := room.List(t.Context(), actor, programme)
	if err != nil || len(library) != 3 {
		t.Fatalf("the library has %d, %v", len(library), err)
	}
	for _, g := range library {
		r, err := room.Results(t.Context(), actor, programme, g.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r.Given < favours/6 || (r.Withheld > 0) != (g.Spec.Withhold > 0) || (r.Saved > 0) != (g.Spec.Kind == gesture.Tip) {
			t.Errorf("%s: %+v", g.Spec.Names["en"], r.Tally)
		}
	}
	list, err := room.Givings(t.Context(), actor, gesture.Query{ProgrammeID: programme})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Note != simulated {
			t.Errorf("%v is not labelled", n.At)
		}
	}
}

// TestScenesSpeakThreeLanguages: what the shop writes for its guests and staff is
// there in every language of the demo, and labelled in each.
func TestScenesSpeakThreeLanguages(t *testing.T) {
	var standards []standard.Spec
	var lessons []lesson.Spec
	var issues []trust.Spec
	var gestures []gesture.Spec
	var plot standard.Plot
	for name, into := range map[string]any{"standards.json": &standards, "lessons.json": &lessons, "gestures.json": &gestures, "issues.json": &issues, "plot.json": &plot} {
		if err := scene(name, into); err != nil {
			t.Fatal(err)
		}
	}
	names := []map[string]string{plot.Names}
	words := []map[string]string{plot.Task, plot.Watch}
	for _, n := range standards {
		names = append(names, n.Names)
		for _, c := range n.Criteria {
			words = append(words, c.Words)
		}
	}
	for _, n := range lessons {
		names, words = append(names, n.Titles), append(words, n.Text)
		for _, q := range n.Questions {
			words = append(words, q.Words)
			for _, o := range q.Options {
				words = append(words, o.Words)
			}
		}
	}
	for _, n := range gestures {
		names, words = append(names, n.Names), append(words, n.Fits, n.Does)
	}
	for _, n := range issues {
		names, words = append(names, n.Title), append(words, n.What)
	}
	labels := map[i18n.Lang]string{"en": simulated, "ru": "имитация", "pl": "symulacja"}
	for _, lang := range i18n.Langs() {
		for _, w := range names {
			if !strings.Contains(w[string(lang)], labels[lang]) {
				t.Errorf("%q is not labelled in %s", w["en"], lang)
			}
		}
		for _, w := range words {
			if w[string(lang)] == "" {
				t.Errorf("%q is missing in %s", w["en"], lang)
			}
		}
	}
}
