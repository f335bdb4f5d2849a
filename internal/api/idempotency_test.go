package api

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
)

const consent = `{"consents":[{"purpose":"marketing","channel":"sms","given":true,"source":"till"}]}`

// consents counts the statements of a member, which repetition would double.
func (h *house) consents(member string) int {
	h.t.Helper()
	return len(as[consentList](h.call("GET", "/v1/members/"+member+"/consents", "").ok(200)).Items)
}

func TestARequestIsDoneOncePerKey(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.buy("1", "020 7946 0018", 2550).Member
		path := "/v1/members/" + m + "/consents"
		first := h.call("POST", path, consent, keyHeader, "a").ok(200)
		again := h.call("POST", path, consent, keyHeader, "a").ok(200)
		if first.header.Get("Idempotent-Replayed") != "" || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("got the marks %q and %q", first.header.Get("Idempotent-Replayed"), again.header.Get("Idempotent-Replayed"))
		}
		if first.text != again.text {
			t.Errorf("answered differently:\n%s\n%s", first.text, again.text)
		}
		if n := h.consents(m); n != 1 {
			t.Errorf("got %d statements, want 1", n)
		}
		for what, g := range map[string]got{
			"other body":    h.call("POST", path, strings.Replace(consent, "sms", "email", 1), keyHeader, "a"),
			"other address": h.call("POST", "/v1/members/"+m+"/identities", `{"identities":[{"kind":"card","value":"1"}]}`, keyHeader, "a"),
		} {
			if p := g.ok(409).problem(); p.Code != "key_reused" || p.Errors[0].Parameter != keyHeader {
				t.Errorf("%s: got %+v", what, p)
			}
		}
		h.call("POST", path, consent, keyHeader, "b").ok(200)
		h.clock.advance(keyKept)
		h.call("POST", path, consent, keyHeader, "a").ok(200)
		if n := h.consents(m); n != 3 {
			t.Errorf("got %d statements, want 3: one for the other key, one after the first key expired", n)
		}
	})
}

func TestTwinsAreDoneOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.buy("1", "020 7946 0018", 2550).Member
		const twins = 8
		answers := make([]got, twins)
		var all sync.WaitGroup
		for i := range twins {
			all.Go(func() { answers[i] = h.call("POST", "/v1/members/"+m+"/consents", consent, keyHeader, "twin") })
		}
		all.Wait()
		for _, g := range answers {
			switch {
			case g.status == 200:
			case g.status == 409 && g.problem().Code == "key_in_use":
				if g.header.Get("Retry-After") != "1" {
					t.Errorf("got Retry-After %q", g.header.Get("Retry-After"))
				}
			default:
				t.Errorf("got %d: %s", g.status, g.text)
			}
		}
		if n := h.consents(m); n != 1 {
			t.Errorf("got %d statements, want 1", n)
		}
	})
}

func TestAFailureLetsTheKeyGo(t *testing.T) {
	h := newHouse(t)
	body := `{"code":"station","name":"Station"}`
	h.call("POST", "/v1/shops", `{"code":"high-street","name":"Again"}`, keyHeader, "a").ok(409)
	h.call("POST", "/v1/shops", body, keyHeader, "a").ok(201)
	h.call("POST", "/v1/shops", body, keyHeader, "a").ok(201)
	h.call("POST", "/v1/shops", body).ok(409)
}

// TestACutOffRequestIsNotDoneAgain leaves the key as a server does that dies
// in the middle of the work.
func TestACutOffRequestIsNotDoneAgain(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		body := `{"code":"station","name":"Station"}`
		s := h.handler.(*server)
		r := h.request("POST", "/v1/shops", body)
		who, err := h.config.Auth.Authenticate(t.Context(), h.key, "192.0.2.1:5000")
		must(t, err)
		before, err := s.claim(t.Context(), claim{h.programme.ID, "a", hashOf(who, r, []byte(body))})
		if err != nil || before != nil {
			t.Fatalf("got %v, %v", before, err)
		}
		if p := h.call("POST", "/v1/shops", body, keyHeader, "a").ok(409).problem(); p.Code != "key_in_use" {
			t.Errorf("while the lease runs: got %+v", p)
		}
		h.clock.advance(keyLease)
		if p := h.call("POST", "/v1/shops", body, keyHeader, "a").ok(409).problem(); p.Code != "key_unsettled" {
			t.Errorf("after the lease: got %+v", p)
		}
		if n := len(as[shopList](h.call("GET", "/v1/shops", "").ok(200)).Items); n != 1 {
			t.Errorf("got %d shops, want the one from before", n)
		}
	})
}

func TestASecretIsShownOnce(t *testing.T) {
	h := newHouse(t)
	body := `{"name":"till","scopes":["events:write"]}`
	first := as[keyView](h.call("POST", "/v1/api-keys", body, keyHeader, "a").ok(201))
	again := as[keyView](h.call("POST", "/v1/api-keys", body, keyHeader, "a").ok(201))
	if first.Key == "" || again.Key != "" || first.ID != again.ID {
		t.Errorf("got %+v and %+v", first, again)
	}
	h.key = first.Key
	h.call("POST", "/v1/events", purchase("1", "020 7946 0018", 100)).ok(200)
}

// TestKeysHoldNothingPersonal looks at what is kept of a request that was full
// of personal data.
func TestKeysHoldNothingPersonal(t *testing.T) {
	h := newHouse(t)
	h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"marker@example.com"}],"given_name":"Marker"}`, keyHeader, "a").ok(200)
	rows, err := h.d.Reader().Query(t.Context(), `SELECT request_key, subject FROM api_idempotency`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var key, subject string
		must(t, rows.Scan(&key, &subject))
		if key != "a" || !strings.HasPrefix(subject, "mem_") || len(subject) != 17 {
			t.Errorf("got the row %q, %q", key, subject)
		}
	}
	must(t, rows.Err())
}

// TestAnotherKeyLearnsNothing repeats a request with a key that may not make
// it.
func TestAnotherKeyLearnsNothing(t *testing.T) {
	h := newHouse(t)
	body := `{"identities":[{"kind":"card","value":"77"}],"given_name":"Marker"}`
	h.call("POST", "/v1/members", body, keyHeader, "a").ok(200)
	h.key = h.newKey(h.programme.ID, "events:write")
	if g := h.call("POST", "/v1/members", body, keyHeader, "a").ok(409); g.problem().Code != "key_reused" || strings.Contains(g.text, "Marker") {
		t.Errorf("got %s", g.text)
	}
}

func TestExpiredKeysAreForgotten(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		h.call("PATCH", "/v1/programme", `{"hue":100}`, keyHeader, fmt.Sprint(i)).ok(200)
	}
	h.clock.advance(keyKept + time.Second)
	h.call("PATCH", "/v1/programme", `{"hue":100}`, keyHeader, "later").ok(200)
	var n int
	must(t, h.d.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM api_idempotency WHERE expires > $1`, db.Micros(h.clock.now())).Scan(&n))
	var all int
	must(t, h.d.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM api_idempotency`).Scan(&all))
	if n != 1 || all != 1 {
		t.Errorf("got %d live keys of %d, want 1 of 1", n, all)
	}
}
