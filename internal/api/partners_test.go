package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/program"
)

// coalition is a house with two partners, each with its shop and its key.
type coalition struct {
	*house
	own            string
	baker, cinema  string // ids
	bakery, movies string // keys
}

func newCoalition(t *testing.T, h *house) *coalition {
	t.Helper()
	c := &coalition{house: h, own: h.key}
	c.baker, c.bakery = c.joins("bakery")
	c.cinema, c.movies = c.joins("cinema")
	return c
}

func (c *coalition) joins(name string) (partnerID, key string) {
	c.t.Helper()
	ctx := c.t.Context()
	shop, err := c.config.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: c.programme.ID, Code: name, Name: name})
	must(c.t, err)
	p, err := c.config.Partners.Create(ctx, system, c.programme.ID, partner.NewPartner{
		Spec: partner.Spec{Name: name, MayGrant: true, MayAccept: true, MaySee: true}, WalletID: c.wallet.ID, Terms: partner.TermsSpec{IssuePrice: money.NewRate(1, 1), RedeemPrice: money.NewRate(1, 1)},
	})
	must(c.t, err)
	_, err = c.config.Partners.AssignShop(ctx, system, c.programme.ID, p.ID, shop.ID, c.clock.now().AddDate(0, -2, 0))
	must(c.t, err)
	_, text, err := c.config.Partners.AddKey(ctx, system, c.programme.ID, p.ID, name, time.Time{})
	must(c.t, err)
	c.clock.advance(3 * time.Second) // what the handler has read of the programme is old now
	return p.ID.In(id.Partner), text
}

// as calls with a key.
func (c *coalition) as(key, method, path, body string) got {
	c.t.Helper()
	c.key = key
	defer func() { c.key = c.own }()
	return c.call(method, path, body)
}

func saleAt(shop, number, more string) string {
	return `{"source":"till","external_id":"` + number + `","kind":"purchase","identities":[{"kind":"phone","value":"020 7946 0018"}],"shop":"` + shop +
		`","lines":[{"sku":"tea","quantity":1,"amount":2550}]` + more + `}`
}

// forPartners are the operations that a partner's key may use at all.
var forPartners = []string{
	"take-event", "take-events", "quote", "find-event", "get-partner", "recognise-for-partner", "list-partner-statements", "get-partner-statement",
	"get-partner-statement-csv", "get-partner-statement-pdf", "get-partner-results",
}

// TestPartnersKeyIsRefusedEverythingElse asks for every operation of the
// document with a partner's key.
func TestPartnersKeyIsRefusedEverythingElse(t *testing.T) {
	h := newHouse(t)
	c := newCoalition(t, h)
	doc := newContract(t, h).doc
	asked := 0
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			signed := op.OperationID == "hear-of-charge" // takes no key at all
			if !strings.HasPrefix(path, "/v1/") || signed || slices.Contains(forPartners, op.OperationID) {
				continue
			}
			asked++
			for strings.Contains(path, "{") {
				path = path[:strings.Index(path, "{")] + "x" + path[strings.Index(path, "}")+1:]
			}
			g := c.as(c.bakery, method, path, "")
			if g.status != 403 || g.problem().Code != "partner_key" {
				t.Errorf("%s: got status %d, want 403: %s", op.OperationID, g.status, g.text)
			}
		}
	}
	if asked < 80 {
		t.Errorf("only %d operations were asked for", asked)
	}
}

// TestPartnersSeeTheirOwn asks for the other partner's with each operation that
// is for partners.
func TestPartnersSeeTheirOwn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := newCoalition(t, h)
		c.as(c.bakery, "POST", "/v1/events", saleAt("bakery", "1", "")).ok(200)
		c.as(c.own, "POST", "/v1/events", saleAt("high-street", "2", "")).ok(200)
		for _, rest := range []string{
			"", "/recognise?phone=020+7946+0018", "/statements", "/statements/2026-01", "/statements/2026-01/statement.csv", "/statements/2026-01/statement.pdf",
			"/results?from=2025-12-01T00:00:00Z&to=2026-02-01T00:00:00Z",
		} {
			c.as(c.bakery, "GET", "/v1/partners/"+c.baker+rest, "").ok(200)
			if g := c.as(c.movies, "GET", "/v1/partners/"+c.baker+rest, ""); g.status != 403 || g.problem().Code != "other_partner" {
				t.Errorf("%s: got status %d, want 403: %s", rest, g.status, g.text)
			}
		}
		c.as(c.bakery, "GET", "/v1/events/lookup?source=till&external_id=1", "").ok(200)
		c.as(c.movies, "GET", "/v1/events/lookup?source=till&external_id=1", "").ok(404)
		c.as(c.bakery, "GET", "/v1/events/lookup?source=till&external_id=2", "").ok(404)
	})
}

// TestPartnersSendTheirOwn tries what a partner's till might send.
func TestPartnersSendTheirOwn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := newCoalition(t, h)
		c.as(c.own, "POST", "/v1/events", saleAt("high-street", "own", "")).ok(200)
		a := as[eventAnswer](c.as(c.bakery, "POST", "/v1/events", saleAt("bakery", "1", "")).ok(200))
		if len(a.Ranks) != 0 || len(a.Balances) != 1 || a.Balances[0].Pending != 0 || len(a.Movements) != 1 {
			t.Errorf("the partner is told %+v", a)
		}
		c.as(c.own, "POST", "/v1/events", saleAt("bakery", "by us", "")).ok(200)
		back := func(shop, number, sold string) string {
			return `{"source":"till","external_id":"` + number + `","kind":"return","shop":"` + shop + `","return":{"sale_reference":"` + sold + `","lines":[{"line":1,"quantity":1}]}}`
		}
		for _, w := range []struct{ body, code string }{
			{saleAt("high-street", "2", ""), "not_your_shop"},
			{saleAt("cinema", "2", ""), "not_your_shop"},
			{saleAt("", "2", ""), "not_your_shop"},
			{saleAt("bakery", "2", `,"occurred":"2025-01-01T00:00:00Z"`), "not_your_shop"},
			{saleAt("bakery", "2", `,"profile":{"given_name":"X"}`), "not_for_partner_keys"},
			{saleAt("bakery", "2", `,"enrol":true`), "not_for_partner_keys"},
			{saleAt("bakery", "2", `,"member":"`+a.Member+`"`), "not_for_partner_keys"},
			{saleAt("bakery", "2", `,"checkout":{"gift_cards":[{"number":"X"}]}`), "not_for_partner_keys"},
			{`{"source":"till","external_id":"2","kind":"visit","shop":"bakery","member":"` + a.Member + `"}`, "not_for_partner_keys"},
			{back("bakery", "3", "own"), "not_your_shop"},
			{back("bakery", "3", "never"), "not_your_shop"},
			{back("cinema", "3", "1"), "not_your_shop"},
			{`{"source":"till","external_id":"3","kind":"return","shop":"bakery","member":"` + a.Member + `","return":{"lines":[{"sku":"tea","quantity":1}]}}`, "partner_return_uncited"},
		} {
			for _, way := range []string{"/v1/events", "/v1/quotes"} {
				if g := c.as(c.bakery, "POST", way, w.body); g.status != 403 || g.problem().Code != w.code {
					t.Errorf("%s %s: got %d %s, want %s", way, w.body, g.status, g.text, w.code)
				}
			}
			bulk := as[bulkAnswer](c.as(c.bakery, "POST", "/v1/events/bulk", `{"events":[`+w.body+`]}`).ok(200)).Answers[0]
			if bulk.Status != 403 || bulk.Problem.Code != w.code {
				t.Errorf("in a bulk %s: got %+v, want %s", w.body, bulk, w.code)
			}
		}
		c.as(c.movies, "POST", "/v1/events", back("cinema", "4", "1")).ok(403)
		c.as(c.bakery, "POST", "/v1/events", back("bakery", "4", "1")).ok(200)
	})
}

// TestPartnersRecognise tells a partner no name without consent.
func TestPartnersRecognise(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := newCoalition(t, h)
		m := as[memberView](c.call("POST", "/v1/members", `{"identities":[{"kind":"phone","value":"020 7946 0018"}],"given_name":"Nina","family_name":"Kowalska"}`).ok(200)).ID
		where := "/v1/partners/" + c.baker + "/recognise?"
		g := c.as(c.bakery, "GET", where+"phone=020+7946+0018", "").ok(200)
		if v := as[recognisedView](g); v.Member != m || v.GivenName != "" || !v.Usable || v.Wallet != "points" || strings.Contains(g.text, "Nina") || strings.Contains(g.text, "Kowalska") {
			t.Errorf("without consent the partner is told %s", g.text)
		}
		who, err := id.Parse(id.Member, m)
		must(t, err)
		_, err = c.config.Members.SetConsents(t.Context(), system, c.programme.ID, who, member.Consent{Purpose: member.Partners, Channel: member.Every, Given: true, At: c.clock.now(), Source: "till"})
		must(t, err)
		pass := member.SignPass([]byte(c.programme.Salt), who, c.clock.now())
		g = c.as(c.bakery, "GET", where+"pass="+pass, "").ok(200)
		if v := as[recognisedView](g); v.GivenName != "Nina" || strings.Contains(g.text, "Kowalska") {
			t.Errorf("with consent the partner is told %s", g.text)
		}
		c.as(c.bakery, "GET", where+"phone=020+7946+0099", "").ok(404)
		c.call("PATCH", "/v1/partners/"+c.baker, `{"may_see":false}`).ok(200)
		g = c.as(c.bakery, "GET", where+"pass="+pass, "").ok(200)
		if v := as[recognisedView](g); v.Member != m || v.GivenName != "" || v.Available != nil || !v.Usable {
			t.Errorf("a partner that may not see members is told %s", g.text)
		}
		if a := as[eventAnswer](c.as(c.bakery, "POST", "/v1/events", saleAt("bakery", "1", "")).ok(200)); len(a.Balances) != 0 || len(a.Movements) != 1 {
			t.Errorf("a partner that may not see members is told %+v", a)
		}
		c.as(c.bakery, "GET", where, "").ok(422)
	})
}

// TestPartnersKeyEnds: with the partnership and with its revocation.
func TestPartnersKeyEnds(t *testing.T) {
	c := newCoalition(t, newHouse(t))
	c.call("POST", "/v1/partners/"+c.baker+"/end", "").ok(200)
	c.as(c.bakery, "GET", "/v1/partners/"+c.baker, "").ok(401)
	if keys := as[keyList](c.call("GET", "/v1/partners/"+c.cinema+"/keys", "").ok(200)).Items; len(keys) != 1 || keys[0].Partner != c.cinema || len(keys[0].Scopes) != len(auth.PartnerScopes()) {
		t.Errorf("the keys are %+v", keys)
	}
}
