package api

// discounts is the part of the story about how much goes at a discount.
func discounts() []step {
	return []step{
		{op: "get-discounts", method: "GET", path: "/v1/discounts", status: 200},
		{op: "get-discount-settings", method: "GET", path: "/v1/discount-settings", status: 200},
		{op: "set-discount-settings", method: "PUT", path: "/v1/discount-settings", body: exampleDiscountSettings, status: 200},
		{op: "set-discount-settings", method: "PUT", path: "/v1/discount-settings", body: exampleDiscountSettings, status: 409},
		{op: "set-discount-settings", method: "PUT", path: "/v1/discount-settings", body: `{"version":1,"settings":{"limit":101,"days":6,"least":100,"weeks":8}}`, status: 422, wrong: true},
	}
}
