package api

import (
	"strings"

	"regulars/internal/auth"
)

// gestures is the part of the story about what staff may do for a member once.
func gestures() []step {
	tip := `{"kind":"tip","names":{"en":"The cheaper one"},"does":{"en":"Say that it is enough."}}`
	everybody := strings.Replace(exampleGesture, `, "calm_days": 14, "withhold": 2000`, "", 1)
	calm := strings.Replace(exampleGesture, `, "withhold": 2000`, "", 1)
	return []step{
		{op: "add-gesture", method: "POST", path: "/v1/gestures", body: everybody, status: 201, learn: map[string]string{"gst": "gesture"}},
		{op: "add-gesture", method: "POST", path: "/v1/gestures", body: calm, status: 201, learn: map[string]string{"calm": "gesture"}},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$calm/givings", body: `{"member":"$nina"}`, status: 409},
		{op: "add-gesture", method: "POST", path: "/v1/gestures", body: tip, status: 201, learn: map[string]string{"tip": "gesture"}},
		{op: "add-gesture", method: "POST", path: "/v1/gestures", body: strings.Replace(tip, `"kind"`, `"cost":5,"kind"`, 1), status: 422},
		{op: "add-gesture", method: "POST", path: "/v1/gestures", body: `{"names":{"en":"X"}}`, status: 422, wrong: true},
		{op: "list-gestures", method: "GET", path: "/v1/gestures", status: 200},
		{op: "get-gesture", method: "GET", path: "/v1/gestures/$gst", status: 200},
		{op: "get-gesture", method: "GET", path: "/v1/gestures/gst_01h9x3k7q2v5n", status: 404},
		{op: "list-member-gestures", method: "GET", path: "/v1/members/$nina/gestures?shop=$shop", status: 200},
		{op: "list-member-gestures", method: "GET", path: "/v1/members/mem_01h9x3k7q2v5n/gestures", status: 404},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$gst/givings", body: `{"member":"$nina","shop":"$shop","name":"one"}`, status: 201, learn: map[string]string{"gvn": "giving"}},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$gst/givings", body: `{"member":"$nina","shop":"$shop","name":"one"}`, status: 201},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$gst/givings", body: `{"member":"$nina","shop":"$shop"}`, status: 409},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$gst/givings", body: `{"member":"mem_01h9x3k7q2v5n"}`, status: 404},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$tip/givings", body: `{"member":"$nina","asked":"tea","advised":"cup","saved":300}`, status: 201},
		{op: "give-gesture", method: "POST", path: "/v1/gestures/$tip/givings", body: `{"member":"$nina","advised":"nothing"}`, status: 422},
		{op: "list-givings", method: "GET", path: "/v1/gesture-givings?member=$nina&gesture=$gst&limit=5", status: 200},
		{op: "get-giving", method: "GET", path: "/v1/gesture-givings/$gvn", status: 200},
		{op: "take-back-giving", method: "POST", path: "/v1/gesture-givings/$gvn/take-back", body: `{"reason":"the next customer"}`, status: 200, also: []auth.Scope{"gestures:write"}},
		{op: "take-back-giving", method: "POST", path: "/v1/gesture-givings/$gvn/take-back", body: `{"reason":"again"}`, status: 409},
		{op: "change-gesture", method: "PUT", path: "/v1/gestures/$gst", body: `{"version":1,"gesture":` + exampleGesture + `}`, status: 200},
		{op: "change-gesture", method: "PUT", path: "/v1/gestures/$gst", body: `{"version":1,"gesture":` + exampleGesture + `}`, status: 409},
		{op: "retire-gesture", method: "POST", path: "/v1/gestures/$gst/retire", status: 200},
		{op: "retire-gesture", method: "POST", path: "/v1/gestures/$gst/retire", status: 409},
		{op: "get-gesture-results", method: "GET", path: "/v1/gestures/$gst/results", status: 200},
		{op: "get-gesture-results", method: "GET", path: "/v1/gestures/gst_01h9x3k7q2v5n/results", status: 404},
	}
}
