package api

import (
	"fmt"
	"strings"
	"testing"
)

// factors is the part of the story about what feedback is about.
func factors() []step {
	action := `{"factor":"speed","title":"A second till","why":"Queues","owner":"$boss","cost":120000,"effort":"weeks","due":"2026-12-24"}`
	return []step{
		{op: "get-factors", method: "GET", path: "/v1/factors", status: 200},
		{op: "set-factors", method: "PUT", path: "/v1/factors", body: exampleFactors, status: 200},
		{op: "set-factors", method: "PUT", path: "/v1/factors", body: exampleFactors, status: 409},
		{op: "set-factors", method: "PUT", path: "/v1/factors", body: strings.Replace(exampleFactors, `"carrier": "speed"`, `"carrier": "reviews"`, 1), status: 422},
		{op: "set-factors", method: "PUT", path: "/v1/factors", body: strings.Replace(exampleFactors, `"code": "value"`, `"code": "rest"`, 1), status: 422, wrong: true},
		{op: "set-factors", method: "PUT", path: "/v1/factors", body: strings.Replace(exampleFactors, `"speed"}}}`, `"speed"},"ratings":[{"survey":"$svy","question":"score","factor":"value"}]}}`, 1), status: 422},
		{op: "list-feedback", method: "GET", path: "/v1/feedback?limit=1", status: 200},
		{op: "list-feedback", method: "GET", path: "/v1/feedback?limit=1&cursor=MTIz", status: 422},
		{op: "list-feedback", method: "GET", path: "/v1/feedback?factor=rest", status: 422},
		{op: "list-feedback", method: "GET", path: "/v1/feedback?factor=service&source=case&from=2020-01-01T00:00:00Z", status: 200},
		{op: "list-feedback", method: "GET", path: "/v1/feedback?shop=moon", status: 404},
		{op: "code-feedback", method: "POST", path: "/v1/feedback/code", body: `{"feedback":"$cas","factor":"relations"}`, status: 200},
		{op: "code-feedback", method: "POST", path: "/v1/feedback/code", body: `{"feedback":"$cas","factor":""}`, status: 200},
		{op: "code-feedback", method: "POST", path: "/v1/feedback/code", body: `{"feedback":"$cas","factor":"reviews"}`, status: 422},
		{op: "code-feedback", method: "POST", path: "/v1/feedback/code", body: `{"feedback":"mem_01h9x3k7q2v5n","factor":"speed"}`, status: 422},
		{op: "code-feedback", method: "POST", path: "/v1/feedback/code", body: `{"feedback":"rvw_01h9x3k7q2v5n","factor":"speed"}`, status: 404},
		{op: "count-feedback", method: "GET", path: "/v1/feedback/count", status: 200},
		{op: "get-factor-map", method: "GET", path: "/v1/factors/map", status: 200},
		{op: "get-factor-map", method: "GET", path: "/v1/factors/map?basis=ratings", status: 200},
		{op: "get-factor-map", method: "GET", path: "/v1/factors/map?basis=ratings&survey=$svy", status: 422},
		{op: "get-factor-map", method: "GET", path: "/v1/factors/map?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", status: 422},
		{op: "get-factor-map", method: "GET", path: "/v1/factors/map?basis=stars", status: 422},
		{op: "list-satisfaction-members", method: "GET", path: "/v1/factors/satisfaction/members?cell=satisfied_gone", status: 200},
		{op: "list-satisfaction-members", method: "GET", path: "/v1/factors/satisfaction/members?cell=moon", status: 422},
		{op: "get-satisfaction-and-loyalty", method: "GET", path: "/v1/factors/satisfaction", status: 200},
		{op: "add-factor-action", method: "POST", path: "/v1/factor-actions", body: action, status: 201, learn: map[string]string{"fca": "action"}},
		{op: "add-factor-action", method: "POST", path: "/v1/factor-actions", body: strings.Replace(action, "speed", "reviews", 1), status: 422},
		{op: "add-factor-action", method: "POST", path: "/v1/factor-actions", body: strings.Replace(action, "$boss", "stf_01h9x3k7q2v5n", 1), status: 422},
		{op: "add-factor-action", method: "POST", path: "/v1/factor-actions", body: strings.Replace(action, "weeks", "years", 1), status: 422, wrong: true},
		{op: "change-factor-action", method: "PUT", path: "/v1/factor-actions/$fca", body: `{"version":1,"action":` + action + `}`, status: 200},
		{op: "change-factor-action", method: "PUT", path: "/v1/factor-actions/$fca", body: `{"version":1,"action":` + action + `}`, status: 409},
		{op: "turn-factor-action", method: "POST", path: "/v1/factor-actions/$fca/state", body: `{"state":"dropped"}`, status: 422},
		{op: "turn-factor-action", method: "POST", path: "/v1/factor-actions/$fca/state", body: `{"state":"done"}`, status: 200},
		{op: "turn-factor-action", method: "POST", path: "/v1/factor-actions/fca_01h9x3k7q2v5n/state", body: `{"state":"done"}`, status: 404},
		{op: "list-factor-scales", method: "GET", path: "/v1/factors/scales", status: 200},
		{op: "list-factor-actions", method: "GET", path: "/v1/factor-actions", status: 200},
	}
}

// TestFeedbackIsCodedOverTheAPI codes a review by hand and reads it back in the
// list of its factor, in the count and on the map, through pages of one.
func TestFeedbackIsCodedOverTheAPI(t *testing.T) {
	h := newHouse(t)
	var reviews []string
	for i := range 12 {
		reviews = append(reviews, fmt.Sprintf(`{"platform":"google","external_id":"g-%d","rating":%d,"time":"2025-12-30T12:00:00Z","text":"So slow"}`, i, 1+4*(i%4/3)))
	}
	h.call("POST", "/v1/reviews", `{"reviews":[`+strings.Join(reviews, ",")+`]}`).ok(200)
	seen := map[string]bool{}
	next := ""
	for {
		p := as[page[feedbackView]](h.call("GET", "/v1/feedback?limit=5&cursor="+next, "").ok(200))
		for _, n := range p.Items {
			if seen[n.Feedback] || n.Suggested != "speed" || n.Factor != "" {
				t.Errorf("the list shows %+v", n)
			}
			seen[n.Feedback] = true
		}
		if next = p.Next; next == "" {
			break
		}
	}
	if len(seen) != 12 {
		t.Fatalf("the pages have %d pieces", len(seen))
	}
	for one := range seen {
		if got := as[feedbackView](h.call("POST", "/v1/feedback/code", `{"feedback":"`+one+`","factor":"speed"}`).ok(200)); got.Factor != "speed" || got.By == "" {
			t.Errorf("it is coded as %+v", got)
		}
	}
	if n := as[feedbackCount](h.call("GET", "/v1/feedback/count", "").ok(200)); n.Coded != 12 || n.Offered != 12 || n.Confirmed != 12 || n.Reviews.Coded != 12 {
		t.Errorf("the count is %+v", n)
	}
	m := as[factorMap](h.call("GET", "/v1/factors/map", "").ok(200))
	if f := m.Factors[0]; f.Factor != "speed" || !f.Placed || !f.Early || f.Performance.Value != 0.25 || f.Importance.Value != 1 {
		t.Errorf("the first of the map is %+v", f)
	}
	h.key = h.newKey(h.programme.ID, "factors:read")
	if p := as[page[feedbackView]](h.call("GET", "/v1/feedback?factor=speed", "").ok(200)); len(p.Items) != 0 {
		t.Errorf("a key that reads no reviews sees %d", len(p.Items))
	}
	h.call("POST", "/v1/feedback/code", `{"feedback":"rvw_01h9x3k7q2v5n","factor":"speed"}`).ok(403)
}
