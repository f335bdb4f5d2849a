package api

import (
	"fmt"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/outreach"
)

// contacts is the part of the story about what members are told.
func contacts() []step {
	return []step{
		{op: "get-contact-policy", method: "GET", path: "/v1/contact-policy", status: 200},
		{op: "set-contact-policy", method: "PUT", path: "/v1/contact-policy", status: 200,
			body: `{"version":0,"policy":{"sender_name":"Corner","sender_address":"points@example.com","quiet_from":"22:00","quiet_to":"22:00","day_cap":1,"month_cap":4,"ask_days":30,"incident_days":7}}`},
		{op: "set-contact-policy", method: "PUT", path: "/v1/contact-policy", body: `{"version":0,"policy":{"quiet_from":"21:00","quiet_to":"09:00"}}`, status: 409},
		{op: "set-contact-policy", method: "PUT", path: "/v1/contact-policy", body: `{"version":1,"policy":{"quiet_from":"29:00","quiet_to":"09:00"}}`, status: 422},
		{op: "set-contact-policy", method: "PUT", path: "/v1/contact-policy", body: `{"version":1,"policy":{"quiet_from":"21:00","quiet_to":"09:00","day_cap":-1}}`, status: 422, wrong: true},
		{op: "decide-contact", method: "POST", path: "/v1/contact-policy/decide", body: `{"member":"$nina","class":"stimulus"}`, status: 200},
		{op: "decide-contact", method: "POST", path: "/v1/contact-policy/decide", body: `{"member":"mem_01h9x3k7q2v5n","class":"ask"}`, status: 404},
		{op: "write-to-member", method: "POST", path: "/v1/contacts", body: `{"member":"$nina","class":"stimulus","words":{"en":{"subject":"Tea week","body":"Come in."},"pl":{"subject":"Tydzień herbaty","body":"Zapraszamy."}},"path":"/me"}`,
			status: 201, learn: map[string]string{"contact": "contact"}},
		{op: "write-to-member", method: "POST", path: "/v1/contacts", body: `{"member":"$nina","class":"ask","words":{"en":{"subject":"How was it?","body":"Tell us."}}}`, status: 201},
		{op: "write-to-member", method: "POST", path: "/v1/contacts", body: `{"member":"$nina","class":"service","words":{"de":{"subject":"Hallo","body":"Hallo"}}}`, status: 422},
		{op: "write-to-member", method: "POST", path: "/v1/contacts", body: `{"member":"$nina","class":"spam","words":{"en":{"subject":"a","body":"b"}}}`, status: 422, wrong: true},
		{op: "get-contact", method: "GET", path: "/v1/contacts/$contact", status: 200},
		{op: "get-contact", method: "GET", path: "/v1/contacts/ctc_01h9x3k7q2v5n", status: 404},
		{op: "get-contact-message", method: "GET", path: "/v1/contacts/$contact/message", status: 404},
		{op: "write-to-member", method: "POST", path: "/v1/contacts", body: `{"member":"$nina","class":"service","words":{"en":{"subject":"Your parcel","body":"It is here."}}}`,
			status: 201, learn: map[string]string{"served": "contact"}},
		{op: "get-contact-message", method: "GET", path: "/v1/contacts/$served/message", status: 200, before: servedIsSent, learn: map[string]string{"subject": "subject"}},
		{op: "get-contact-message", method: "GET", path: "/v1/contacts/ctc_01h9x3k7q2v5n/message", status: 404},
		{op: "list-contacts", method: "GET", path: "/v1/contacts?limit=1", status: 200, learn: map[string]string{"earlier": "next"}},
		{op: "list-contacts", method: "GET", path: "/v1/contacts?limit=1&cursor=$earlier", status: 200},
		{op: "list-contacts", method: "GET", path: "/v1/contacts?member=$nina&state=refused&class=ask&channel=email", status: 200},
		{op: "list-contacts", method: "GET", path: "/v1/contacts?state=lost", status: 422},
	}
}

// servedIsSent hands the service letter of the story over, as the job does.
func servedIsSent(t *testing.T, c *contract) {
	t.Helper()
	m, err := id.Parse(id.Member, c.vars["nina"])
	must(t, err)
	n, err := id.Parse(id.Contact, c.vars["served"])
	must(t, err)
	payload := fmt.Appendf(nil, `{"member":%d,"contact":%d}`, m, n)
	must(t, c.h.config.Outreach.Deliver(t.Context(), &jobs.Job{Kind: outreach.SendJob, Payload: payload, Attempt: 1, MaxAttempts: 3}))
}

// TestContactsOverHTTP writes to a member who allows promotions, and asks why
// the second is not sent.
func TestContactsOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ann := as[struct{ ID string }](h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"ann@example.com"}],"zone":"Europe/London"}`).ok(200)).ID
		h.call("POST", "/v1/members/"+ann+"/consents", `{"consents":[{"purpose":"marketing","channel":"email","given":true,"source":"checkout"}]}`).ok(200)
		h.call("PUT", "/v1/contact-policy", `{"version":0,"policy":{"quiet_from":"00:00","quiet_to":"00:00","day_cap":1,"month_cap":4}}`).ok(200)
		letter := `{"member":"` + ann + `","class":"stimulus","words":{"en":{"subject":"Tea week","body":"Come in."}}}`
		first := as[contactView](h.call("POST", "/v1/contacts", letter, keyHeader, "one").ok(201))
		again := h.call("POST", "/v1/contacts", letter, keyHeader, "one").ok(201)
		if first.State != "queued" || first.Channel != "email" || as[contactView](again).Contact != first.Contact || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("first %+v, again %s", first, again.text)
		}
		second := as[contactView](h.call("POST", "/v1/contacts", letter).ok(201))
		if second.State != "refused" || second.Verdict.Reason.Code != "outreach.verdict.day_cap" ||
			second.Verdict.Reason.Text != "The member got a promotion within 24 hours, and 1 is allowed." {
			t.Errorf("second %+v, %+v", second, second.Verdict.Reason)
		}
		would := as[verdictView](h.call("POST", "/v1/contact-policy/decide", `{"member":"`+ann+`","class":"relationship"}`).ok(200))
		if would.Outcome != "allow" || len(would.Trail) != 4 {
			t.Errorf("it would be %+v", would)
		}
		if list := as[page[contactView]](h.call("GET", "/v1/contacts?member="+ann, "").ok(200)); len(list.Items) != 2 || list.Items[0].Contact != second.Contact {
			t.Errorf("the contacts are %+v", list.Items)
		}
		if p := h.call("PUT", "/v1/contact-policy", `{"version":1,"policy":{"quiet_from":"21:00","quiet_to":"09:00","reply_to":"nobody"}}`).ok(422).problem(); !strings.Contains(p.Detail, "hello@example.com") {
			t.Errorf("got %+v", p)
		}
	})
}

// TestContactsStayInTheirProgramme asks with the key of another.
func TestContactsStayInTheirProgramme(t *testing.T) {
	h := newHouse(t)
	ann := as[struct{ ID string }](h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"ann@example.com"}]}`).ok(200)).ID
	letter := `{"member":"` + ann + `","class":"service","words":{"en":{"subject":"a","body":"b"}}}`
	made := as[contactView](h.call("POST", "/v1/contacts", letter).ok(201))
	other, _ := h.furnishProgramme("other", "Other Shop")
	h.key = h.newKey(other.ID, auth.Scopes()...)
	h.call("GET", "/v1/contacts/"+made.Contact, "").ok(404)
	h.call("GET", "/v1/contacts?member="+ann, "").ok(404)
	h.call("POST", "/v1/contacts", letter).ok(404)
	h.call("POST", "/v1/contact-policy/decide", `{"member":"`+ann+`","class":"service"}`).ok(404)
	if list := as[page[contactView]](h.call("GET", "/v1/contacts", "").ok(200)); len(list.Items) != 0 {
		t.Errorf("another programme sees %+v", list.Items)
	}
}
