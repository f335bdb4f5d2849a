package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestAddressesAreText: what databases refuse comes to no page.
func TestAddressesAreText(t *testing.T) {
	a, _ := newAdapter(t)
	h := a.Protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for path, want := range map[string]int{
		"/x": 204, "/%D0%B6?q=%F0%9F%99%83": 204, "/x?q=%": 204, "/%00": 404, "/a%FFb": 404, "/x?q=%00": 404, "/x?q=%C3%28": 404, "/x?%00=1": 404,
	} {
		if got := serve(h, httptest.NewRequest("GET", path, nil)); got.Code != want || strings.Contains(got.Body.String(), "\x00") {
			t.Errorf("%s: %d, want %d", path, got.Code, want)
		}
	}
}

func TestFormsAreText(t *testing.T) {
	const line, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	part := func(value string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + value + "\r\n--x--\r\n"
	}
	for _, c := range []struct {
		kind, body string
		files      bool
		code       string
	}{
		{line, "a=b&c=%D0%B6", false, ""}, {line, "a=%00", false, "malformed_text"}, {line, "a=%FF", true, "malformed_text"}, {line, "%00=a", false, "malformed_text"},
		{parts, part("b"), false, ""}, {parts, part("\x00"), false, "malformed_text"}, {parts, part("\xff"), false, "malformed_text"},
		{parts, part("\x00"), true, ""}, // its page reads it
		{"application/json", `"\u0000"`, false, ""},
	} {
		r := httptest.NewRequest("POST", "/x", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		code := ""
		if f := fault.As(PlainForm(r, c.files, 100)); f != nil {
			code = f.Code
		}
		if code != c.code {
			t.Errorf("%s %q: %q, want %q", c.kind, c.body, code, c.code)
		}
	}
	r := httptest.NewRequest("POST", "/x", strings.NewReader("a="+strings.Repeat("b", 100)))
	r.Header.Set("Content-Type", line)
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 50)
	if err := PlainForm(r, false, 100); visible(err) == nil || visible(err).Code != "request_too_large" {
		t.Errorf("too large: %v", err)
	}
}
