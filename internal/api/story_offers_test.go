package api

import (
	"strings"

	"regulars/internal/auth"
)

// promotions is an offer from its draft to the last of its sales coming back.
func promotions() []step {
	var all []step
	for _, part := range [][]step{offering(), coding(), selling(), codeFiles(), callingOff()} {
		all = append(all, part...)
	}
	return all
}

func offering() []step {
	const spec = `{"audience":"regulars","lines":{"skus":["tea","cup"]},"brands":["Leaf"],"condition":{"field":"shop","op":"eq","value":"high-street"},"minimum":1000,
		"benefit":{"kind":"percent","percent":"20","most":5000},"with_code":true,"priority":5,"group":"spring","together":3,"at_cost":true,"most_off":"60",
		"per_member":[{"period":"year","times":3}],"budget":{"uses":100,"amount":100000},"restore_code":true}`
	return []step{
		{op: "create-offer", method: "POST", path: "/v1/offers", body: `{"name":"Spring","spec":` + spec + `}`, status: 201, learn: map[string]string{"promo": "offer"}},
		{op: "create-offer", method: "POST", path: "/v1/offers", body: `{"name":"Spring","spec":{"benefit":{"kind":"percent","percent":"5"}}}`, status: 409},
		{op: "create-offer", method: "POST", path: "/v1/offers", body: `{"name":"Wrong","spec":{"benefit":{"kind":"magic"}}}`, status: 422, wrong: true},
		{op: "draft-offer", method: "PUT", path: "/v1/offers/$promo/draft", body: `{"spec":{"lines":{"categories":["drinks"]},"minimum":1000,"benefit":{"kind":"percent","percent":"20"},"with_code":true,"restore_code":true}}`, status: 200},
		{op: "rename-offer", method: "PATCH", path: "/v1/offers/$promo", body: `{"name":"Spring drinks"}`, status: 200},
		{op: "publish-offer", method: "POST", path: "/v1/offers/$promo/publish", body: `{"ends":"2026-04-01T00:00:00Z"}`, status: 200},
		{op: "publish-offer", method: "POST", path: "/v1/offers/$promo/publish", status: 409},
		{op: "get-offer", method: "GET", path: "/v1/offers/off_01h9x3k7q2v5n", status: 404},
		{op: "create-offer", method: "POST", path: "/v1/offers", status: 201, learn: map[string]string{"doubling": "offer"},
			body: `{"name":"Double bags","spec":{"lines":{"skus":["bag"]},"benefit":{"kind":"points_multiplier","rate":"2"},"per_shop":[{"shop":"high-street","period":"day","uses":50},{"period":"month","amount":90000}]}}`},
		{op: "create-offer", method: "POST", path: "/v1/offers", status: 422, body: `{"name":"Halving","spec":{"benefit":{"kind":"points_multiplier","rate":"0.5"}}}`},
		{op: "publish-offer", method: "POST", path: "/v1/offers/$doubling/publish", status: 200},
	}
}

func coding() []step {
	return []step{
		{op: "create-code-batch", method: "POST", path: "/v1/code-batches", body: `{"offer":"$promo","name":"In the window","kind":"shared","code":"Spring 26","max_uses":100}`, status: 201,
			learn: map[string]string{"shared": "batch"}},
		{op: "create-code-batch", method: "POST", path: "/v1/code-batches", body: `{"offer":"$promo","name":"Again","kind":"shared","code":"SPRING-26"}`, status: 409},
		{op: "create-code-batch", method: "POST", path: "/v1/code-batches", body: `{"offer":"$promo","name":"Leaflet","kind":"printed"}`, status: 422, wrong: true},
		{op: "create-code-batch", method: "POST", path: "/v1/code-batches", body: `{"offer":"$promo","name":"Leaflet","kind":"unique","prefix":"LEAF-","length":8,"count":50,"expires":"2026-03-01T00:00:00Z"}`,
			status: 201, learn: map[string]string{"unique": "batch"}},
		{op: "create-code-batch", method: "POST", path: "/v1/code-batches", body: `{"offer":"$promo","name":"For one","kind":"personal","length":8,"valid_days":3}`,
			status: 201, learn: map[string]string{"personal": "batch"}},
		{op: "list-code-batches", method: "GET", path: "/v1/code-batches?offer=$promo&limit=1", status: 200, learn: map[string]string{"batchesnext": "next"}},
		{op: "list-code-batches", method: "GET", path: "/v1/code-batches?cursor=$batchesnext", status: 200},
		{op: "get-code-batch", method: "GET", path: "/v1/code-batches/$unique", status: 200},
		{op: "get-code-batch", method: "GET", path: "/v1/code-batches/bat_01h9x3k7q2v5n", status: 404},
		{op: "issue-code", method: "POST", path: "/v1/code-batches/$personal/codes", body: `{"member":"$nina","occasion":"spring"}`, status: 200, learn: map[string]string{"hers": "code"}},
		{op: "issue-code", method: "POST", path: "/v1/code-batches/$personal/codes", body: `{"member":"mem_01h9x3k7q2v5n"}`, status: 404},
		{op: "mark-code-delivered", method: "POST", path: "/v1/codes/$hers/delivered", body: `{"channel":"email"}`, status: 200},
		{op: "mark-code-seen", method: "POST", path: "/v1/codes/$hers/seen", status: 200},
		{op: "mark-code-seen", method: "POST", path: "/v1/codes/nothing/seen", status: 404},
		{op: "list-codes-due", method: "GET", path: "/v1/code-reminders?days=5", status: 200, learn: map[string]string{"hers": "items.0.code"}},
		{op: "mark-code-reminded", method: "POST", path: "/v1/codes/$hers/reminded", body: `{"channel":"email"}`, status: 200},
		{op: "mark-code-reminded", method: "POST", path: "/v1/codes/$hers/reminded", body: `{}`, status: 409},
		{op: "list-member-codes", method: "GET", path: "/v1/members/$nina/codes", status: 200},
		{op: "get-code", method: "GET", path: "/v1/codes/$hers", status: 200},
		{op: "get-code", method: "GET", path: "/v1/codes/nothing", status: 404},
	}
}

func selling() []step {
	basket := func(number, checkout string) string {
		return `{"source":"till","external_id":"` + number + `","kind":"purchase","member":"$nina","shop":"high-street",
			"lines":[{"sku":"tea","category":"drinks","quantity":2,"amount":2000},{"sku":"bag","quantity":1,"amount":500},{"sku":"POST","quantity":1,"amount":300,"fee":true}],
			"checkout":` + checkout + `}`
	}
	const asked = `{"codes":["spring 26","nothing"],"points":[{"wallet":"points","points":50}]}`
	return []step{
		{op: "take-event", method: "POST", path: "/v1/events", status: 200, also: []auth.Scope{"points:adjust"},
			body: `{"source":"till","external_id":"c0","kind":"adjustment","member":"$nina","adjustment":{"wallet":"points","points":100,"reason":"welcome back"}}`},
		{op: "quote", method: "POST", path: "/v1/quotes", body: basket("c1", asked), status: 200, learn: map[string]string{"due": "sale.due"}},
		{op: "quote", method: "POST", path: "/v1/quotes", body: strings.Replace(basket("c9", asked), "{", `{"hold":{"minutes":5},`, 1), status: 200, learn: map[string]string{"quote": "hold.quote"}},
		{op: "release-quote", method: "DELETE", path: "/v1/quotes/$quote", status: 200},
		{op: "release-quote", method: "DELETE", path: "/v1/quotes/$quote", status: 200},
		{op: "quote", method: "POST", path: "/v1/quotes", body: `{"source":"till","external_id":"c2","kind":"visit","member":"$nina"}`, status: 422},
		{op: "take-event", method: "POST", path: "/v1/events", body: basket("c1", strings.Replace(asked, "{", `{"due":1,`, 1)), status: 409},
		{op: "take-event", method: "POST", path: "/v1/events", body: basket("c1", strings.Replace(asked, "{", `{"due":$due,`, 1)), status: 200, learn: map[string]string{"sold": "event"}},
		{op: "take-event", method: "POST", path: "/v1/events", body: basket("c1", strings.Replace(asked, "{", `{"due":$due,`, 1)), status: 200},
		{op: "quote", method: "POST", path: "/v1/quotes", body: basket("c8", `{}`), status: 200, learn: map[string]string{"doubled": "sale.applied.0.points"}},
		{op: "get-event", method: "GET", path: "/v1/events/$sold?member=$nina", status: 200},
		{op: "take-event", method: "POST", path: "/v1/events", status: 200,
			body: `{"source":"till","external_id":"c1-r","kind":"return","return":{"sale_reference":"c1","lines":[{"sku":"tea","quantity":1}]}}`, learn: map[string]string{"refunded": "refund.money"}},
		{op: "take-event", method: "POST", path: "/v1/events", body: basket("c3", `{"codes":["$hers"],"gift_cards":[{"number":"7K2M-9QXT-4H8B-3WDC"}]}`), status: 404},
		{op: "take-event", method: "POST", path: "/v1/events", body: basket("c3", `{"codes":["$hers"]}`), status: 200},
		{op: "take-event", method: "POST", path: "/v1/events", status: 200,
			body: `{"source":"till","external_id":"c3-c","kind":"return","return":{"sale_reference":"c3","cancel":true}}`, learn: map[string]string{"freed": "refund.codes.0"}},
		{op: "get-code", method: "GET", path: "/v1/codes/$freed", status: 200},
		{op: "take-event", method: "POST", path: "/v1/events", body: basket("c4", `{"offline":true,"due":1,"codes":["nobody's"],"given":[{"code":"nobody's","amount":5}]}`), status: 200},
		{op: "list-till-conflicts", method: "GET", path: "/v1/till-conflicts?open=true&limit=1&member=$nina", status: 200, learn: map[string]string{"conflict": "items.0.conflict"}},
		{op: "get-till-conflict", method: "GET", path: "/v1/till-conflicts/$conflict", status: 200},
		{op: "settle-till-conflict", method: "POST", path: "/v1/till-conflicts/$conflict/settle", body: `{"note":"written off"}`, status: 200},
		{op: "settle-till-conflict", method: "POST", path: "/v1/till-conflicts/$conflict/settle", body: `{"note":"again"}`, status: 409},
		{op: "get-offer", method: "GET", path: "/v1/offers/$promo", status: 200, learn: map[string]string{"uses": "given.uses"}},
		{op: "list-offers", method: "GET", path: "/v1/offers", status: 200},
	}
}

func codeFiles() []step {
	csv := []string{"Content-Type", csvType}
	return []step{
		{op: "import-codes", method: "POST", path: "/v1/code-imports?offer=$promo&name=Printed&max_uses=1&expires=2026-12-31T00:00:00Z", body: "code\nGOLD-1234\nGOLD-5678\n", headers: csv, status: 201,
			learn: map[string]string{"printed": "batch.batch"}},
		{op: "import-codes", method: "POST", path: "/v1/code-imports?offer=$promo&name=Again", body: "GOLD-1234\nGOLD-9999\n", headers: csv, status: 409},
		{op: "import-codes", method: "POST", path: "/v1/code-imports?offer=$promo&name=Again&pass_over=true", body: "GOLD-1234\nGOLD-9999\n", headers: csv, status: 201},
		{op: "export-codes", method: "GET", path: "/v1/code-batches/$printed/codes.csv", status: 200},
		{op: "export-codes", method: "GET", path: "/v1/code-batches/bat_01h9x3k7q2v5n/codes.csv", status: 404},
	}
}

func callingOff() []step {
	return []step{
		{op: "cancel-code", method: "POST", path: "/v1/codes/gold%201234/cancel", body: `{"reason":"torn"}`, status: 200},
		{op: "cancel-code", method: "POST", path: "/v1/codes/nothing/cancel", body: `{"reason":"torn"}`, status: 404},
		{op: "cancel-code-batch", method: "POST", path: "/v1/code-batches/$unique/cancel", body: `{"reason":"the leaflets were lost"}`, status: 200},
		{op: "draft-offer", method: "PUT", path: "/v1/offers/$promo/draft", body: `{"spec":{"benefit":{"kind":"amount","amount":300}}}`, status: 200},
		{op: "discard-offer-draft", method: "DELETE", path: "/v1/offers/$promo/draft", status: 200},
		{op: "withdraw-offer", method: "POST", path: "/v1/offers/$promo/withdraw", status: 200},
		{op: "withdraw-offer", method: "POST", path: "/v1/offers/$promo/withdraw", status: 409},
	}
}
