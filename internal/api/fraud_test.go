package api

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/fraud"
	"regulars/internal/id"
)

// fraudWatch is the part of the story about what is watched for.
func fraudWatch() []step {
	return []step{
		{op: "get-fraud-rules", method: "GET", path: "/v1/fraud-rules", status: 200},
		{op: "write-fraud-rules", method: "PUT", path: "/v1/fraud-rules", body: `{"watching":true,"rules":[{"kind":"points_day","action":"flag","more":5000},{"kind":"card_tries","action":"flag","more":0}]}`, status: 200},
		{op: "write-fraud-rules", method: "PUT", path: "/v1/fraud-rules", body: `{"watching":true,"rules":[{"kind":"card_tries","action":"hold","more":0}]}`, status: 422},
		{op: "write-fraud-rules", method: "PUT", path: "/v1/fraud-rules", body: `{"watching":true,"rules":[{"kind":"moods","action":"flag","more":0}]}`, status: 422, wrong: true},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/0000-0000-0000-0000", status: 404},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/0000-0000-0000-0001", status: 422},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?kind=card_tries", status: 200},
		{op: "get-fraud-flag", method: "GET", path: "/v1/fraud-flags/$flag", status: 200},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/$flag/decide", body: `{"decision":"let_go","note":"x"}`, status: 422, wrong: true},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/$flag/decide", body: `{"decision":"allow","note":"a worn card"}`, status: 200},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/$flag/decide", body: `{"decision":"confirm","note":"no"}`, status: 409},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?state=open&kind=points_day", status: 200},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?member=$nina", status: 200},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?state=lost", status: 422},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?kind=moods", status: 422},
		{op: "get-fraud-flag", method: "GET", path: "/v1/fraud-flags/flg_01h9x3k7q2v5n", status: 404},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/flg_01h9x3k7q2v5n/decide", body: `{"decision":"allow","note":"a family"}`, status: 404},
	}
}

// flagged lets somebody guess a gift card, and returns the flag of it.
func (h *house) flagged(t *testing.T) string {
	t.Helper()
	who := auth.System("test")
	_, err := h.config.Fraud.SaveRules(t.Context(), who, h.programme.ID, fraud.Spec{Watching: true, Rules: []fraud.Rule{{Kind: fraud.CardTries, Action: fraud.Flag}}})
	must(t, err)
	must(t, h.config.Fraud.Tried(t.Context(), who, h.programme.ID))
	list, err := h.config.Fraud.List(t.Context(), who, fraud.Query{ProgrammeID: h.programme.ID, Limit: 1})
	must(t, err)
	return list[0].ID.In(id.Flag)
}

// TestGuessedCardsAreFlagged asks for gift cards that there are not.
func TestGuessedCardsAreFlagged(t *testing.T) {
	h := newHouse(t)
	h.call("PUT", "/v1/fraud-rules", `{"watching":true,"rules":[{"kind":"card_tries","action":"flag","more":1}]}`).ok(200)
	for range 2 {
		h.call("GET", "/v1/gift-cards/0000-0000-0000-0000", "").ok(404)
	}
	if n, _ := dig([]byte(h.call("GET", "/v1/fraud-flags?kind=card_tries", "").ok(200).text), "items.0.figure"); n != "2" {
		t.Errorf("the flag tells of %q tries, want 2", n)
	}
}

// TestKeysMayDecideFlags holds the scopes that integrators are told of.
func TestKeysMayDecideFlags(t *testing.T) {
	if r, w := auth.FraudRead.Scope(), auth.FraudWrite.Scope(); r != "fraud:read" || w != "fraud:write" {
		t.Errorf("the scopes are %q and %q", r, w)
	}
}
