package api

// partnerships is a partner taken in, settled and let go.
func partnerships() []step {
	const at = "/v1/partners/$ptn"
	return []step{
		{op: "add-shop", method: "POST", path: "/v1/shops", body: `{"code":"bakery","name":"Bakery"}`, status: 201, learn: map[string]string{"bakery": "shop"}},
		{op: "create-partner", method: "POST", path: "/v1/partners", status: 201, learn: map[string]string{"ptn": "partner"},
			body: `{"name":"Bakery","contact":"1 Market Street","may_grant":true,"may_accept":true,"wallet":"points","terms":{"issue_price":"1.5","redeem_price":"4/5","issue_fee":"0.05"}}`},
		{op: "create-partner", method: "POST", path: "/v1/partners", body: `{"name":"Bakery","terms":{}}`, status: 409},
		{op: "create-partner", method: "POST", path: "/v1/partners", body: `{"name":"Other","terms":{"issue_price":"x"}}`, status: 422},
		{op: "create-partner", method: "POST", path: "/v1/partners", body: `{"name":"Other","terms":{"redeem_fee":"1.5"}}`, status: 422},
		{op: "list-partners", method: "GET", path: "/v1/partners", status: 200},
		{op: "get-partner", method: "GET", path: at, status: 200},
		{op: "change-partner", method: "PATCH", path: at, body: `{"contact":"2 Market Street","may_see":true}`, status: 200},
		{op: "change-partner", method: "PATCH", path: at, body: `{"name":""}`, status: 422},
		{op: "add-partner-terms", method: "POST", path: at + "/terms", body: `{"begins":"2027-01-01T00:00:00Z","issue_price":"2"}`, status: 201},
		{op: "add-partner-terms", method: "POST", path: at + "/terms", body: `{"begins":"2020-01-01T00:00:00Z","issue_price":"2"}`, status: 422},
		{op: "assign-partner-shop", method: "POST", path: at + "/shops", body: `{"shop":"bakery","begins":"2025-12-01T00:00:00Z"}`, status: 201},
		{op: "assign-partner-shop", method: "POST", path: at + "/shops", body: `{"shop":"nowhere"}`, status: 404},
		{op: "share-offer", method: "PUT", path: at + "/offers/$promo", body: `{"share":"0.3"}`, status: 200},
		{op: "share-offer", method: "PUT", path: at + "/offers/$promo", body: `{"share":"3"}`, status: 422},
		{op: "create-partner-key", method: "POST", path: at + "/keys", body: `{"name":"bakery till"}`, status: 201, learn: map[string]string{"ptnkey": "id"}},
		{op: "list-partner-keys", method: "GET", path: at + "/keys", status: 200},
		{op: "recognise-for-partner", method: "GET", path: at + "/recognise?phone=020%207946%200018", status: 200},
		{op: "list-partner-statements", method: "GET", path: at + "/statements", status: 200},
		{op: "get-partner-statement", method: "GET", path: at + "/statements/2026-01", status: 200},
		{op: "get-partner-statement", method: "GET", path: at + "/statements/2026-13", status: 422},
		{op: "close-partner-statement", method: "POST", path: at + "/statements/2025-12/close", status: 200},
		{op: "close-partner-statement", method: "POST", path: at + "/statements/2035-12/close", status: 403},
		{op: "get-partner-statement-csv", method: "GET", path: at + "/statements/2025-12/statement.csv", status: 200},
		{op: "get-partner-statement-pdf", method: "GET", path: at + "/statements/2025-12/statement.pdf", status: 200},
		{op: "get-partner-results", method: "GET", path: at + "/results?from=2025-12-01T00:00:00Z&to=2026-02-01T00:00:00Z", status: 200},
		{op: "get-partner-results", method: "GET", path: at + "/results?from=2026-12-01T00:00:00Z&to=2026-02-01T00:00:00Z", status: 422},
		{op: "release-partner-shop", method: "DELETE", path: at + "/shops/$bakery", status: 200},
		{op: "end-partner", method: "POST", path: at + "/end", status: 200},
	}
}
