package api

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
)

// work does the jobs that requests have left until the test ends.
func (h *house) work() {
	h.t.Helper()
	ctx, stop := context.WithCancel(h.t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.config.Jobs.Run(ctx) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			h.t.Error(err)
		}
	})
}

// simulation waits for what comes of a simulation.
func (h *house) simulation(which string) simulationView {
	h.t.Helper()
	for range 600 {
		v := as[simulationView](h.call("GET", "/v1/simulations/"+which, "").ok(200))
		if v.State == "done" || v.State == "failed" {
			return v
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.t.Fatal("the simulation does not end")
	return simulationView{}
}

func (h *house) start(body string) string {
	h.t.Helper()
	return as[simulationView](h.call("POST", "/v1/simulations", body).ok(201)).Simulation
}

// bonus is a draft that gives points for each purchase.
func (h *house) bonus(points int) string {
	return fmt.Sprintf(`{"drafts":[{"rules":[{"name":"A thank-you","spec":{"wallet":%q,"effects":[{"kind":"fixed","points":%d}]}}]}]}`, h.shownWallet(), points)
}

// TestSimulations sets drafts beside a small past: a new rule beside those in
// force, then one in place of what stands.
func TestSimulations(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.work()
		for i := range 3 {
			h.buy(fmt.Sprint("R", i), "+442079460018", 10_00)
		}
		v := h.simulation(h.start(h.bonus(7)))
		if v.State != "done" || v.Result == nil {
			t.Fatalf("it ended so: %+v", v)
		}
		r := v.Result
		if d := r.Drafts[0]; r.Sales != 3 || d.Outcome.Issued-r.Now.Issued != 21 || len(d.Movers) != 1 || d.Gained != 1 || !strings.Contains(d.Sentence, "21 points more") {
			t.Errorf("the result is %+v", r)
		}
		rule := as[ruleList](h.call("GET", "/v1/rules", "").ok(200)).Items[0].Rule
		same := h.simulation(h.start(`{"drafts":[{"rules":[{"rule":"` + rule + `","spec":{"wallet":"` + h.shownWallet() + `","effects":[{"kind":"fixed","points":1}]}}]}]}`))
		if same.Result == nil || same.Result.Drafts[0].Outcome.Issued != 3 || same.Result.Now.Issued != r.Now.Issued {
			t.Errorf("in place of the rule: %+v", same.Result)
		}
		if rows := as[page[auditView]](h.call("GET", "/v1/audit?action=simulation.start", "").ok(200)).Items; len(rows) != 2 {
			t.Errorf("the trail has %d entries", len(rows))
		}
	})
}

// TestSimulationsThatCannotBe says what is wrong at once.
func TestSimulationsThatCannotBe(t *testing.T) {
	h := newHouse(t)
	rule := as[ruleList](h.call("GET", "/v1/rules", "").ok(200)).Items[0].Rule
	offer := as[offerView](h.call("POST", "/v1/offers", `{"name":"Off","spec":{"benefit":{"kind":"percent","percent":"10"}}}`).ok(201)).Offer
	h.call("POST", "/v1/offers/"+offer+"/publish", `{}`).ok(200)
	for body, want := range map[string]string{
		`{"drafts":[{}]}`:                                                                   "nothing_to_simulate /drafts/0/rules",
		`{"drafts":[{"rules":[{}]}]}`:                                                       "nothing_to_simulate /drafts/0/rules/0/spec",
		`{"drafts":[{"rules":[{"rule":"` + rule + `"}]}]}`:                                  "rule_no_draft /drafts/0/rules/0/rule",
		`{"drafts":[{"rules":[{"rule":"rul_1"}]}]}`:                                         "malformed_id /drafts/0/rules/0/rule",
		`{"drafts":[{"ladders":[{"ladder":"lad_1"}]}]}`:                                     "malformed_id /drafts/0/ladders/0/ladder",
		`{"drafts":[{"ladders":[{"ladder":"lad_01h9x3k7q2v5n"}]}]}`:                         "unknown_ladder /drafts/0/ladders/0/ladder",
		`{"drafts":[{"offers":[{"offer":"` + offer + `"}]}]}`:                               "offer_no_draft /drafts/0/offers/0/offer",
		`{"drafts":[{"offers":[{"spec":{"benefit":{"kind":"percent","percent":"101"}}}]}]}`: "offer_percent /drafts/0/offers/0/spec/benefit/percent",
		`{"drafts":[{"rewards":[{"reward":"rwd_01h9x3k7q2v5n","points":5}]}]}`:              "unknown_reward /drafts/0/rewards/0/reward",
		strings.Replace(h.bonus(1), "thank-you\"", `thank-you","trigger":"bang"`, 1):        "rule_trigger /drafts/0/rules/0/trigger",
		strings.Replace(h.bonus(1), "{", `{"band":{"low":9,"high":8},`, 1):                  "band_upside_down /band/high",
	} {
		if got := h.call("POST", "/v1/simulations", body); got.problem().place() != want {
			t.Errorf("%s: got %s, want %s", body, got.problem().place(), want)
		}
	}
	other, _ := h.furnishProgramme("other", "Other")
	which := h.start(h.bonus(1))
	h.key = h.newKey(other.ID, auth.Scopes()...)
	h.call("GET", "/v1/simulations/"+which, "").ok(404)
}

// TestSpecsNameTheirWalletByItsCode as all other bodies do, and by its id.
func TestSpecsNameTheirWalletByItsCode(t *testing.T) {
	h := newHouse(t)
	wanted := `"wallet":"` + h.shownWallet() + `"`
	spec := `{"wallet":"Points","effects":[{"kind":"fixed","points":1}]}`
	rule := h.call("POST", "/v1/rules", `{"name":"By code","trigger":"purchase","spec":`+spec+`}`).ok(201)
	drafted := h.call("PUT", "/v1/rules/"+as[ruleView](rule).Rule+"/draft", `{"spec":`+spec+`}`).ok(200)
	multiplier := `{"benefit":{"kind":"points_multiplier","rate":"2","wallet":"points"}}`
	offer := h.call("POST", "/v1/offers", `{"name":"Double","spec":`+multiplier+`}`).ok(201)
	redrafted := h.call("PUT", "/v1/offers/"+as[offerView](offer).Offer+"/draft", `{"spec":`+multiplier+`}`).ok(200)
	for _, got := range []got{rule, drafted, offer, redrafted} {
		if !strings.Contains(got.text, wanted) {
			t.Errorf("the wallet is not in %s", got.text)
		}
	}
	h.start(`{"drafts":[{"rules":[{"name":"By code","spec":` + spec + `}],"offers":[{"spec":` + multiplier + `}]}]}`)
	settings := strings.Replace(exampleCaseSettings, `"settings": {`, `"settings": {"wallet":"points",`, 1)
	if got := h.call("PUT", "/v1/case-settings", settings).ok(200); !strings.Contains(got.text, wanted) {
		t.Errorf("the wallet is not in %s", got.text)
	}
	for body, want := range map[string]string{
		strings.Replace(spec, "Points", "stamps", 1):            "unknown_wallet /spec/wallet",
		strings.Replace(spec, "Points", "wal_1", 1):             "malformed_id /spec/wallet",
		strings.Replace(spec, "Points", "wal_01h9x3k7q2v5n", 1): "unknown_wallet /spec/wallet",
	} {
		if got := h.call("POST", "/v1/rules", `{"name":"No such","trigger":"purchase","spec":`+body+`}`); got.problem().place() != want {
			t.Errorf("%s: got %s, want %s", body, got.problem().place(), want)
		}
	}
	if got := h.call("POST", "/v1/offers", `{"name":"No such","spec":`+strings.Replace(multiplier, `"points"`, `"stamps"`, 1)+`}`); got.problem().place() != "unknown_wallet /spec/benefit/wallet" {
		t.Errorf("an offer of a wallet that is not there: %s", got.problem().place())
	}
}

// TestSimulationsSayWhenTheyWereAskedFor by the clock of the house, which in a
// demo stands in the time of its data.
func TestSimulationsSayWhenTheyWereAskedFor(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.clock.advance(-14 * 365 * 24 * time.Hour)
		which := h.start(h.bonus(1))
		asked := h.clock.now()
		h.clock.advance(time.Hour)
		if v := as[simulationView](h.call("GET", "/v1/simulations/"+which, "").ok(200)); !v.Asked.Equal(asked) {
			t.Errorf("it was asked for at %s, by itself at %s", asked, v.Asked)
		}
	})
}

// TestSimulationsOfKeysThatEnd are not done: nobody may learn by a key that was
// revoked.
func TestSimulationsOfKeysThatEnd(t *testing.T) {
	h := newHouse(t)
	whole := h.key
	h.key = h.newKey(h.programme.ID, "simulate:run", "rules:read")
	which := h.start(h.bonus(1))
	h.key = whole
	for _, k := range as[keyList](h.call("GET", "/v1/api-keys", "").ok(200)).Items {
		if len(k.Scopes) == 2 {
			h.call("DELETE", "/v1/api-keys/"+k.ID, "").ok(200)
		}
	}
	h.work()
	if v := h.simulation(which); v.State != "failed" || !strings.Contains(v.Failure, "not good any more") {
		t.Errorf("it ended so: %+v", v)
	}
}

// TestOldSimulationsAreForgotten keeps the latest of a programme.
func TestOldSimulationsAreForgotten(t *testing.T) {
	h := newHouse(t)
	first := h.start(h.bonus(1))
	for range keptSimulations {
		h.start(h.bonus(1))
	}
	h.call("GET", "/v1/simulations/"+first, "").ok(404)
	var n int
	must(t, h.d.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM api_simulation`).Scan(&n))
	if n != keptSimulations {
		t.Errorf("%d are kept", n)
	}
}

// place is the code of a problem and the place of the body where it is.
func (p problem) place() string {
	if len(p.Errors) == 0 {
		return p.Code
	}
	return p.Code + " " + p.Errors[0].Pointer
}
