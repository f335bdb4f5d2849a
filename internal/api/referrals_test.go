package api

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/referral"
)

// keptForZoe notes a first purchase that was kept, as days do.
func keptForZoe(t *testing.T, c *contract) {
	zoe, err := id.Parse(id.Influencer, c.vars["zoe"])
	must(t, err)
	nina, err := id.Parse(id.Member, c.vars["nina"])
	must(t, err)
	must(t, c.h.config.DB.InTx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO referral (id, member_id, programme_id, inviter_id, terms, source, state, at, sale_id, bought, due, closed, allowed, reason, evidence, inviter_outcome, friend_outcome)
			SELECT 77, CAST($1 AS BIGINT), programme_id, influencer_id, number, 'api', 'paid', made, 0, 0, 0, made, FALSE, '', '', 'paid', 'none' FROM referral_terms WHERE influencer_id = $2`, nina, zoe)
		return err
	}))
}

// notForZoe undoes keptForZoe.
func notForZoe(t *testing.T, c *contract) {
	must(t, c.h.config.DB.InTx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM referral WHERE id = 77`)
		return err
	}))
}

// referrals is the part of the story about friends.
func referrals() []step {
	const terms = `{"state":"on","inviter":{"wallet":"points","points":500,"months":12},"friend":{"points":100},"minimum":2000,"return_days":14,"limits":[{"times":10,"period":"year"}],"new_only":true}`
	return []step{
		{op: "get-referral-terms", method: "GET", path: "/v1/referral-terms", status: 200},
		{op: "get-member-referral", method: "GET", path: "/v1/members/$nina/referral", status: 200},
		{op: "write-influencer", method: "PUT", path: "/v1/influencers/$nina", body: `{"state":"on","name":"Nina of the Teapot","disclose":true,"fee":500,"friend":{"points":100},"return_days":14}`, status: 200},
		{op: "write-influencer", method: "PUT", path: "/v1/influencers/$nina", body: `{"state":"on","name":"Nina","disclose":false,"fee":500,"return_days":14}`, status: 422},
		{op: "write-influencer", method: "PUT", path: "/v1/influencers/mem_01h9x3k7q2v5n", body: `{"state":"on","name":"Nobody","disclose":true,"fee":500,"return_days":14}`, status: 404},
		{op: "register-influencer", method: "POST", path: "/v1/influencers", body: `{"name":"Zoë Long","channel":"teapot.example","contact":"zoe@example.com"}`, status: 201, learn: map[string]string{"zoe": "influencer"}},
		{op: "register-influencer", method: "POST", path: "/v1/influencers", body: `{"name":" "}`, status: 422},
		{op: "change-influencer", method: "PATCH", path: "/v1/influencers/$zoe", body: `{"channel":"kettle.example"}`, status: 200},
		{op: "change-influencer", method: "PATCH", path: "/v1/influencers/$nina", body: `{"channel":"kettle.example"}`, status: 404},
		{op: "write-influencer", method: "PUT", path: "/v1/influencers/$zoe", body: `{"state":"on","name":"Zoë","disclose":true,"inviter":{"points":5},"return_days":14}`, status: 403},
		{op: "write-influencer", method: "PUT", path: "/v1/influencers/$zoe", body: `{"state":"on","name":"Zoë","disclose":true,"fee":500,"return_days":14}`, status: 200},
		{op: "pay-influencer", method: "POST", path: "/v1/influencers/$zoe/payments", body: `{"amount":500,"note":"by bank"}`, status: 422},
		{op: "pay-influencer", method: "POST", path: "/v1/influencers/$zoe/payments", body: `{"amount":300,"note":"by bank"}`, status: 201, before: keptForZoe},
		{op: "get-influencer-statement", method: "GET", path: "/v1/influencers/$zoe/statement", status: 200},
		{op: "get-influencer-statement-csv", method: "GET", path: "/v1/influencers/$zoe/statement.csv", status: 200},
		{op: "list-influencers", method: "GET", path: "/v1/influencers", status: 200},
		{op: "forget-influencer", method: "DELETE", path: "/v1/influencers/$zoe", status: 200, before: notForZoe},
		{op: "forget-influencer", method: "DELETE", path: "/v1/influencers/$nina", status: 404},
		{op: "write-influencer", method: "PUT", path: "/v1/influencers/$nina", body: `{"state":"off","name":"Nina","disclose":true,"fee":500,"return_days":14}`, status: 200},
		{op: "write-referral-terms", method: "PUT", path: "/v1/referral-terms", body: `{"state":"on","return_days":14}`, status: 422},
		{op: "write-referral-terms", method: "PUT", path: "/v1/referral-terms", body: `{"state":"on","friend":{"wallet":"gold","points":1},"return_days":14}`, status: 404},
		{op: "write-referral-terms", method: "PUT", path: "/v1/referral-terms", body: terms, status: 200},
		{op: "write-referral-terms", method: "PUT", path: "/v1/referral-terms", body: `{"state":"draft","friend":{"points":1},"return_days":14}`, status: 409},
		{op: "get-member-referral", method: "GET", path: "/v1/members/$nina/referral", status: 200, learn: map[string]string{"invite": "code"}},
		{op: "take-event", method: "POST", path: "/v1/events", body: `{"source":"app","external_id":"friend","kind":"sign_up","identities":[{"kind":"email","value":"friend@example.com"}]}`,
			status: 200, learn: map[string]string{"friend": "member"}},
		{op: "record-referral", method: "POST", path: "/v1/referrals", body: `{"code":"$invite","member":"$friend"}`, status: 200, learn: map[string]string{"ref": "referral"}},
		{op: "record-referral", method: "POST", path: "/v1/referrals", body: `{"code":"$invite","identities":[{"kind":"email","value":"friend@example.com"}]}`, status: 200},
		{op: "record-referral", method: "POST", path: "/v1/referrals", body: `{"code":"$invite","identities":[{"kind":"email","value":"stranger@example.com"}]}`, status: 404},
		{op: "record-referral", method: "POST", path: "/v1/referrals", body: `{"code":"ABC","member":"$friend"}`, status: 422},
		{op: "record-referral", method: "POST", path: "/v1/referrals", body: `{"code":"$invite","member":"$nina"}`, status: 200},
		{op: "refuse-referral", method: "POST", path: "/v1/referrals/$ref/refuse", body: `{"reason":"a mistake"}`, status: 200},
		{op: "refuse-referral", method: "POST", path: "/v1/referrals/$ref/refuse", body: `{"reason":"a mistake"}`, status: 409},
		{op: "allow-referral", method: "POST", path: "/v1/referrals/$ref/allow", body: `{"reason":"no mistake"}`, status: 200},
		{op: "allow-referral", method: "POST", path: "/v1/referrals/ref_01h9x3k7q2v5n/allow", body: `{"reason":"x"}`, status: 404},
		{op: "list-referrals", method: "GET", path: "/v1/referrals?limit=1", status: 200, learn: map[string]string{"older": "next"}},
		{op: "list-referrals", method: "GET", path: "/v1/referrals?limit=1&cursor=$older", status: 200},
		{op: "list-referrals", method: "GET", path: "/v1/referrals?state=recorded&member=$friend", status: 200},
		{op: "list-referrals", method: "GET", path: "/v1/referrals?state=lost", status: 422},
		{op: "get-referral-results", method: "GET", path: "/v1/referrals/results", status: 200},
	}
}

// TestAReferralOverHTTP follows one friend from the code to the points.
func TestAReferralOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.call("PUT", "/v1/referral-terms", `{"state":"on","inviter":{"points":500},"friend":{"points":100},"return_days":14}`).ok(200)
		ann, bob := h.gives("1", "ann", 1), h.gives("2", "bob", 1)
		st := as[inviterView](h.call("GET", "/v1/members/"+ann+"/referral", "").ok(200))
		again := as[inviterView](h.call("GET", "/v1/members/"+ann+"/referral", "").ok(200))
		if st.Code == "" || st.Code != again.Code || len(st.Link) != len("/r/")+9 {
			t.Errorf("ann invites by %+v, then %+v", st, again)
		}
		self := as[referralView](h.call("POST", "/v1/referrals", `{"code":"`+st.Code+`","member":"`+ann+`"}`).ok(200))
		if self.State != "refused" || self.Refused.Code != "referral_self" || self.Refused.Text != "The two are one person, and nobody invites themselves." {
			t.Errorf("ann invited ann: %+v", self)
		}
		made := as[referralView](h.call("POST", "/v1/referrals", `{"code":"`+st.Code+`","member":"`+bob+`"}`).ok(200))
		h.call("POST", "/v1/events", `{"source":"till","external_id":"s","kind":"purchase","member":"`+bob+`","lines":[{"sku":"tea","quantity":1,"amount":2000}]}`).ok(200)
		h.call("POST", "/v1/referrals/"+made.Referral+"/refuse", `{"reason":"look"}`).ok(200)
		bought := as[referralView](h.call("POST", "/v1/referrals/"+made.Referral+"/allow", `{"reason":"fine"}`).ok(200))
		if bought.State != "bought" || bought.Purchase == "" || !bought.Due.Equal(bought.Bought.AddDate(0, 0, 14)) {
			t.Errorf("it is %+v", bought)
		}
		h.clock.advance(15 * 24 * time.Hour)
		if _, err := h.config.Referrals.Pay(t.Context(), h.clock.now()); err != nil {
			t.Fatal(err)
		}
		list := as[page[referralView]](h.call("GET", "/v1/referrals?state=paid", "").ok(200))
		if len(list.Items) != 1 || list.Items[0].InviterOutcome != referral.OutcomePaid || list.Items[0].FriendOutcome != referral.OutcomePaid {
			t.Errorf("paid: %+v", list.Items)
		}
		if b := as[balanceList](h.call("GET", "/v1/members/"+ann+"/balance", "").ok(200)); b.Wallets[0].Available != 501 {
			t.Errorf("ann has %+v", b.Wallets[0])
		}
		r := as[referralResults](h.call("GET", "/v1/referrals/results", "").ok(200))
		if r.All.Paid != 1 || r.All.Friends != 2 || r.KFactor != nil || len(r.Months) != 1 {
			t.Errorf("results %+v", r)
		}
		other, _ := h.furnishProgramme("other", "Other Shop")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		h.call("POST", "/v1/referrals/"+made.Referral+"/refuse", `{"reason":"x"}`).ok(404)
		if list := as[page[referralView]](h.call("GET", "/v1/referrals", "").ok(200)); len(list.Items) != 0 {
			t.Errorf("another programme sees %+v", list.Items)
		}
	})
}
