package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"regulars/internal/web"
)

// TestOnlyOurProxiesSayWhereARequestComesFrom tries headers that proxies write, and
// those that somebody writes who would be taken for another.
func TestOnlyOurProxiesSayWhereARequestComesFrom(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/64")}
	for name, c := range map[string]struct {
		from    string
		headers []string
		want    string
	}{
		"a proxy":                     {"10.0.0.1:999", []string{"192.0.2.7"}, "192.0.2.7:0"},
		"a proxy that maps":           {"[::ffff:10.0.0.1]:999", []string{"::ffff:192.0.2.7"}, "192.0.2.7:0"},
		"a proxy of the sixth":        {"[2001:db8::1]:999", []string{"2001:db8:1::7"}, "[2001:db8:1::7]:0"},
		"a stranger":                  {"192.0.2.9:999", []string{"192.0.2.7"}, "192.0.2.9:999"},
		"forged before the proxy's":   {"10.0.0.1:999", []string{"198.51.100.1, 192.0.2.7"}, "192.0.2.7:0"},
		"forged in a list of its own": {"10.0.0.1:999", []string{"198.51.100.1", "192.0.2.7"}, "192.0.2.7:0"},
		"two proxies":                 {"10.0.0.1:999", []string{"192.0.2.7, 10.0.0.2"}, "192.0.2.7:0"},
		"with a port":                 {"10.0.0.1:999", []string{"192.0.2.7:4711"}, "192.0.2.7:0"},
		"nonsense before it":          {"10.0.0.1:999", []string{"unknown, 192.0.2.7"}, "192.0.2.7:0"},
		"nonsense":                    {"10.0.0.1:999", []string{"192.0.2.7, unknown"}, "10.0.0.1:999"},
		"nothing":                     {"10.0.0.1:999", nil, "10.0.0.1:999"},
		"proxies alone":               {"10.0.0.1:999", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.1:999"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.from
		r.Header["X-Forwarded-For"] = c.headers
		got := ""
		web.Behind(proxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s is from %s, want %s", name, got, c.want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Forwarded-For", "192.0.2.7")
	was, got := r.RemoteAddr, ""
	web.Behind(nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(httptest.NewRecorder(), r)
	if got != was {
		t.Errorf("without proxies it is from %s, want %s", got, was)
	}
}
