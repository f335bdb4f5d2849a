package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// silence is the part of the story about who stays away.
func silence() []step {
	return []step{
		{op: "get-silence", method: "GET", path: "/v1/silence", status: 200},
		{op: "get-silence-settings", method: "GET", path: "/v1/silence/settings", status: 200},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: exampleChurnSettings, status: 200},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: exampleChurnSettings, status: 409},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: `{"version":1,"settings":{"slipping":50,"silent":60,"before":30}}`, status: 422},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: `{"version":1,"settings":{"slipping":75,"silent":50,"before":30,"unusual":21}}`, status: 422, wrong: true},
		{op: "look-for-silence", method: "POST", path: "/v1/silence/look", status: 200},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?state=silent&trouble=none&limit=1", status: 200},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?state=loud", status: 422},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?trouble=weather", status: 422},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?cursor=MTIz", status: 422},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?shop=moon", status: 404},
		{op: "get-member-silence", method: "GET", path: "/v1/members/$nina/silence", status: 200},
		{op: "get-member-silence", method: "GET", path: "/v1/members/mem_01h9x3k7q2v5n/silence", status: 404},
	}
}

// TestTheSilentAreListedOverTheAPI sends the purchases of sixty people, of whom
// every sixth stays away, and has everybody looked at.
func TestTheSilentAreListedOverTheAPI(t *testing.T) {
	h := newHouse(t)
	var events []string
	for i := range 60 {
		from := 0
		if i%6 == 0 {
			from = 150
		}
		for ago := 300 + i%7; ago >= from; ago -= 7 + i%11 {
			events = append(events, fmt.Sprintf(`{"kind":"purchase","source":"shop","external_id":"%d-%d","occurred":"%s","shop":"high-street","identities":[{"kind":"external","value":"c-%d"}],"enrol":true,
				"lines":[{"sku":"tea","quantity":"1","amount":%d}]}`, i, ago, h.clock.now().AddDate(0, 0, -ago).Format(time.RFC3339), i, 1000+i))
		}
	}
	for part := range slices.Chunk(events, 500) {
		h.call("POST", "/v1/events/bulk", `{"events":[`+strings.Join(part, ",")+`]}`).ok(200)
	}
	must(t, h.config.Churn.Look(t.Context(), h.programme.ID))
	v := as[silenceView](h.call("GET", "/v1/silence", "").ok(200))
	if v.Model == nil || v.Members != 60 || v.States[0].State != "silent" || v.States[0].Members != 10 || v.After[0] != (silenceAfter{"none", 10}) || v.Foretold.Share != nil || v.Unusual == nil || v.Unusual.Known != 60 || v.Unusual.Members < 10 || v.Unusual.ByChance <= 0 || v.Unusual.After[0].Members != v.Unusual.Members {
		t.Fatalf("it says %+v", v)
	}
	seen, next := 0, ""
	for {
		p := as[page[silentMember]](h.call("GET", "/v1/silence/members?state=silent&unusual=true&shop=high-street&limit=3&cursor="+next, "").ok(200))
		for _, n := range p.Items {
			if n.Quiet < n.Silent || n.Chance == nil || *n.Chance > 0.5 || n.Wait == nil || !n.Unusual || n.Quiet < n.Rare || n.Trouble != "none" || n.Shop != "high-street" {
				t.Errorf("the list shows %+v", n)
			}
			one := as[memberSilence](h.call("GET", "/v1/members/"+n.Member+"/silence", "").ok(200))
			if one.Standing.Last != n.Last || len(one.Changes) != 1 || one.Changes[0].To != "silent" || one.Changes[0].Day != n.Since {
				t.Errorf("of one it says %+v", one)
			}
			seen++
		}
		if next = p.Next; next == "" {
			break
		}
	}
	if seen != 10 {
		t.Errorf("the pages have %d", seen)
	}
	h.key = h.newKey(h.programme.ID, "churn:read")
	h.call("GET", "/v1/silence", "").ok(200)
	h.call("GET", "/v1/silence/members", "").ok(403)
	h.call("POST", "/v1/silence/look", "").ok(403)
}
