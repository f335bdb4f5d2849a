package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHostileAddresses: whatever stands in the path of any operation, on no
// database does it fail.
func TestHostileAddresses(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		var doc struct {
			Paths map[string]map[string]json.RawMessage `json:"paths"`
		}
		must(t, json.Unmarshal([]byte(h.call("GET", "/openapi.json", "").ok(200).text), &doc))
		variable := regexp.MustCompile(`\{[^}]+\}`)
		tried := 0
		for path, methods := range doc.Paths {
			if !strings.Contains(path, "{") {
				continue
			}
			for _, word := range []string{"\x00", "nul\x00" + strings.Repeat("7", 16), "\xff\xfe" + strings.Repeat("7", 7), `';--"><script>`, "🙃\u202e", strings.Repeat("a", 2000), "-1", "9999999999999999999999"} {
				at := variable.ReplaceAllLiteralString(path, url.PathEscape(word))
				for method := range methods {
					method = strings.ToUpper(method)
					if !slices.Contains([]string{http.MethodGet, http.MethodDelete, http.MethodPost, http.MethodPut, http.MethodPatch}, method) {
						continue
					}
					tried++
					if got := h.call(method, at, ""); got.status >= 500 {
						t.Errorf("%s %.80q is answered %d: %.200s", method, at, got.status, got.text)
					}
				}
			}
		}
		if tried < 500 {
			t.Errorf("only %d addresses were tried", tried)
		}
	})
}
