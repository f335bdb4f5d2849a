package console

import (
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
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

// TestCommentsComeInPages: ten at a time, the way on keeps the filter, and who
// confirms a reason stays where they were.
func TestCommentsComeInPages(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.post(surveysAt+"/new", "kind", "nps").is(t, 200)
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	n := list[0]
	at := surveysAt + "/" + n.ID.In(id.Survey)
	b.post(at+"/publish").is(t, 200)
	b.post(surveysAt+"/reasons", "reasons", "waiting; Waiting; wait").is(t, 200)
	var brought []survey.Brought
	for i := range 25 {
		brought = append(brought, survey.Brought{Source: "old", ExternalID: fmt.Sprint(i), Occurred: noon.Add(-time.Duration(i) * time.Hour), Answers: survey.Answers{"score": {Number: 3}, "why": {Text: fmt.Sprintf("Comment %02d.", i)}}})
	}
	taken, err := w.console.Surveys.Bring(ctx, system, w.programme.ID, n.ID, brought)
	check(t, err)
	check(t, w.console.Surveys.Confirm(ctx, system, w.programme.ID, taken[24].ResponseID, "why", "waiting"))
	seen, next := map[string]int{}, at+"?only=open"
	for pages := 1; ; pages++ {
		page := b.get(next).is(t, 200)
		found := commentLike.FindAllString(page.body, -1)
		if len(found) > 10 || pages > 3 {
			t.Fatalf("page %d holds %d comments", pages, len(found))
		}
		for _, one := range found {
			seen[one]++
		}
		_, pager, _ := strings.Cut(page.body, `<nav class="pager"`)
		pager, _, _ = strings.Cut(pager, "</nav>")
		ways := hrefLike.FindAllStringSubmatch(pager, -1)
		if !strings.Contains(pager, "Next") {
			break
		}
		if next = html.UnescapeString(ways[len(ways)-1][1]); !strings.Contains(next, "only=open") {
			t.Fatalf("the filter is lost: %s", next)
		}
	}
	if len(seen) != 24 || seen["Comment 24."] != 0 {
		t.Errorf("24 comments without a reason are read as %v", seen)
	}
	b.get(at).is(t, 200).shows(t, "Comment 00.", "Comment 09.").hides(t, "Comment 10.")
	marks := commentMark(survey.Place{Given: noon.Add(-9 * time.Hour), ID: taken[9].ResponseID})
	kept := b.post(at+"/reason", "response", taken[3].ResponseID.In(id.SurveyResponse), "question", "why", "reason", "waiting", "only", "open", "page", marks).is(t, 200)
	kept.shows(t, "23 comments have no reason yet.")
	if !strings.Contains(kept.body, "only=open") || strings.Count(kept.body, `name="page" value="`+marks) == 0 {
		t.Error("who confirms a reason is sent elsewhere")
	}
}

var (
	commentLike = regexp.MustCompile(`Comment \d\d\.`)
	hrefLike    = regexp.MustCompile(`href="([^"]*)"`)
)

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
	if samples, err := w.console.Surveys.Samples(ctx, system, survey.SampleQuery{ProgrammeID: w.programme.ID, SurveyID: list[0].ID, Limit: 1}); err != nil || len(samples) != 0 {
		t.Errorf("counting drew %v, %v", samples, err)
	}
	b.post(at+"/ask", "method", "random", "days", "7", "seed", "5").is(t, 422)
	b.post(at+"/ask", "method", "random", "wanted", "many", "days", "7", "seed", "apple").is(t, 422).shows(t, "The seed is a whole number").holds(t, `value="many"`, `value="apple"`)
	b.post(at+"/ask", "method", "random", "wanted", "5", "days", "7", "seed", "5").is(t, 200).shows(t, "They are being drawn and asked.", "So many by chance")
	for seed := range samplesPage {
		b.post(at+"/ask", "method", "everybody", "days", "7", "seed", strconv.Itoa(7000+seed)).is(t, 200)
	}
	b.get(at).is(t, 200).shows(t, "7029", "7020", "All draws").hides(t, "7019")
	first := b.get(at+"/samples").is(t, 200).shows(t, "7029", "7000").hides(t, "So many by chance")
	link := regexp.MustCompile(`href="([^"]*/samples\?page=[^"]*)"`).FindStringSubmatch(first.body)
	if link == nil {
		t.Fatal("there is no second page")
	}
	b.get(html.UnescapeString(link[1])).is(t, 200).shows(t, "So many by chance").hides(t, "7000")
	b.get(at+"/samples?page=nonsense").is(t, 200).shows(t, "7029")
}

// TestASurveyAsksDayByDay: it is begun, drawn, seen, paused and resumed on a
// page of its own, and its days don't crowd that of the survey.
func TestASurveyAsksDayByDay(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Marketer)
	b.post(surveysAt+"/new", "kind", "csat").is(t, 200)
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	at := surveysAt + "/" + list[0].ID.In(id.Survey)
	b.get(at+"/standing").is(t, 200).shows(t, "The survey is not open")
	b.post(at+"/publish").is(t, 200)
	b.get(at+"/standing").is(t, 200).shows(t, "It asks nobody day by day yet.", "No draw yet")
	b.get(at+"/samples").is(t, 200).shows(t, "Nobody was drawn at once yet")
	plan := func(wait string) page {
		return b.post(at+"/standing", "after", "delivery", "wait", wait, "hour", "10", "most", "5", "rest", "30", "days", "14", "seed", "5")
	}
	b.get(at+"/standing?after=purchase&wait=3&hour=10&most=5&rest=30&days=14&seed=5").is(t, 200).shows(t, "As the last 28 days were", "It asks nobody day by day yet.")
	b.get(at+"/standing?after=purchase&wait=0&hour=10&most=5&rest=30&days=14&seed=5").is(t, 422).holds(t, `id="f-wait-error"`)
	b.get(at+"/standing?after=purchase&wait=x&hour=10&most=5&rest=30&days=14&seed=5").is(t, 422).holds(t, `id="f-wait-error"`)
	plan("x").is(t, 422).holds(t, `value="x"`)
	plan("0").is(t, 422).holds(t, `id="f-wait-error"`)
	plan("3").is(t, 200).shows(t, "It is saved.", "The next draw is made")
	n, err := w.console.Surveys.Standing(ctx, system, w.programme.ID, list[0].ID)
	check(t, err)
	w.clock = n.Next
	check(t, w.console.Surveys.DrawDue(ctx))
	for day := range standingDays + 1 {
		w.clock = n.Next.AddDate(0, 0, 1+day)
		check(t, w.console.Surveys.DrawDue(ctx))
	}
	b = w.as(auth.Manager) // the days between ended the session
	b.get(at+"/standing").is(t, 200).shows(t, "Draws of the last days", "to be drawn")
	b.get(at).is(t, 200).shows(t, "Draws of the last days").hides(t, "Whom it was sent to")
	if link := regexp.MustCompile(`href="([^"]*/standing\?page=[^"]*)"`).FindStringSubmatch(b.get(at+"/standing").is(t, 200).body); link == nil {
		t.Error("the days have no second page")
	} else if rows := strings.Count(b.get(html.UnescapeString(link[1])).is(t, 200).body, "to be drawn"); rows != 2 {
		t.Errorf("of %d days the second page shows %d", standingDays+2, rows)
	}
	b.post(at+"/standing/pause").is(t, 200).shows(t, "Paused: nobody is asked day by day.")
	b.post(at+"/standing/resume").is(t, 200).shows(t, "The next draw is made")
	w.as(auth.ReadOnly).get(at+"/standing").is(t, 200).hides(t, "Hour of the draw")
}

// TestWhatGoesWithTheScoreIsShownFromAHundred: under it the page says what is
// missing; from it both ways stand side by side.
func TestWhatGoesWithTheScoreIsShownFromAHundred(t *testing.T) {
	w := newTown(t)
	made, err := w.console.Surveys.Create(ctx, system, w.programme.ID, survey.Spec{Kind: survey.NPS, Names: survey.Words{"en": "Why"}, Questions: []survey.Question{
		{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely?"}},
		{Code: "speed", Form: survey.Scale, From: 1, To: 5, Words: survey.Words{"en": "How fast?"}},
		{Code: "price", Form: survey.Scale, From: 1, To: 5, Words: survey.Words{"en": "How dear?"}},
	}})
	check(t, err)
	made, err = w.console.Surveys.Publish(ctx, system, w.programme.ID, made.ID)
	check(t, err)
	b, random, brought := w.as(auth.Manager), rand.New(rand.NewPCG(1, 2)), 0
	bring := func(n int) page {
		t.Helper()
		var list []survey.Brought
		for range n {
			brought++
			speed, price := 1+random.IntN(5), 1+random.IntN(5)
			list = append(list, survey.Brought{Source: "old", ExternalID: strconv.Itoa(brought), Occurred: w.clock, Lang: "en", Answers: survey.Answers{
				"score": {Number: min(10, 2*speed+random.IntN(2))}, "speed": {Number: speed}, "price": {Number: price},
			}})
		}
		taken, err := w.console.Surveys.Bring(ctx, system, w.programme.ID, made.ID, list)
		check(t, err)
		for _, one := range taken {
			check(t, one.Err)
		}
		return b.get(surveysAt+"/"+made.ID.In(id.Survey)).is(t, 200)
	}
	bring(99).shows(t, "is shown from 100 answers to all of these questions; there are 99.").hides(t, "Averaged over orders", "In their own words")
	bring(1).shows(t, "Goes with, not causes", "Relative weight", "Averaged over orders", "How fast?", "How dear?").hides(t, "is shown from")
}
