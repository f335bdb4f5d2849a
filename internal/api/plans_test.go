package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
)

// plans is the part of the story about paid memberships.
func plans() []step {
	const club = `{"names":{"en":"Club"},"price":999,"interval":"month","grace_days":14,"ladder":"status","rank":"gold","welcome":5}`
	const best = `{"names":{"en":"Best"},"price":2999,"interval":"month","grace_days":14,"trial_days":7}`
	return []step{
		{op: "get-payer", method: "GET", path: "/v1/plans/payer", status: 200},
		{op: "set-payer", method: "PUT", path: "/v1/plans/payer", body: `{"method":"invoice","withdrawal_days":14,"notice_days":30}`, status: 200},
		{op: "set-payer", method: "PUT", path: "/v1/plans/payer", body: `{"method":"webhook","withdrawal_days":14,"notice_days":30}`, status: 422},
		{op: "create-plan", method: "POST", path: "/v1/plans", body: `{"code":"club","says":` + club + `}`, status: 201, learn: map[string]string{"plan": "plan"}},
		{op: "create-plan", method: "POST", path: "/v1/plans", body: `{"code":"club","says":` + club + `}`, status: 409},
		{op: "create-plan", method: "POST", path: "/v1/plans", body: `{"code":"odd","says":` + strings.Replace(club, "gold", "platinum", 1) + `}`, status: 422},
		{op: "create-plan", method: "POST", path: "/v1/plans", body: `{"code":"best","says":` + best + `}`, status: 201},
		{op: "join-plan", method: "POST", path: "/v1/members/$nina/subscription", body: `{"plan":"club"}`, status: 403},
		{op: "publish-plan", method: "POST", path: "/v1/plans/$plan/publish", status: 200},
		{op: "publish-plan", method: "POST", path: "/v1/plans/best/publish", status: 200},
		{op: "publish-plan", method: "POST", path: "/v1/plans/best/publish", status: 409},
		{op: "change-plan", method: "PUT", path: "/v1/plans/club", body: best, status: 200},
		{op: "discard-plan-draft", method: "DELETE", path: "/v1/plans/club/draft", status: 200},
		{op: "discard-plan-draft", method: "DELETE", path: "/v1/plans/club/draft", status: 409},
		{op: "list-plans", method: "GET", path: "/v1/plans", status: 200},
		{op: "get-plan", method: "GET", path: "/v1/plans/club", status: 200},
		{op: "get-plan", method: "GET", path: "/v1/plans/nothing", status: 404},
		{op: "get-subscription", method: "GET", path: "/v1/members/$nina/subscription", status: 404},
		{op: "join-plan", method: "POST", path: "/v1/members/$nina/subscription", body: `{"plan":"club"}`, status: 200, learn: map[string]string{"charge": "charges.0.charge"}},
		{op: "join-plan", method: "POST", path: "/v1/members/$nina/subscription", body: `{"plan":"best"}`, status: 409},
		{op: "get-subscription", method: "GET", path: "/v1/members/$nina/subscription", status: 200},
		{op: "note-charge-failed", method: "POST", path: "/v1/charges/$charge/failed", body: `{}`, status: 200},
		{op: "note-charge-paid", method: "POST", path: "/v1/charges/$charge/paid", body: `{"reference":"4242 4242 4242 4242"}`, status: 422},
		{op: "note-charge-paid", method: "POST", path: "/v1/charges/$charge/paid", body: `{"reference":"pi_1"}`, status: 200},
		{op: "note-charge-paid", method: "POST", path: "/v1/charges/$charge/paid", body: `{"reference":"pi_1"}`, status: 200},
		{op: "note-charge-failed", method: "POST", path: "/v1/charges/$charge/failed", body: `{}`, status: 409},
		{op: "preview-subscription-change", method: "GET", path: "/v1/members/$nina/subscription/change?plan=best", status: 200},
		{op: "preview-subscription-change", method: "GET", path: "/v1/members/$nina/subscription/change?plan=nowhere", status: 404},
		{op: "change-subscription", method: "PUT", path: "/v1/members/$nina/subscription", body: `{"plan":"best"}`, status: 200},
		{op: "change-subscription", method: "PUT", path: "/v1/members/$nina/subscription", body: `{"plan":"club"}`, status: 200},
		{op: "change-subscription", method: "PUT", path: "/v1/members/$nina/subscription", body: `{"plan":"club"}`, status: 409},
		{op: "leave-plan", method: "DELETE", path: "/v1/members/$nina/subscription", status: 200},
		{op: "leave-plan", method: "DELETE", path: "/v1/members/$nina/subscription", status: 404},
		{op: "note-charge-refunded", method: "POST", path: "/v1/charges/$charge/refunded", body: `{}`, status: 200},
		{op: "list-charges", method: "GET", path: "/v1/charges?limit=1", status: 200, learn: map[string]string{"older": "next"}},
		{op: "list-charges", method: "GET", path: "/v1/charges?limit=1&cursor=$older", status: 200},
		{op: "list-charges", method: "GET", path: "/v1/charges?state=lost", status: 422},
		{op: "get-charge", method: "GET", path: "/v1/charges/$charge", status: 200},
		{op: "get-charge", method: "GET", path: "/v1/charges/chg_01h9x3k7q2v5n", status: 404},
		{op: "join-plan", method: "POST", path: "/v1/members/$nina/subscription", body: `{"plan":"best"}`, status: 200},
		{op: "list-subscriptions", method: "GET", path: "/v1/subscriptions?limit=1", status: 200, learn: map[string]string{"before": "next"}},
		{op: "list-subscriptions", method: "GET", path: "/v1/subscriptions?limit=1&cursor=$before", status: 200},
		{op: "list-subscriptions", method: "GET", path: "/v1/subscriptions?plan=club&state=ended", status: 200},
		{op: "list-subscriptions", method: "GET", path: "/v1/subscriptions?plan=nothing", status: 404},
		{op: "list-subscriptions", method: "GET", path: "/v1/subscriptions?state=lost", status: 422},
		{op: "list-plan-results", method: "GET", path: "/v1/plans/results", status: 200},
		{op: "retire-plan", method: "POST", path: "/v1/plans/club/retire", status: 200},
		{op: "retire-plan", method: "POST", path: "/v1/plans/club/retire", status: 409},
		{op: "hear-of-charge", method: "POST", path: "/v1/webhooks/charges", body: `{"charge":"$charge","state":"paid"}`, status: 403},
	}
}

// TestAProviderTellsOfACharge by signature, without a key, once.
func TestAProviderTellsOfACharge(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		payer := as[payerView](h.call("PUT", "/v1/plans/payer", `{"method":"webhook","url":"https://pay.example.com/x","withdrawal_days":14,"notice_days":30}`).ok(200))
		if again := as[payerView](h.call("GET", "/v1/plans/payer", "").ok(200)); payer.Secret == "" || again.Secret != "" || !again.Signed {
			t.Fatalf("made %+v, then %+v", payer, again)
		}
		h.call("POST", "/v1/plans", `{"code":"club","says":{"names":{"en":"Club"},"price":999,"interval":"month","grace_days":14}}`).ok(201)
		h.call("POST", "/v1/plans/club/publish", "").ok(200)
		member := as[eventAnswer](h.call("POST", "/v1/events", `{"source":"desk","external_id":"s1","kind":"sign_up","identities":[{"kind":"external","value":"ann"}],"enrol":true}`).ok(200)).Member
		joined := as[subscriptionView](h.call("POST", "/v1/members/"+member+"/subscription", `{"plan":"club"}`).ok(200))
		body := `{"charge":"` + joined.Charges[0].Charge + `","state":"paid","reference":"pi_9"}`
		for _, c := range []struct {
			secret, body string
			at           time.Time
			status       int
			code         string
		}{
			{payer.Secret, body, h.clock.now().Add(-6 * time.Minute), 403, "signature_old"}, {"whsec_AAAA", body, h.clock.now(), 403, "signature_wrong"},
			{payer.Secret, `{"charge":"chg_01h9x3k7q2v5n","state":"paid"}`, h.clock.now(), 403, "signature_wrong"}, {payer.Secret, body, h.clock.now(), 200, ""},
			{payer.Secret, body, h.clock.now(), 200, ""}, {payer.Secret, strings.Replace(body, "paid", "stolen", 1), h.clock.now(), 422, ""},
			{payer.Secret, strings.Replace(body, "pi_9", `x","card":"y`, 1), h.clock.now(), 422, ""},
		} {
			status, text := h.signed(c.secret, c.at, c.body)
			if status != c.status || !strings.Contains(text, c.code) {
				t.Errorf("%+v: %d %s", c, status, text)
			}
		}
		now := as[subscriptionView](h.call("GET", "/v1/members/"+member+"/subscription", "").ok(200))
		if now.State != "active" || now.Charges[0].Reference != "pi_9" || len(now.Charges) != 1 {
			t.Errorf("%+v", now)
		}
		h.key = h.newKey(h.programme.ID, auth.PlansRead.Scope())
		h.call("PUT", "/v1/plans/payer", `{"method":"invoice","withdrawal_days":14,"notice_days":30}`).ok(403)
	})
}

// signed sends a provider's message, with no key.
func (h *house) signed(secret string, at time.Time, body string) (int, string) {
	h.t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	must(h.t, err)
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("msg_1." + stamp + "." + body))
	r := httptest.NewRequestWithContext(h.t.Context(), "POST", chargeHook, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", "msg_1")
	r.Header.Set("Webhook-Timestamp", stamp)
	r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}
