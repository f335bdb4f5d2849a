package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (h *house) member(path string) memberView {
	h.t.Helper()
	return as[memberView](h.call("GET", "/v1/members/"+path, "").ok(200))
}

func (h *house) save(body string) memberView {
	h.t.Helper()
	return as[memberView](h.call("POST", "/v1/members", body).ok(200))
}

// TestSavingTakesInOrBringsUpToDate goes through whom saving may meet:
// nobody, somebody known, somebody who has joined.
func TestSavingTakesInOrBringsUpToDate(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.call("PATCH", "/v1/programme", `{"enrolment":"on_request"}`).ok(200)
		fresh := h.save(`{"identities":[{"kind":"phone","value":"020 7946 0018"}],"given_name":"Nina","birth":{"day":24,"month":5},"tags":["tea"],"attributes":{"size":"M"}}`)
		if fresh.Status != "enrolled" || fresh.GivenName != "Nina" || *fresh.Birth != (birthday{24, 5, 0}) || !slices.Equal(fresh.Tags, []string{"tea"}) {
			t.Errorf("got %+v", fresh)
		}
		if fresh.Identities[0] != (identityView{"phone", "+442079460018"}) {
			t.Errorf("got %+v", fresh.Identities)
		}
		again := h.save(`{"identities":[{"kind":"email","value":"Nina@Example.com"},{"kind":"phone","value":"+442079460018"}],"given_name":"Anna","zone":"Europe/Warsaw","tags":["cake"],"attributes":{"shoe":"38"}}`)
		if again.ID != fresh.ID || again.GivenName != "Anna" || again.Zone != "Europe/Warsaw" || *again.Birth != *fresh.Birth || len(again.Identities) != 2 {
			t.Errorf("got %+v", again)
		}
		if !slices.Equal(again.Tags, []string{"cake", "tea"}) || !cmp.Equal(again.Attributes, map[string]string{"size": "M", "shoe": "38"}) {
			t.Errorf("got %v and %v", again.Tags, again.Attributes)
		}
		known := h.event(`{"source":"till","external_id":"1","kind":"purchase","identities":[{"kind":"card","value":"77"}],"profile":{"given_name":"O"},"lines":[{"quantity":1,"amount":1000}]}`)
		if h.member(known.Member).Status != "known" || len(known.Movements) != 0 {
			t.Errorf("somebody joined who did not ask: %+v", known)
		}
		joined := h.save(`{"identities":[{"kind":"card","value":"77"}],"given_name":"Olga"}`)
		if joined.ID != known.Member || joined.Status != "enrolled" || joined.GivenName != "Olga" {
			t.Errorf("got %+v", joined)
		}
		if p := h.call("POST", "/v1/members", `{"identities":[{"kind":"card","value":"77"},{"kind":"phone","value":"020 7946 0018"}]}`).ok(409).problem(); p.Code != "identities_differ" {
			t.Errorf("got %+v", p)
		}
		joins := as[page[eventView]](h.call("GET", "/v1/members/"+fresh.ID+"/timeline?kinds=sign_up", "").ok(200)).Items
		if len(joins) != 1 {
			t.Errorf("somebody who was saved twice joined %d times", len(joins))
		}
	})
}

func TestAProfileIsChangedFieldByField(t *testing.T) {
	h := newHouse(t)
	m := h.save(`{"identities":[{"kind":"card","value":"77"}],"given_name":"Nina","family_name":"Kowalska","tags":["a","b"],"attributes":{"x":"1","y":"2"},"birth":{"day":1,"month":2,"year":1990}}`)
	for _, c := range []struct {
		body string
		want func(*memberView)
	}{
		{`{}`, func(*memberView) {}},
		{`{"given_name":"Anna"}`, func(v *memberView) { v.GivenName = "Anna" }},
		{`{"family_name":null,"language":"pl"}`, func(v *memberView) { v.FamilyName, v.Language = "", "pl" }},
		{`{"attributes":{"x":null,"z":"3"}}`, func(v *memberView) { v.Attributes = map[string]string{"y": "2", "z": "3"} }},
		{`{"attributes":null,"tags":["c"]}`, func(v *memberView) { v.Attributes, v.Tags = nil, []string{"c"} }},
		{`{"birth":null,"tags":null}`, func(v *memberView) { v.Birth, v.Tags = nil, []string{} }},
	} {
		want := m
		c.want(&want)
		g := h.call("PATCH", "/v1/members/"+m.ID, c.body, "If-Match", etag(m.Version)).ok(200)
		got := as[memberView](g)
		want.Version = got.Version
		if diff := cmp.Diff(want, got); diff != "" || g.header.Get("ETag") != etag(got.Version) {
			t.Errorf("%s, tag %s: %s", c.body, g.header.Get("ETag"), diff)
		}
		m = got
	}
	if p := h.call("PATCH", "/v1/members/"+m.ID, `{"given_name":"X"}`, "If-Match", `"1"`).ok(412).problem(); p.Code != "version_passed" || p.Errors[0].Parameter != "If-Match" {
		t.Errorf("got %+v", p)
	}
	h.call("PATCH", "/v1/members/"+m.ID, `{"given_name":"X"}`, "If-Match", "*").ok(200)
	if p := h.call("PATCH", "/v1/members/"+m.ID, `{"birth":{"day":31,"month":2}}`).ok(422).problem(); p.Errors[0].Pointer != "/birth" {
		t.Errorf("got %+v", p)
	}
}

func TestLookUpByEveryIdentity(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.save(`{"given_name":"Nina","family_name":"Kowalska","identities":[{"kind":"phone","value":"020 7946 0018"},{"kind":"card","value":"26-00 77"},
			{"kind":"email","value":"nina@example.com"},{"kind":"external","value":"A 17"},{"kind":"pass","value":"p-1"}]}`)
		h.buy("1", "020 7946 0018", 2550)
		h.clock.advance(15 * 24 * 60 * 60 * 1e9)
		for _, by := range []string{"phone=020+7946+0018", "phone=%2B442079460018", "card=260077", "card=26+00+77", "email=NINA%40example.com", "external=A+17", "pass=p-1"} {
			v := as[lookupView](h.call("GET", "/v1/members/lookup?"+by, "").ok(200))
			want := lookupView{
				Member: m.ID, Status: "enrolled", GivenName: "Nina", FamilyName: "Kowalska", Tags: []string{},
				Balances: []balanceShort{{Wallet: "points", Available: 25}}, Ranks: []rankShort{{"status", "regular", "Regular"}},
			}
			if diff := cmp.Diff(want, v); diff != "" {
				t.Errorf("%s: %s", by, diff)
			}
		}
	})
}

// TestOnePersonOfTwoProfiles merges, reads by either id, and parts again.
func TestOnePersonOfTwoProfiles(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		a, b := h.buy("1", "020 7946 0018", 2500), h.buy("2", "020 7946 0019", 1500)
		merged := as[mergeView](h.call("POST", "/v1/members/"+a.Member+"/merge", `{"other":"`+b.Member+`"}`, keyHeader, "m").ok(200))
		again := as[mergeView](h.call("POST", "/v1/members/"+a.Member+"/merge", `{"other":"`+b.Member+`"}`, keyHeader, "m").ok(200))
		if merged != again || merged.Survivor != a.Member || merged.Other != b.Member {
			t.Errorf("got %+v and %+v", merged, again)
		}
		for _, m := range []string{a.Member, b.Member} {
			balance := as[balanceList](h.call("GET", "/v1/members/"+m+"/balance", "").ok(200))
			if balance.Member != a.Member || balance.Wallets[0].Pending != 40 || balance.Wallets[0].Earned != 25 || balance.Wallets[0].MovedIn != 15 {
				t.Errorf("by %s: got %+v", m, balance)
			}
			if v := h.member(m); v.ID != a.Member || len(v.Identities) != 2 || len(v.Merges) != 1 {
				t.Errorf("by %s: got %+v", m, v)
			}
			if e := as[eventView](h.call("GET", "/v1/events/"+b.Event+"?member="+m, "").ok(200)); e.ExternalID != "2" {
				t.Errorf("by %s: got %+v", m, e)
			}
		}
		parted := as[mergeView](h.call("POST", "/v1/members/"+a.Member+"/unmerge", `{"merge":"`+merged.Merge+`"}`).ok(200))
		if parted.Undone == nil || h.member(b.Member).ID != b.Member {
			t.Errorf("got %+v", parted)
		}
		if p := h.call("POST", "/v1/members/"+a.Member+"/unmerge", `{"merge":"`+merged.Merge+`"}`).ok(409).problem(); p.Code != "merge_undone" {
			t.Errorf("got %+v", p)
		}
	})
}

func TestAnErasedPersonLeavesNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.save(`{"identities":[{"kind":"email","value":"marker@example.com"}],"given_name":"Marker","attributes":{"note":"Marker"}}`).ID
		h.call("POST", "/v1/members/"+m+"/consents", strings.Replace(consent, "till", "Marker", 1)).ok(200)
		export := h.call("GET", "/v1/members/"+m+"/export", "").ok(200).text
		if !strings.Contains(export, "marker@example.com") || !strings.Contains(export, `"sign_up"`) || !json.Valid([]byte(export)) {
			t.Errorf("got the export %s", export)
		}
		h.call("DELETE", "/v1/members/"+m, "", keyHeader, "e").ok(200)
		h.call("DELETE", "/v1/members/"+m, "", keyHeader, "e").ok(200)
		one := "/v1/members/" + m
		for _, path := range []string{one, one + "/timeline", one + "/statement", one + "/consents", one + "/ranks", "/v1/members?q=nina", "/v1/members?status=erased", "/v1/audit"} {
			if g := h.call("GET", path, "").ok(200).text; strings.Contains(strings.ToLower(g), "marker") {
				t.Errorf("%s: %s", path, g)
			}
		}
		h.call("GET", "/v1/members/lookup?email=marker%40example.com", "").ok(404)
		h.call("PATCH", "/v1/members/"+m, `{"given_name":"X"}`).ok(403)
		h.call("POST", "/v1/members/"+m+"/ranks", `{"ladder":"status","rank":"gold"}`).ok(403)
	})
}
