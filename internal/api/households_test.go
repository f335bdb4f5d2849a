package api

import (
	"testing"

	"regulars/internal/auth"
)

// households is the part of the story about those who share points.
func households() []step {
	const on = `{"on":true,"pooling":true,"members":3,"transfers":"household","per_transfer":50,"per_month":0,"min_days":0,"undo_days":14}`
	signUp := func(name string) string {
		return `{"source":"app","external_id":"home ` + name + `","kind":"sign_up","identities":[{"kind":"email","value":"` + name + `@home.example"}]}`
	}
	return []step{
		{op: "get-household-settings", method: "GET", path: "/v1/household-settings", status: 200},
		{op: "take-event", method: "POST", path: "/v1/events", body: signUp("hugo"), status: 200, learn: map[string]string{"hugo": "member"}},
		{op: "take-event", method: "POST", path: "/v1/events", body: signUp("iris"), status: 200, learn: map[string]string{"iris": "member"}},
		{op: "take-event", method: "POST", path: "/v1/events", body: signUp("jane"), status: 200, learn: map[string]string{"jane": "member"}},
		{op: "make-household", method: "POST", path: "/v1/households", body: `{"member":"$hugo"}`, status: 403},
		{op: "write-household-settings", method: "PUT", path: "/v1/household-settings", body: `{"on":true,"pooling":false,"members":3,"transfers":"all","per_transfer":0,"per_month":0,"min_days":0,"undo_days":0}`, status: 422},
		{op: "write-household-settings", method: "PUT", path: "/v1/household-settings", body: on, status: 200},
		{op: "make-household", method: "POST", path: "/v1/households", body: `{"member":"$hugo"}`, status: 201, learn: map[string]string{"home": "household", "doorbell": "code"}},
		{op: "join-household", method: "POST", path: "/v1/households/join", body: `{"member":"$iris","code":"nonsense"}`, status: 404},
		{op: "join-household", method: "POST", path: "/v1/households/join", body: `{"member":"$iris","code":"$doorbell"}`, status: 200},
		{op: "add-household-member", method: "POST", path: "/v1/households/$home/add", body: `{"member":"$jane"}`, status: 200},
		{op: "add-household-member", method: "POST", path: "/v1/households/$home/add", body: `{"member":"$jane"}`, status: 409},
		{op: "leave-household-member", method: "POST", path: "/v1/households/$home/leave", body: `{"member":"$jane"}`, status: 200},
		{op: "list-households", method: "GET", path: "/v1/households", status: 200},
		{op: "get-household", method: "GET", path: "/v1/households/$home", status: 200},
		{op: "get-household", method: "GET", path: "/v1/households/hsh_01h9x3k7q2v5n", status: 404},
		{op: "get-member-household", method: "GET", path: "/v1/members/$iris/household", status: 200},
		{op: "get-member-household", method: "GET", path: "/v1/members/$jane/household", status: 404},
		{op: "transfer-points", method: "POST", path: "/v1/transfers", body: `{"source":"app","external_id":"t1","from":"$hugo","to":"$iris","points":1}`, status: 403},
		{op: "transfer-points", method: "POST", path: "/v1/transfers", body: `{"source":"app","external_id":"t2","from":"$hugo","to":"$hugo","points":1}`, status: 422},
		{op: "take-event", method: "POST", path: "/v1/events", body: `{"source":"app","external_id":"home points","kind":"adjustment","member":"$hugo","adjustment":{"wallet":"points","points":100,"reason":"hello"}}`, status: 200, also: []auth.Scope{auth.PointsAdjust.Scope()}},
		{op: "transfer-points", method: "POST", path: "/v1/transfers", body: `{"source":"app","external_id":"t3","from":"$hugo","to":"$iris","points":10}`, status: 201, learn: map[string]string{"passed": "transfer"}},
		{op: "undo-transfer", method: "POST", path: "/v1/transfers/$passed/undo", body: `{"reason":"a mistake"}`, status: 200},
		{op: "take-pooled-purchase", method: "POST", path: "/v1/households/purchases",
			body:   `{"source":"till","external_id":"pooled one","kind":"purchase","member":"$iris","lines":[{"sku":"tea","quantity":1,"amount":100}],"checkout":{"points":[{"wallet":"points","points":5}]}}`,
			status: 200},
		{op: "list-transfers", method: "GET", path: "/v1/transfers?member=$hugo", status: 200},
		{op: "undo-transfer", method: "POST", path: "/v1/transfers/evt_01h9x3k7q2v5n/undo", body: `{"reason":"a mistake"}`, status: 404},
		{op: "take-pooled-purchase", method: "POST", path: "/v1/households/purchases",
			body:   `{"source":"till","external_id":"pooled","kind":"purchase","member":"$jane","lines":[{"sku":"tea","quantity":1,"amount":100}],"checkout":{"points":[{"wallet":"points","points":5}]}}`,
			status: 403},
		{op: "dissolve-household", method: "DELETE", path: "/v1/households/$home", status: 200},
		{op: "dissolve-household", method: "DELETE", path: "/v1/households/$home", status: 409},
	}
}

// TestAHouseholdOverHTTP passes points on, takes them back, and pays from the
// pool.
func TestAHouseholdOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.call("PUT", "/v1/household-settings", `{"on":true,"pooling":true,"members":3,"transfers":"household","per_transfer":50,"per_month":60,"min_days":0,"undo_days":14}`).ok(200)
		ann, bob := h.gives("1", "ann", 100), h.gives("2", "bob", 10)
		home := as[householdView](h.call("POST", "/v1/households", `{"member":"`+ann+`"}`).ok(201))
		home = as[householdView](h.call("POST", "/v1/households/join", `{"member":"`+bob+`","code":"`+home.Code+`"}`).ok(200))
		if len(home.Members) != 2 || home.Owner != ann || home.Members[1].Member != bob {
			t.Errorf("the household is %+v", home)
		}
		body := `{"source":"app","external_id":"t","from":"` + ann + `","to":"` + bob + `","points":40,"reason":"for the birthday"}`
		made := as[transferView](h.call("POST", "/v1/transfers", body).ok(201))
		again := as[transferView](h.call("POST", "/v1/transfers", body).ok(201))
		if made.Transfer != again.Transfer || made.Points != 40 || made.Household != home.Household || made.Purpose != "gift" {
			t.Errorf("passed on %+v, then %+v", made, again)
		}
		h.call("POST", "/v1/transfers", `{"source":"app","external_id":"u","from":"`+ann+`","to":"`+bob+`","points":51}`).ok(403)
		h.call("POST", "/v1/transfers", `{"source":"app","external_id":"u","from":"`+ann+`","to":"`+bob+`","points":21}`).ok(403)
		back := as[transferView](h.call("POST", "/v1/transfers/"+made.Transfer+"/undo", `{"reason":"the wrong day"}`).ok(200))
		if back.Returned != 40 || back.Undone == nil {
			t.Errorf("taken back: %+v", back)
		}
		h.call("POST", "/v1/transfers/"+made.Transfer+"/undo", `{"reason":"again"}`).ok(409)
		sold := as[eventAnswer](h.call("POST", "/v1/households/purchases", `{"source":"till","external_id":"p","kind":"purchase","member":"`+bob+
			`","lines":[{"sku":"tea","quantity":1,"amount":2000}],"checkout":{"points":[{"wallet":"points","points":70}]}}`).ok(200))
		if sold.Sale == nil {
			t.Errorf("sold: %+v", sold)
		}
		list := as[page[transferView]](h.call("GET", "/v1/transfers?member="+bob, "").ok(200))
		if len(list.Items) != 2 || list.Items[0].Purpose != "pay" || list.Items[0].Points != 60 {
			t.Errorf("transfers: %+v", list.Items)
		}
		home = as[householdView](h.call("GET", "/v1/households/"+home.Household, "").ok(200))
		if len(home.Members[1].Pool) != 1 || home.Members[1].Pool[0].Out != 60 {
			t.Errorf("the pool: %+v", home.Members)
		}
		faults, err := h.config.Flow.Check(t.Context())
		if err != nil || len(faults) > 0 {
			t.Errorf("check: %v %v", faults, err)
		}
	})
}
