package api

import "testing"

// trustReportSteps is the part of the story about published figures.
func trustReportSteps() []step {
	comments := `,"comments":{"promises":{"en":"The ship was late."}}`
	return []step{
		{op: "preview-figures", method: "GET", path: "/v1/trust-figures?period=2010-q4", status: 200},
		{op: "preview-figures", method: "GET", path: "/v1/trust-figures?period=2030-01", status: 422},
		{op: "preview-figures", method: "GET", path: "/v1/trust-figures?period=march", status: 422},
		{op: "publish-figures", method: "POST", path: "/v1/trust-reports", status: 201, learn: map[string]string{"figures": "report"}, body: `{"period":"2010-11"` + comments + `}`},
		{op: "publish-figures", method: "POST", path: "/v1/trust-reports", status: 409, body: `{"period":"2010-11"}`},
		{op: "publish-figures", method: "POST", path: "/v1/trust-reports", status: 422, body: `{"period":"2010-12","comments":{"weather":{"en":"Rain."}}}`},
		{op: "publish-figures", method: "POST", path: "/v1/trust-reports", status: 403, body: `{"period":"2010-12","comments":{"reviews":{"en":"Give us five stars"}}}`},
		{op: "correct-figures", method: "POST", path: "/v1/trust-reports/$figures/correct", status: 200, body: `{"version":1,"note":"A late review."` + comments + `}`},
		{op: "correct-figures", method: "POST", path: "/v1/trust-reports/$figures/correct", status: 409, body: `{"version":1,"note":"A late review."}`},
		{op: "correct-figures", method: "POST", path: "/v1/trust-reports/$figures/correct", status: 422, wrong: true, body: `{"version":2,"note":""}`},
		{op: "withdraw-figures", method: "POST", path: "/v1/trust-reports/$figures/withdraw", status: 200, body: `{"version":2,"note":"Wrong."}`},
		{op: "withdraw-figures", method: "POST", path: "/v1/trust-reports/$figures/withdraw", status: 409, body: `{"version":3,"note":"Wrong."}`},
		{op: "withdraw-figures", method: "POST", path: "/v1/trust-reports/trp_01h9x3k7q2v5n/withdraw", status: 404, body: `{"version":1,"note":"Wrong."}`},
		{op: "get-trust-report", method: "GET", path: "/v1/trust-reports/$figures", status: 200},
		{op: "get-trust-report", method: "GET", path: "/v1/trust-reports/trp_01h9x3k7q2v5n", status: 404},
		{op: "list-trust-reports", method: "GET", path: "/v1/trust-reports", status: 200},
	}
}

// TestFiguresOverHTTP: what is published twice under one key is published
// once, and its digests tell editions apart.
func TestFiguresOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		first := as[trustReportFile](h.call("POST", "/v1/trust-reports", `{"period":"2010-q4"}`, keyHeader, "one").ok(201))
		again := h.call("POST", "/v1/trust-reports", `{"period":"2010-q4"}`, keyHeader, "one").ok(201)
		if as[trustReportFile](again).Report != first.Report || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("again %s", again.text)
		}
		got := as[trustReportFile](h.call("POST", "/v1/trust-reports/"+first.Report+"/correct", `{"version":1,"note":"A slip."}`).ok(200))
		if len(got.Editions) != 2 || got.Editions[0].Digest == got.Editions[1].Digest || got.Editions[0].Digest != first.Editions[0].Digest || got.Standing != "corrected" {
			t.Errorf("the editions are %+v", got.Editions)
		}
		sections := map[string]bool{}
		for _, f := range got.Editions[1].Figures.Figures {
			sections[f.Section] = true
		}
		if len(sections) != 6 {
			t.Errorf("the sections are %v", sections)
		}
		h.key = h.newKey(h.programme.ID, "trust:read")
		h.call("POST", "/v1/trust-reports", `{"period":"2010-q3"}`).ok(403)
		h.call("GET", "/v1/trust-figures?period=2010-q3", "").ok(200)
	})
}

// trustSignalSteps is the part of the story about the signals of trust.
func trustSignalSteps() []step {
	return []step{
		{op: "get-trust-signals", method: "GET", path: "/v1/trust-signals", status: 200},
		{op: "get-trust-history", method: "GET", path: "/v1/trust-signals/history", status: 200},
		{op: "attest-signal", method: "POST", path: "/v1/trust-attestations", status: 201, body: `{"signal":"novelties","holds":false,"evidence":"Nobody was told.","day":"2026-01-01","renew":"2027-06-01"}`},
		{op: "attest-signal", method: "POST", path: "/v1/trust-attestations", status: 422, body: `{"signal":"legal_details","holds":true,"day":"2010-01-01","renew":"2010-02-01","link":"https://bean.example"}`},
		{op: "attest-signal", method: "POST", path: "/v1/trust-attestations", status: 422, body: `{"signal":"promises_kept","holds":true,"day":"2010-01-01","renew":"2010-02-01","link":"https://bean.example"}`},
		{op: "attest-signal", method: "POST", path: "/v1/trust-attestations", status: 422, wrong: true, body: `{"signal":"legal_details"}`},
		{op: "list-attestations", method: "GET", path: "/v1/trust-attestations?signal=legal_details", status: 200},
		{op: "attest-signal", method: "POST", path: "/v1/trust-attestations", status: 422, body: `{"signal":"plain_terms","holds":true,"photo":"no photo","day":"2026-01-01","renew":"2027-06-01"}`},
		{op: "attest-signal", method: "POST", path: "/v1/trust-attestations", status: 201, learn: map[string]string{"att": "attestation"}, body: `{"signal":"plain_terms","holds":true,"photo":"` + dot() + `","day":"2026-01-01","renew":"2027-06-01"}`},
		{op: "get-attestation-photo", method: "GET", path: "/v1/trust-attestations/$att/photo", status: 200},
		{op: "remove-attestation-photo", method: "DELETE", path: "/v1/trust-attestations/$att/photo", status: 200},
		{op: "get-attestation-photo", method: "GET", path: "/v1/trust-attestations/$att/photo", status: 404},
	}
}

// TestASignalIsStoodForOverHTTP: a repeated request stands for it once, and the
// signal is met.
func TestASignalIsStoodForOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		day, renew := h.clock.now().AddDate(0, 0, -2).Format("2006-01-02"), h.clock.now().AddDate(0, 6, 0).Format("2006-01-02")
		body := `{"signal":"legal_details","holds":true,"link":"https://bean.example/imprint","day":"` + day + `","renew":"` + renew + `"}`
		first := as[attestation](h.call("POST", "/v1/trust-attestations", body, keyHeader, "one").ok(201))
		if again := as[attestation](h.call("POST", "/v1/trust-attestations", body, keyHeader, "one").ok(201)); again != first {
			t.Errorf("again %+v, not %+v", again, first)
		}
		if list := as[attestations](h.call("GET", "/v1/trust-attestations", "").ok(200)); len(list.Items) != 1 {
			t.Errorf("the list is %+v", list)
		}
		card := as[trustSignals](h.call("GET", "/v1/trust-signals", "").ok(200))
		if card.Met != 2 || card.Met+card.NotMet+card.Unknown != len(card.Signals) {
			t.Errorf("the card is %+v", card)
		}
		for _, n := range card.Signals {
			if n.Signal == "legal_details" && (n.Verdict != "met" || n.Attestation == nil || *n.Attestation != first) {
				t.Errorf("the signal is %+v", n)
			}
		}
	})
}
