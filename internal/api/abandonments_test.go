package api

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
)

// abandonments is the part of the story about baskets that are left.
func abandonments() []step {
	cart := func(name, rest string) string {
		return `{"source":"web","external_id":"` + name + `","step":"payment","last_price":1490` + rest + `}`
	}
	return []step{
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 201, body: exampleAbandonment, learn: map[string]string{"left": "abandonment"}},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 409, body: strings.Replace(exampleAbandonment, `"items": 2`, `"items": 3`, 1)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 201, body: cart("2", `,"member":"$nina","shop":"station","reason":"error","words":"It froze"`), learn: map[string]string{"told": "abandonment"}},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 422, body: cart("3", `,"first_parts":[{"part":"goods","amount":1250}]`)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 422, body: cart("3", `,"currency":"XTS"`)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 422, body: cart("3", `,"words":"no reason"`)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 422, body: cart("3", `,"left":"1980-01-01T00:00:00Z"`)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 422, body: cart("3", `,"member":"$nina","identities":[{"kind":"card","value":"2600"}]`)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 404, body: cart("3", `,"member":"mem_01h9x3k7q2v5n"`)},
		{op: "tell-abandonment", method: "POST", path: "/v1/abandonments", status: 422, wrong: true, body: cart("3", `,"reason":"mood"`)},
		{op: "get-abandonment", method: "GET", path: "/v1/abandonments/$left", status: 200},
		{op: "get-abandonment", method: "GET", path: "/v1/abandonments/bsk_01h9x3k7q2v5n", status: 404},
		{op: "ask-abandonment", method: "POST", path: "/v1/abandonments/$left/ask", status: 200},
		{op: "ask-abandonment", method: "POST", path: "/v1/abandonments/$told/ask", status: 409},
		{op: "explain-abandonment", method: "POST", path: "/v1/abandonments/$left/reason", status: 200, body: `{"reason":"delivery_time","words":"It was a present.","origin":"staff"}`},
		{op: "explain-abandonment", method: "POST", path: "/v1/abandonments/$told/reason", status: 409, body: `{"reason":"other","origin":"staff"}`},
		{op: "explain-abandonment", method: "POST", path: "/v1/abandonments/$left/reason", status: 422, wrong: true, body: `{"reason":"mood","origin":"staff"}`},
		{op: "list-abandonments", method: "GET", path: "/v1/abandonments?limit=1", status: 200, learn: map[string]string{"more": "next"}},
		{op: "list-abandonments", method: "GET", path: "/v1/abandonments?limit=1&cursor=$more", status: 200},
		{op: "list-abandonments", method: "GET", path: "/v1/abandonments?member=$nina&step=payment&reason=error&from=2011-01-01T00:00:00Z&to=2012-01-01T00:00:00Z", status: 200},
		{op: "list-abandonments", method: "GET", path: "/v1/abandonments?reason=unknown", status: 200},
		{op: "list-abandonments", method: "GET", path: "/v1/abandonments?step=door", status: 422},
		{op: "list-abandonments", method: "GET", path: "/v1/abandonments?reason=mood", status: 422},
		{op: "get-abandonment-report", method: "GET", path: "/v1/abandonment-report", status: 200},
		{op: "get-abandonment-report", method: "GET", path: "/v1/abandonment-report?from=2030-01-01T00:00:00Z", status: 422},
		{op: "get-abandonment-settings", method: "GET", path: "/v1/abandonment-settings", status: 200},
		{op: "set-abandonment-settings", method: "PUT", path: "/v1/abandonment-settings", status: 200, body: `{"version":0,"settings":{"days":14,"letters":true,"wait_hours":12}}`},
		{op: "set-abandonment-settings", method: "PUT", path: "/v1/abandonment-settings", status: 409, body: `{"version":0,"settings":{"days":14,"letters":true,"wait_hours":12}}`},
		{op: "set-abandonment-settings", method: "PUT", path: "/v1/abandonment-settings", status: 422, wrong: true, body: `{"version":1,"settings":{"days":0,"letters":true,"wait_hours":12}}`},
	}
}

// TestABasketIsLeftOverHTTP: sent again it is the same, its link is for whoever
// asks, and another programme sees nothing.
func TestABasketIsLeftOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		first := as[abandonmentView](h.call("POST", "/v1/abandonments", exampleAbandonment).ok(201))
		if first.Member != "" || first.Back != "unknown" || *first.First != 1250 || first.Last != 1490 || len(first.Parts) != 2 || first.Parts[1].Hidden || !strings.HasPrefix(first.Link, "/left/") {
			t.Errorf("left %+v", first)
		}
		if again := as[abandonmentView](h.call("POST", "/v1/abandonments", exampleAbandonment).ok(201)); again.ID != first.ID || again.Link != first.Link {
			t.Errorf("again %+v", again)
		}
		if got := as[abandonmentView](h.call("GET", "/v1/abandonments/"+first.ID, "").ok(200)); got.Link != "" || got.Asked != "link" {
			t.Errorf("shown %+v", got)
		}
		for i := range 11 {
			body := strings.Replace(exampleAbandonment, "cart-1001", "cart-"+string(rune('a'+i)), 1)
			body = strings.Replace(body, `"asked": "link"`, `"reason": "delivery_cost"`, 1)
			as[abandonmentView](h.call("POST", "/v1/abandonments", body).ok(201))
		}
		h.clock.advance(time.Minute)
		r := as[abandonmentReport](h.call("GET", "/v1/abandonment-report", "").ok(200))
		if r.Left != 12 || r.Silent != 1 || len(r.Reasons) != 1 || r.Reasons[0].Baskets.Count != 11 || r.Reasons[0].Baskets.Share == nil || !r.Reasons[0].Baskets.Preliminary || r.Response.Count != 11 || r.Response.Of != 12 ||
			r.Back.Share != nil || len(r.Growth) != 3 || r.Growth[0].Median != 240 || r.Compared.Difference != nil {
			t.Errorf("the report is %+v", r)
		}
		other, _ := h.furnishProgramme("other", "Other Shop")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		h.call("GET", "/v1/abandonments/"+first.ID, "").ok(404)
		h.call("POST", "/v1/abandonments/"+first.ID+"/ask", "").ok(404)
		if list := as[page[abandonmentView]](h.call("GET", "/v1/abandonments", "").ok(200)); len(list.Items) != 0 {
			t.Errorf("another programme sees %+v", list.Items)
		}
	})
}
