package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/touch"
)

// cardsAndReviews is the part of the story about cards and what is said in
// public.
func cardsAndReviews() []step {
	point := `{"kind":"parcel","name":"Parcels","links":[{"platform":"google","place":"p1"},{"platform":"own","template":"https://example.com/say"}]}`
	review := `{"platform":"google","external_id":"g-1","place":"p1","rating":5,"time":"2024-05-05T12:00:00Z","text":"Good tea","author":"Nina","order":"R-1"}`
	return []step{
		{op: "create-touchpoint", method: "POST", path: "/v1/touchpoints", body: point, status: 201, learn: map[string]string{"point": "touchpoint"}},
		{op: "create-touchpoint", method: "POST", path: "/v1/touchpoints", body: `{"kind":"parcel","name":"Bad","links":[{"platform":"google"}]}`, status: 422},
		{op: "create-touchpoint", method: "POST", path: "/v1/touchpoints", body: `{"kind":"van","name":"Bad"}`, status: 422, wrong: true},
		{op: "change-touchpoint", method: "PUT", path: "/v1/touchpoints/$point", body: point, status: 200},
		{op: "get-touchpoint", method: "GET", path: "/v1/touchpoints/$point", status: 200},
		{op: "get-touchpoint", method: "GET", path: "/v1/touchpoints/tch_01h9x3k7q2v5n", status: 404},
		{op: "list-touchpoints", method: "GET", path: "/v1/touchpoints", status: 200},
		{op: "create-card-batch", method: "POST", path: "/v1/card-batches", body: `{"touchpoint":"$point","name":"Spring","cards":3,"design":{"layout":"band","language":"en"}}`, status: 201, learn: map[string]string{"printed": "batch"}},
		{op: "create-card-batch", method: "POST", path: "/v1/card-batches", body: `{"touchpoint":"$point","name":"Paid","cards":3,"design":{"layout":"band","language":"en","foot":"A discount for your review"}}`, status: 403},
		{op: "list-card-batches", method: "GET", path: "/v1/card-batches", status: 200},
		{op: "print-cards", method: "GET", path: "/v1/card-batches/$printed/cards.pdf?paper=a4", status: 200},
		{op: "print-cards", method: "GET", path: "/v1/card-batches/$printed/cards.pdf?part=2", status: 404},
		{op: "get-card", method: "GET", path: "/v1/cards/ABC", status: 422},
		{op: "bind-card", method: "POST", path: "/v1/cards/000000000/bind", body: `{"order":"R-1"}`, status: 404},
		{op: "list-cards", method: "GET", path: "/v1/card-batches/$printed/cards", status: 200, learn: map[string]string{"first": "items.0.code"}},
		{op: "bind-card", method: "POST", path: "/v1/cards/$first/bind", body: `{"order":"R-77"}`, status: 200},
		{op: "get-card", method: "GET", path: "/v1/cards/$first", status: 200},
		{op: "draw-card-order", method: "POST", path: "/v1/card-orders", body: `{"order":"R-1"}`, status: 200},
		{op: "set-card-trial", method: "PUT", path: "/v1/card-trial", body: `{"share":1000}`, status: 200},
		{op: "take-reviews", method: "POST", path: "/v1/reviews", body: `{"reviews":[` + review + `]}`, status: 200, learn: map[string]string{"said": "answers.0.review"}},
		{op: "take-reviews", method: "POST", path: "/v1/reviews", body: `{"reviews":[` + review + `]}`, status: 200},
		{op: "take-reviews", method: "POST", path: "/v1/reviews", body: `{"reviews":[{"platform":"google","external_id":"g-2","time":"2046-01-05T12:00:00Z"}]}`, status: 422},
		{op: "list-reviews", method: "GET", path: "/v1/reviews?state=unanswered&platform=google&limit=1", status: 200},
		{op: "list-reviews", method: "GET", path: "/v1/reviews?state=hidden", status: 422},
		{op: "list-review-days", method: "GET", path: "/v1/reviews/days", status: 200},
		{op: "settle-review", method: "POST", path: "/v1/reviews/$said/none-needed", status: 200},
		{op: "answer-review", method: "POST", path: "/v1/reviews/$said/answer", body: `{"text":"Thank you."}`, status: 200},
		{op: "answer-review", method: "POST", path: "/v1/reviews/$said/answer", body: `{"text":" "}`, status: 422},
		{op: "settle-review", method: "POST", path: "/v1/reviews/$said/none-needed", status: 409},
		{op: "set-review-widget", method: "PUT", path: "/v1/review-widget", body: `{"shown":true}`, status: 200},
		{op: "get-review-widget", method: "GET", path: "/v1/review-widget", status: 200},
		{op: "set-review-market", method: "PUT", path: "/v1/review-sources/yandex_market", body: `{"business":42,"key":"secret"}`, status: 200},
		{op: "set-review-market", method: "PUT", path: "/v1/review-sources/yandex_market", body: `{"business":42,"key":" "}`, status: 422},
		{op: "set-review-market", method: "PUT", path: "/v1/review-sources/yandex_market", body: `{"business":0,"key":"secret"}`, status: 422, wrong: true},
		{op: "list-review-sources", method: "GET", path: "/v1/review-sources", status: 200},
		{op: "remove-review-market", method: "DELETE", path: "/v1/review-sources/yandex_market", status: 200},
		{op: "list-card-traffic", method: "GET", path: "/v1/card-traffic?from=2024-05-01T00:00:00Z&to=2024-06-01T00:00:00Z", status: 200},
		{op: "list-card-traffic", method: "GET", path: "/v1/card-traffic?from=May", status: 422, wrong: true},
		{op: "get-support-index", method: "GET", path: "/v1/support-index?from=2024-05-01T00:00:00Z&to=2024-06-01T00:00:00Z", status: 200},
	}
}

// TestFromACardToTheIndex packs orders, takes reviews in and reads what they
// come to.
func TestFromACardToTheIndex(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		point := as[touchpointView](h.call("POST", "/v1/touchpoints", exampleTouchpoint).ok(201))
		batch := as[cardBatchView](h.call("POST", "/v1/card-batches", `{"touchpoint":"`+point.Touchpoint+`","name":"A","cards":2,"design":{"layout":"calm","language":"pl"}}`).ok(201))
		if pdf := h.call("GET", "/v1/card-batches/"+batch.Batch+"/cards.pdf", "").ok(200); !strings.HasPrefix(pdf.text, "%PDF-") {
			t.Errorf("the file begins with %.20q", pdf.text)
		}
		var code string
		if err := h.d.Reader().QueryRow(t.Context(), `SELECT MIN(code) FROM touch_card`).Scan(&code); err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			body := fmt.Sprintf(`{"source":"shop","external_id":"R-%d","kind":"purchase","occurred":"2024-05-05T09:00:00Z","identities":[{"kind":"external","value":"c%d"}],"lines":[{"sku":"tea","name":"Tea","quantity":"1","amount":1000}]}`, i, i)
			h.call("POST", "/v1/events", body).ok(200)
		}
		if c := as[cardView](h.call("POST", "/v1/cards/"+strings.ToLower(code)+"/bind", `{"order":"R-1"}`).ok(200)); c.Order != "R-1" {
			t.Errorf("the card is %+v", c)
		}
		taken := as[takenReviews](h.call("POST", "/v1/reviews", `{"reviews":[
			{"platform":"yandex_market","external_id":"1","rating":5,"time":"2024-05-06T09:00:00Z","order":"R-1"},
			{"platform":"yandex_market","external_id":"2","rating":2,"time":"2024-05-06T09:00:00Z","order":"R-2"},
			{"platform":"google","external_id":"3","rating":4,"time":"2024-05-06T09:00:00Z"}]}`).ok(200))
		if len(taken.Answers) != 3 || taken.Answers[2].Outcome != "new" {
			t.Errorf("taken %+v", taken)
		}
		n := as[supportView](h.call("GET", "/v1/support-index?from=2024-05-01T00:00:00Z&to=2024-06-01T00:00:00Z", "").ok(200))
		if n.Positive != 2 || n.Confirmed != 1 || n.Unattributed != 1 || n.ByCustomers.Base != 12 || n.ByCustomers.Sure != 1 || n.ByCustomers.Possible != 2 || n.ByCustomers.Low == nil || !n.ByCustomers.Early {
			t.Errorf("the index is %+v", n)
		}
		if len(n.Products) != 1 || n.Products[0].SKU != "tea" || n.Products[0].Index.Base != 12 || n.Products[0].Index.Sure != 1 {
			t.Errorf("the products are %+v", n.Products)
		}
		if r := n.Retention; r.Reviewers.Customers != 1 || r.Reviewers.Share != nil || r.Others.Customers != 11 || r.Others.Share == nil || !r.From.Equal(n.From) {
			t.Errorf("who came back is %+v", r)
		}
	})
}

// TestCardsStayInTheirProgramme asks with the key of another.
func TestCardsStayInTheirProgramme(t *testing.T) {
	h := newHouse(t)
	point := as[touchpointView](h.call("POST", "/v1/touchpoints", exampleTouchpoint).ok(201))
	batch := as[cardBatchView](h.call("POST", "/v1/card-batches", `{"touchpoint":"`+point.Touchpoint+`","name":"A","cards":1,"design":{"layout":"calm","language":"ru"}}`).ok(201))
	said := as[takenReviews](h.call("POST", "/v1/reviews", `{"reviews":[{"platform":"google","external_id":"1","time":"2024-05-05T09:00:00Z"}]}`).ok(200)).Answers[0].Review
	var code string
	if err := h.d.Reader().QueryRow(t.Context(), `SELECT code FROM touch_card`).Scan(&code); err != nil {
		t.Fatal(err)
	}
	other, _ := h.furnishProgramme("other", "Other Shop")
	h.key = h.newKey(other.ID, auth.Scopes()...)
	for _, path := range []string{"/v1/touchpoints/" + point.Touchpoint, "/v1/cards/" + code, "/v1/card-batches/" + batch.Batch + "/cards.pdf"} {
		h.call("GET", path, "").ok(404)
	}
	h.call("POST", "/v1/cards/"+code+"/bind", `{"order":"1"}`).ok(404)
	h.call("POST", "/v1/reviews/"+said+"/answer", `{"text":"x"}`).ok(404)
	if list := as[page[reviewView]](h.call("GET", "/v1/reviews", "").ok(200)); len(list.Items) != 0 {
		t.Errorf("another programme sees %+v", list.Items)
	}
}

// TestTheMarketAndTheDoors: where reviews are fetched is set and ended without the
// key ever being shown, and what cards led to is counted.
func TestTheMarketAndTheDoors(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		set := h.call("PUT", "/v1/review-sources/yandex_market", `{"business":42,"key":"very secret"}`).ok(200)
		if list := as[page[reviewSource]](set).Items; len(list) != 1 || list[0].Account != "42" || list[0].Platform != "yandex_market" || list[0].Read != nil || strings.Contains(set.text, "secret") {
			t.Errorf("set is %s", set.text)
		}
		if text := h.call("GET", "/v1/audit?action=touch.source", "").ok(200).text; !strings.Contains(text, `"platform":"yandex_market"`) || strings.Contains(text, "secret") {
			t.Errorf("the trail says %s", text)
		}
		if list := as[page[reviewSource]](h.call("DELETE", "/v1/review-sources/yandex_market", "").ok(200)).Items; len(list) != 0 {
			t.Errorf("left is %+v", list)
		}
		point := as[touchpointView](h.call("POST", "/v1/touchpoints", exampleTouchpoint).ok(201)).Touchpoint
		batch := as[cardBatchView](h.call("POST", "/v1/card-batches", `{"touchpoint":"`+point+`","name":"A","cards":1,"design":{"layout":"calm","language":"pl"}}`).ok(201)).Batch
		code := as[page[cardView]](h.call("GET", "/v1/card-batches/"+batch+"/cards", "").ok(200)).Items[0].Code
		place, err := h.config.Touch.Place(t.Context(), code)
		must(t, err)
		h.config.Touch.Visit(&place, touch.Landing, "")
		h.config.Touch.Visit(&place, touch.ReviewDoor, touch.Google)
		must(t, h.config.Touch.Flush(t.Context()))
		want := []doorTraffic{{point, "landing", "", 1}, {point, "review", "google", 1}}
		if list := as[page[doorTraffic]](h.call("GET", "/v1/card-traffic", "").ok(200)).Items; !slices.Equal(list, want) {
			t.Errorf("counted %+v", list)
		}
		if list := as[page[doorTraffic]](h.call("GET", "/v1/card-traffic?to=2020-01-01T00:00:00Z", "").ok(200)).Items; len(list) != 0 {
			t.Errorf("before there were cards %+v", list)
		}
	})
}
