package api

import (
	"strings"
	"testing"

	"regulars/internal/auth"
)

// knownIssues is the part of the story about what is not perfect.
func knownIssues() []step {
	issue := func(state, rest string) string {
		return `{"title":{"en":"The lid leaks"},"what":{"en":"Tea runs down the side."},"products":["POT"],"causes":["supplier"],"state":"` + state + `","since":"2011-01-01"` + rest + `}`
	}
	return []step{
		{op: "add-known-issue", method: "POST", path: "/v1/known-issues", status: 201, learn: map[string]string{"issue": "known_issue"}, body: issue("looking", `,"expected":"2012-04-01"`)},
		{op: "add-known-issue", method: "POST", path: "/v1/known-issues", status: 201, body: issue("mended", `,"published":true`), also: []auth.Scope{"trust:publish"}},
		{op: "add-known-issue", method: "POST", path: "/v1/known-issues", status: 422, body: issue("wont", "")},
		{op: "add-known-issue", method: "POST", path: "/v1/known-issues", status: 422, body: issue("looking", `,"shops":["moon"]`)},
		{op: "add-known-issue", method: "POST", path: "/v1/known-issues", status: 422, body: issue("looking", `,"actions":["moon"]`)},
		{op: "add-known-issue", method: "POST", path: "/v1/known-issues", status: 422, wrong: true, body: issue("hidden", "")},
		{op: "change-known-issue", method: "PUT", path: "/v1/known-issues/$issue", status: 200, body: `{"version":1,"issue":` + issue("mending", "") + `}`},
		{op: "change-known-issue", method: "PUT", path: "/v1/known-issues/$issue", status: 409, body: `{"version":1,"issue":` + issue("mended", "") + `}`},
		{op: "change-known-issue", method: "PUT", path: "/v1/known-issues/$issue", status: 422, body: `{"version":2,"issue":` + issue("mended", `,"mended_on":"2010-01-01"`) + `}`},
		{op: "change-known-issue", method: "PUT", path: "/v1/known-issues/kni_01h9x3k7q2v5n", status: 404, body: `{"version":1,"issue":` + issue("mending", "") + `}`},
		{op: "get-known-issue", method: "GET", path: "/v1/known-issues/$issue", status: 200},
		{op: "get-known-issue", method: "GET", path: "/v1/known-issues/kni_01h9x3k7q2v5n", status: 404},
		{op: "list-known-issues", method: "GET", path: "/v1/known-issues?limit=1", status: 200, learn: map[string]string{"more": "next"}},
		{op: "list-known-issues", method: "GET", path: "/v1/known-issues?limit=1&cursor=$more&state=mending", status: 200},
		{op: "list-known-issues", method: "GET", path: "/v1/known-issues?state=hidden", status: 422},
	}
}

// TestAKnownIssueOverHTTP: a repeated request makes one, a key without the
// right to publish cannot, and nobody sees another programme's.
func TestAKnownIssueOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		body := `{"title":{"en":"The lid leaks"},"what":{"en":"Tea runs."},"state":"looking","since":"2011-01-01","expected":"2011-02-01"}`
		first := as[knownIssueFile](h.call("POST", "/v1/known-issues", body, keyHeader, "one").ok(201))
		again := h.call("POST", "/v1/known-issues", body, keyHeader, "one").ok(201)
		if as[knownIssueFile](again).ID != first.ID || again.header.Get("Idempotent-Replayed") != "true" || !first.Overdue {
			t.Errorf("again %s", again.text)
		}
		key := h.key
		h.key = h.newKey(h.programme.ID, "trust:read", "trust:write")
		h.call("POST", "/v1/known-issues", strings.Replace(body, `"state"`, `"published":true,"state"`, 1)).ok(403)
		h.key = key
		got := as[problem](h.call("PUT", "/v1/known-issues/"+first.ID, `{"version":1,"issue":{"title":{"pl":"x"},"what":{"en":"y"},"state":"looking","since":"2011-01-01"}}`).ok(422))
		if len(got.Errors) != 1 || got.Errors[0].Pointer != "/issue/title/en" {
			t.Errorf("the problem is %+v", got)
		}
		other, _ := h.furnishProgramme("other", "Other Shop")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		h.call("GET", "/v1/known-issues/"+first.ID, "").ok(404)
		if list := as[page[knownIssueView]](h.call("GET", "/v1/known-issues", "").ok(200)); len(list.Items) != 0 {
			t.Errorf("another programme sees %+v", list.Items)
		}
	})
}
