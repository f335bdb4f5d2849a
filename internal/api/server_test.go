package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

// again makes the handler anew with other limits.
func (h *house) again(l Limits) {
	h.config.Limits = l
	h.handler = New(h.config)
}

func TestKeysAreHeldBackEachByItself(t *testing.T) {
	h := newHouse(t)
	h.again(Limits{Rate: 2, Burst: 3})
	for left := 2; left >= 0; left-- {
		g := h.call("GET", "/v1/shops", "").ok(200)
		if g.header.Get("RateLimit-Limit") != "3" || g.header.Get("RateLimit-Remaining") != strconv.Itoa(left) {
			t.Errorf("got %v", g.header)
		}
	}
	g := h.call("GET", "/v1/shops", "").ok(429)
	if p := g.problem(); p.Code != "rate_limited" || g.header.Get("Retry-After") != "1" || g.header.Get("RateLimit-Reset") != "2" {
		t.Errorf("got %+v with %v", p, g.header)
	}
	first := h.key
	h.key = h.newKey(h.programme.ID, "programmes:read")
	h.call("GET", "/v1/shops", "").ok(200)
	h.key = first
	h.clock.advance(500 * time.Millisecond)
	h.call("GET", "/v1/shops", "").ok(200)
	h.call("GET", "/v1/shops", "").ok(429)
}

func TestGuessingKeysIsHeldBack(t *testing.T) {
	h := newHouse(t)
	h.call("GET", "/v1/shops", "").ok(200)
	guess := func(n, status int) got {
		return h.call("GET", "/v1/shops", "", "Authorization", fmt.Sprintf("Bearer rg_%08d_%052d", n, n)).ok(status)
	}
	for n := range 20 {
		guess(n, 401)
	}
	before := h.d.Statements()
	g := guess(20, 429)
	if p := g.problem(); p.Code != "too_many_keys" || g.header.Get("Retry-After") != "3" || h.d.Statements() != before {
		t.Errorf("got %+v with %v after %d queries", p, g.header, h.d.Statements()-before)
	}
	h.call("GET", "/v1/shops", "").ok(200) // who works already goes on
	h.clock.advance(3 * time.Second)
	guess(21, 401)
	guess(22, 429)
}

func TestBodiesAreBounded(t *testing.T) {
	h := newHouse(t)
	h.again(Limits{Rate: -1, Body: 1000, BulkBody: 5000})
	fits := purchase("1", "020 7946 0018", 1)
	fits += strings.Repeat(" ", 1000-len(fits))
	h.call("POST", "/v1/events", fits).ok(200)
	if p := h.call("POST", "/v1/events", fits+" ").ok(413).problem(); p.Code != "body_too_large" || !strings.Contains(p.Detail, "1,000") {
		t.Errorf("got %+v", p)
	}
	streamed := h.request("POST", "/v1/events", fits+" ")
	streamed.ContentLength = -1
	h.send(streamed).ok(413)
	h.call("POST", "/v1/events/bulk", `{"events":[`+fits+`,`+fits+`]}`).ok(200)
	h.call("POST", "/v1/events/bulk", strings.Repeat(" ", 5001)).ok(413)
}

// cutOff is a body of which only the beginning comes.
type cutOff struct{ err error }

func (c cutOff) Read([]byte) (int, error) { return 0, c.err }
func (cutOff) Close() error               { return nil }

type slow struct{ error }

func (slow) Timeout() bool   { return true }
func (slow) Temporary() bool { return true }

func TestBodiesThatDoNotCome(t *testing.T) {
	h := newHouse(t)
	for code, c := range map[string]struct {
		err    error
		status int
	}{"body_cut_off": {io.ErrUnexpectedEOF, 422}, "body_slow": {slow{errors.New("too slow")}, 408}} {
		r := h.request("POST", "/v1/events", "{}")
		r.Body, r.ContentLength = cutOff{c.err}, -1
		if p := h.send(r).ok(c.status).problem(); p.Code != code {
			t.Errorf("got %s, want %s", p.Code, code)
		}
	}
}

// TestNobodySendsForEver begins a body on a real connection and stops.
func TestNobodySendsForEver(t *testing.T) {
	h := newHouse(t)
	h.again(Limits{Rate: -1, Timeout: 50 * time.Millisecond})
	server := httptest.NewServer(h.handler)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	must(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n\r\n{", h.key)
	must(t, err)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	must(t, err)
	if p := (got{t, r.StatusCode, r.Header, string(text)}).ok(408).problem(); p.Code != "body_slow" {
		t.Errorf("got %+v", p)
	}
}

// TestASlipOfOursShowsNothing lets an operation panic and another fail.
func TestASlipOfOursShowsNothing(t *testing.T) {
	h := newHouse(t)
	s := h.handler.(*server)
	boom := func(err error) func(context.Context, *call, *nothing) (shopList, error) {
		return func(context.Context, *call, *nothing) (shopList, error) {
			if err == nil {
				panic("secret of the house")
			}
			return shopList{}, err
		}
	}
	read(s, operation{id: "panics", method: "GET", path: "/v1/panics", tag: "x"}, boom(nil))
	read(s, operation{id: "fails", method: "GET", path: "/v1/fails", tag: "x"}, boom(errors.New("secret of the house")))
	read(s, operation{id: "busy", method: "GET", path: "/v1/busy", tag: "x"}, boom(fault.Busy("too_many_waiting", "too many")))
	read(s, operation{id: "late", method: "GET", path: "/v1/late", tag: "x"}, boom(context.DeadlineExceeded))
	for _, path := range []string{"/v1/panics", "/v1/fails"} {
		h.log.Reset()
		g := h.call("GET", path, "", "X-Request-Id", "r-1").ok(500)
		if p := g.problem(); p.Code != "internal" || p.Request != "r-1" || strings.Contains(g.text, "secret") {
			t.Errorf("%s: got %s", path, g.text)
		}
		if log := h.log.String(); !strings.Contains(log, "secret of the house") || !strings.Contains(log, "r-1") {
			t.Errorf("%s: the log says %q", path, log)
		}
	}
	for path, code := range map[string]string{"/v1/busy": "too_many_waiting", "/v1/late": "took_too_long"} {
		g := h.call("GET", path, "").ok(503)
		if p := g.problem(); p.Code != code || g.header.Get("Retry-After") != "1" {
			t.Errorf("%s: got %+v with %v", path, p, g.header)
		}
	}
}

func TestWordsAreInTheCallersLanguage(t *testing.T) {
	h := newHouse(t)
	answer := h.buy("1", "020 7946 0018", 2550)
	body := purchase("1", "020 7946 0018", 2550)
	for accept, want := range map[string]struct{ lang, reason, failure string }{
		"":                           {"en", "1 point for each £1.00", "The number must be between"},
		"fr":                         {"en", "1 point for each £1.00", "The number must be between"},
		"pl":                         {"pl", "1", "Liczba"},
		"ru-RU,ru;q=0.9,en;q=0.8":    {"ru", "1", "Число"},
		"en;q=0.1, pl;q=0.5, xx":     {"pl", "1", "Liczba"},
		"ru;q=0, en;q=0.001":         {"en", "point", "The number"},
		"pl;q=0.4,ru;q=nonsense, de": {"pl", "1", "Liczba"},
	} {
		g := h.call("POST", "/v1/events", body, "Accept-Language", accept).ok(200)
		reason := as[eventAnswer](g).Movements[0].Reason
		if g.header.Get("Content-Language") != want.lang || !strings.Contains(reason.Text, want.reason) || reason.Code != answer.Movements[0].Reason.Code {
			t.Errorf("%q: got %q and %+v", accept, g.header.Get("Content-Language"), reason)
		}
		if p := h.call("GET", "/v1/shops?limit=x", "", "Accept-Language", accept).ok(422).problem(); p.Code != "unknown_parameter" {
			t.Errorf("%q: got %+v", accept, p)
		}
		if p := h.call("GET", "/v1/members?limit=x", "", "Accept-Language", accept).ok(422).problem(); !strings.Contains(p.Detail, want.failure) {
			t.Errorf("%q: got %q, want %q", accept, p.Detail, want.failure)
		}
	}
	h.call("PATCH", "/v1/programme", `{"languages":["ru"]}`).ok(200)
	if g := h.call("POST", "/v1/events", body).ok(200); g.header.Get("Content-Language") != "ru" {
		t.Errorf("got %q, want the programme's language", g.header.Get("Content-Language"))
	}
}

func TestRequestsHaveNames(t *testing.T) {
	h := newHouse(t)
	if g := h.call("GET", "/v1/shops", "", "X-Request-Id", "order-17:a_b.c"); g.header.Get("X-Request-Id") != "order-17:a_b.c" {
		t.Errorf("got %q", g.header.Get("X-Request-Id"))
	}
	for _, given := range []string{"", strings.Repeat("x", 65), "a b", "a\nb"} {
		if g := h.call("GET", "/v1/shops", "", "X-Request-Id", given); len(g.header.Get("X-Request-Id")) < 20 || g.header.Get("X-Request-Id") == given {
			t.Errorf("%q: got %q", given, g.header.Get("X-Request-Id"))
		}
	}
}

func TestOperatorsSee(t *testing.T) {
	h := newHouse(t)
	h.buy("1", "020 7946 0018", 1000)
	h.buy("1", "020 7946 0018", 1000)
	h.call("POST", "/v1/events", purchase("1", "020 7946 0018", 1)).ok(409)
	h.call("GET", "/v1/nothing", "")
	figures := h.call("GET", "/metrics", "").ok(200).text
	for _, want := range []string{
		`regulars_http_requests_total{method="POST",route="/v1/events",status="200"} 2`, `regulars_http_requests_total{method="POST",route="/v1/events",status="409"} 1`,
		`regulars_http_requests_total{method="GET",route="none",status="404"} 1`, `regulars_events_total{kind="purchase",outcome="taken"} 1`,
		`regulars_events_total{kind="purchase",outcome="repeated"} 1`, `regulars_events_total{kind="purchase",outcome="refused"} 1`,
		`regulars_http_request_seconds_count{method="POST",route="/v1/events"} 3`, "regulars_database_statements_total ", "go_goroutines ", "regulars_http_requests_underway 1",
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("the figures lack %s", want)
		}
	}
	h.call("GET", "/healthz", "").ok(200)
	h.call("GET", "/readyz", "").ok(200)
}

func TestNotReadyWithoutADatabase(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/readyz", http.NoBody))
	g := got{t, w.Code, w.Header(), w.Body.String()}
	if p := g.ok(503).problem(); p.Code != "database_silent" {
		t.Errorf("got %+v", p)
	}
}

// TestMounted puts the API beside other pages, by its patterns, behind a real
// server.
func TestMounted(t *testing.T) {
	h := furnish(t, dbtest.SQLite(t, allSchemas...))
	mux := http.NewServeMux()
	for _, p := range Patterns() {
		mux.Handle(p, h.handler)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, want := range map[string]int{
		"/": 418, "/members": 418, "/v1/shops": 401, "/v1/nothing": 401, "/docs": 200, "/docs/style.css": 200, "/docs/nothing": 404,
		"/openapi.json": 200, "/openapi.yaml": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200,
	} {
		r, err := http.Get(server.URL + path)
		must(t, err)
		if r.Body.Close(); r.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, r.StatusCode, want)
		}
		if r.StatusCode == 404 && r.Header.Get("Content-Type") != problemType {
			t.Errorf("%s: got %s", path, r.Header.Get("Content-Type"))
		}
	}
}
