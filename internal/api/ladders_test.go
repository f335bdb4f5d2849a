package api

import (
	"strings"
	"testing"
)

// TestALadderFromDraftToForce: nobody stands on a draft, what it is refused for is
// pointed at, and thrown away it is gone.
func TestALadderFromDraftToForce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		spec := func(code string) string { return strings.Replace(exampleLadder, `"status"`, `"`+code+`"`, 1) }
		n := as[ladderView](h.call("POST", "/v1/ladders", spec("club")).ok(201))
		if n.Version != 0 || !n.HasDraft || n.Draft == nil || len(n.Draft.Ranks) != 2 || *n.Draft.Ranks[1].Keep != 80_000 || n.Draft.Ranks[1].Perks != "A seat at tastings" || n.Draft.Ranks[1].ReturnDays != 16 {
			t.Errorf("the draft is %+v", n)
		}
		m := as[memberView](h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"nina@example.com"}]}`).ok(200)).ID
		stands := func() bool {
			return strings.Contains(h.call("GET", "/v1/members/"+m+"/ranks", "").ok(200).text, `"ladder":"club"`)
		}
		if stands() {
			t.Error("somebody stands on a draft")
		}
		if n = as[ladderView](h.call("POST", "/v1/ladders/"+n.Ladder+"/publish", "").ok(200)); n.Version != 1 || n.HasDraft || n.Draft != nil || n.Ranks[1].Perks != "A seat at tastings" || n.Ranks[1].WarrantyMonths != 12 || !stands() {
			t.Errorf("in force is %+v", n)
		}
		bad := h.call("POST", "/v1/ladders", strings.Replace(spec("x"), `"threshold": 0`, `"threshold": 5`, 1)).ok(422).problem()
		if len(bad.Errors) != 1 || !strings.HasPrefix(bad.Errors[0].Pointer, "/spec/ranks") {
			t.Errorf("refused with %+v", bad)
		}
		byPoints := `{"code":"p","spec":{"name":"P","metric":"points","wallet":"points","window":"lifetime","drop":"hard","ranks":[{"code":"a","name":"A","threshold":0}]}}`
		p := as[ladderView](h.call("POST", "/v1/ladders", byPoints).ok(201))
		if p.Wallet == "" || p.Draft.Wallet != p.Wallet {
			t.Errorf("by points is %+v", p)
		}
		if left := as[ladderLeft](h.call("DELETE", "/v1/ladders/"+p.Ladder+"/draft", "").ok(200)); !left.Gone {
			t.Error("a ladder that was never published is left")
		}
		h.call("GET", "/v1/ladders/"+p.Ladder, "").ok(404)
		h.call("POST", "/v1/ladders/"+n.Ladder+"/publish", "", "Authorization", "Bearer "+h.newKey(h.programme.ID, "ranks:read")).ok(403)
	})
}

// TestWalletsAreMadeAndChanged: events know a new wallet at once; code and decimals
// stay.
func TestWalletsAreMadeAndChanged(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		n := as[walletView](h.call("POST", "/v1/wallets", `{"code":"stamps","name":"Stamps","decimals":1,"unit":"1/3","clawback":"to_zero"}`).ok(201))
		if n.Unit != "1/3" || n.Decimals != 1 || n.Clawback != "to_zero" {
			t.Errorf("made is %+v", n)
		}
		h.call("POST", "/v1/events", `{"source":"s","external_id":"1","kind":"adjustment","identities":[{"kind":"card","value":"1234"}],"adjustment":{"wallet":"stamps","points":30,"reason":"a welcome"}}`).ok(200)
		if n = as[walletView](h.call("PATCH", "/v1/wallets/"+n.Wallet, `{"name":"Coffee stamps"}`).ok(200)); n.Name != "Coffee stamps" || n.Unit != "1/3" || n.Decimals != 1 {
			t.Errorf("changed is %+v", n)
		}
		if list := as[programmeView](h.call("GET", "/v1/programme", "").ok(200)).Wallets; len(list) != 2 || list[1] != n {
			t.Errorf("the programme has %+v", list)
		}
		h.call("PATCH", "/v1/wallets/"+n.Wallet, `{"code":"points"}`).ok(422)
		h.call("POST", "/v1/wallets", `{"code":"x","name":"X","unit":"-1","clawback":"debt"}`).ok(422)
	})
}
