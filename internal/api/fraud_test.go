package api

import (
	"testing"

	"regulars/internal/auth"
)

// fraudWatch is the part of the story about what is watched for.
func fraudWatch() []step {
	return []step{
		{op: "get-fraud-rules", method: "GET", path: "/v1/fraud-rules", status: 200},
		{op: "write-fraud-rules", method: "PUT", path: "/v1/fraud-rules", body: `{"watching":true,"rules":[{"kind":"points_day","action":"flag","more":5000},{"kind":"card_tries","action":"flag","more":1}]}`, status: 200},
		{op: "write-fraud-rules", method: "PUT", path: "/v1/fraud-rules", body: `{"watching":true,"rules":[{"kind":"card_tries","action":"hold","more":0}]}`, status: 422},
		{op: "write-fraud-rules", method: "PUT", path: "/v1/fraud-rules", body: `{"watching":true,"rules":[{"kind":"moods","action":"flag","more":0}]}`, status: 422, wrong: true},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/0000-0000-0000-0000", status: 422},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/0000-0000-0000-0001", status: 422},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?kind=card_tries", status: 200, learn: map[string]string{"flag": "items.0.flag"}},
		{op: "get-fraud-flag", method: "GET", path: "/v1/fraud-flags/$flag", status: 200},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/$flag/decide", body: `{"decision":"let_go","note":"x"}`, status: 422, wrong: true},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/$flag/decide", body: `{"decision":"allow","note":"it was us"}`, status: 422},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?state=open&kind=points_day", status: 200},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?member=$nina", status: 200},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?state=lost", status: 422},
		{op: "list-fraud-flags", method: "GET", path: "/v1/fraud-flags?kind=moods", status: 422},
		{op: "get-fraud-flag", method: "GET", path: "/v1/fraud-flags/flg_01h9x3k7q2v5n", status: 404},
		{op: "decide-fraud-flag", method: "POST", path: "/v1/fraud-flags/flg_01h9x3k7q2v5n/decide", body: `{"decision":"allow","note":"a family"}`, status: 404},
	}
}

// TestKeysMayDecideFlags holds the scopes that integrators are told of.
func TestKeysMayDecideFlags(t *testing.T) {
	if r, w := auth.FraudRead.Scope(), auth.FraudWrite.Scope(); r != "fraud:read" || w != "fraud:write" {
		t.Errorf("the scopes are %q and %q", r, w)
	}
}
