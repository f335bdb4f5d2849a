package api

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// cases is the part of the story about what went wrong and how it is made good.
func cases() []step {
	leak := `{"name":"ticket-17","kind":"complaint","reason":"quality","wanted":"refund","member":"$nina","text":"The pot leaks 🫖","price":10000}`
	return []step{
		{op: "create-case", method: "POST", path: "/v1/cases", body: leak, status: 201, learn: map[string]string{"cas": "case"}},
		{op: "create-case", method: "POST", path: "/v1/cases", body: leak, status: 201},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"complaint","reason":"weather"}`, status: 422},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"complaint","reason":"quality","photos":["R0lGODlh"]}`, status: 422},
		{op: "create-case", method: "POST", path: "/v1/cases", body: `{"kind":"complaint","reason":"quality","photos":["` + dot() + `"]}`, status: 201, learn: map[string]string{"shot": "case", "cph": "photos.0"}},
		{op: "get-case-photo", method: "GET", path: "/v1/cases/$shot/photos/$cph", status: 200},
		{op: "get-case-photo", method: "GET", path: "/v1/cases/$shot/photos/cph_01h9x3k7q2v5n", status: 404},
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
		{op: "add-case-action", method: "POST", path: "/v1/case-actions", body: `{"cause":"supplier","title":"Test every pot","owner":"$boss","due":"2026-12-24"}`, status: 201, learn: map[string]string{"cac": "action"}},
		{op: "add-case-action", method: "POST", path: "/v1/case-actions", body: `{"cause":"moon","title":"Test every pot","owner":"$boss","due":"2026-12-24"}`, status: 422},
		{op: "add-case-action", method: "POST", path: "/v1/case-actions", body: `{"cause":"supplier","title":"Test every pot","owner":"stf_01h9x3k7q2v5n","due":"2026-12-24"}`, status: 422},
		{op: "add-case-action", method: "POST", path: "/v1/case-actions", body: `{"cause":"supplier","title":" ","owner":"$boss","due":"2026-12-24"}`, status: 422},
		{op: "add-case-action", method: "POST", path: "/v1/case-actions", body: `{"cause":"supplier","title":"Test","owner":"$boss","due":"2026-02-30"}`, status: 422},
		{op: "finish-case-action", method: "POST", path: "/v1/case-actions/$cac/done", status: 200},
		{op: "finish-case-action", method: "POST", path: "/v1/case-actions/cac_01h9x3k7q2v5n/done", status: 404},
		{op: "list-case-actions", method: "GET", path: "/v1/case-actions", status: 200},
		{op: "get-case-settings", method: "GET", path: "/v1/case-settings", status: 200},
		{op: "set-case-settings", method: "PUT", path: "/v1/case-settings", body: exampleCaseSettings, status: 200},
		{op: "set-case-settings", method: "PUT", path: "/v1/case-settings", body: exampleCaseSettings, status: 409},
		{op: "get-case-recovery", method: "GET", path: "/v1/cases/recovery", status: 200},
		{op: "get-case-report", method: "GET", path: "/v1/cases/report", status: 200},
	}
}

// boss hires somebody and returns who it is.
func (h *house) boss() string {
	h.t.Helper()
	n, _, err := h.config.Auth.Invite(h.t.Context(), system, auth.Invitation{
		Email: "ola@example.com", Name: "Ola", Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: h.programme.ID, Role: auth.Manager}},
	})
	must(h.t, err)
	return n.ID.In(id.Staff)
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

// TestSettingsOfCasesPointAtWhatIsWrong changes one thing of those in force at
// a time.
func TestSettingsOfCasesPointAtWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	h.call("PUT", "/v1/case-settings", exampleCaseSettings).ok(200)
	kept := as[caseSettings](h.call("GET", "/v1/case-settings", "").ok(200))
	if kept.Version != 1 || kept.Settings.Week[0] != (caseHours{"09:00", "18:00"}) || kept.Settings.Week[6] != (caseHours{}) || kept.Settings.Targets.High.First != 120 {
		t.Errorf("kept is %+v", kept)
	}
	for _, c := range []struct{ was, is, at string }{
		{`"from": "09:00", "to": "18:00"`, `"from": "19:00", "to": "18:00"`, "/settings/week"},
		{`"from": "09:00", "to": "18:00"`, `"from": "27:00", "to": "28:00"`, "/settings/week/0"},
		{`"legal"`, `"holidays": ["24 December"], "legal"`, "/settings/holidays"},
		{`"PL": 14`, `"Poland": 14`, "/settings/legal/Poland"},
		{`"legal"`, `"shops": {"moon": [{"from": "09:00", "to": "18:00"}, {}, {}, {}, {}, {}, {}]}, "legal"`, "/settings/shops/moon"},
		{`"legal"`, `"superiors": ["stf_01h9x3k7q2v5n"], "legal"`, "/settings/superiors/0"},
		{`"legal"`, `"wallet": "wal_01h9x3k7q2v5n", "legal"`, "/settings/wallet"},
		{`"legal"`, `"batch": "bat_01h9x3k7q2v5n", "legal"`, "/settings/batch"},
		{`"share": 10000`, `"share": 0`, "/settings/remedies/0"},
		{`"manager": 20000`, `"king": 20000`, "/settings/limits/king"},
	} {
		body := strings.Replace(strings.Replace(exampleCaseSettings, `"version": 0`, `"version": 1`, 1), c.was, c.is, 1)
		if p := h.call("PUT", "/v1/case-settings", body).ok(422); !strings.Contains(p.text, `"`+c.at+`"`) {
			t.Errorf("%s: %s", c.is, p.text)
		}
	}
}
