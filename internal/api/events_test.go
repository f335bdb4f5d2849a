package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
)

// event takes an event and returns its answer.
func (h *house) event(body string) eventAnswer {
	h.t.Helper()
	return as[eventAnswer](h.call("POST", "/v1/events", body).ok(200))
}

func TestAPurchaseEarnsAndSaysWhy(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		a := h.buy("1", "020 7946 0018", 2550)
		if a.Outcome != "taken" || len(a.Movements) != 1 || len(a.Balances) != 1 || len(a.Ranks) != 1 {
			t.Fatalf("got %+v", a)
		}
		m := a.Movements[0]
		if m.Wallet != "points" || m.Kind != "earn" || m.From != "earned" || m.To != "pending" || m.Points != 25 || !strings.HasPrefix(m.Lot, "lot_") {
			t.Errorf("got the movement %+v", m)
		}
		if m.Reason.Code != "earn.grant" || m.Reason.Args["rule"] != "A point for every pound" || !strings.Contains(m.Reason.Text, "£25.50") {
			t.Errorf("got the reason %+v", m.Reason)
		}
		if a.Balances[0] != (balanceShort{Wallet: "points", Pending: 25}) || a.Ranks[0] != (rankShort{"status", "regular", "Regular"}) {
			t.Errorf("got %+v and %+v", a.Balances, a.Ranks)
		}
		again := h.buy("1", "+44 (20) 7946-0018", 2550)
		if again.Outcome != "repeated" || again.Event != a.Event || again.Member != a.Member || again.Movements[0].Points != 25 {
			t.Errorf("got %+v for the same event", again)
		}
		if p := h.call("POST", "/v1/events", purchase("1", "020 7946 0018", 2551)).ok(409).problem(); p.Code != "other_body" || p.Errors[0].Pointer != "/external_id" {
			t.Errorf("got %+v", p)
		}
	})
}

func TestAReturnTakesItsShareBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.buy("1", "020 7946 0018", 2550)
		a := h.event(`{"source":"till","external_id":"r","kind":"return","return":{"sale_reference":"1","lines":[{"line":1,"quantity":"1"},{"sku":"cup","quantity":"2.5"}]}}`)
		if len(a.Movements) != 1 || a.Movements[0].Kind != "clawback" || a.Movements[0].Points != 12 || a.Balances[0].Pending != 13 {
			t.Errorf("got %+v and %+v", a.Movements, a.Balances)
		}
		if len(a.Unmatched) != 1 || a.Unmatched[0] != (unmatchedLine{2, "cup", 2500}) {
			t.Errorf("got the unmatched %+v", a.Unmatched)
		}
		list := as[page[unmatchedView]](h.call("GET", "/v1/returns/unmatched", "").ok(200)).Items
		if len(list) != 1 || list[0].Event != a.Event || list[0].Quantity != 2500 {
			t.Errorf("got the list %+v", list)
		}
	})
}

func TestAReturnWaitsForItsSale(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		a := h.event(`{"source":"till","external_id":"r","kind":"return","return":{"sale_reference":"1","whole":true}}`)
		if a.Outcome != "waiting" || a.Member != "" || len(a.Movements) != 0 {
			t.Errorf("got %+v", a)
		}
		list := as[page[waitingView]](h.call("GET", "/v1/returns/waiting", "").ok(200)).Items
		if len(list) != 1 || list[0].Event != a.Event || list[0].SaleReference != "1" || !list[0].Return.Whole {
			t.Errorf("got the list %+v", list)
		}
		found := as[eventView](h.call("GET", "/v1/events/lookup?source=till&external_id=r", "").ok(200))
		if !found.Waiting || found.Event != a.Event {
			t.Errorf("got %+v", found)
		}
		bought := h.buy("1", "020 7946 0018", 2550)
		if b := as[balanceList](h.call("GET", "/v1/members/"+bought.Member+"/balance", "").ok(200)).Wallets[0]; b.Pending != 0 || b.ClawedBack != 25 {
			t.Errorf("the sale came and its return was not applied: %+v", b)
		}
		found = as[eventView](h.call("GET", "/v1/events/lookup?source=till&external_id=r", "").ok(200))
		if found.Waiting || found.Member != bought.Member || len(found.Movements) != 1 || found.Movements[0].Points != 25 {
			t.Errorf("got %+v", found)
		}
	})
}

func TestEventsAreKeptAsTheyWereSent(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		a := h.event(exampleEvent)
		e := as[eventView](h.call("GET", "/v1/events/"+a.Event+"?member="+a.Member, "").ok(200))
		if e.Kind != "purchase" || e.Shop != "high-street" || e.Channel != "till" || len(e.Lines) != 3 || e.Lines[0].Quantity != 6000 || !e.Lines[2].Fee {
			t.Errorf("got %+v", e)
		}
		if !e.Occurred.Equal(time.Date(2026, 1, 1, 11, 30, 0, 0, time.UTC)) || !strings.HasPrefix(e.Actor, "key:key_") || len(e.Movements) != 1 {
			t.Errorf("got %+v", e)
		}
		found := h.call("GET", "/v1/events/lookup?source=shop&external_id=10045", "").ok(200)
		if found.text != h.call("GET", "/v1/events/"+a.Event+"?member="+a.Member, "").text {
			t.Errorf("found by its number it is another: %s", found.text)
		}
	})
}

func TestAdjustmentsHaveAScopeAndALimit(t *testing.T) {
	h := newHouse(t)
	m := h.buy("1", "020 7946 0018", 1000).Member
	body := func(number string, points int) string {
		return fmt.Sprintf(`{"source":"crm","external_id":%q,"kind":"adjustment","member":%q,"adjustment":{"wallet":%q,"points":%d,"reason":"a late parcel","expires_months":3}}`, number, m, h.shownWallet(), points)
	}
	a := h.event(body("1", 500))
	if a.Balances[0].Available != 500 || a.Movements[0].Reason.Text != "a late parcel" {
		t.Errorf("got %+v", a)
	}
	if p := h.call("POST", "/v1/events", body("2", -501)).ok(403).problem(); p.Code != "not_enough_points" {
		t.Errorf("got %+v", p)
	}
	if p := h.call("POST", "/v1/events", body("3", 100_001)).ok(403).problem(); p.Code != "over_adjust_limit" {
		t.Errorf("got %+v", p)
	}
	back := func(number, event string, points int) string {
		return fmt.Sprintf(`{"source":"crm","external_id":%q,"kind":"adjustment","member":%q,"adjustment":{"wallet":"points","points":%d,"reason":"a slip","undoes":%q}}`, number, m, points, event)
	}
	if p := h.call("POST", "/v1/events", back("5", "mem_01h9x3k7q2v5n", -500)).ok(422).problem(); p.Errors[0].Pointer != "/adjustment/undoes" {
		t.Errorf("got %+v", p)
	}
	if p := h.call("POST", "/v1/events", back("5", a.Event, -1)).ok(422).problem(); p.Code != "undo_differs" || p.Errors[0].Pointer != "/adjustment/points" {
		t.Errorf("got %+v", p)
	}
	undone := h.event(back("5", a.Event, -500))
	if undone.Balances[0].Available != 0 {
		t.Errorf("got %+v", undone)
	}
	if p := h.call("POST", "/v1/events", back("6", a.Event, -500)).ok(409).problem(); p.Code != "already_reversed" {
		t.Errorf("got %+v", p)
	}
	if seen := as[eventView](h.call("GET", "/v1/events/lookup?source=crm&external_id=5", "").ok(200)); seen.Adjustment.Undoes != a.Event {
		t.Errorf("got %+v", seen)
	}
	h.key = h.newKey(h.programme.ID, "events:write")
	if p := h.call("POST", "/v1/events", body("4", 1)).ok(403).problem(); p.Code != "not_permitted" {
		t.Errorf("got %+v", p)
	}
}

func TestARevokedKeyOpensNothing(t *testing.T) {
	h := newHouse(t)
	k := as[keyView](h.call("POST", "/v1/api-keys", `{"name":"till","scopes":["events:write","events:write"]}`).ok(201))
	if len(k.Scopes) != 1 || !strings.HasPrefix(k.Key, k.Prefix+"_") {
		t.Errorf("got %+v", k)
	}
	h.call("DELETE", "/v1/api-keys/"+k.ID, "").ok(200)
	h.call("DELETE", "/v1/api-keys/"+k.ID, "").ok(200)
	whole := h.key
	h.key = k.Key
	h.call("POST", "/v1/events", purchase("1", "020 7946 0018", 1)).ok(401)
	h.key = h.newKey(h.programme.ID, "keys:write", "events:write")
	if p := h.call("POST", "/v1/api-keys", `{"name":"more","scopes":["members:erase"]}`).ok(403).problem(); p.Code != "not_permitted" {
		t.Errorf("a key made one that can do more: %+v", p)
	}
	h.key = whole
	rows := as[page[auditView]](h.call("GET", "/v1/audit?subject="+k.ID, "", "Accept-Language", "ru").ok(200)).Items
	if len(rows) != 3 || rows[2].Action != "key.create" || rows[2].Text == rows[2].Action || rows[2].Name != "test" || !strings.HasPrefix(rows[2].Actor, string(auth.KindKey)) {
		t.Errorf("got %+v", rows)
	}
}
