package api

import (
	"testing"
	"time"

	"regulars/internal/auth"
)

// promises is the part of the story about what customers are told to expect.
func promises() []step {
	return []step{
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 201, learn: map[string]string{"promise": "promise"},
			body: `{"member":"$nina","kind":"repair","what":"The kettle","source":"desk","external_id":"r1","promised_by":"2030-01-01T00:00:00Z","grace_minutes":30}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 409, body: `{"member":"$nina","kind":"repair","what":"The cup","source":"desk","external_id":"r1","promised_by":"2030-01-01T00:00:00Z"}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 422, body: `{"kind":"refund","source":"desk","external_id":"r2"}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 422, wrong: true, body: `{"kind":"wish","source":"desk","external_id":"r2"}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 201, learn: map[string]string{"price": "promise"}, body: `{"kind":"price","source":"shelf","external_id":"p1","shown":1250}`},
		{op: "charge-promise", method: "POST", path: "/v1/promises/$price/charge", status: 200, body: `{"charged":1300}`},
		{op: "charge-promise", method: "POST", path: "/v1/promises/$price/charge", status: 409, body: `{"charged":1300,"parts":[{"part":"goods","amount":1300}]}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 201, learn: map[string]string{"cart": "promise"},
			body: `{"kind":"price","source":"cart","external_id":"c1","parts":[{"part":"goods","amount":1250},{"part":"delivery","amount":0}]}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 422, body: `{"kind":"price","source":"cart","external_id":"c2","shown":1,"parts":[{"part":"goods","amount":1250}]}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 422, wrong: true, body: `{"kind":"price","source":"cart","external_id":"c2","parts":[{"part":"luck","amount":1250}]}`},
		{op: "charge-promise", method: "POST", path: "/v1/promises/$cart/charge", status: 422, body: `{"charged":1300,"parts":[{"part":"goods","amount":1250}]}`},
		{op: "charge-promise", method: "POST", path: "/v1/promises/$cart/charge", status: 200,
			body: `{"charged":1640,"parts":[{"part":"goods","amount":1250},{"part":"delivery","amount":240},{"part":"service_fee","amount":150}]}`},
		{op: "get-promise", method: "GET", path: "/v1/promises/$cart", status: 200},
		{op: "charge-promise", method: "POST", path: "/v1/promises/$promise/charge", status: 409, body: `{"charged":1300}`},
		{op: "mend-promise", method: "POST", path: "/v1/promises/$price/mend", status: 200, body: `{"reason":"gave 50 pence back"}`},
		{op: "replace-promise", method: "POST", path: "/v1/promises/$promise/replace", status: 200, body: `{"expected":"2030-02-01T00:00:00Z","reason":"a part is missing"}`},
		{op: "withdraw-promise", method: "POST", path: "/v1/promises/$promise/withdraw", status: 200, body: `{"reason":"sold instead"}`},
		{op: "make-promise", method: "POST", path: "/v1/promises", status: 201, learn: map[string]string{"owed": "promise"},
			body: `{"kind":"refund","source":"desk","external_id":"r3","made":"2011-11-01T00:00:00Z","promised_by":"2030-01-01T00:00:00Z"}`},
		{op: "keep-promise", method: "POST", path: "/v1/promises/$owed/done", status: 200, body: `{"actual":"2011-11-02T00:00:00Z"}`},
		{op: "keep-promise", method: "POST", path: "/v1/promises/$promise/done", status: 409, body: `{"actual":"2030-01-01T00:00:00Z"}`},
		{op: "keep-promise", method: "POST", path: "/v1/promises/prm_01h9x3k7q2v5n/done", status: 404, body: `{"actual":"2026-01-01T00:00:00Z"}`},
		{op: "get-promise", method: "GET", path: "/v1/promises/$promise", status: 200},
		{op: "get-promise", method: "GET", path: "/v1/promises/prm_01h9x3k7q2v5n", status: 404},
		{op: "list-promises", method: "GET", path: "/v1/promises?limit=1", status: 200, learn: map[string]string{"more": "next"}},
		{op: "list-promises", method: "GET", path: "/v1/promises?limit=1&cursor=$more", status: 200},
		{op: "list-promises", method: "GET", path: "/v1/promises?member=$nina&state=withdrawn&kind=repair&only=unmended", status: 200},
		{op: "list-promises", method: "GET", path: "/v1/promises?only=late", status: 422},
		{op: "get-promise-rates", method: "GET", path: "/v1/promises/rates", status: 200},
		{op: "get-promise-rates", method: "GET", path: "/v1/promises/rates?from=2030-01-01T00:00:00Z", status: 422},
		{op: "get-promise-settings", method: "GET", path: "/v1/promise-settings", status: 200},
		{op: "set-promise-settings", method: "PUT", path: "/v1/promise-settings", status: 200, body: examplePromiseSettings},
		{op: "set-promise-settings", method: "PUT", path: "/v1/promise-settings", status: 409, body: examplePromiseSettings},
		{op: "set-promise-settings", method: "PUT", path: "/v1/promise-settings", status: 422, body: `{"version":1,"settings":{"warn_hours":24,"tell_customer":false,"grace_minutes":0,"late_help":{"de":"Entschuldigung"}}}`},
		{op: "set-promise-settings", method: "PUT", path: "/v1/promise-settings", status: 422, wrong: true, body: `{"version":1,"settings":{"warn_hours":2000,"tell_customer":false,"grace_minutes":0}}`},
		{op: "set-carrier-secret", method: "PUT", path: "/v1/carrier-secrets", status: 200, body: `{"carrier":"generic","secret":"sixteen-letters-or-more"}`},
		{op: "set-carrier-secret", method: "PUT", path: "/v1/carrier-secrets", status: 422, body: `{"carrier":"generic","secret":"short"}`},
		{op: "list-carrier-secrets", method: "GET", path: "/v1/carrier-secrets", status: 200},
		{op: "register-parcel", method: "POST", path: "/v1/parcels", status: 201, learn: map[string]string{"parcel": "parcel"},
			body: `{"member":"$nina","carrier":"dpd","number":"rm 1","source":"shop","order":"1001","postcode":"SW1A 1AA","promised_by":"2030-01-01T00:00:00Z"}`},
		{op: "register-parcel", method: "POST", path: "/v1/parcels", status: 409, body: `{"number":"RM1","source":"shop","order":"1002"}`},
		{op: "add-parcel-events", method: "POST", path: "/v1/parcels/$parcel/events", status: 200, body: `{"events":[{"status":"in_transit","occurred":"2011-12-01T09:00:00Z","place":"Łódź"}]}`},
		{op: "add-parcel-events", method: "POST", path: "/v1/parcels/$parcel/events", status: 422, body: `{"events":[{"status":"in_transit","occurred":"1911-12-01T09:00:00Z"}]}`},
		{op: "get-parcel", method: "GET", path: "/v1/parcels/$parcel", status: 200},
		{op: "get-parcel", method: "GET", path: "/v1/parcels/pcl_01h9x3k7q2v5n", status: 404},
		{op: "list-parcels", method: "GET", path: "/v1/parcels?limit=1&status=in_transit&order=1001&number=rm1", status: 200},
		{op: "list-parcels", method: "GET", path: "/v1/parcels?status=lost", status: 422},
	}
}

// TestAPriceGrowsByItsPartsOverHTTP: what had been shown, what was hidden, and what
// the report says of it.
func TestAPriceGrowsByItsPartsOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		p := as[promiseView](h.call("POST", "/v1/promises", `{"kind":"price","source":"cart","external_id":"c1","parts":[{"part":"delivery","amount":0},{"part":"goods","amount":1250}]}`, keyHeader, "one").ok(201))
		if p.Shown != 1250 || len(p.Parts) != 2 || p.Parts[1].Shown == nil || p.Parts[1].Charged != nil {
			t.Errorf("shown %+v", p)
		}
		body := `{"charged":1640,"parts":[{"part":"goods","amount":1250},{"part":"delivery","amount":240},{"part":"service_fee","amount":150}]}`
		p = as[promiseView](h.call("POST", "/v1/promises/"+p.Promise+"/charge", body, keyHeader, "two").ok(200))
		if fee := p.Parts[2]; p.State != "broken" || fee.Part != "service_fee" || !fee.Hidden || fee.Shown != nil || *fee.Charged != 150 {
			t.Errorf("charged %+v", p)
		}
		h.clock.advance(time.Minute)
		r := as[promiseRates](h.call("GET", "/v1/promises/rates", "").ok(200))
		if len(r.ByPart) != 3 || r.Prices != (pricesCharged{1, 1}) || r.ByPart[1].Median != 240 || r.ByPart[1].Hidden != 0 || r.ByPart[2].Hidden != 1 || r.ByPart[0].Share != nil {
			t.Errorf("the rates are %+v", r)
		}
	})
}

// TestAParcelKeepsItsPromiseOverHTTP follows one from its registration to the
// door, and asks with the key of another programme.
func TestAParcelKeepsItsPromiseOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		due := h.clock.now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
		body := `{"number":"RM1","source":"shop","order":"1001","promised_by":"` + due + `"}`
		first := as[parcelView](h.call("POST", "/v1/parcels", body, keyHeader, "one").ok(201))
		if again := h.call("POST", "/v1/parcels", body, keyHeader, "one").ok(201); as[parcelView](again).Parcel != first.Parcel || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("again %s", again.text)
		}
		came := h.clock.now().Add(time.Minute).UTC().Format(time.RFC3339)
		event := `{"events":[{"status":"delivered","occurred":"` + came + `"}]}`
		for range 2 {
			got := as[parcelView](h.call("POST", "/v1/parcels/"+first.Parcel+"/events", event).ok(200))
			if got.Status != "delivered" || len(got.Events) != 1 {
				t.Errorf("got %+v", got)
			}
		}
		if p := as[promiseView](h.call("GET", "/v1/promises/"+first.Promise, "").ok(200)); p.State != "kept" || p.Kind != "delivery" {
			t.Errorf("the promise is %+v", p)
		}
		if r := as[promiseRates](h.call("GET", "/v1/promises/rates", "").ok(200)); r.Whole.Kept != 0 || r.Whole.Share != nil || len(r.ByMonth) < 12 {
			t.Errorf("the rates are %+v", r)
		}
		other, _ := h.furnishProgramme("other", "Other Shop")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		h.call("GET", "/v1/promises/"+first.Promise, "").ok(404)
		h.call("GET", "/v1/parcels/"+first.Parcel, "").ok(404)
		h.call("POST", "/v1/parcels/"+first.Parcel+"/events", event).ok(404)
		if list := as[page[parcelView]](h.call("GET", "/v1/parcels", "").ok(200)); len(list.Items) != 0 {
			t.Errorf("another programme sees %+v", list.Items)
		}
	})
}
