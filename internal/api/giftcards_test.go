package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/giftcard"
	"regulars/internal/id"
)

// giftCards is the part of the story about gift cards.
func giftCards() []step {
	return []step{
		{op: "issue-gift-cards", method: "POST", path: "/v1/gift-cards", body: `{"count":3,"value":2500,"months":60,"country":"US","campaign":"Spring"}`, status: 201,
			headers: []string{keyHeader, "cards-1"}, learn: map[string]string{"card": "items.0.card", "number": "items.1.number", "batch": "batch", "campaign": "campaign"}},
		{op: "issue-gift-cards", method: "POST", path: "/v1/gift-cards", body: `{"value":1000,"given":true,"until":"2027-01-01T00:00:00Z","recipients":[{"label":"row 1"},{"member":"$nina"}]}`, status: 201},
		{op: "issue-gift-cards", method: "POST", path: "/v1/gift-cards", body: `{"count":1,"inactive":true}`, status: 201, learn: map[string]string{"printed": "items.0.card"}},
		{op: "issue-gift-cards", method: "POST", path: "/v1/gift-cards", body: `{"count":1,"value":2500,"months":12,"country":"US"}`, status: 422},
		{op: "issue-gift-cards", method: "POST", path: "/v1/gift-cards", body: `{"count":0,"value":2500}`, status: 422, wrong: true},
		{op: "get-gift-batch", method: "GET", path: "/v1/gift-card-batches/$batch", status: 200},
		{op: "get-gift-batch", method: "GET", path: "/v1/gift-card-batches/gbt_01h9x3k7q2v5n", status: 404},
		{op: "export-gift-card-numbers", method: "GET", path: "/v1/gift-cards/numbers.csv?batch=$batch", status: 200},
		{op: "export-gift-card-numbers", method: "GET", path: "/v1/gift-cards/numbers.csv?campaign=$campaign", status: 200},
		{op: "export-gift-card-numbers", method: "GET", path: "/v1/gift-cards/numbers.csv", status: 422},
		{op: "export-gift-card-numbers", method: "GET", path: "/v1/gift-cards/numbers.csv?batch=gbt_01h9x3k7q2v5n", status: 404},
		{op: "export-gift-card-numbers", method: "GET", path: "/v1/gift-cards/numbers.csv?campaign=gcm_01h9x3k7q2v5n", status: 404},
		{op: "list-gift-cards", method: "GET", path: "/v1/gift-cards?limit=2&state=active&campaign=$campaign", status: 200, learn: map[string]string{"more": "next"}},
		{op: "list-gift-cards", method: "GET", path: "/v1/gift-cards?limit=2&cursor=$more", status: 200},
		{op: "list-gift-cards", method: "GET", path: "/v1/gift-cards?member=$nina", status: 200},
		{op: "list-gift-cards", method: "GET", path: "/v1/gift-cards?state=lost", status: 422},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/$number", status: 200},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/$card", status: 200},
		{op: "get-gift-card", method: "GET", path: "/v1/gift-cards/K7Q2-V5N8", status: 422},
		{op: "activate-gift-card", method: "POST", path: "/v1/gift-cards/$printed/activate", body: `{"value":4200}`, status: 200},
		{op: "activate-gift-card", method: "POST", path: "/v1/gift-cards/$printed/activate", body: `{"value":4200}`, status: 409},
		{op: "top-up-gift-card", method: "POST", path: "/v1/gift-cards/$number/top-up", body: `{"amount":500}`, status: 200, headers: []string{keyHeader, "top-up-1"}},
		{op: "claim-gift-card", method: "POST", path: "/v1/gift-cards/$card/claim", body: `{"member":"$nina"}`, status: 200},
		{op: "block-gift-card", method: "POST", path: "/v1/gift-cards/$card/block", status: 200},
		{op: "top-up-gift-card", method: "POST", path: "/v1/gift-cards/$card/top-up", body: `{"amount":500}`, status: 403},
		{op: "unblock-gift-card", method: "POST", path: "/v1/gift-cards/$card/unblock", status: 200},
		{op: "list-gift-card-entries", method: "GET", path: "/v1/gift-cards/$number/entries?limit=1", status: 200, learn: map[string]string{"before": "next"}},
		{op: "list-gift-card-entries", method: "GET", path: "/v1/gift-cards/$number/entries?limit=1&cursor=$before", status: 200},
		{op: "list-gift-campaigns", method: "GET", path: "/v1/gift-card-campaigns", status: 200},
	}
}

func (h *house) card(name string) giftCardView {
	h.t.Helper()
	return as[giftCardView](h.call("GET", "/v1/gift-cards/"+name, "").ok(200))
}

// TestAGiftCardFromIssueToEnd follows one card.
func TestAGiftCardFromIssueToEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		const order = `{"count":2,"value":2500,"inactive":true,"months":12,"campaign":"Spring"}`
		made := as[giftBatchView](h.call("POST", "/v1/gift-cards", order, keyHeader, "a").ok(201))
		again := h.call("POST", "/v1/gift-cards", order, keyHeader, "a").ok(201)
		if diff := cmp.Diff(made, as[giftBatchView](again)); diff != "" || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("sent again: %s", diff)
		}
		h.clock.advance(25 * time.Hour) // past what the API remembers of keys by itself
		later := as[giftBatchView](h.call("POST", "/v1/gift-cards", order, keyHeader, "a").ok(201))
		if later.Batch != made.Batch {
			t.Error("the cards were made twice")
		}
		if p := h.call("POST", "/v1/gift-cards", strings.Replace(order, "25", "26", 1), keyHeader, "b").ok(201); p.text == "" {
			t.Error("another key")
		}
		number := made.Items[0].Number
		if v := h.card(number); v.State != "inactive" || v.Balance != 0 || v.Value != 2500 || v.Number != number || v.Campaign != made.Campaign {
			t.Errorf("got %+v", v)
		}
		h.call("POST", "/v1/gift-cards/"+strings.ReplaceAll(number, "-", "")+"/activate", "").ok(200)
		h.charge(number, 1500, 77)
		top := as[giftCardView](h.call("POST", "/v1/gift-cards/"+number+"/top-up", `{"amount":500}`).ok(200))
		if top.Balance != 1500 || top.Added != 3000 || top.Spent != 1500 || top.Claimed == nil || top.Expires == nil {
			t.Errorf("got %+v", top)
		}
		list := as[page[giftEntryView]](h.call("GET", "/v1/gift-cards/"+number+"/entries", "", "Accept-Language", "pl").ok(200)).Items
		if len(list) != 3 || list[0].Amount != 500 || list[1].Amount != -1500 || list[1].Name != "Płatność" || list[1].Sale != id.ID(77).In(id.Sale) || list[2].Kind != "issue" {
			t.Errorf("got %+v", list)
		}
		h.clock.advance(400 * day)
		if v := h.card(number); v.State != "expired" || v.Balance != 0 || v.Expired != 1500 {
			t.Errorf("after its end %+v", v)
		}
		all := as[giftCampaignList](h.call("GET", "/v1/gift-card-campaigns", "").ok(200))
		if r := all.Items[0].Results; r.Cards != 4 || r.Claimed != 1 || r.Inactive != 3 || r.Lapsed != 1500 || r != all.All {
			t.Errorf("got %+v", all)
		}
	})
}

// charge takes money from a card, as a sale will.
func (h *house) charge(number string, amount int64, sale id.ID) {
	h.t.Helper()
	must(h.t, h.d.InTx(h.t.Context(), func(tx *db.Tx) error {
		k := giftcard.Key{ProgrammeID: h.programme.ID, Number: giftcard.NormaliseNumber(number)}
		cards, err := giftcard.LoadCards(h.t.Context(), tx, []giftcard.Key{k})
		if err != nil {
			return err
		}
		if err := cards[k].Charge(amount, sale, h.clock.now()); err != nil {
			return err
		}
		return giftcard.Save(h.t.Context(), tx, []*giftcard.Card{cards[k]})
	}))
}

// TestNumbersAreForThoseWhoIssue looks at cards with a key of a till.
func TestNumbersAreForThoseWhoIssue(t *testing.T) {
	h := newHouse(t)
	made := as[giftBatchView](h.call("POST", "/v1/gift-cards", `{"count":1,"value":2500}`).ok(201)).Items[0]
	h.key = h.newKey(h.programme.ID, "giftcards:read", "giftcards:sell")
	for _, g := range []got{
		h.call("GET", "/v1/gift-cards", ""), h.call("GET", "/v1/gift-cards/"+made.Number, ""), h.call("POST", "/v1/gift-cards/"+made.Card+"/top-up", `{"amount":1}`),
	} {
		if g.ok(200); strings.Contains(g.text, made.Number) || !strings.Contains(g.text, made.Number[15:]) {
			t.Errorf("got %s", g.text)
		}
	}
	h.call("GET", "/v1/gift-card-batches/"+made.Batch, "").ok(403)
	h.call("POST", "/v1/gift-cards/"+made.Card+"/block", "").ok(403)
}

// TestGiftCardsStayInTheirProgramme asks with the key of another.
func TestGiftCardsStayInTheirProgramme(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		made := as[giftBatchView](h.call("POST", "/v1/gift-cards", `{"count":1,"value":2500}`).ok(201))
		other, _ := h.furnishProgramme("elsewhere", "Elsewhere")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		for _, path := range []string{"s/" + made.Items[0].Card, "s/" + made.Items[0].Number, "s/" + made.Items[0].Card + "/entries", "-batches/" + made.Batch} {
			h.call("GET", "/v1/gift-card"+path, "").ok(404)
		}
		h.call("POST", "/v1/gift-cards/"+made.Items[0].Number+"/top-up", `{"amount":1}`).ok(404)
		if list := as[page[giftCardView]](h.call("GET", "/v1/gift-cards", "").ok(200)).Items; len(list) != 0 {
			t.Errorf("got %d cards of another programme", len(list))
		}
	})
}

// TestOrdersOfGiftCardsSayWhereToMend points at the fields.
func TestOrdersOfGiftCardsSayWhereToMend(t *testing.T) {
	h := newHouse(t)
	for body, want := range map[string]string{
		`{"count":1,"value":2500,"months":12,"country":"IE"}`: "/months card_term_unlawful",
		`{"value":2500}`: "/count card_count",
		`{"count":1}`:    "/value card_amount",
		`{"value":2500,"recipients":[{},{"member":"mem_01h9x3k7q2v5n"}]}`:      "/recipients/1/member unknown_member",
		`{"value":2500,"recipients":[{"member":"nina"}]}`:                      "/recipients/0/member malformed_id",
		`{"count":1,"value":2500,"until":"2027-01-01T00:00:00Z"}`:              "/until card_until_sold",
		`{"count":2,"value":2500,"recipients":[{"label":"a"}]}`:                "/count card_count_twice",
		`{"count":1,"value":2500,"given":true,"until":"2020-01-01T00:00:00Z"}`: "/until card_until_past",
	} {
		p := h.call("POST", "/v1/gift-cards", body).problem()
		if len(p.Errors) != 1 || fmt.Sprint(p.Errors[0].Pointer, " ", p.Errors[0].Code) != want {
			t.Errorf("%s: got %+v, want %s", body, p, want)
		}
	}
	p := h.call("POST", "/v1/gift-cards", `{"count":1,"value":2500,"months":12,"country":"US"}`, "Accept-Language", "en").problem()
	if p.Detail != "Gift cards sold in US must last at least 60 months (12 CFR 1005.20(e)). Give so many or more, or leave the term out." {
		t.Errorf("got %q", p.Detail)
	}
}
