package api

import (
	"strings"
	"testing"

	"regulars/internal/auth"
)

// mails is the part of the story about e-mails.
func mails() []step {
	as := []string{"Content-Type", mailType}
	return []step{
		{op: "take-mail", method: "POST", path: "/v1/mails", body: exampleMail, headers: as, status: 200, learn: map[string]string{"mailed": "case"}},
		{op: "take-mail", method: "POST", path: "/v1/mails", body: exampleMail, headers: as, status: 200},
		{op: "take-mail", method: "POST", path: "/v1/mails", body: "no e-mail", headers: as, status: 422},
		{op: "get-case", method: "GET", path: "/v1/cases/$mailed", status: 200},
	}
}

// TestAnEmailIsNobodysProof: with the scope for it and no other, an e-mail opens
// a case, and the answer tells nothing of whose it is.
func TestAnEmailIsNobodysProof(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"ann@example.com"}],"given_name":"Annabel"}`).ok(200)
		h.key = h.newKey(h.programme.ID, auth.CasesMail.Scope())
		got := h.call("POST", "/v1/mails", exampleMail, "Content-Type", mailType).ok(200)
		if taken := as[mailTaken](got); taken.Outcome != "opened" || taken.Case == "" || strings.Contains(got.text, "mem_") || strings.Contains(got.text, "Annabel") {
			t.Errorf("%s", got.text)
		}
		if got := h.call("POST", "/v1/mails", exampleMail).ok(422).problem(); got.Code != "wrong_mail_type" {
			t.Errorf("%+v", got)
		}
		away := strings.Replace(strings.Replace(exampleMail, "<1@", "<2@", 1), "Subject", "Auto-Submitted: auto-replied\r\nSubject", 1)
		if taken := as[mailTaken](h.call("POST", "/v1/mails", away, "Content-Type", mailType).ok(200)); taken != (mailTaken{"machine", "", "Auto-Submitted"}) {
			t.Errorf("%+v", taken)
		}
		h.key = h.newKey(h.programme.ID, auth.CasesWrite.Scope())
		h.call("POST", "/v1/mails", exampleMail, "Content-Type", mailType).ok(403)
	})
}
