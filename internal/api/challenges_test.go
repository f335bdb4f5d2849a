package api

import (
	"strings"
	"testing"

	"regulars/internal/auth"
)

// challenges is the part of the story about what members are invited to do.
func challenges() []step {
	coffee := `{"names":{"en":"Coffee month","pl":"Miesiąc kawy"},"form":"goal","counts":"units","lines":{"categories":["coffee"]},"span":"month","steps":[{"at":5,"reward":{"kind":"points","points":50,"months":6}}],"opt_in":true}`
	return []step{
		{op: "create-challenge", method: "POST", path: "/v1/challenges", body: coffee, status: 201, learn: map[string]string{"chl": "challenge"}},
		{op: "create-challenge", method: "POST", path: "/v1/challenges", body: coffee, status: 409},
		{op: "create-challenge", method: "POST", path: "/v1/challenges", body: `{"names":{"en":"X"},"form":"dance","counts":"units","span":"month","steps":[{"at":1,"reward":{"kind":"tag","tag":"x"}}]}`, status: 422, wrong: true},
		{op: "create-challenge", method: "POST", path: "/v1/challenges", body: `{"names":{"en":"X"},"form":"streak","counts":"units","span":"fixed","unit":"week","steps":[{"at":3,"reward":{"kind":"tag","tag":"x"}}]}`, status: 422},
		{op: "create-challenge", method: "POST", path: "/v1/challenges", body: `{"names":{"en":"Slip"},"form":"stamps","counts":"visits","span":"fixed","audience":{"tags":["a"]},"budget":{"rewards":5},"steps":[{"at":9,"reward":{"kind":"tag","tag":"x"}}]}`, status: 201, learn: map[string]string{"chore": "challenge"}},
		{op: "discard-challenge", method: "DELETE", path: "/v1/challenges/$chore", status: 200},
		{op: "get-challenge", method: "GET", path: "/v1/challenges/$chore", status: 404},
		{op: "change-challenge", method: "PUT", path: "/v1/challenges/$chl", body: coffee, status: 200},
		{op: "join-challenge", method: "POST", path: "/v1/challenges/$chl/join", body: `{"member":"$nina"}`, status: 409},
		{op: "publish-challenge", method: "POST", path: "/v1/challenges/$chl/publish", status: 200},
		{op: "publish-challenge", method: "POST", path: "/v1/challenges/$chl/publish", status: 409},
		{op: "change-challenge", method: "PUT", path: "/v1/challenges/$chl", body: `{"names":{"en":"Coffee"},"form":"goal","counts":"units","span":"month","steps":[{"at":9,"reward":{"kind":"points","points":50}}]}`, status: 409},
		{op: "get-challenge", method: "GET", path: "/v1/challenges/$chl", status: 200},
		{op: "list-challenges", method: "GET", path: "/v1/challenges?state=published", status: 200},
		{op: "list-challenges", method: "GET", path: "/v1/challenges?state=lost", status: 422},
		{op: "join-challenge", method: "POST", path: "/v1/challenges/$chl/join", body: `{"member":"$nina"}`, status: 200},
		{op: "join-challenge", method: "POST", path: "/v1/challenges/$chl/join", body: `{"member":"$nina"}`, status: 200},
		{op: "join-challenge", method: "POST", path: "/v1/challenges/$chl/join", body: `{"member":"mem_01h9x3k7q2v5n"}`, status: 404},
		{op: "list-member-challenges", method: "GET", path: "/v1/members/$nina/challenges", status: 200},
		{op: "list-member-challenges", method: "GET", path: "/v1/members/mem_01h9x3k7q2v5n/challenges", status: 404},
		{op: "try-challenge", method: "POST", path: "/v1/challenges/try", body: `{"member":"$nina","challenge":"$chl"}`, status: 200},
		{op: "try-challenge", method: "POST", path: "/v1/challenges/try", body: `{"member":"$nina","says":` + coffee + `}`, status: 200},
		{op: "try-challenge", method: "POST", path: "/v1/challenges/try", body: `{"member":"$nina"}`, status: 422},
		{op: "try-challenge", method: "POST", path: "/v1/challenges/try", body: `{"member":"$nina","says":` + strings.Replace(coffee, `"at":5`, `"at":0`, 1) + `}`, status: 422, wrong: true},
		{op: "try-challenge", method: "POST", path: "/v1/challenges/try", body: `{"member":"$nina","challenge":"chl_01h9x3k7q2v5n"}`, status: 404},
		{op: "try-challenge", method: "POST", path: "/v1/challenges/try", body: `{"member":"mem_01h9x3k7q2v5n","challenge":"$chl"}`, status: 404},
		{op: "list-challenge-results", method: "GET", path: "/v1/challenges/results", status: 200},
		{op: "end-challenge", method: "POST", path: "/v1/challenges/$chl/end", status: 200},
		{op: "end-challenge", method: "POST", path: "/v1/challenges/$chl/end", status: 409},
	}
}

// TestKeysMayPublishChallenges holds the scope that integrators are told of.
func TestKeysMayPublishChallenges(t *testing.T) {
	if got := auth.ChallengesPublish.Scope(); got != "challenges:publish" {
		t.Errorf("the scope is %q", got)
	}
}
