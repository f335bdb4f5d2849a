package console

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/survey"
)

const surveysAt = "/p/bean/surveys"

// TestASurveyIsWrittenOpenedAndRead goes the way of a manager.
func TestASurveyIsWrittenOpenedAndRead(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(surveysAt).is(t, 200).shows(t, "Nobody has been asked yet")
	b.post(surveysAt+"/new", "kind", "poem").is(t, 422)
	b.post(surveysAt+"/new", "kind", "nps").is(t, 200).shows(t, "Question 2")
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	n := list[0]
	at := surveysAt + "/" + n.ID.In(id.Survey)
	fill := []string{
		"name_en", "Would you?", "words_0_en", "How likely?", "form_0", "scale", "from_0", "0", "to_0", "10", "if_from_0_0", "9", "if_to_0_0", "10", "then_0_0", "end",
		"words_1_en", "What was it?", "form_1", "multiple", "optional_1", "on", "options_1_en", "Price\nStaff\n", "options_1_ru", "Цена\nПерсонал",
		"words_2_en", "Why?", "form_2", "text", "optional_2", "on",
	}
	b.post(at+"/edit", append([]string{"to_0", "7"}, fill[10:]...)...).is(t, 422)
	b.post(at+"/edit", fill...).is(t, 200).shows(t, "The survey is saved.", "What was it?")
	b.get(at+"/edit").is(t, 200).shows(t, "Персонал")
	b.post(at+"/publish").is(t, 200).shows(t, "The survey is open.", "/s/o/", "There are 0 answers; no figure is shown under 10.")
	b.get(at+"/edit").is(t, 409)
	b.post(surveysAt+"/reasons", "reasons", "waiting; Waiting; wait queue slow\nprice; Price; price expensive").is(t, 200).shows(t, "The reasons are saved.", "queue")
	var brought []survey.Brought
	for i := range 40 {
		answers := survey.Answers{"score": {Number: 10}}
		if i%4 == 0 {
			answers = survey.Answers{"score": {Number: 3}, "q3x": {Text: "Waited so long <b>" + fmt.Sprint(i) + "</b>"}}
		}
		brought = append(brought, survey.Brought{Source: "old", ExternalID: fmt.Sprint(i), Occurred: noon.Add(-time.Duration(i) * 24 * time.Hour), Answers: answers})
	}
	taken, err := w.console.Surveys.Bring(ctx, system, w.programme.ID, n.ID, brought)
	check(t, err)
	check(t, taken[0].Err)
	b.get(at).is(t, 200).shows(t, "Among those who answered, the NPS is 50", "10 comments have no reason yet.", "Nobody was drawn", "Waited so long <b>36</b>", "Suggested").hides(t, "Preliminary")
	b.get(at+"/effect").is(t, 200).shows(t, "What asking does", "Nobody has been asked yet.")
	response := taken[0].ResponseID.In(id.SurveyResponse)
	b.post(at+"/reason", "response", response, "question", "q3x", "reason", "waiting").is(t, 200).shows(t, "The reason is noted.", "9 comments have no reason yet.")
	b.post(at+"/reason", "response", "nonsense", "question", "q3x").is(t, 404)
}

// TestMembersAreCountedAndAsked: counting asks nobody.
func TestMembersAreCountedAndAsked(t *testing.T) {
	w := newTown(t)
	w.join("Anna", "Wiśniewska", "anna@example.com")
	check(t, w.console.Surveys.SetNeverShare(ctx, system, w.programme.ID, 0))
	b := w.as(auth.Marketer)
	b.post(surveysAt+"/new", "kind", "csat").is(t, 200)
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	at := surveysAt + "/" + list[0].ID.In(id.Survey)
	b.post(at+"/publish").is(t, 200)
	b.get(at+"/ask?method=everybody&days=7&seed=5").is(t, 200).shows(t, "could be asked")
	if samples, err := w.console.Surveys.Samples(ctx, system, w.programme.ID, list[0].ID); err != nil || len(samples) != 0 {
		t.Errorf("counting drew %v, %v", samples, err)
	}
	b.post(at+"/ask", "method", "random", "days", "7", "seed", "5").is(t, 422)
	b.post(at+"/ask", "method", "random", "wanted", "x", "days", "7", "seed", "5").is(t, 422)
	b.post(at+"/ask", "method", "random", "wanted", "5", "days", "7", "seed", "5").is(t, 200).shows(t, "They are being drawn and asked.", "So many by chance")
}
