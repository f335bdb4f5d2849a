package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const day = 24 * time.Hour

// TestBalancesAndLotsAreAsOfNow reads without any sweep.
func TestBalancesAndLotsAreAsOfNow(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.buy("1", "020 7946 0018", 2550).Member
		h.buy("2", "020 7946 0018", 1000)
		wallet := func() balanceView {
			return as[balanceList](h.call("GET", "/v1/members/"+m+"/balance", "").ok(200)).Wallets[0]
		}
		lots := func(query string) []lotView {
			return as[lotList](h.call("GET", "/v1/members/"+m+"/lots"+query, "").ok(200)).Items
		}
		if b := wallet(); b.Pending != 35 || b.Available != 0 || b.Earned != 35 || b.Wallet != "points" {
			t.Errorf("got %+v", b)
		}
		h.clock.advance(14 * day)
		if b := wallet(); b.Pending != 0 || b.Available != 35 {
			t.Errorf("after a fortnight: got %+v", b)
		}
		list := lots("?wallet=" + h.shownWallet())
		if len(list) != 2 || list[0].Amount+list[1].Amount != 35 || list[0].State != "available" || list[0].Remaining != list[0].Amount || list[0].Reason.Code != "earn.grant" {
			t.Errorf("got %+v", list)
		}
		if want := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); !list[0].Expires.Equal(want) {
			t.Errorf("the points expire %v, want the end of the day a year after earning: %v", list[0].Expires, want)
		}
		if one := lots("?limit=1&wallet=POINTS"); len(one) != 1 {
			t.Errorf("got %d lots, want 1", len(one))
		}
		h.clock.advance(365 * day)
		if b := wallet(); b.Available != 0 || b.Expired != 35 {
			t.Errorf("after a year: got %+v", b)
		}
		if list := lots(""); len(list) != 0 {
			t.Errorf("after a year: got %+v", list)
		}
	})
}

// TestAStatementAddsUp compares the ends of a period with its entries.
func TestAStatementAddsUp(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.buy("1", "020 7946 0018", 2550).Member
		begun := h.clock.now()
		h.clock.advance(day)
		h.event(fmt.Sprintf(`{"source":"crm","external_id":"2","kind":"adjustment","member":%q,"adjustment":{"wallet":"points","points":100,"reason":"sorry"}}`, m))
		h.event(fmt.Sprintf(`{"source":"crm","external_id":"3","kind":"adjustment","member":%q,"adjustment":{"wallet":"points","points":-30,"reason":"too much"}}`, m))
		ask := func(from, to time.Time) statementView {
			return as[statementView](h.call("GET", fmt.Sprintf("/v1/members/%s/statement?from=%s&to=%s", m, from.Format(time.RFC3339), to.Format(time.RFC3339)), "", "Accept-Language", "pl").ok(200))
		}
		v := ask(begun.Add(time.Hour), begun.Add(2*day))
		if v.Opening.Pending != 25 || v.Opening.Available != 0 || v.Closing.Pending != 25 || v.Closing.Available != 70 || len(v.Items) != 2 {
			t.Errorf("got %+v, %+v, %+v", v.Opening, v.Closing, v.Items)
		}
		if e := v.Items[0]; e.Kind != "adjust_down" || e.Points != 30 || e.From != "available" || e.To != "adjusted_down" || e.Reason.Text != "too much" || e.Name == e.Kind || e.Event == "" {
			t.Errorf("got %+v", e)
		}
		if v := ask(begun.Add(-day), begun.Add(time.Hour)); len(v.Items) != 1 || v.Closing.Pending != 25 || v.Opening.Pending != 0 {
			t.Errorf("got %+v", v)
		}
		first := as[statementView](h.call("GET", "/v1/members/"+m+"/statement?limit=1", "").ok(200))
		second := as[statementView](h.call("GET", "/v1/members/"+m+"/statement?limit=1&cursor="+first.Next, "").ok(200))
		if first.Opening == nil || second.Opening != nil || first.Items[0].Entry == second.Items[0].Entry {
			t.Errorf("got %+v and %+v", first, second)
		}
	})
}

// TestRanksSayWhatIsMissing follows a member up the ladder, and one who is
// lifted by hand.
func TestRanksSayWhatIsMissing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := h.buy("1", "020 7946 0018", 962_00).Member
		ranks := func(lang string) standingList {
			return as[standingList](h.call("GET", "/v1/members/"+m+"/ranks", "", "Accept-Language", lang).ok(200))
		}
		st := ranks("en").Standings[0]
		if st.Rank != "regular" || st.Next != "silver" || st.Missing != 38_00 || st.Metric != 962_00 || st.Progress.Text != "£38.00 more by 30 December 2026 for Silver" {
			t.Errorf("got %+v, %+v", st, st.Progress)
		}
		for lang, words := range map[string]string{"ru": "38,00", "pl": "38,00"} {
			if text := ranks(lang).Standings[0].Progress.Text; !strings.Contains(text, words) || !strings.Contains(text, "Silver") {
				t.Errorf("%s: got %q", lang, text)
			}
		}
		h.buy("2", "020 7946 0018", 38_00)
		list := ranks("en")
		if st := list.Standings[0]; st.Rank != "silver" || st.Name != "Silver" || len(list.History) != 1 || list.History[0].To != "silver" || list.History[0].Event == "" {
			t.Errorf("got %+v", list)
		}
		given := as[standingList](h.call("POST", "/v1/members/"+m+"/ranks", `{"ladder":"STATUS","rank":"gold","until":"2026-06-30T00:00:00Z","note":"a friend"}`).ok(200))
		last := given.History[len(given.History)-1]
		if st := given.Standings[0]; st.Rank != "gold" || st.Given != "gold" || st.GivenUntil == nil || !strings.Contains(last.Reason.Text, "a friend") || !strings.HasPrefix(last.Actor, "key:") {
			t.Errorf("got %+v", given)
		}
		back := as[standingList](h.call("POST", "/v1/members/"+m+"/ranks", `{"ladder":"status","rank":""}`).ok(200))
		if st := back.Standings[0]; st.Rank != "silver" || st.Given != "" {
			t.Errorf("got %+v", back)
		}
		if p := h.call("POST", "/v1/members/"+m+"/ranks", `{"ladder":"status","rank":""}`).problem(); p.Code != "no_rank_by_hand" {
			t.Errorf("got %+v", p)
		}
	})
}

// TestARuleFromDraftToEnd looks at what is in force at every step.
func TestARuleFromDraftToEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		spec := func(points int) string {
			return fmt.Sprintf(`{"wallet":%q,"condition":{"field":"shop","op":"eq","value":"high-street"},"effects":[{"kind":"fixed","points":%d}]}`, h.shownWallet(), points)
		}
		made := as[ruleView](h.call("POST", "/v1/rules", `{"name":"A gift","trigger":"visit.x","spec":`+spec(5)+`}`, keyHeader, "a"))
		if made.Rule != "" {
			t.Error("a trigger that is none was taken")
		}
		made = as[ruleView](h.call("POST", "/v1/rules", `{"name":"A gift","trigger":"custom.review","spec":`+spec(5)+`}`, keyHeader, "a").ok(201))
		if v := made.Versions[0]; v.State != "draft" || made.InForce || !slices.ContainsFunc(v.Words, func(s string) bool { return strings.Contains(s, "High Street") }) {
			t.Errorf("got %+v", made)
		}
		if diff := cmp.Diff(strings.TrimSpace(spec(5)), string(made.Versions[0].Spec.RawMessage)); diff != "" {
			t.Errorf("the spec came back otherwise: %s", diff)
		}
		event := func(number string) eventAnswer {
			return h.event(`{"source":"s","external_id":"` + number + `","kind":"custom.review","shop":"high-street","identities":[{"kind":"card","value":"77"}]}`)
		}
		if a := event("1"); len(a.Movements) != 0 {
			t.Errorf("a draft gave points: %+v", a)
		}
		published := as[ruleView](h.call("POST", "/v1/rules/"+made.Rule+"/publish", "").ok(200))
		if a := event("2"); !published.InForce || a.Movements[0].Points != 5 || a.Movements[0].To != "available" {
			t.Errorf("got %+v", a)
		}
		h.call("PUT", "/v1/rules/"+made.Rule+"/draft", `{"spec":`+spec(7)+`}`).ok(200)
		if a := event("3"); a.Movements[0].Points != 5 {
			t.Errorf("a draft took the place of what is in force: %+v", a)
		}
		h.clock.advance(time.Second)
		h.call("POST", "/v1/rules/"+made.Rule+"/publish", "{}").ok(200)
		if a := event("4"); a.Movements[0].Points != 7 {
			t.Errorf("got %+v", a)
		}
		h.clock.advance(time.Second)
		ended := as[ruleView](h.call("POST", "/v1/rules/"+made.Rule+"/retire", "").ok(200))
		if a := event("5"); len(a.Movements) != 0 || ended.InForce || len(ended.Versions) != 2 || ended.Versions[0].To == nil {
			t.Errorf("got %+v and %+v", a, ended)
		}
		other := as[ruleView](h.call("POST", "/v1/rules", `{"name":"Never","trigger":"birthday","spec":`+strings.Replace(spec(1), "shop", "channel", 1)+`}`).ok(201))
		gone := as[draftDiscarded](h.call("DELETE", "/v1/rules/"+other.Rule+"/draft", "").ok(200))
		if !gone.Gone || gone.Rule != other.Rule {
			t.Errorf("got %+v", gone)
		}
		h.call("GET", "/v1/rules/"+other.Rule, "").ok(404)
	})
}

// TestSettingsHoldAtOnce changes what later requests depend on.
func TestSettingsHoldAtOnce(t *testing.T) {
	h := newHouse(t)
	before := as[programmeView](h.call("GET", "/v1/programme", "").ok(200))
	h.call("PATCH", "/v1/programme", `{"region":""}`).ok(200)
	h.call("POST", "/v1/members", `{"identities":[{"kind":"phone","value":"22 123 45 67"}]}`).ok(422)
	g := h.call("PATCH", "/v1/programme", `{"region":"PL","languages":["pl","en"],"control_share":500}`).ok(200)
	after := as[programmeView](g)
	if after.Region != "PL" || after.ControlShare != 500 || after.Name != before.Name || after.Version <= before.Version || g.header.Get("ETag") != etag(after.Version) {
		t.Errorf("got %+v", after)
	}
	if m := h.save(`{"identities":[{"kind":"phone","value":"22 123 45 67"}]}`); m.Identities[0].Value != "+48221234567" {
		t.Errorf("got %+v", m.Identities)
	}
	shop := as[shopView](h.call("POST", "/v1/shops", `{"code":"station","name":"Station","zone":"Europe/Warsaw"}`).ok(201))
	h.call("PATCH", "/v1/shops/"+shop.Shop, `{"name":"At the station","closed":true}`).ok(200)
	if changed := as[shopList](h.call("GET", "/v1/shops", "").ok(200)).Items[1]; changed != (shopView{shop.Shop, "station", "At the station", "Europe/Warsaw", true}) {
		t.Errorf("got %+v", changed)
	}
	e := h.event(`{"source":"s","external_id":"1","kind":"visit","shop":"station","identities":[{"kind":"card","value":"77"}]}`)
	if v := as[eventView](h.call("GET", "/v1/events/"+e.Event+"?member="+e.Member, "").ok(200)); v.Shop != "station" {
		t.Errorf("got %+v", v)
	}
	h.call("PUT", "/v1/products", `{"products":[{"sku":"b","name":"Cup","category":"things","brand":"B","cost":120},{"sku":"a","retired":true}]}`).ok(200)
	list := as[page[productView]](h.call("GET", "/v1/products", "").ok(200)).Items
	if diff := cmp.Diff([]productView{{SKU: "a", Retired: true}, {SKU: "b", Name: "Cup", Category: "things", Brand: "B", Cost: 120}}, list); diff != "" {
		t.Error(diff)
	}
	if found := as[page[productView]](h.call("GET", "/v1/products?category=things&q=cu", "").ok(200)).Items; len(found) != 1 {
		t.Errorf("got %+v", found)
	}
}
