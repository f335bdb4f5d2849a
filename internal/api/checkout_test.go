package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestACheckoutFromQuoteToCancel sells tea worth £20.00 with a code that takes
// £3.00 off and 100 points worth £1.00: £16.00 are due. One of the two packs
// comes back for half of all that: £8.50, of which £0.50 in points. The sale
// is undone then: the rest comes back, and the code may be used again.
func TestACheckoutFromQuoteToCancel(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.sharedCode(h.offered("Three pounds", threePounds), "Three 26", `,"max_uses":1`)
		m := h.save(`{"identities":[{"kind":"phone","value":"020 7946 0018"}]}`).ID
		h.event(`{"source":"crm","external_id":"0","kind":"adjustment","member":"` + m + `","adjustment":{"wallet":"points","points":150,"reason":"hello"}}`)
		const pays = `"codes":["three 26"],"points":[{"wallet":"points","points":100}]`
		quoted := as[eventAnswer](h.call("POST", "/v1/quotes", checkedOut("1", `{`+pays+`}`)).ok(200))
		if s := quoted.Sale; s.Total != 17_00 || s.Due != 16_00 || len(s.Applied) != 1 || s.Applied[0].Code == "" || s.Lines[0].List != 20_00 || s.Lines[0].Amount != 17_00 {
			t.Errorf("the quote is %+v", s)
		}
		if state := as[codeView](h.call("GET", "/v1/codes/THREE26", "").ok(200)); state.State != "issued" || state.Uses != 0 {
			t.Errorf("the quote used the code: %+v", state)
		}
		sold := h.event(checkedOut("1", `{"due":1600,`+pays+`}`))
		if diff := cmp.Diff(quoted.Sale, sold.Sale); diff != "" {
			t.Errorf("the sale is not as it was quoted: %s", diff)
		}
		if again := h.event(checkedOut("1", `{"due":1600,`+pays+`}`)); again.Outcome != "repeated" || cmp.Diff(sold.Sale, again.Sale) != "" {
			t.Errorf("sent again: got %+v", again)
		}
		if life := as[codeView](h.call("GET", "/v1/codes/THREE26", "", "Accept-Language", "pl").ok(200)); life.State != "redeemed" || life.Uses != 1 || len(life.Steps) != 2 || life.Steps[1].Step != "redeemed" || life.Steps[1].Words == "used" {
			t.Errorf("the life of the code: %+v", life)
		}
		second := h.event(checkedOut("2", `{"codes":["three 26"]}`))
		if s := second.Sale; s.Due != 20_00 || len(s.Refused) != 1 || s.Refused[0].Why != "used_up" || !strings.Contains(s.Refused[0].Reason.Text, "has been used already") {
			t.Errorf("a code that is used up: got %+v", s)
		}
		part := h.event(`{"source":"till","external_id":"1r","kind":"return","return":{"sale_reference":"1","lines":[{"sku":"tea","quantity":1}]}}`)
		if r := part.Refund; r.Amount != 8_50 || r.Money != 8_00 || len(r.Tenders) != 1 || r.Tenders[0].Points != 50 || len(r.Codes) != 0 {
			t.Errorf("the refund of a part is %+v", r)
		}
		rest := h.event(`{"source":"till","external_id":"1c","kind":"return","return":{"sale_reference":"1","cancel":true}}`)
		if r := rest.Refund; r.Amount != 8_50 || r.Money != 8_00 || len(r.Codes) != 1 {
			t.Errorf("the refund of the rest is %+v", r)
		}
		if life := as[codeView](h.call("GET", "/v1/codes/THREE26", "").ok(200)); life.State != "issued" || life.Uses != 0 || len(life.Steps) != 3 || life.Steps[2].Step != "restored" {
			t.Errorf("the life of the code after all: %+v", life)
		}
		if faults, err := h.config.Flow.Check(t.Context()); err != nil || len(faults) > 0 {
			t.Errorf("check finds %v, %v", faults, err)
		}
	})
}

// TestACheckoutRefused changes nothing, and says why.
func TestACheckoutRefused(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.sharedCode(h.offered("Three pounds", threePounds), "THREE", "")
		h.save(`{"identities":[{"kind":"phone","value":"020 7946 0018"}]}`)
		for what, c := range map[string]struct {
			checkout    string
			status      int
			code, place string
			says        string
		}{
			"another price":    {`{"codes":["THREE"],"due":2000}`, 409, "price_changed", "/checkout/due", "£17.00 now, and not £20.00"},
			"an unknown card":  {`{"gift_cards":[{"number":"7K2M-9QXT-4H8B-3WDC"}]}`, 404, "no_such_card", "/checkout/gift_cards/0/number", "no gift card"},
			"too few points":   {`{"points":[{"wallet":"points","points":1}]}`, 403, "not_enough_points", "/checkout/points/0/points", "available"},
			"a negative card":  {`{"gift_cards":[{"number":"7K2M-9QXT-4H8B-3WDC","amount":-1}]}`, 422, "json_number_range", "/checkout/gift_cards/0/amount", ""},
			"an unknown field": {`{"code":"THREE"}`, 422, "json_unknown_name", "/checkout/code", ""},
		} {
			p := h.call("POST", "/v1/events", checkedOut(what, c.checkout)).ok(c.status).problem()
			if p.Code != c.code || len(p.Errors) != 1 || p.Errors[0].Pointer != c.place || !strings.Contains(p.Detail, c.says) {
				t.Errorf("%s: got %+v", what, p)
			}
			h.call("GET", "/v1/events/lookup?source=till&external_id="+strings.ReplaceAll(what, " ", "+"), "").ok(404)
			if c.code == "price_changed" {
				ru := h.call("POST", "/v1/events", checkedOut(what, c.checkout), "Accept-Language", "ru").ok(409).problem()
				if !strings.Contains(ru.Detail, "17,00") || !strings.Contains(ru.Detail, "Запросите") {
					t.Errorf("in Russian: %q", ru.Detail)
				}
			}
		}
		if state := as[codeView](h.call("GET", "/v1/codes/THREE", "").ok(200)); state.Uses != 0 {
			t.Errorf("a refused sale used the code: %+v", state)
		}
	})
}

// TestCodesThatDoNotApplyAreTold and stop nothing.
func TestCodesThatDoNotApplyAreTold(t *testing.T) {
	h := newHouse(t)
	offer := h.offered("Three pounds", threePounds)
	h.sharedCode(offer, "SOON", `,"begins":"2026-06-01T00:00:00Z"`)
	h.sharedCode(offer, "PAST", `,"expires":"2026-01-01T12:00:01Z"`)
	h.sharedCode(offer, "GONE", "")
	h.call("POST", "/v1/codes/GONE/cancel", `{"reason":"a misprint"}`).ok(200)
	other := h.save(`{"identities":[{"kind":"card","value":"77"}]}`).ID
	personal := as[batchView](h.call("POST", "/v1/code-batches", `{"offer":"`+offer+`","name":"p","kind":"personal"}`).ok(201)).Batch
	theirs := as[codeView](h.call("POST", "/v1/code-batches/"+personal+"/codes", `{"member":"`+other+`"}`).ok(200)).Code
	h.clock.advance(time.Minute)
	for code, why := range map[string]string{"SOON": "not_yet", "PAST": "expired", "GONE": "cancelled", "NOTHING": "code_unknown", theirs: "not_yours"} {
		s := h.event(checkedOut(code, `{"codes":["`+code+`"],"due":2000}`)).Sale
		if s.Due != 20_00 || len(s.Applied) != 0 || len(s.Refused) != 1 || s.Refused[0].Why != why || s.Refused[0].Reason.Text == "" {
			t.Errorf("%s: got %+v, want %s", code, s.Refused, why)
		}
	}
	typed := as[eventAnswer](h.call("POST", "/v1/quotes", checkedOut("typed", `{"codes":[" nix-10 "]}`)).ok(200)).Sale.Refused[0]
	if !strings.Contains(typed.Reason.Text, "“nix-10”") {
		t.Errorf("a code that nobody knows is called %q, not as it was typed", typed.Reason.Text)
	}
	small := h.event(strings.Replace(checkedOut("small", `{"codes":["GONE","SOON"]}`), "2000", "900", 1)).Sale
	if len(small.Refused) != 2 || small.Due != 9_00 {
		t.Errorf("got %+v", small)
	}
}

// TestAQuoteHolds holds the last use of a code for one till, refuses it to
// another, and lets it go.
func TestAQuoteHolds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.sharedCode(h.offered("Three pounds", threePounds), "THREE", `,"max_uses":1`)
		h.save(`{"identities":[{"kind":"phone","value":"020 7946 0018"}]}`)
		holding := func(name string) eventAnswer {
			body := strings.TrimSuffix(checkedOut(name, `{"codes":["THREE"]}`), "}") + `,"hold":{"minutes":5}}`
			return as[eventAnswer](h.call("POST", "/v1/quotes", body).ok(200))
		}
		first := holding("1")
		if first.Hold == nil || len(first.Sale.Applied) != 1 {
			t.Fatalf("the quote is %+v", first)
		}
		if second := holding("2"); len(second.Sale.Applied) != 0 || second.Sale.Refused[0].Why != "held" {
			t.Errorf("the other quote is %+v", second.Sale)
		}
		for range 2 {
			h.call("DELETE", "/v1/quotes/"+first.Hold.Quote, "").ok(200)
		}
		if sold := h.event(checkedOut("3", `{"codes":["THREE"]}`)); len(sold.Sale.Applied) != 1 {
			t.Errorf("let go, it is not free: %+v", sold.Sale)
		}
		if p := h.call("DELETE", "/v1/quotes/nonsense", "").problem(); p.Status != 422 {
			t.Errorf("nonsense is answered with %+v", p)
		}
	})
}
