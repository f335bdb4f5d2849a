package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// newPage is the page of a request by nobody in particular.
func newPage(t *testing.T, lang i18n.Lang) *Page {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return &Page{Printer: c.Printer(lang, nil, "GBP"), Theme: ThemeAuto, Brand: Brand{Name: "Shop", Home: "/", Hue: 200}}
}

func newAdapter(t *testing.T) (*Adapter, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	pg := newPage(t, i18n.English)
	return &Adapter{
		Log:  slog.New(slog.NewTextHandler(&log, nil)),
		Page: func(http.ResponseWriter, *http.Request) *Page { return pg },
	}, &log
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func html(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFailuresBecomePages(t *testing.T) {
	for _, tc := range []struct {
		name   string
		err    error
		status int
		says   string
		logged bool
	}{
		{"invalid", fault.Invalid("malformed_number", "x").With("value", "1x"), 422, "“1x” is not a number", false},
		{"missing", fault.Missing("page_missing", "x"), 404, "There is no page at this address", false},
		{"conflict", fault.Conflict("some_conflict", "It was changed by <Ann>."), 409, "It was changed by &lt;Ann&gt;.", false},
		{"refused", fault.Refused("some_refusal", "Ask the owner."), 403, "Ask the owner.", false},
		{"busy", fault.Busy("some_load", "Come back."), 503, "Come back.", false},
		{"often", fault.Busy("some_throttle", "Not so often.").With("seconds", int64(7)), 429, "Not so often.", false},
		{"too large", &http.MaxBytesError{Limit: 2048}, 413, "larger than 2,048 bytes", false},
		{"internal", errors.New("the secret"), 500, "Something went wrong on our side", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, log := newAdapter(t)
			w := serve(a.Handle(func(http.ResponseWriter, *http.Request) error { return tc.err }), httptest.NewRequest("GET", "/x", nil))
			body := w.Body.String()
			if w.Code != tc.status || !strings.Contains(body, tc.says) || !strings.Contains(body, "<!doctype html>") {
				t.Errorf("got %d %s, want %d with %q", w.Code, body, tc.status, tc.says)
			}
			if strings.Contains(body, "secret") || strings.Contains(log.String(), "secret") != tc.logged {
				t.Errorf("the detail belongs into the log alone: %s", log)
			}
			if map[int]string{503: "2", 429: "7"}[tc.status] != w.Header().Get("Retry-After") {
				t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
			}
		})
	}
}

func TestInternalFailureHasOneReference(t *testing.T) {
	a, log := newAdapter(t)
	w := serve(a.Handle(func(http.ResponseWriter, *http.Request) error { panic("dropped") }), httptest.NewRequest("GET", "/x", nil))
	_, rest, _ := strings.Cut(w.Body.String(), "pass on the reference ")
	reference, _, _ := strings.Cut(rest, ".")
	if len(reference) != 8 || !strings.Contains(log.String(), "reference="+reference) || !strings.Contains(log.String(), "panic: dropped") {
		t.Errorf("the reference %q is not in the log: %s", reference, log)
	}
}

func TestFailureOfAFragmentIsAToast(t *testing.T) {
	a, _ := newAdapter(t)
	r := httptest.NewRequest("POST", "/x", nil)
	r.Header.Set("HX-Request", "true")
	w := serve(a.Handle(func(http.ResponseWriter, *http.Request) error { return fault.Refused("some_refusal", "Ask the owner.") }), r)
	if got := w.Header().Get("HX-Retarget") + " " + w.Header().Get("HX-Reswap"); got != "#toasts beforeend" {
		t.Errorf("got %q", got)
	}
	if body := w.Body.String(); strings.Contains(body, "<html") || !strings.Contains(body, "toast-bad") {
		t.Errorf("got %s", body)
	}
}

func TestAnAnswerThatHasBegunIsLeftAlone(t *testing.T) {
	a, log := newAdapter(t)
	w := serve(a.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return errors.New("cut")
	}), httptest.NewRequest("GET", "/x", nil))
	if w.Code != 200 || w.Body.String() != "half" || !strings.Contains(log.String(), "cut") {
		t.Errorf("got %d %q, log %s", w.Code, w.Body, log)
	}
}

func TestNobodyWaits(t *testing.T) {
	a, log := newAdapter(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := serve(a.Handle(func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }), httptest.NewRequest("GET", "/x", nil).WithContext(ctx))
	if w.Body.Len() != 0 || log.Len() != 0 {
		t.Errorf("got %q, log %s", w.Body, log)
	}
}

func TestRenderIsWholeOrNothing(t *testing.T) {
	a, _ := newAdapter(t)
	broken := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "half a page")
		return errors.Join(err, errors.New("broken"))
	})
	w := serve(a.Handle(func(w http.ResponseWriter, r *http.Request) error { return Render(w, r, 200, broken) }), httptest.NewRequest("GET", "/x", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "half a page") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestRedirect(t *testing.T) {
	for _, tc := range []struct {
		htmx     bool
		to, want string
		status   int
	}{
		{false, "/members?q=1", "/members?q=1", 303},
		{true, "/members", "/members", 204},
		{false, "https://evil.example", "/", 303},
		{false, "//evil.example", "/", 303},
		{true, `/\evil.example`, "/", 204},
	} {
		r := httptest.NewRequest("POST", "/x", nil)
		header := "Location"
		if tc.htmx {
			r.Header.Set("HX-Request", "true")
			header = "HX-Redirect"
		}
		w := httptest.NewRecorder()
		if err := Redirect(w, r, tc.to); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get(header); got != tc.want || w.Code != tc.status {
			t.Errorf("%s: got %d %q, want %d %q", tc.to, w.Code, got, tc.status, tc.want)
		}
	}
}

// TestASlashAtTheEndLeadsToThePage of this site and of no other.
func TestASlashAtTheEndLeadsToThePage(t *testing.T) {
	for target, want := range map[string]string{
		"/c/bean/":           "/c/bean",
		"/c/bean///?lang=pl": "/c/bean?lang=pl",
		"//evil.example/":    "/evil.example",
		"/a%3Fb/":            "/a%3Fb",
		"/":                  "",
		"/c/bean":            "",
	} {
		a := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://shop.example"+target, nil)
		err := NotFound(a, r)
		if got := a.Header().Get("Location"); got != want || (err == nil) != (want != "") || want != "" && a.Code != http.StatusPermanentRedirect {
			t.Errorf("%s leads to %q with %d, %v; want %q", target, got, a.Code, err, want)
		}
	}
	if err := NotFound(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/c/bean/", nil)); err == nil {
		t.Error("what is sent goes elsewhere")
	}
}
