package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/survey"
)

// felt brings answers about a feeling in, so many of each from the worst on.
func (w *town) felt(n id.ID, at survey.Touchpoint, numbers ...int) {
	w.t.Helper()
	var list []survey.Brought
	for i, many := range numbers {
		for k := range many {
			answers := survey.Answers{"score": {Number: i + 1}}
			if k == 0 && i < 2 {
				answers["why"] = survey.Answer{Text: fmt.Sprintf("Felt %d at %s", i+1, at)}
			}
			list = append(list, survey.Brought{
				Source: "old", ExternalID: fmt.Sprint(at, i, k), Occurred: noon.Add(-time.Duration(len(list)) * 9 * time.Hour), Touchpoint: at, Answers: answers,
			})
		}
	}
	taken, err := w.console.Surveys.Bring(ctx, system, w.programme.ID, n, list)
	check(w.t, err)
	for _, one := range taken {
		check(w.t, one.Err)
	}
}

// TestFeelingsAreShownByTouchpoint goes the way of a manager from the draft to
// figures, which are told only as far as they can be.
func TestFeelingsAreShownByTouchpoint(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.post(surveysAt+"/new", "kind", "emotion").is(t, 200).shows(t, "what did you feel most?")
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	n := list[0]
	at := surveysAt + "/" + n.ID.In(id.Survey)
	fill := []string{
		"name_en", "Feeling", "words_0_en", "What did you feel?", "form_0", "emotion", "if_from_0_0", "3", "if_to_0_0", "5", "then_0_0", "end",
		"words_1_en", "Why?", "form_1", "text", "optional_1", "on",
	}
	b.post(at+"/edit", append([]string{"if_to_0_0", "6", "then_0_0", "end"}, fill[:8]...)...).is(t, 422)
	b.post(at+"/edit", fill...).is(t, 200).shows(t, "The survey is saved.", "one of five feelings", "3–5 → End", "5 – Delight")
	if body := b.get(at+"/edit").is(t, 200).body; !strings.Contains(body, `value="emotion" selected`) {
		t.Error("the editor forgets that it is a feeling")
	}
	b.post(at+"/publish").is(t, 200).shows(t, "?at=parcel", "There are 0 answers; no figure is shown under 10.").hides(t, "Where it was felt")
	if body := b.get(at+"/ask?method=everybody&bought=30&touchpoint=parcel&days=14&seed=1").is(t, 200).body; !strings.Contains(body, `value="parcel" selected`) {
		t.Error("the plan forgets what it asks about")
	}
	b.get(at+"/ask?method=everybody&touchpoint=moon&days=14&seed=1").is(t, 422)
	w.felt(n.ID, survey.InShop, 0, 1, 2, 4, 2)
	b.get(at).is(t, 200).shows(t, "Preliminary", "There are 9 answers; no figure is shown under 10.", "under 10").hides(t, "felt pleasure or delight", "prevail")
	w.felt(n.ID, survey.OnSite, 2, 3, 5, 12, 25)
	w.felt(n.ID, survey.ByPhone, 9, 7, 3, 2, 1)
	w.felt(n.ID, "", 0, 0, 1, 1, 1)
	b.get(at).is(t, 200).shows(t, "Good feelings prevail", "felt pleasure or delight", "2 kinds of touchpoint were compared, and 2 differ",
		"Of 3 answers of 81 nobody knows where they were felt", "not known where", "brought in · by phone").hides(t, "Preliminary")
}
