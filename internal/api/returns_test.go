package api

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
	"testing"

	"regulars/internal/auth"
)

// returnRequests is the part of the story about what customers send back.
func returnRequests() []step {
	asks := func(name, quantity string) string {
		return `{"source":"web","order":"back-1","external_id":"` + name + `","items":[{"line":1,"quantity":"` + quantity + `","outcome":"refund","comment":"Too small"}]}`
	}
	picture := func(name, photo string) string {
		return `{"source":"web","order":"back-1","external_id":"` + name + `","items":[{"line":1,"quantity":"1","outcome":"refund","photos":["` + photo + `"]}]}`
	}
	return []step{
		{op: "get-return-settings", method: "GET", path: "/v1/return-settings", status: 200},
		{op: "set-return-settings", method: "PUT", path: "/v1/return-settings", status: 200, body: exampleReturnSettings},
		{op: "set-return-settings", method: "PUT", path: "/v1/return-settings", status: 409, body: exampleReturnSettings},
		{op: "set-return-settings", method: "PUT", path: "/v1/return-settings", status: 422, body: `{"version":1,"settings":{"open":true,"answer_days":3,"refund_days":10}}`},
		{op: "set-return-settings", method: "PUT", path: "/v1/return-settings", status: 404, body: `{"version":1,"settings":{"open":false,"answer_days":3,"refund_days":10,"wallet":"gold"}}`},
		{op: "create-return-rule", method: "POST", path: "/v1/return-rules", status: 201, learn: map[string]string{"rule": "rule"}, body: exampleReturnRule},
		{op: "create-return-rule", method: "POST", path: "/v1/return-rules", status: 422, body: `{"name":"Nothing"}`},
		{op: "create-return-rule", method: "POST", path: "/v1/return-rules", status: 422, wrong: true, body: `{"name":"Long","days":4000,"outcomes":["refund"]}`},
		{op: "change-return-rule", method: "PUT", path: "/v1/return-rules/$rule", status: 200, body: `{"name":"China","place":2,"days":21,"categories":["china"],"outcomes":["refund"]}`},
		{op: "change-return-rule", method: "PUT", path: "/v1/return-rules/$rule", status: 422, body: `{"name":"China","days":21,"outcomes":["thanks"]}`},
		{op: "change-return-rule", method: "PUT", path: "/v1/return-rules/rrl_01h9x3k7q2v5n", status: 404, body: exampleReturnRule},
		{op: "get-return-rule", method: "GET", path: "/v1/return-rules/$rule", status: 200},
		{op: "list-return-rules", method: "GET", path: "/v1/return-rules", status: 200},
		{op: "retire-return-rule", method: "DELETE", path: "/v1/return-rules/$rule", status: 200},
		{op: "retire-return-rule", method: "DELETE", path: "/v1/return-rules/$rule", status: 404},
		{op: "get-return-rule", method: "GET", path: "/v1/return-rules/$rule", status: 404},
		{op: "take-event", method: "POST", path: "/v1/events", status: 200,
			body: `{"kind":"purchase","source":"web","external_id":"back-1","member":"$nina","lines":[{"sku":"POT","name":"Teapot","quantity":"3","amount":3000}]}`},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 201, learn: map[string]string{"back": "return"}, body: asks("r1", "1")},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 409, body: asks("r1", "2")},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 422, body: asks("r2", "5")},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 404, body: `{"source":"web","order":"back-9","external_id":"r2","items":[{"line":1,"quantity":"1","outcome":"refund"}]}`},
		{op: "link-return", method: "POST", path: "/v1/return-requests/link", status: 200, body: `{"source":"web","order":"back-1"}`},
		{op: "link-return", method: "POST", path: "/v1/return-requests/link", status: 404, body: `{"source":"web","order":"back-9"}`},
		{op: "decide-return", method: "POST", path: "/v1/return-requests/$back/decide", status: 422, body: `{"items":[{"no":1,"accept":false}]}`},
		{op: "decide-return", method: "POST", path: "/v1/return-requests/$back/decide", status: 200, body: `{"items":[{"no":1,"accept":true}]}`},
		{op: "print-return-label", method: "GET", path: "/v1/return-requests/$back/label.pdf", status: 200},
		{op: "settle-return", method: "POST", path: "/v1/return-requests/$back/settle", status: 409},
		{op: "receive-return", method: "POST", path: "/v1/return-requests/$back/arrive", status: 200},
		{op: "settle-return", method: "POST", path: "/v1/return-requests/$back/settle", status: 200},
		{op: "fulfil-return", method: "POST", path: "/v1/return-requests/$back/fulfil", status: 200, body: `{"by":"Till receipt 7"}`},
		{op: "cancel-return", method: "POST", path: "/v1/return-requests/$back/cancel", status: 409, body: `{"reason":"no"}`},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 201, learn: map[string]string{"kept": "return"}, body: asks("r3", "2")},
		{op: "cancel-return", method: "POST", path: "/v1/return-requests/$kept/cancel", status: 200, body: `{"reason":"The customer keeps it"}`},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 422, body: picture("r4", "no photo")},
		{op: "ask-return", method: "POST", path: "/v1/return-requests", status: 201, learn: map[string]string{"seen": "return", "picture": "items.0.photos.0"}, body: picture("r5", dot())},
		{op: "get-return-photo", method: "GET", path: "/v1/return-requests/$seen/photos/$picture", status: 200},
		{op: "get-return-photo", method: "GET", path: "/v1/return-requests/$back/photos/$picture", status: 404},
		{op: "print-return-label", method: "GET", path: "/v1/return-requests/$seen/label.pdf", status: 404},
		{op: "get-return-request", method: "GET", path: "/v1/return-requests/$back", status: 200},
		{op: "get-return-request", method: "GET", path: "/v1/return-requests/rtn_01h9x3k7q2v5n", status: 404},
		{op: "list-return-requests", method: "GET", path: "/v1/return-requests?limit=1", status: 200, learn: map[string]string{"more": "next"}},
		{op: "list-return-requests", method: "GET", path: "/v1/return-requests?limit=1&cursor=$more", status: 200},
		{op: "list-return-requests", method: "GET", path: "/v1/return-requests?state=done&order=back-1", status: 200},
		{op: "list-return-requests", method: "GET", path: "/v1/return-requests?only=late", status: 422},
	}
}

// dot is a small photo in Base64.
func dot() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// TestRulesOfReturnsOverHTTP adds, moves, changes and retires rules, whose faults
// point into what was sent, and asks with the key of another programme.
func TestRulesOfReturnsOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		names := func() string {
			var all []string
			for _, r := range as[returnRules](h.call("GET", "/v1/return-rules", "").ok(200)).Items {
				all = append(all, r.Name)
			}
			return strings.Join(all, ", ")
		}
		hygiene := `{"name":"Hygiene","place":1,"never":true,"categories":["soap"]}`
		made := as[returnRule](h.call("POST", "/v1/return-rules", hygiene, keyHeader, "one").ok(201))
		if again := as[returnRule](h.call("POST", "/v1/return-rules", hygiene, keyHeader, "one").ok(201)); again.Rule != made.Rule || made.Place != 1 || names() != "Hygiene, Standard" {
			t.Errorf("made are %+v and %+v: %s", made, again, names())
		}
		h.call("POST", "/v1/return-rules", `{"name":"Last","days":7,"outcomes":["keep"],"keep_share":5000}`).ok(201)
		if moved := as[returnRule](h.call("PUT", "/v1/return-rules/"+made.Rule, `{"name":"Soap","place":3,"never":true}`).ok(200)); moved.Place != 3 || names() != "Standard, Last, Soap" {
			t.Errorf("moved it is %+v: %s", moved, names())
		}
		if stays := as[returnRule](h.call("PUT", "/v1/return-rules/"+made.Rule, `{"name":"Soap","days":9,"outcomes":["refund"]}`).ok(200)); stays.Place != 3 || stays.Days != 9 || stays.Never {
			t.Errorf("changed it is %+v", stays)
		}
		for body, field := range map[string]string{
			`{"name":"X","outcomes":["refund"],"countries":["Poland"]}`: "/countries", `{"name":"X","days":3}`: "/outcomes", `{"name":"X","outcomes":["keep"]}`: "/keep_share",
		} {
			if p := h.call("POST", "/v1/return-rules", body).ok(422); !strings.Contains(p.text, `"`+field+`"`) {
				t.Errorf("%s is refused with %s", body, p.text)
			}
		}
		set := as[returnSettings](h.call("GET", "/v1/return-settings", "").ok(200))
		if set.Version != 4 || set.Settings.AnswerDays != 3 {
			t.Errorf("the settings are %+v", set)
		}
		changed := as[returnSettings](h.call("PUT", "/v1/return-settings", `{"version":4,"settings":{"open":true,"answer_days":2,"refund_days":5,"address":"Corner","wallet":"POINTS"}}`).ok(200))
		if changed.Settings.Wallet != "points" || names() != "Standard, Last, Soap" {
			t.Errorf("changed they are %+v with %s", changed, names())
		}
		h.call("DELETE", "/v1/return-rules/"+made.Rule, "").ok(200)
		if names() != "Standard, Last" {
			t.Errorf("retired, there are %s", names())
		}
		other, _ := h.furnishProgramme("other", "Other Shop")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		if names() != "Standard" {
			t.Errorf("another programme has %s", names())
		}
		h.call("PUT", "/v1/return-rules/"+made.Rule, hygiene).ok(404)
		h.key = h.newKey(other.ID, "returns:read", "returns:write")
		h.call("POST", "/v1/return-rules", hygiene).ok(403)
	})
}

// TestPhotosOfReturnsOverHTTP sends photos with a return that needs one, and gets
// back what was drawn of them.
func TestPhotosOfReturnsOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.call("POST", "/v1/return-rules", `{"name":"All","place":1,"days":30,"outcomes":["refund"],"photo":true}`).ok(201)
		h.event(`{"source":"web","external_id":"1","kind":"purchase","identities":[{"kind":"email","value":"nina@example.com"}],"lines":[{"sku":"POT","name":"Teapot","quantity":"1","amount":3000}]}`)
		ask := func(photos string) string {
			return `{"source":"web","order":"1","external_id":"a","items":[{"line":1,"quantity":"1","outcome":"refund","photos":[` + photos + `]}]}`
		}
		for photos, field := range map[string]string{"": "/items/0/photos", `"` + dot() + `","=="`: "/items/0/photos/1", `"PHN2Zy8+"`: "/items/0/photos"} {
			if p := h.call("POST", "/v1/return-requests", ask(photos)).ok(422); !strings.Contains(p.text, `"`+field+`"`) {
				t.Errorf("%q is refused with %s", photos, p.text)
			}
		}
		r := as[returnRequest](h.call("POST", "/v1/return-requests", ask(`"`+dot()+`","`+dot()+`"`)).ok(201))
		if len(r.Items) != 1 || len(r.Items[0].Photos) != 2 {
			t.Fatalf("it is kept as %+v", r)
		}
		at := "/v1/return-requests/" + r.Return + "/photos/" + r.Items[0].Photos[1]
		got := h.call("GET", at, "").ok(200)
		m, kind, err := image.Decode(strings.NewReader(got.text))
		if err != nil || kind != "jpeg" || m.Bounds().Dx() != 20 || got.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("the photo is %v %q, %v", got.header, kind, err)
		}
		other, _ := h.furnishProgramme("other", "Other Shop")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		h.call("GET", at, "").ok(404)
	})
}
