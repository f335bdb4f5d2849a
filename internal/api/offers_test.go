package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
)

// offered makes an offer and puts it in force.
func (h *house) offered(name, spec string) string {
	h.t.Helper()
	made := as[offerView](h.call("POST", "/v1/offers", `{"name":"`+name+`","spec":`+spec+`}`).ok(201))
	h.call("POST", "/v1/offers/"+made.Offer+"/publish", "").ok(200)
	return made.Offer
}

// sharedCode makes a code of the offer for everybody.
func (h *house) sharedCode(offer, code, more string) string {
	h.t.Helper()
	return as[batchView](h.call("POST", "/v1/code-batches", `{"offer":"`+offer+`","name":"n","kind":"shared","code":"`+code+`"`+more+`}`).ok(201)).Batch
}

const threePounds = `{"minimum":1000,"benefit":{"kind":"amount","amount":300},"with_code":true,"restore_code":true}`

// TestAnOfferFromDraftToEnd looks at what is in force and said at every step.
func TestAnOfferFromDraftToEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		const spec = `{"condition":{"field":"shop","op":"eq","value":"high-street"},"benefit":{"kind":"percent","percent":"25/2"}}`
		made := as[offerView](h.call("POST", "/v1/offers", `{"name":"Spring","spec":`+spec+`}`, keyHeader, "a").ok(201))
		if v := made.Versions[0]; v.State != "draft" || made.InForce || made.Given != nil || !strings.Contains(v.Words[0], "12.5 % off all goods") || !strings.Contains(v.Words[0], "High Street") {
			t.Errorf("got %+v", made)
		}
		if again := h.call("POST", "/v1/offers", `{"name":"Spring","spec":`+spec+`}`, keyHeader, "a").ok(201); as[offerView](again).Offer != made.Offer || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("sent again: got %s", again.text)
		}
		path := "/v1/offers/" + made.Offer
		for lang, want := range map[string]string{"ru": "12,5 %", "pl": "12,5"} {
			if v := as[offerView](h.call("GET", path, "", "Accept-Language", lang).ok(200)); !strings.Contains(v.Versions[0].Words[0], want) {
				t.Errorf("%s: got %q", lang, v.Versions[0].Words)
			}
		}
		comes := h.clock.now().Add(time.Hour).Format(time.RFC3339)
		later := as[offerView](h.call("POST", path+"/publish", `{"begins":"`+comes+`"}`).ok(200))
		if later.InForce || later.Versions[0].State != "published" {
			t.Errorf("before it begins: got %+v", later)
		}
		h.clock.advance(time.Hour)
		if v := as[offerView](h.call("GET", path, "").ok(200)); !v.InForce || v.Given == nil || v.Given.Uses != 0 {
			t.Errorf("when it begins: got %+v", v)
		}
		h.event(checkedOut("1", `{}`))
		h.call("PUT", path+"/draft", `{"spec":{"benefit":{"kind":"amount","amount":100}}}`).ok(200)
		h.call("PATCH", path, `{"name":"Summer"}`).ok(200)
		h.clock.advance(time.Hour)
		h.call("POST", path+"/publish", "{}").ok(200)
		h.event(checkedOut("2", `{}`))
		v := as[offerView](h.call("GET", path, "").ok(200))
		if v.Name != "Summer" || len(v.Versions) != 2 || v.Versions[1].State != "withdrawn" || v.Versions[1].Given.Amount != 2_50 || v.Versions[0].Given.Amount != 1_00 || v.Given.Uses != 2 || v.Given.Amount != 3_50 {
			t.Errorf("got %+v, %+v", v, v.Given)
		}
		if v.Given.First.Equal(*v.Given.Last) || !v.Versions[1].Ends.Equal(*v.Versions[0].Begins) {
			t.Errorf("got %+v", v)
		}
		if ended := as[offerView](h.call("POST", path+"/withdraw", "").ok(200)); ended.InForce {
			t.Errorf("got %+v", ended)
		}
		draft := as[offerView](h.call("POST", "/v1/offers", `{"name":"Never","spec":`+spec+`}`).ok(201))
		if gone := as[offerDraftDiscarded](h.call("DELETE", "/v1/offers/"+draft.Offer+"/draft", "").ok(200)); !gone.Gone || gone.Offer != draft.Offer {
			t.Errorf("got %+v", gone)
		}
		h.call("GET", "/v1/offers/"+draft.Offer, "").ok(404)
		if list := as[offerList](h.call("GET", "/v1/offers", "").ok(200)).Items; len(list) != 1 || list[0].Given.Uses != 2 {
			t.Errorf("got %+v", list)
		}
	})
}

// checkedOut is a purchase of £20.00 of tea with a checkout.
func checkedOut(number, checkout string) string {
	return `{"source":"till","external_id":"` + number + `","kind":"purchase","shop":"high-street","identities":[{"kind":"phone","value":"020 7946 0018"}],
		"lines":[{"sku":"tea","quantity":2,"amount":2000}],"checkout":` + checkout + `}`
}

// TestMistakesOfAnOfferAreToldAtOnce wants each at its place in the request.
func TestMistakesOfAnOfferAreToldAtOnce(t *testing.T) {
	h := newHouse(t)
	for body, want := range map[string]string{
		`{"name":" x","spec":{"benefit":{"kind":"buy_get","percent":"5"},"per_member":[{"period":"day"}]}}`: "/name /spec/benefit/buy /spec/benefit/get /spec/per_member/0/times",
		`{"name":"x","spec":{"together":0,"benefit":{"kind":"percent","percent":"101"}}}`:                   "/spec/benefit/percent /spec/together",
	} {
		var places []string
		p := h.call("POST", "/v1/offers", body).ok(422).problem()
		for _, e := range p.Errors {
			places = append(places, e.Pointer)
		}
		if got := strings.Join(places, " "); got != want || p.Code != "several_mistakes" {
			t.Errorf("%s: got %s (%s), want %s", body, got, p.Code, want)
		}
	}
}

// TestWrongOffersAndCodes wants every mistake told at its place.
func TestWrongOffersAndCodes(t *testing.T) {
	h := newHouse(t)
	offer := h.offered("Three pounds", threePounds)
	m := h.buy("1", "020 7946 0018", 1000).Member
	spec := func(s string) string { return `{"name":"x","spec":` + s + `}` }
	batch := func(s string) string { return `{"offer":"` + offer + `","name":"b",` + s + `}` }
	for what, c := range map[string]struct {
		method, path, body string
		status             int
		code, place        string
	}{
		"unknown field":       {"POST", "/v1/offers", spec(`{"benefit":{"kind":"percent","percent":"20"},"colour":1}`), 422, "json_unknown_name", "/spec/colour"},
		"percent as a number": {"POST", "/v1/offers", spec(`{"benefit":{"kind":"percent","percent":20}}`), 422, "json_wrong_kind", "/spec/benefit/percent"},
		"percent too high":    {"POST", "/v1/offers", spec(`{"benefit":{"kind":"percent","percent":"101"}}`), 422, "offer_percent", "/spec/benefit/percent"},
		"no percent":          {"POST", "/v1/offers", spec(`{"benefit":{"kind":"percent"}}`), 422, "offer_required", "/spec/benefit/percent"},
		"a field unfit":       {"POST", "/v1/offers", spec(`{"benefit":{"kind":"amount","amount":5,"price":5}}`), 422, "offer_field_unfit", "/spec/benefit/price"},
		"a condition":         {"POST", "/v1/offers", spec(`{"benefit":{"kind":"amount","amount":5},"condition":{"field":"moon","op":"eq","value":1}}`), 422, "condition_unknown_field", "/spec/condition/field"},
		"no spec":             {"POST", "/v1/offers", `{"name":"x"}`, 422, "required", "/spec"},
		"name taken":          {"POST", "/v1/offers", `{"name":"Three pounds","spec":` + threePounds + `}`, 409, "offer_name_taken", "/name"},
		"draft of a draft":    {"PUT", "/v1/offers/" + offer + "/draft", `{"spec":{"benefit":{"kind":"tiered","tiers":[{"from":5}]}}}`, 422, "offer_tier_one", "/spec/benefit/tiers/0"},
		"ends first":          {"POST", "/v1/offers/" + offer + "/publish", `{}`, 409, "offer_no_draft", ""},
		"no such offer":       {"POST", "/v1/offers/off_01h9x3k7q2v5n/withdraw", "", 404, "unknown_offer", ""},
		"not an offer":        {"GET", "/v1/offers/rul_01h9x3k7q2v5n", "", 422, "malformed_id", "offer"},
		"codes of none":       {"POST", "/v1/code-batches", `{"offer":"off_01h9x3k7q2v5n","name":"b","kind":"shared","code":"ABC"}`, 404, "unknown_offer", "/offer"},
		"a shared code short": {"POST", "/v1/code-batches", batch(`"kind":"shared","code":"A"`), 422, "code_malformed", "/code"},
		"codes too short":     {"POST", "/v1/code-batches", batch(`"kind":"unique","length":4,"count":1000000`), 422, "codes_too_short", "/length"},
		"codes without count": {"POST", "/v1/code-batches", batch(`"kind":"unique","length":8`), 422, "batch_wanted", "/count"},
		"a code of drawn":     {"POST", "/v1/code-batches", batch(`"kind":"unique","length":8,"count":5,"code":"ABC"`), 422, "batch_field_unfit", "/code"},
		"a count of personal": {"POST", "/v1/code-batches", batch(`"kind":"personal","length":8,"count":5`), 422, "batch_field_unfit", "/count"},
		"times backwards":     {"POST", "/v1/code-batches", batch(`"kind":"shared","code":"ABC","begins":"2026-02-01T00:00:00Z","expires":"2026-01-01T00:00:00Z"`), 422, "batch_times", "/expires"},
		"a foreign cursor":    {"GET", "/v1/code-batches?cursor=" + inAudit.write(5), "", 422, "malformed_cursor", "cursor"},
		"offer of the list":   {"GET", "/v1/code-batches?offer=x", "", 422, "malformed_id", "offer"},
		"days in words":       {"GET", "/v1/code-reminders?days=week", "", 422, "json_number_range", "days"},
		"no such code":        {"GET", "/v1/codes/ABC", "", 404, "unknown_code", "code"},
		"a step to come":      {"POST", "/v1/codes/ABC/seen", `{"at":"2027-01-01T00:00:00Z"}`, 422, "absurd_time", "/at"},
		"personal to nobody":  {"POST", "/v1/code-batches/bat_01h9x3k7q2v5n/codes", `{"member":"x"}`, 422, "malformed_id", "/member"},
		"no such batch":       {"POST", "/v1/code-batches/bat_01h9x3k7q2v5n/codes", `{"member":"` + m + `"}`, 404, "unknown_batch", ""},
		"a reason":            {"POST", "/v1/codes/ABC/cancel", `{}`, 422, "required", "/reason"},
		"two codes alike":     {"POST", "/v1/quotes", checkedOut("q", `{"codes":["abc","A-B-C"]}`), 422, "named_twice", "/checkout/codes/1"},
		"points of no wallet": {"POST", "/v1/quotes", checkedOut("q", `{"points":[{"wallet":"gold","points":1}]}`), 404, "unknown_wallet", "/checkout/points/0/wallet"},
		"quote of a visit":    {"POST", "/v1/quotes", `{"source":"till","external_id":"q","kind":"visit","member":"` + m + `"}`, 422, "quote_without_purchase", "/kind"},
		"checkout of a visit": {"POST", "/v1/events", `{"source":"till","external_id":"q","kind":"visit","member":"` + m + `","checkout":{}}`, 422, "part_of_other_kind", "/checkout"},
	} {
		t.Run(what, func(t *testing.T) {
			g := h.call(c.method, c.path, c.body)
			p := g.problem()
			place := ""
			if len(p.Errors) > 0 {
				place = p.Errors[0].Parameter + p.Errors[0].Pointer
			}
			if g.status != c.status || p.Code != c.code || place != c.place {
				t.Errorf("got %d %s at %q, want %d %s at %q: %s", g.status, p.Code, place, c.status, c.code, c.place, g.text)
			}
		})
	}
}

// TestOffersStayInTheirProgramme asks for another programme's offers and codes
// by their true ids.
func TestOffersStayInTheirProgramme(t *testing.T) {
	h := newHouse(t)
	offer := h.offered("Three pounds", threePounds)
	batch := h.sharedCode(offer, "THREE", "")
	m := h.buy("1", "020 7946 0018", 1000).Member
	other, _ := h.furnishProgramme("elsewhere", "Elsewhere")
	h.key = h.newKey(other.ID, auth.Scopes()...)
	for _, c := range [][3]string{
		{"GET", "/v1/offers/" + offer}, {"PUT", "/v1/offers/" + offer + "/draft", `{"spec":` + threePounds + `}`}, {"POST", "/v1/offers/" + offer + "/withdraw"},
		{"PATCH", "/v1/offers/" + offer, `{"name":"X"}`}, {"GET", "/v1/code-batches/" + batch}, {"GET", "/v1/code-batches/" + batch + "/codes.csv"},
		{"POST", "/v1/code-batches/" + batch + "/cancel", `{"reason":"x"}`}, {"POST", "/v1/code-batches/" + batch + "/codes", `{"member":"` + m + `"}`},
		{"POST", "/v1/code-batches", `{"offer":"` + offer + `","name":"x","kind":"shared","code":"FOUR"}`}, {"GET", "/v1/codes/THREE"},
		{"POST", "/v1/codes/THREE/cancel", `{"reason":"x"}`}, {"POST", "/v1/codes/THREE/delivered"}, {"GET", "/v1/members/" + m + "/codes"},
	} {
		if g := h.call(c[0], c[1], c[2]); g.status != 404 {
			t.Errorf("%s %s: got status %d, want 404: %s", c[0], c[1], g.status, g.text)
		}
	}
	if list := as[offerList](h.call("GET", "/v1/offers", "").ok(200)).Items; len(list) > 0 {
		t.Errorf("got %+v of another programme", list)
	}
	if list := as[page[batchView]](h.call("GET", "/v1/code-batches", "").ok(200)).Items; len(list) > 0 {
		t.Errorf("got %+v of another programme", list)
	}
	answer := as[eventAnswer](h.call("POST", "/v1/quotes", checkedOut("q", `{"codes":["THREE"]}`)).ok(200))
	if !slices.ContainsFunc(answer.Sale.Refused, func(r refusedOffer) bool { return r.Why == "code_unknown" }) || answer.Sale.Due != 20_00 {
		t.Errorf("a code of another programme: got %+v", answer.Sale)
	}
}
