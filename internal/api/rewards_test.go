package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"regulars/internal/auth"
)

// smallPNG is a PNG of one pixel.
const smallPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

// rewards is the part of the story about what points buy.
func rewards() []step {
	return []step{
		{op: "create-reward", method: "POST", path: "/v1/rewards", body: `{"name":"Mug","kind":"goods","points":10,"money":200,"stock":5,"limit":{"times":2,"period":"month"},"pick_up_days":14}`,
			status: 201, learn: map[string]string{"mug": "reward"}},
		{op: "create-reward", method: "POST", path: "/v1/rewards", body: `{"name":"Mug","kind":"goods","points":10}`, status: 409},
		{op: "create-reward", method: "POST", path: "/v1/rewards", body: `{"name":"Trip","kind":"partner","points":10}`, status: 422},
		{op: "create-reward", method: "POST", path: "/v1/rewards", body: `{"name":"Trip","kind":"voyage","points":10}`, status: 422, wrong: true},
		{op: "create-reward", method: "POST", path: "/v1/rewards", body: `{"name":"Trees","kind":"donation","partner":"Woods","points":5,"gives":100,"match":"1/2"}`, status: 201, learn: map[string]string{"trees": "reward"}},
		{op: "create-reward", method: "POST", path: "/v1/rewards", body: `{"name":"Mistake","kind":"service","points":1}`, status: 201, learn: map[string]string{"slip": "reward"}},
		{op: "discard-reward", method: "DELETE", path: "/v1/rewards/$slip", status: 200},
		{op: "get-reward", method: "GET", path: "/v1/rewards/$slip", status: 404},
		{op: "redeem-reward", method: "POST", path: "/v1/redemptions", body: `{"source":"shop","external_id":"rd-0","member":"$nina","reward":"$mug"}`, status: 403},
		{op: "set-reward-picture", method: "PUT", path: "/v1/rewards/$mug/picture", body: `{"image":"` + smallPNG + `","alt":{"en":"A blue mug"}}`, status: 200},
		{op: "set-reward-picture", method: "PUT", path: "/v1/rewards/$mug/picture", body: `{"alt":{"en":"A mug","pl":"Kubek"}}`, status: 200},
		{op: "set-reward-picture", method: "PUT", path: "/v1/rewards/$mug/picture", body: `{"image":"???","alt":{"en":"A mug"}}`, status: 422},
		{op: "set-reward-picture", method: "PUT", path: "/v1/rewards/$trees/picture", body: `{"alt":{"en":"Trees"}}`, status: 422},
		{op: "set-reward-picture", method: "PUT", path: "/v1/rewards/$trees/picture", body: `{"image":"` + smallPNG + `","alt":{"en":"Trees"}}`, status: 200},
		{op: "remove-reward-picture", method: "DELETE", path: "/v1/rewards/$trees/picture", status: 200},
		{op: "publish-reward", method: "POST", path: "/v1/rewards/$mug/publish", status: 200},
		{op: "publish-reward", method: "POST", path: "/v1/rewards/$mug/publish", status: 409},
		{op: "publish-reward", method: "POST", path: "/v1/rewards/$trees/publish", status: 200},
		{op: "change-reward", method: "PUT", path: "/v1/rewards/$mug", body: `{"name":"Mug","description":"Blue","kind":"goods","wallet":"points","points":12,"money":200,"stock":5,"ranks":["regular","silver","gold"],"pick_up_days":14}`, status: 200},
		{op: "change-reward", method: "PUT", path: "/v1/rewards/$mug", body: `{"name":"Mug","kind":"goods","points":12,"ranks":["platinum"]}`, status: 422},
		{op: "get-reward", method: "GET", path: "/v1/rewards/$mug", status: 200},
		{op: "list-rewards", method: "GET", path: "/v1/rewards?state=published", status: 200},
		{op: "list-rewards", method: "GET", path: "/v1/rewards?state=lost", status: 422},
		{op: "take-event", method: "POST", path: "/v1/events", body: `{"source":"desk","external_id":"for-rewards","kind":"adjustment","member":"$nina","adjustment":{"wallet":"points","points":100,"reason":"a present"}}`, status: 200, also: []auth.Scope{auth.PointsAdjust.Scope()}},
		{op: "list-rewards", method: "GET", path: "/v1/rewards?member=$nina", status: 200},
		{op: "redeem-reward", method: "POST", path: "/v1/redemptions", body: `{"source":"shop","external_id":"rd-1","member":"$nina","reward":"$mug","points":12,"money":200}`,
			status: 200, learn: map[string]string{"pickup": "redemption.code"}},
		{op: "redeem-reward", method: "POST", path: "/v1/redemptions", body: `{"source":"shop","external_id":"rd-1","member":"$nina","reward":"$mug","points":12,"money":200}`, status: 200},
		{op: "redeem-reward", method: "POST", path: "/v1/redemptions", body: `{"source":"shop","external_id":"rd-2","member":"$nina","reward":"$mug","points":10}`, status: 409},
		{op: "redeem-reward", method: "POST", path: "/v1/redemptions", body: `{"source":"shop","external_id":"rd-3","identities":[{"kind":"email","value":"nina@example.com"}],"reward":"$mug"}`,
			status: 200, learn: map[string]string{"second": "redemption.redemption"}},
		{op: "redeem-reward", method: "POST", path: "/v1/redemptions", body: `{"source":"shop","external_id":"rd-4","member":"$nina","reward":"$trees"}`, status: 200},
		{op: "get-redemption", method: "GET", path: "/v1/redemptions/$pickup", status: 200},
		{op: "get-redemption", method: "GET", path: "/v1/redemptions/ZZZZ-ZZZZ", status: 404},
		{op: "hand-out-reward", method: "POST", path: "/v1/redemptions/$pickup/hand-out", status: 200},
		{op: "hand-out-reward", method: "POST", path: "/v1/redemptions/$pickup/hand-out", status: 409},
		{op: "undo-redemption", method: "POST", path: "/v1/redemptions/$second/undo", status: 200},
		{op: "undo-redemption", method: "POST", path: "/v1/redemptions/rdm_01h9x3k7q2v5n/undo", status: 404},
		{op: "list-redemptions", method: "GET", path: "/v1/redemptions?limit=1", status: 200, learn: map[string]string{"older": "next"}},
		{op: "list-redemptions", method: "GET", path: "/v1/redemptions?limit=1&cursor=$older", status: 200},
		{op: "list-redemptions", method: "GET", path: "/v1/redemptions?state=undone&reward=$mug&member=$nina", status: 200},
		{op: "list-redemptions", method: "GET", path: "/v1/redemptions?state=lost", status: 422},
		{op: "list-reward-results", method: "GET", path: "/v1/rewards/results", status: 200},
		{op: "get-payback", method: "GET", path: "/v1/rewards/payback?days=30", status: 200},
		{op: "get-payback", method: "GET", path: "/v1/rewards/payback?from=2026-05-01T00:00:00Z&to=2026-04-01T00:00:00Z", status: 422},
		{op: "get-payback", method: "GET", path: "/v1/rewards/payback?wallet=gold", status: 404},
		{op: "list-donations", method: "GET", path: "/v1/rewards/donations", status: 200},
		{op: "withdraw-reward", method: "POST", path: "/v1/rewards/$mug/withdraw", status: 200},
		{op: "discard-reward", method: "DELETE", path: "/v1/rewards/$mug", status: 409},
	}
}

// offers publishes a reward and returns its id.
func (h *house) offers(spec string) string {
	h.t.Helper()
	made := as[rewardView](h.call("POST", "/v1/rewards", spec).ok(201))
	h.call("POST", "/v1/rewards/"+made.Reward+"/publish", "").ok(200)
	return made.Reward
}

func (h *house) gives(number, who string, points int64) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"source":"desk","external_id":%q,"kind":"adjustment","identities":[{"kind":"external","value":%q}],"enrol":true,"adjustment":{"wallet":"points","points":%d,"reason":"x"}}`, number, who, points)
	return as[eventAnswer](h.call("POST", "/v1/events", body).ok(200)).Member
}

// TestARewardFromChoiceToReturn follows one redemption.
func TestARewardFromChoiceToReturn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		mug := h.offers(`{"name":"Mug","kind":"goods","points":500,"money":2000,"stock":1}`)
		h.offers(`{"name":"Silver spoon","kind":"goods","points":5,"ranks":["silver"]}`)
		h.offers(`{"name":"Trees","kind":"donation","partner":"Woods","points":20,"gives":101,"match":"0.5"}`)
		ann := h.gives("g", "ann", 520)
		list := as[rewardList](h.call("GET", "/v1/rewards?member="+ann, "").ok(200))
		if len(list.Items) != 3 || !*list.Items[0].Available || *list.Items[0].Left != 1 || *list.Items[1].Available || list.Items[1].Refused.Code != "reward_rank" {
			t.Errorf("ann can have %+v", list.Items)
		}
		order := `{"source":"app","external_id":"1","member":"` + ann + `","reward":"` + mug + `"}`
		first := as[redeemedView](h.call("POST", "/v1/redemptions", order).ok(200))
		again := as[redeemedView](h.call("POST", "/v1/redemptions", order).ok(200))
		if first.Outcome != "taken" || again.Outcome != "repeated" || again.Redemption.Code != first.Redemption.Code || first.Redemption.Money != 2000 || first.Balances[0].Available != 20 {
			t.Errorf("first %+v, again %+v", first, again)
		}
		list = as[rewardList](h.call("GET", "/v1/rewards?member="+ann, "").ok(200))
		if list.Items[0].Refused == nil || list.Items[0].Refused.Code != "reward_out_of_stock" || list.Items[0].Refused.Text != "This reward is out of stock." {
			t.Errorf("ann can have %+v", list.Items[0])
		}
		h.call("POST", "/v1/redemptions/"+strings.ToLower(first.Redemption.Code)+"/hand-out", "").ok(200)
		for range 2 { // the second is the same request under the same name
			back := as[redemptionView](h.call("POST", "/v1/redemptions/"+first.Redemption.Redemption+"/undo", "").ok(200))
			if back.State != "undone" {
				t.Errorf("it is %s", back.State)
			}
		}
		if b := as[balanceList](h.call("GET", "/v1/members/"+ann+"/balance", "").ok(200)); b.Wallets[0].Available != 520 || b.Wallets[0].Spent != 0 {
			t.Errorf("ann has %+v", b.Wallets[0])
		}
		h.call("POST", "/v1/redemptions", `{"source":"app","external_id":"2","member":"`+ann+`","reward":"`+list.Items[2].Reward+`"}`).ok(200)
		if d := as[donationList](h.call("GET", "/v1/rewards/donations", "").ok(200)); d.Total != 151 || len(d.Items) != 1 || d.Items[0].Charity != "Woods" {
			t.Errorf("donated %+v", d)
		}
		if r := as[rewardResults](h.call("GET", "/v1/rewards/results", "").ok(200)); len(r.Items) != 2 || r.Items[0].Undone != 1 || r.Items[0].Uses != 0 || r.Items[1].Points != 20 {
			t.Errorf("results %+v", r)
		}
	})
}

// TestLastRewardsOverHTTP lets 64 clients ask for the last three.
func TestLastRewardsOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		mug := h.offers(`{"name":"Mug","kind":"goods","points":5,"stock":3}`)
		h.gives("g", "ann", 1000)
		var all sync.WaitGroup
		var mu sync.Mutex
		counts := map[int]int{}
		for i := range 64 {
			all.Go(func() {
				r := h.call("POST", "/v1/redemptions", fmt.Sprintf(`{"source":"app","external_id":"%d","identities":[{"kind":"external","value":"ann"}],"reward":%q}`, i, mug))
				mu.Lock()
				defer mu.Unlock()
				counts[r.status]++
			})
		}
		all.Wait()
		if counts[http.StatusOK] != 3 || counts[http.StatusForbidden] != 61 {
			t.Errorf("answers by status: %v", counts)
		}
	})
}

// TestRewardsStayInTheirProgramme asks with the key of another.
func TestRewardsStayInTheirProgramme(t *testing.T) {
	h := newHouse(t)
	mug := h.offers(`{"name":"Mug","kind":"goods","points":5}`)
	ann := h.gives("g", "ann", 10)
	taken := as[redeemedView](h.call("POST", "/v1/redemptions", `{"source":"app","external_id":"1","member":"`+ann+`","reward":"`+mug+`"}`).ok(200)).Redemption
	other, _ := h.furnishProgramme("other", "Other Shop")
	h.key = h.newKey(other.ID, auth.Scopes()...)
	for _, path := range []string{"/v1/rewards/" + mug, "/v1/redemptions/" + taken.Redemption, "/v1/redemptions/" + taken.Code, "/v1/rewards?member=" + ann} {
		h.call("GET", path, "").ok(404)
	}
	for _, path := range []string{"/v1/redemptions/" + taken.Code + "/hand-out", "/v1/redemptions/" + taken.Redemption + "/undo", "/v1/rewards/" + mug + "/withdraw"} {
		h.call("POST", path, "").ok(404)
	}
	if list := as[page[redemptionView]](h.call("GET", "/v1/redemptions", "").ok(200)); len(list.Items) != 0 {
		t.Errorf("another programme sees %+v", list.Items)
	}
}
