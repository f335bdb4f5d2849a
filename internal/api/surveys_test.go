package api

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"regulars/internal/jobs"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

// surveys is the part of the story about what members are asked.
func surveys() []step {
	nps := `{"kind":"nps","names":{"en":"Would you recommend us?","pl":"Czy nas polecisz?"},"questions":[{"code":"score","form":"scale","from":0,"to":10,"words":{"en":"How likely?"},"branches":[{"from":9,"to":10,"then":"end"}]},{"code":"why","form":"text","optional":true,"words":{"en":"Why?"}}]}`
	return []step{
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: nps, status: 201, learn: map[string]string{"svy": "id"}},
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: `{"kind":"nps","names":{"en":"X"},"questions":[{"code":"score","form":"scale","from":1,"to":10,"words":{"en":"?"}}]}`, status: 422},
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: `{"kind":"poem","names":{"en":"X"},"questions":[]}`, status: 422, wrong: true},
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: `{"kind":"custom","names":{"en":"Slip"},"questions":[{"code":"a","form":"single","words":{"en":"?"},"options":[{"code":"x","words":{"en":"X"}},{"code":"y","words":{"en":"Y"}}]}]}`, status: 201, learn: map[string]string{"quiz": "id"}},
		{op: "discard-survey", method: "DELETE", path: "/v1/surveys/$quiz", status: 200},
		{op: "get-survey", method: "GET", path: "/v1/surveys/$quiz", status: 404},
		{op: "change-survey", method: "PUT", path: "/v1/surveys/$svy", body: nps, status: 200},
		{op: "bring-survey-responses", method: "POST", path: "/v1/survey-responses", body: `{"survey":"$svy","responses":[{"source":"old","external_id":"1","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":9}}}]}`, status: 409},
		{op: "sample-survey", method: "POST", path: "/v1/surveys/$svy/samples", body: `{"method":"everybody","seed":7}`, status: 409},
		{op: "publish-survey", method: "POST", path: "/v1/surveys/$svy/publish", status: 200},
		{op: "publish-survey", method: "POST", path: "/v1/surveys/$svy/publish", status: 409},
		{op: "get-survey", method: "GET", path: "/v1/surveys/$svy", status: 200},
		{op: "list-surveys", method: "GET", path: "/v1/surveys", status: 200},
		{op: "sample-survey", method: "POST", path: "/v1/surveys/$svy/samples", body: `{"method":"random","seed":7,"wanted":5,"bought":30}`, status: 201},
		{op: "sample-survey", method: "POST", path: "/v1/surveys/$svy/samples", body: `{"method":"random","seed":7}`, status: 422},
		{op: "list-survey-samples", method: "GET", path: "/v1/surveys/$svy/samples", status: 200},
		{op: "list-survey-samples", method: "GET", path: "/v1/surveys/$svy/samples?only=standing&limit=2", status: 200},
		{op: "list-survey-samples", method: "GET", path: "/v1/surveys/$svy/samples?only=some", status: 422, wrong: true},
		{op: "get-survey-standing", method: "GET", path: "/v1/surveys/$svy/standing", status: 404},
		{op: "pause-survey-standing", method: "POST", path: "/v1/surveys/$svy/standing/pause", status: 404},
		{op: "set-survey-standing", method: "PUT", path: "/v1/surveys/$svy/standing", body: `{"after":"delivery","wait":3,"hour":10,"most":50,"seed":7}`, status: 200},
		{op: "set-survey-standing", method: "PUT", path: "/v1/surveys/$svy/standing", body: `{"after":"delivery","wait":3,"hour":10,"most":2000000}`, status: 422},
		{op: "set-survey-standing", method: "PUT", path: "/v1/surveys/$svy/standing", body: `{"after":"birth","wait":0,"hour":24,"most":0}`, status: 422, wrong: true},
		{op: "count-survey-standing", method: "POST", path: "/v1/survey-standing-counts", body: `{"survey":"$svy","plan":{"after":"purchase","wait":3,"hour":10,"most":50,"seed":7}}`, status: 200},
		{op: "count-survey-standing", method: "POST", path: "/v1/survey-standing-counts", body: `{"survey":"$svy","plan":{"after":"purchase","wait":3,"hour":10,"most":2000000}}`, status: 422},
		{op: "count-survey-standing", method: "POST", path: "/v1/survey-standing-counts", body: `{"survey":"svy_01h9x3k7q2v5n","plan":{"after":"purchase","wait":3,"hour":10,"most":5}}`, status: 404},
		{op: "pause-survey-standing", method: "POST", path: "/v1/surveys/$svy/standing/pause", status: 200},
		{op: "resume-survey-standing", method: "POST", path: "/v1/surveys/$svy/standing/resume", status: 200},
		{op: "resume-survey-standing", method: "POST", path: "/v1/surveys/svy_01h9x3k7q2v5n/standing/resume", status: 404},
		{op: "get-survey-standing", method: "GET", path: "/v1/surveys/$svy/standing", status: 200},
		{op: "list-survey-invitations", method: "GET", path: "/v1/surveys/$svy/invitations?limit=5", status: 200},
		{op: "list-survey-invitations", method: "GET", path: "/v1/surveys/svy_01h9x3k7q2v5n/invitations", status: 404},
		{op: "bounce-survey-invitation", method: "POST", path: "/v1/survey-invitations/svi_01h9x3k7q2v5n/bounce", status: 404},
		{op: "bounce-survey-invitation", method: "POST", path: "/v1/survey-invitations/$svi/bounce", status: 200},
		{op: "get-survey-settings", method: "GET", path: "/v1/survey-settings", status: 200},
		{op: "set-survey-settings", method: "PUT", path: "/v1/survey-settings", body: `{"never_share":0}`, status: 200},
		{op: "set-survey-settings", method: "PUT", path: "/v1/survey-settings", body: `{"never_share":5001}`, status: 422, wrong: true},
		{op: "bring-survey-responses", method: "POST", path: "/v1/survey-responses", body: `{"survey":"$svy","responses":[{"source":"old","external_id":"1","member":"$nina","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":3},"why":{"text":"Долго ждали 😡"}}},{"source":"old","external_id":"2","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":11}}},{"source":"old","external_id":"1","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":4}}}]}`, status: 200, learn: map[string]string{"svr": "results.0.response"}},
		{op: "bring-survey-responses", method: "POST", path: "/v1/survey-responses", body: `{"survey":"svy_01h9x3k7q2v5n","responses":[{"source":"old","external_id":"9","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":9}}}]}`, status: 404},
		{op: "bring-survey-sheet", method: "POST", path: "/v1/survey-sheets", body: `{"survey":"$svy","source":"sheet","columns":{"RESPNUM":"external_id","NETPRO":"score"},"none":{"NETPRO":["11"]},"occurred":"2025-12-31T11:30:00Z","csv":"RESPNUM,NETPRO,WEIGHT\n1,9,0.28\n2,11,0.94\n3,12,1\n"}`, status: 200},
		{op: "bring-survey-sheet", method: "POST", path: "/v1/survey-sheets", body: `{"survey":"$svy","source":"sheet","csv":"score\n9\n"}`, status: 422},
		{op: "bring-survey-sheet", method: "POST", path: "/v1/survey-sheets", body: `{"survey":"svy_01h9x3k7q2v5n","source":"sheet","csv":"external_id\n1\n"}`, status: 404},
		{op: "count-survey-sample", method: "POST", path: "/v1/survey-counts", body: `{"survey":"$svy","plan":{"method":"random","seed":7,"wanted":5}}`, status: 200},
		{op: "count-survey-sample", method: "POST", path: "/v1/survey-counts", body: `{"survey":"svy_01h9x3k7q2v5n","plan":{"method":"everybody","seed":7}}`, status: 404},
		{op: "count-survey-sample", method: "POST", path: "/v1/survey-counts", body: `{"survey":"$svy","plan":{"method":"poll","seed":7}}`, status: 422, wrong: true},
		{op: "list-survey-responses", method: "GET", path: "/v1/surveys/$svy/responses?limit=1", status: 200},
		{op: "get-survey-results", method: "GET", path: "/v1/surveys/$svy/results", status: 200},
		{op: "get-survey-results", method: "GET", path: "/v1/surveys/svy_01h9x3k7q2v5n/results", status: 404},
		{op: "list-survey-responses", method: "GET", path: "/v1/surveys/$svy/responses?only=open&limit=5", status: 200, learn: map[string]string{"svr": "items.0.id"}},
		{op: "list-survey-responses", method: "GET", path: "/v1/surveys/$svy/responses?only=some", status: 422, wrong: true},
		{op: "add-survey-reason", method: "POST", path: "/v1/survey-reasons", body: `{"code":"waiting","names":{"en":"Waiting"},"hints":{"ru":"ждать долго"}}`, status: 201},
		{op: "add-survey-reason", method: "POST", path: "/v1/survey-reasons", body: `{"code":"waiting","names":{"en":"Waiting again"}}`, status: 409},
		{op: "add-survey-reason", method: "POST", path: "/v1/survey-reasons", body: `{"code":"No!","names":{"en":"X"}}`, status: 422, wrong: true},
		{op: "add-survey-reason", method: "POST", path: "/v1/survey-reasons", body: `{"code":"nameless","names":{}}`, status: 422},
		{op: "change-survey-reason", method: "PUT", path: "/v1/survey-reasons/waiting", body: `{"names":{"en":"Waiting","pl":"Czekanie"}}`, status: 200},
		{op: "change-survey-reason", method: "PUT", path: "/v1/survey-reasons/moon", body: `{"names":{"en":"Moon"}}`, status: 404},
		{op: "list-survey-reasons", method: "GET", path: "/v1/survey-reasons", status: 200},
		{op: "confirm-survey-reason", method: "PUT", path: "/v1/survey-responses/$svr/reasons/why", body: `{"reason":"waiting"}`, status: 200},
		{op: "confirm-survey-reason", method: "PUT", path: "/v1/survey-responses/$svr/reasons/why", body: `{"reason":"moon"}`, status: 422},
		{op: "confirm-survey-reason", method: "PUT", path: "/v1/survey-responses/$svr/reasons/score", body: `{"reason":"waiting"}`, status: 404},
		{op: "confirm-survey-reason", method: "PUT", path: "/v1/survey-responses/svr_01h9x3k7q2v5n/reasons/why", body: `{"reason":""}`, status: 404},
		{op: "retire-survey-reason", method: "DELETE", path: "/v1/survey-reasons/waiting", status: 200},
		{op: "retire-survey-reason", method: "DELETE", path: "/v1/survey-reasons/waiting", status: 404},
		{op: "get-survey-effect", method: "GET", path: "/v1/surveys/$svy/effect", status: 200},
		{op: "get-survey-effect", method: "GET", path: "/v1/surveys/svy_01h9x3k7q2v5n/effect", status: 404},
		{op: "close-survey", method: "POST", path: "/v1/surveys/$svy/close", status: 200},
		{op: "close-survey", method: "POST", path: "/v1/surveys/$svy/close", status: 409},
	}
}

// TestAWholeFileOfAnswersIsTaken: a sheet is as long as a bulk request may be, as
// that of an airport with 2,831 passengers and 308 kB.
func TestAWholeFileOfAnswersIsTaken(t *testing.T) {
	h := newHouse(t)
	made := as[surveyView](h.call("POST", "/v1/surveys", `{"kind":"nps","names":{"en":"Airport"},"questions":[{"code":"score","form":"scale","to":10,"words":{"en":"How likely?"}}]}`).ok(201))
	h.call("POST", "/v1/surveys/"+made.ID+"/publish", "").ok(200)
	var csv strings.Builder
	csv.WriteString("external_id,score,left out\\n")
	for i := range 2831 {
		fmt.Fprintf(&csv, "%d,%d,%s\\n", i, i%11, strings.Repeat("x", 100))
	}
	r := as[surveySheetReport](h.call("POST", "/v1/survey-sheets", `{"survey":"`+made.ID+`","source":"airport","occurred":"2025-12-31T11:30:00Z","csv":"`+csv.String()+`"}`).ok(200))
	if r.Rows != 2831 || r.Taken != 2831 || r.Refused != 0 {
		t.Errorf("the report is %+v", r)
	}
}

// TestFeelingsAreToldByTouchpoint: of nine answers no figure is given, of a
// touchpoint without ten none is compared, and what nobody knows is told so.
func TestFeelingsAreToldByTouchpoint(t *testing.T) {
	h := newHouse(t)
	made := as[surveyView](h.call("POST", "/v1/surveys", `{"kind":"emotion","names":{"en":"Feeling"},"questions":[{"code":"score","form":"emotion","words":{"en":"What did you feel?"}},{"code":"why","form":"text","optional":true,"words":{"en":"Why?"}}]}`).ok(201))
	open := as[surveyView](h.call("POST", "/v1/surveys/"+made.ID+"/publish", "").ok(200))
	if open.Links["parcel"] != open.Link+"?at=parcel" || len(open.Links) != 5 {
		t.Errorf("the links are %v", open.Links)
	}
	n := 0
	bring := func(at string, numbers ...int) {
		var list []string
		for _, number := range numbers {
			n++
			where := ""
			if at != "" {
				where = `,"touchpoint":"` + at + `"`
			}
			list = append(list, fmt.Sprintf(`{"source":"old","external_id":"%d","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":%d}}%s}`, n, number, where))
		}
		h.call("POST", "/v1/survey-responses", `{"survey":"`+made.ID+`","responses":[`+strings.Join(list, ",")+`]}`).ok(200)
	}
	results := func() surveyEmotion {
		return as[surveyResultsView](h.call("GET", "/v1/surveys/"+made.ID+"/results", "").ok(200)).Emotions[0]
	}
	bring("shop", 5, 5, 5, 5, 5, 5, 5, 5, 5)
	if e := results(); e.All.N != 9 || e.All.Balance.Shown || e.All.Balance.Value != 0 || e.Touchpoints[0].Felt.Positive.Shown {
		t.Errorf("of nine there is %+v", e)
	}
	bring("shop", 5, 4, 4)
	bring("phone", 1, 1, 1, 2, 2, 1, 1, 2, 1, 4)
	bring("", 3)
	e := results()
	if e.Unknown != 1 || len(e.Touchpoints) != 3 || e.Touchpoints[2].Touchpoint != "unknown" || e.Touchpoints[2].Compared || !e.All.Preliminary {
		t.Fatalf("they come to %+v", e)
	}
	if at := e.Touchpoints[1]; at.Touchpoint != "phone" || !at.Different || at.High >= 0 || at.Felt.Balance.Value != -80 {
		t.Errorf("the telephone is %+v", at)
	}
	list := as[page[surveyResponse]](h.call("GET", "/v1/surveys/"+made.ID+"/responses?limit=1", "").ok(200))
	if list.Items[0].Touchpoint != "" || list.Items[0].Answers["score"].Number != 3 {
		t.Errorf("the last is %+v", list.Items)
	}
}

// TestTouchpointsAreThoseOfCards: an answer and a card speak of the same kinds.
func TestTouchpointsAreThoseOfCards(t *testing.T) {
	var answers, cards []string
	for _, k := range survey.Touchpoints() {
		answers = append(answers, string(k)+" "+k.Text().Key)
	}
	for _, k := range touch.Kinds() {
		cards = append(cards, string(k)+" "+k.Text().Key)
	}
	if !slices.Equal(answers, cards) {
		t.Errorf("answers know %v, cards %v", answers, cards)
	}
}

// TestABouncedInvitationIsNoneOfThoseAsked has a letter come back, twice.
func TestABouncedInvitationIsNoneOfThoseAsked(t *testing.T) {
	h := newHouse(t)
	asked := h.invited()
	for range 2 {
		got := as[surveyInvitation](h.call("POST", "/v1/survey-invitations/"+asked.Invitation+"/bounce", "").ok(200))
		if got.State != "bounced" {
			t.Errorf("it is %+v", got)
		}
	}
	rate := as[surveyResultsView](h.call("GET", "/v1/surveys/"+asked.Survey+"/results", "").ok(200)).Response
	if rate.Shown {
		t.Errorf("nobody was reached, and the rate is %+v", rate)
	}
}

// invited has a survey ask its only member.
func (h *house) invited() surveyInvitation {
	h.t.Helper()
	h.call("PUT", "/v1/survey-settings", `{"never_share":0}`).ok(200)
	h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"asked@example.com"}]}`).ok(200)
	one := as[surveyView](h.call("POST", "/v1/surveys", exampleSurvey).ok(201)).ID
	h.call("POST", "/v1/surveys/"+one+"/publish", "").ok(200)
	h.call("POST", "/v1/surveys/"+one+"/samples", `{"method":"everybody","seed":1}`).ok(201)
	h.draws()
	list := as[page[surveyInvitation]](h.call("GET", "/v1/surveys/"+one+"/invitations", "").ok(200)).Items
	if len(list) == 0 || list[0].State != "invited" {
		h.t.Fatalf("asked are %+v", list)
	}
	return list[0]
}

// draws does the one job that draws a sample.
func (h *house) draws() {
	h.t.Helper()
	r := jobs.NewRunner(h.d, h.clock.now, slog.New(slog.DiscardHandler))
	done := make(chan error, 1)
	r.Handle(survey.DrawJob, func(ctx context.Context, j *jobs.Job) error {
		err := h.config.Surveys.Draw(ctx, j)
		done <- err
		return err
	})
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	must(h.t, <-done)
	stop()
	must(h.t, <-ended)
}

// TestOwnWordsAreCoded: what a person says an answer is about stands with it and
// in the results, until it is taken back.
func TestOwnWordsAreCoded(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		n := as[surveyView](h.call("POST", "/v1/surveys", `{"kind":"custom","names":{"en":"Say"},"questions":[{"code":"why","form":"text","words":{"en":"Why?"}}]}`).ok(201)).ID
		h.call("POST", "/v1/surveys/"+n+"/publish", "").ok(200)
		h.call("POST", "/v1/survey-reasons", `{"code":"wait","names":{"en":"Waiting"}}`).ok(201)
		h.call("POST", "/v1/survey-responses", `{"survey":"`+n+`","responses":[{"source":"old","external_id":"1","occurred":"2005-01-01T11:30:00Z","answers":{"why":{"text":"The queue"}}}]}`).ok(200)
		first := func() surveyResponse {
			return as[page[surveyResponse]](h.call("GET", "/v1/surveys/"+n+"/responses", "").ok(200)).Items[0]
		}
		at := "/v1/survey-responses/" + first().ID + "/reasons/why"
		h.call("PUT", at, `{"reason":"wait"}`).ok(200)
		if got := first().Reasons["why"]; got != "wait" {
			t.Errorf("it is about %q", got)
		}
		h.call("PUT", at, `{"reason":""}`).ok(200)
		if got := first().Reasons; len(got) != 0 {
			t.Errorf("taken back it is about %v", got)
		}
		h.call("PUT", at, `{"reason":"wait"}`, "Authorization", "Bearer "+h.newKey(h.programme.ID, "surveys:read")).ok(403)
	})
}
