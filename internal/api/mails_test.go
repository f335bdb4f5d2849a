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
		{op: "get-case-mailbox", method: "GET", path: "/v1/case-mailbox", status: 404},
		{op: "set-case-mailbox", method: "PUT", path: "/v1/case-mailbox", body: strings.Replace(exampleCaseMailbox, "an-app-password", "", 1), status: 422},
		{op: "set-case-mailbox", method: "PUT", path: "/v1/case-mailbox", body: exampleCaseMailbox, status: 200},
		{op: "set-case-mailbox", method: "PUT", path: "/v1/case-mailbox", body: nobodysMailbox, status: 200},
		{op: "set-case-mailbox", method: "PUT", path: "/v1/case-mailbox", body: strings.Replace(openMailbox, `"refresh_token"`, `"password"`, 1), status: 422},
		{op: "set-case-mailbox", method: "PUT", path: "/v1/case-mailbox", body: openMailbox, status: 200},
		{op: "get-case-mailbox", method: "GET", path: "/v1/case-mailbox", status: 200},
		{op: "test-case-mailbox", method: "POST", path: "/v1/case-mailbox/test", status: 200},
		{op: "retry-case-mailbox", method: "POST", path: "/v1/case-mailbox/retry", status: 200},
		{op: "remove-case-mailbox", method: "DELETE", path: "/v1/case-mailbox", status: 200},
		{op: "test-case-mailbox", method: "POST", path: "/v1/case-mailbox/test", status: 404},
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

// nobodysMailbox is where no server listens.
const nobodysMailbox = `{"host": "127.0.0.1", "port": 1, "security": "tls", "user": "help", "password": "correct horse", "on": true}`

// openMailbox is there too, and signs in by OAuth.
const openMailbox = `{"host": "127.0.0.1", "port": 1, "security": "tls", "user": "help", "login": "oauth", "token_url": "https://login.example.com/token", "client_id": "regulars",
	"scope": "mail", "refresh_token": "correct horse", "on": true}`

// TestThePasswordOfAMailboxIsNeverShown: nor given to another server.
func TestThePasswordOfAMailboxIsNeverShown(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		const path = "/v1/case-mailbox"
		h.call("PUT", path, nobodysMailbox, keyHeader, "a").ok(200)
		for _, answer := range []got{h.call("PUT", path, nobodysMailbox, keyHeader, "a").ok(200), h.call("GET", path, "").ok(200), h.call("POST", path+"/test", "").ok(200)} {
			if strings.Contains(answer.text, "correct horse") {
				t.Errorf("%s", answer.text)
			}
		}
		if trial := as[mailboxTrial](h.call("POST", path+"/test", "").ok(200)); trial.Failure != "unreachable" || trial.Words != "The server does not answer at this port." {
			t.Errorf("%+v", trial)
		}
		kept := strings.Replace(nobodysMailbox, `"password": "correct horse"`, `"folder": "Help"`, 1)
		if m := as[caseMailbox](h.call("PUT", path, kept).ok(200)); m.Folder != "Help" || m.Failure != "" {
			t.Errorf("%+v", m)
		}
		h.call("PUT", path, strings.Replace(kept, "127.0.0.1", "192.0.2.7", 1)).ok(422)
		open := h.call("PUT", path, openMailbox).ok(200)
		if m := as[caseMailbox](open); m.Login != "oauth" || m.TokenURL == "" || m.ClientID != "regulars" || m.Scope != "mail" || strings.Contains(open.text, "correct horse") {
			t.Errorf("%s", open.text)
		}
		keptOpen := strings.Replace(openMailbox, `"refresh_token": "correct horse"`, `"folder": "Help"`, 1)
		h.call("PUT", path, keptOpen).ok(200)
		h.call("PUT", path, strings.Replace(keptOpen, "login.example.com", "evil.example.com", 1)).ok(422)
		h.call("PUT", path, strings.Replace(openMailbox, "https:", "http:", 1)).ok(422)
		h.call("PUT", path, strings.Replace(kept, `"tls"`, `"plain"`, 1)).ok(422)
	})
}
