package bench

import (
	"fmt"
	"net/url"
	"strings"
)

// post makes the bytes of a request with a body.
func post(path, key, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, key, len(body), body)
}

// purchase is the n-th purchase of a source as the API takes it, of the same
// content as Purchase.
func purchase(source string, n, customer int) string {
	return fmt.Sprintf(`{"source":%q,"external_id":"%d","kind":"purchase","channel":"till","currency":"GBP","identities":[{"kind":"phone","value":%q}],`+
		`"lines":[{"sku":"85123A","name":"White hanging heart T-light holder","category":"candles","quantity":6,"amount":%d},`+
		`{"sku":"22423","name":"Regency cakestand","category":"kitchen","quantity":1,"amount":1295}]}`,
		source, n, phone(customer), 1000+n%40*100)
}

func onePurchase(key, source string, n, customer int) []byte {
	return post("/v1/events", key, purchase(source, n, customer))
}

// bulkPurchase carries so many purchases from the n-th on, by members drawn
// one by one.
func bulkPurchase(key, source string, n, size int, member func() int) []byte {
	events := make([]string, size)
	for i := range events {
		events[i] = purchase(source, n+i, member())
	}
	return post("/v1/events/bulk", key, `{"events":[`+strings.Join(events, ",")+`]}`)
}

// lookUp asks for a member by phone, as a till does.
func lookUp(key string, customer int) []byte {
	return fmt.Appendf(nil, "GET /v1/members/lookup?phone=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n",
		url.QueryEscape(phone(customer)), key)
}
