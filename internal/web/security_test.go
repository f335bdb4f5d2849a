package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestProtect(t *testing.T) {
	a, _ := newAdapter(t)
	h := a.Protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, tc := range []struct {
		name, method, site, origin string
		status                     int
	}{
		{"reading", "GET", "cross-site", "https://evil.example", 204},
		{"own form", "POST", "same-origin", "", 204},
		{"typed address", "POST", "none", "", 204},
		{"other site", "POST", "cross-site", "", 403},
		{"sister site", "POST", "same-site", "", 403},
		{"old browser, other origin", "POST", "", "https://evil.example", 403},
		{"not a browser", "POST", "", "", 204},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "/x", nil)
			r.Header.Set("Sec-Fetch-Site", tc.site)
			r.Header.Set("Origin", tc.origin)
			w := serve(h, r)
			if w.Code != tc.status {
				t.Errorf("got %d, want %d", w.Code, tc.status)
			}
			if tc.status == 403 && !strings.Contains(w.Body.String(), "sent from another site") {
				t.Errorf("the page does not say why: %s", w.Body)
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff",
				"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			} {
				if got := w.Header().Get(name); !strings.HasPrefix(got, want) {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestPolicyAllowsNothingInline(t *testing.T) {
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "data:") || strings.Contains(policy, "*") {
		t.Errorf("the policy is too wide: %s", policy)
	}
}

func TestStrictTransportOverTLS(t *testing.T) {
	a, _ := newAdapter(t)
	h := a.Protect(http.NotFoundHandler())
	r := httptest.NewRequest("GET", "/x", nil)
	if got := serve(h, r).Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("over plain HTTP: got %q", got)
	}
	r.Header.Set("X-Forwarded-Proto", "https")
	if got := serve(h, r).Header().Get("Strict-Transport-Security"); got == "" {
		t.Error("behind TLS: not set")
	}
}
