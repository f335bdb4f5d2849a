package api

import (
	"encoding/json"
	"strconv"
	"strings"

	"regulars/internal/auth"
)

// dig returns the text or number at a path such as items.0.id.
func dig(body []byte, path string) (string, bool) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return "", false
	}
	for name := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(at) {
				return "", false
			}
			v = at[i]
		default:
			return "", false
		}
	}
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// story uses every operation, in an order in which a shop might.
func story() []step {
	var all []step
	for _, part := range [][]step{
		beginning(),
		customers(),
		purchases(),
		imports(),
		reading(),
		rulesAndRanks(),
		promotions(),
		giftCards(),
		rewards(),
		contacts(),
		referrals(),
		partnerships(),
		plans(),
		challenges(),
		cases(),
		mails(),
		cardsAndReviews(),
		mentions(),
		promises(),
		returnRequests(),
		households(),
		fraudWatch(),
		surveys(),
		standards(),
		lessons(),
		gestures(),
		bookings(),
		alarms(),
		factors(),
		knownIssues(),
		trustReportSteps(),
		trustSignalSteps(),
		silence(),
		discounts(),
		recoveries(),
		phoning(),
		abandonments(),
		upkeep(),
	} {
		all = append(all, part...)
	}
	return all
}

func beginning() []step {
	return []step{
		{op: "health", method: "GET", path: "/healthz", status: 200},
		{op: "ready", method: "GET", path: "/readyz", status: 200},
		{op: "get-programme", method: "GET", path: "/v1/programme", status: 200, learn: map[string]string{"wallet": "wallets.0.wallet"}},
		{op: "change-programme", method: "PATCH", path: "/v1/programme", body: `{"name":"Corner Shop & Sons","languages":["en","pl"],"birthday_days":3,"profile":["name","birthday"]}`, status: 200},
		{op: "change-programme", method: "PATCH", path: "/v1/programme", body: `{"zone":"Nowhere/Else"}`, status: 422},
		{op: "list-shops", method: "GET", path: "/v1/shops", status: 200, learn: map[string]string{"shop": "items.0.shop"}},
		{op: "add-shop", method: "POST", path: "/v1/shops", body: `{"code":"station","name":"At the station"}`, status: 201, learn: map[string]string{"station": "shop"}},
		{op: "add-shop", method: "POST", path: "/v1/shops", body: `{"code":"station","name":"Again"}`, status: 409},
		{op: "change-shop", method: "PATCH", path: "/v1/shops/$station", body: `{"closed":true}`, status: 200},
		{op: "add-wallet", method: "POST", path: "/v1/wallets", body: `{"code":"tokens","name":"Tokens","unit":"1/3","clawback":"to_zero"}`, status: 201, learn: map[string]string{"tokens": "wallet"}},
		{op: "add-wallet", method: "POST", path: "/v1/wallets", body: `{"code":"tokens","name":"Again","unit":"0","clawback":"to_zero"}`, status: 409},
		{op: "add-wallet", method: "POST", path: "/v1/wallets", body: `{"code":"x","name":"X","unit":"much","clawback":"to_zero"}`, status: 422},
		{op: "add-wallet", method: "POST", path: "/v1/wallets", body: `{"code":"x","name":"X","unit":"0","clawback":"shrug"}`, status: 422, wrong: true},
		{op: "change-wallet", method: "PATCH", path: "/v1/wallets/$tokens", body: `{"name":"Coffee stamps","unit":"0.5"}`, status: 200},
		{op: "change-wallet", method: "PATCH", path: "/v1/wallets/wal_01h9x3k7q2v5n", body: `{"name":"X"}`, status: 404},
		{op: "save-products", method: "PUT", path: "/v1/products", body: `{"products":[{"sku":"tea","name":"Tea","category":"drinks","cost":120},{"sku":"cup"}]}`, status: 200},
		{op: "mark-flagship", method: "PUT", path: "/v1/flagships/tea", status: 200},
		{op: "mark-flagship", method: "PUT", path: "/v1/flagships/nothing", status: 404},
		{op: "list-flagships", method: "GET", path: "/v1/flagships", status: 200},
		{op: "get-halo", method: "GET", path: "/v1/flagships/tea/halo?days=30", status: 200},
		{op: "get-halo", method: "GET", path: "/v1/flagships/nothing/halo", status: 404},
		{op: "unmark-flagship", method: "DELETE", path: "/v1/flagships/tea", status: 200},
		{op: "unmark-flagship", method: "DELETE", path: "/v1/flagships/nothing", status: 404},
		{op: "list-products", method: "GET", path: "/v1/products?q=te", status: 200},
	}
}

func customers() []step {
	return []step{
		{op: "save-member", method: "POST", path: "/v1/members", body: `{"identities":[{"kind":"phone","value":"020 7946 0018"}],"given_name":"Nina","birth":{"day":24,"month":5}}`,
			status: 200, learn: map[string]string{"nina": "id"}},
		{op: "save-member", method: "POST", path: "/v1/members", body: `{"identities":[{"kind":"phone","value":"020 7946 0018"},{"kind":"email","value":"nina@example.com"}],"zone":"Europe/Warsaw"}`,
			status: 200, learn: map[string]string{"version": "version"}},
		{op: "save-member", method: "POST", path: "/v1/members", body: `{"identities":[{"kind":"card","value":"2600 1234"}],"given_name":"N."}`,
			status: 200, learn: map[string]string{"double": "id"}},
		{op: "get-member", method: "GET", path: "/v1/members/$nina", status: 200},
		{op: "get-member", method: "GET", path: "/v1/members/mem_zzzzz", status: 422, wrong: true},
		{op: "get-member", method: "GET", path: "/v1/members/mem_01h9x3k7q2v5n", status: 404},
		{op: "list-members", method: "GET", path: "/v1/members?q=nina&limit=10&status=enrolled", status: 200},
		{op: "list-members", method: "GET", path: "/v1/members?limit=0", status: 422, wrong: true},
		{op: "look-up-member", method: "GET", path: "/v1/members/lookup?email=nina%40example.com", status: 200},
		{op: "look-up-member", method: "GET", path: "/v1/members/lookup?phone=%2B442079460999", status: 404},
		{op: "change-member", method: "PATCH", path: "/v1/members/$nina", headers: []string{"If-Match", `"$version"`}, status: 200,
			body: `{"family_name":"Kowalska","language":"pl","birth":{"day":24,"month":5,"year":1990},"tags":["tea"],"attributes":{"size":"M"}}`},
		{op: "change-member", method: "PATCH", path: "/v1/members/$nina", headers: []string{"If-Match", `"$version"`}, body: `{"family_name":"K"}`, status: 412},
		{op: "change-member", method: "PATCH", path: "/v1/members/$nina", body: `{"birth":null,"attributes":{"size":null}}`, status: 200},
		{op: "add-identities", method: "POST", path: "/v1/members/$nina/identities", body: `{"identities":[{"kind":"external","value":"17850"}]}`, status: 200},
		{op: "add-identities", method: "POST", path: "/v1/members/$nina/identities", body: `{"identities":[{"kind":"card","value":"2600-1234"}]}`, status: 409},
		{op: "remove-identities", method: "POST", path: "/v1/members/$nina/identities/remove", body: `{"identities":[{"kind":"external","value":"17850"}]}`, status: 200},
		{op: "add-consents", method: "POST", path: "/v1/members/$nina/consents",
			body: `{"consents":[{"purpose":"marketing","channel":"email","given":true,"source":"checkout","text_version":"2026-01","ip":"203.0.113.7"}]}`, status: 200},
		{op: "list-consents", method: "GET", path: "/v1/members/$nina/consents", status: 200},
	}
}

func purchases() []step {
	return []step{
		{op: "take-event", method: "POST", path: "/v1/events", body: exampleEvent, status: 200, learn: map[string]string{"event": "event", "lot": "movements.0.lot"}},
		{op: "take-event", method: "POST", path: "/v1/events", body: exampleEvent, status: 200},
		{op: "take-event", method: "POST", path: "/v1/events", body: strings.Replace(exampleEvent, "1530", "1531", 1), status: 409},
		{op: "take-event", method: "POST", path: "/v1/events", body: `{"source":"shop","external_id":"x","kind":"purchase","lines":[{"sku":"tea","quantity":"many","amount":"1"}]}`, status: 422, wrong: true},
		{op: "take-events", method: "POST", path: "/v1/events/bulk", status: 200, body: `{"events":[
			{"source":"shop","external_id":"b1","kind":"purchase","identities":[{"kind":"card","value":"2600 1234"}],"lines":[{"sku":"cup","quantity":"1","amount":1000}]},
			{"source":"shop","external_id":"b2","kind":"visit","member":"$nina","shop":"high-street"},
			{"source":"shop","external_id":"b3","kind":"custom.review","member":"$nina","attributes":{"stars":"5"}},
			{"source":"shop","external_id":"b4","kind":"adjustment","member":"$nina","adjustment":{"wallet":"points","points":100,"reason":"a late parcel"}},
			{"source":"shop","external_id":"b5","kind":"return","member":"$nina","return":{"lines":[{"sku":"85123A","quantity":"2"},{"sku":"never sold","quantity":"1"}]}},
			{"source":"shop","external_id":"b6","kind":"return","member":"$nina","return":{"sale_reference":"not come yet","whole":true}},
			{"source":"shop","external_id":"b7","kind":"nonsense","member":"$nina"}]}`},
		{op: "find-event", method: "GET", path: "/v1/events/lookup?source=shop&external_id=b5", status: 200, learn: map[string]string{"return": "event"}},
		{op: "find-event", method: "GET", path: "/v1/events/lookup?source=shop&external_id=b6", status: 200},
		{op: "find-event", method: "GET", path: "/v1/events/lookup?source=shop&external_id=never", status: 404},
		{op: "get-event", method: "GET", path: "/v1/events/$event?member=$nina", status: 200},
		{op: "get-event", method: "GET", path: "/v1/events/$event?member=$double", status: 404},
		{op: "list-unmatched-returns", method: "GET", path: "/v1/returns/unmatched", status: 200},
		{op: "list-waiting-returns", method: "GET", path: "/v1/returns/waiting", status: 200},
	}
}

func reading() []step {
	return []step{
		{op: "merge-members", method: "POST", path: "/v1/members/$nina/merge", body: `{"other":"$double"}`, status: 200, learn: map[string]string{"merge": "merge"}},
		{op: "get-balance", method: "GET", path: "/v1/members/$double/balance", status: 200},
		{op: "list-lots", method: "GET", path: "/v1/members/$nina/lots?wallet=points&limit=5", status: 200},
		{op: "list-lots", method: "GET", path: "/v1/members/$nina/lots?wallet=stamps", status: 404},
		{op: "get-statement", method: "GET", path: "/v1/members/$nina/statement?from=2025-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&limit=2", status: 200, learn: map[string]string{"next": "next"}},
		{op: "get-statement", method: "GET", path: "/v1/members/$nina/statement?limit=2&cursor=$next", status: 200},
		{op: "get-statement", method: "GET", path: "/v1/members/$nina/statement?from=yesterday", status: 422, wrong: true},
		{op: "get-timeline", method: "GET", path: "/v1/members/$nina/timeline?kinds=purchase,return,custom.review", status: 200},
		{op: "get-timeline", method: "GET", path: "/v1/members/$nina/timeline?limit=1&cursor=$next", status: 422},
		{op: "part-members", method: "POST", path: "/v1/members/$nina/unmerge", body: `{"merge":"$merge"}`, status: 200},
		{op: "export-member", method: "GET", path: "/v1/members/$nina/export", status: 200},
		{op: "erase-member", method: "DELETE", path: "/v1/members/$double", status: 200},
	}
}

func rulesAndRanks() []step {
	const spec = `{"wallet":"$wallet","condition":{"all":[{"field":"sale.goods","op":"gte","value":2000},{"field":"shop","op":"eq","value":"high-street"}]},
		"effects":[{"kind":"points_per_amount","points":2,"per":100,"basis":"goods"},{"kind":"multiplier","rate":"1","per_rank":{"gold":"3/2"}}],
		"activation":{"hours":336},"expiry":{"months":12,"end_of_day":true},"caps":[{"period":"month","points":500}],"budget":{"points":100000}}`
	return []step{
		{op: "list-ladders", method: "GET", path: "/v1/ladders", status: 200, learn: map[string]string{"ladder": "items.0.ladder"}},
		{op: "create-ladder", method: "POST", path: "/v1/ladders", body: strings.Replace(exampleLadder, `"code": "status"`, `"code": "club"`, 1), status: 201, learn: map[string]string{"lad": "ladder"}},
		{op: "create-ladder", method: "POST", path: "/v1/ladders", body: exampleLadder, status: 409},
		{op: "create-ladder", method: "POST", path: "/v1/ladders", body: strings.Replace(exampleLadder, `"soft"`, `"slow"`, 1), status: 422, wrong: true},
		{op: "create-ladder", method: "POST", path: "/v1/ladders", body: `{"code":"by","spec":{"name":"By points","metric":"points","window":"lifetime","drop":"hard","ranks":[{"code":"a","name":"A","threshold":0}]}}`, status: 422},
		{op: "publish-ladder", method: "POST", path: "/v1/ladders/$lad/publish", status: 200},
		{op: "publish-ladder", method: "POST", path: "/v1/ladders/$lad/publish", status: 409},
		{op: "draft-ladder", method: "PUT", path: "/v1/ladders/$lad/draft", body: `{"spec":{"name":"Club","metric":"spend","window":"lifetime","drop":"hard","ranks":[{"code":"a","name":"A","threshold":0}]}}`, status: 200},
		{op: "draft-ladder", method: "PUT", path: "/v1/ladders/$lad/draft", body: `{"spec":{"name":"Club","metric":"visits","window":"lifetime","drop":"hard","ranks":[{"code":"a","name":"A","threshold":0}]}}`, status: 409},
		{op: "get-ladder", method: "GET", path: "/v1/ladders/$lad", status: 200},
		{op: "get-ladder", method: "GET", path: "/v1/ladders/lad_01h9x3k7q2v5n", status: 404},
		{op: "discard-ladder-draft", method: "DELETE", path: "/v1/ladders/$lad/draft", status: 200},
		{op: "discard-ladder-draft", method: "DELETE", path: "/v1/ladders/$lad/draft", status: 409},
		{op: "assign-rank", method: "POST", path: "/v1/members/$nina/ranks", body: `{"ladder":"status","rank":"gold","until":"2026-12-31T23:00:00Z","note":"a friend of the house"}`, status: 200},
		{op: "assign-rank", method: "POST", path: "/v1/members/$nina/ranks", body: `{"ladder":"status","rank":"platinum"}`, status: 422},
		{op: "get-ranks", method: "GET", path: "/v1/members/$nina/ranks", status: 200},
		{op: "create-rule", method: "POST", path: "/v1/rules", body: `{"name":"Double at the high street","trigger":"purchase","spec":` + spec + `}`, status: 201, learn: map[string]string{"rule": "rule"}},
		{op: "create-rule", method: "POST", path: "/v1/rules", body: `{"name":"Wrong","trigger":"purchase","spec":{"wallet":"$wallet","effects":[{"kind":"magic"}]}}`, status: 422, wrong: true},
		{op: "draft-rule", method: "PUT", path: "/v1/rules/$rule/draft", body: `{"spec":` + strings.Replace(spec, "2000", "1000", 1) + `}`, status: 200},
		{op: "rename-rule", method: "PATCH", path: "/v1/rules/$rule", body: `{"name":"Double at the High Street"}`, status: 200},
		{op: "publish-rule", method: "POST", path: "/v1/rules/$rule/publish", status: 200},
		{op: "publish-rule", method: "POST", path: "/v1/rules/$rule/publish", body: `{}`, status: 409},
		{op: "get-rule", method: "GET", path: "/v1/rules/$rule", status: 200},
		{op: "list-rules", method: "GET", path: "/v1/rules", status: 200},
		{op: "draft-rule", method: "PUT", path: "/v1/rules/$rule/draft", body: `{"spec":` + spec + `}`, status: 200},
		{op: "start-simulation", method: "POST", path: "/v1/simulations", body: `{"drafts":[{"rules":[{"rule":"$rule"}]}]}`, status: 201, learn: map[string]string{"simulation": "simulation"}},
		{op: "get-simulation", method: "GET", path: "/v1/simulations/$simulation", status: 200},
		{op: "start-simulation", method: "POST", path: "/v1/simulations", body: `{"drafts":[{"rules":[{"name":"A thank-you","spec":{"wallet":"$wallet","effects":[{"kind":"magic"}]}}]}]}`, status: 422, wrong: true},
		{op: "start-simulation", method: "POST", path: "/v1/simulations", body: `{"drafts":[{"ladders":[{"ladder":"$ladder"}]}]}`, status: 409},
		{op: "get-simulation", method: "GET", path: "/v1/simulations/sim_01h9x3k7q2v5n", status: 404},
		{op: "discard-draft", method: "DELETE", path: "/v1/rules/$rule/draft", status: 200},
		{op: "retire-rule", method: "POST", path: "/v1/rules/$rule/retire", status: 200},
	}
}

func upkeep() []step {
	return []step{
		{op: "create-key", method: "POST", path: "/v1/api-keys", body: `{"name":"till 4","scopes":["events:write","members:read"],"expires":"2027-01-01T00:00:00Z"}`, status: 201,
			learn: map[string]string{"made": "id"}, also: []auth.Scope{"events:write", "members:read"}},
		{op: "create-key", method: "POST", path: "/v1/api-keys", body: `{"name":"till 5","scopes":["everything"]}`, status: 422},
		{op: "list-staff", method: "GET", path: "/v1/staff", status: 200, learn: map[string]string{"somebody": "items.0.staff"}},
		{op: "list-keys", method: "GET", path: "/v1/api-keys", status: 200},
		{op: "revoke-key", method: "DELETE", path: "/v1/api-keys/$made", status: 200},
		{op: "list-audit", method: "GET", path: "/v1/audit?action=key.create&from=2025-01-01T00:00:00Z", status: 200},
		{op: "metrics", method: "GET", path: "/metrics", status: 200},
	}
}
