package api

import (
	"strings"
	"testing"
)

// cases is the part of the story about what went wrong and how it is made good.
func cases() []step {
	leak := `{"name":"ticket-17","kind":"complaint","reason":"quality","wanted":"refund","member":"$nina","text":"The pot leaks 🫖","price":10000}`
	return []step{
		{op: "create-case", method: "POST", path: "/v1/cases", body: leak, status: 201, learn: map[string]string{"cas": "case"}},
		{op: "create-case", method: "POST", path: "/v1/cases", body: leak, status: 201},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"complaint","reason":"weather"}`, status: 422},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"complaint","reason":"quality","shop":"moon"}`, status: 422},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"complaint","reason":"quality","member":"mem_01h9x3k7q2v5n"}`, status: 404},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"rant","reason":"quality"}`, status: 422, wrong: true},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"wish","reason":"other","text":"Mint tea, please"}`, status: 201, learn: map[string]string{"wish": "case"}},
		{op: "list-cases", method: "GET", path: "/v1/cases?kind=complaint&state=open&member=$nina", status: 200},
		{op: "list-cases", method: "GET", path: "/v1/cases?state=lost", status: 422},
		{op: "get-case", method: "GET", path: "/v1/cases/$cas", status: 200},
		{op: "get-case", method: "GET", path: "/v1/cases/cas_01h9x3k7q2v5n", status: 404},
		{op: "list-case-reasons", method: "GET", path: "/v1/case-reasons", status: 200},
		{op: "answer-case", method: "POST", path: "/v1/cases/$cas/messages", body: `{"text":"We look at it","note":true}`, status: 201},
		{op: "answer-case", method: "POST", path: "/v1/cases/$cas/messages", body: `{"apology":{"name":"Nina","happened":"The pot leaks.","changes":"We test each.","who":""}}`, status: 422},
		{op: "answer-case", method: "POST", path: "/v1/cases/$cas/messages", body: `{"apology":{"name":"Nina","happened":"The pot leaks.","changes":"We test each.","who":"Ann"}}`, status: 201},
		{op: "assign-case", method: "POST", path: "/v1/cases/$cas/assign", body: `{"owner":"stf_01h9x3k7q2v5n"}`, status: 422},
		{op: "assign-case", method: "POST", path: "/v1/cases/$cas/assign", body: `{"owner":""}`, status: 200},
		{op: "judge-case", method: "POST", path: "/v1/cases/$cas/judge", body: `{"cause":"supplier","severity":"high"}`, status: 200},
		{op: "judge-case", method: "POST", path: "/v1/cases/$cas/judge", body: `{"cause":"moon"}`, status: 422},
		{op: "compensate-case", method: "POST", path: "/v1/cases/$cas/compensations", body: `{"name":"p1","kind":"points","amount":500}`, status: 201, learn: map[string]string{"given": "compensations.0.compensation"}},
		{op: "approve-compensation", method: "POST", path: "/v1/cases/$cas/compensations/$given/approve", status: 200}, // it has decided so itself
		{op: "compensate-case", method: "POST", path: "/v1/cases/$cas/compensations", body: `{"name":"p1","kind":"points","amount":600}`, status: 409},
		{op: "compensate-case", method: "POST", path: "/v1/cases/$cas/compensations", body: `{"kind":"refund","amount":99000}`, status: 403},
		{op: "compensate-case", method: "POST", path: "/v1/cases/$cas/compensations", body: `{"kind":"refund","amount":9000}`, status: 201, learn: map[string]string{"crm": "compensations.1.compensation"}},
		{op: "approve-compensation", method: "POST", path: "/v1/cases/$cas/compensations/$crm/approve", status: 403},
		{op: "decline-compensation", method: "POST", path: "/v1/cases/$cas/compensations/$crm/decline", status: 200},
		{op: "solve-case", method: "POST", path: "/v1/cases/$cas/solve", status: 200},
		{op: "solve-case", method: "POST", path: "/v1/cases/$cas/solve", status: 409},
		{op: "reopen-case", method: "POST", path: "/v1/cases/$cas/reopen", status: 200},
		{op: "solve-case", method: "POST", path: "/v1/cases/$cas/solve", status: 200},
		{op: "close-case", method: "POST", path: "/v1/cases/$cas/close", status: 200},
		{op: "decide-wish", method: "POST", path: "/v1/cases/$wish/decide", body: `{"state":"planned"}`, status: 200},
		{op: "decide-wish", method: "POST", path: "/v1/cases/$cas/decide", body: `{"state":"planned"}`, status: 409},
		{op: "get-case-report", method: "GET", path: "/v1/cases/report", status: 200},
	}
}

// TestAPINIsToldOnce holds that the PIN of a case comes with the answer that
// opened it and nowhere else.
func TestAPINIsToldOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		made := h.call("POST", "/v1/cases", `{"kind":"complaint","reason":"quality","text":"It leaks"}`).ok(201)
		view := as[caseFile](made)
		if len(view.PIN) != 6 {
			t.Errorf("the PIN is %q", view.PIN)
		}
		if read := h.call("GET", "/v1/cases/"+view.Case, "").ok(200); strings.Contains(read.text, `"pin"`) {
			t.Errorf("read later it is %s", read.text)
		}
	})
}
