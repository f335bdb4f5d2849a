package console

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/checkcode"
	"regulars/internal/i18n"
	"regulars/internal/outreach"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// illMeant is what nobody means well who sends it, and what people send who mean
// well: other scripts, and words without an end.
var illMeant = []string{
	`"><script>alert(1)</script>`,
	`'; DROP TABLE member; --`,
	"nul\x00byte",
	"\xff\xfe\xc3(",
	"🙃 \u202eevil\u2066 שלום مرحبا Z͑ͫ̓ͪ̂",
	strings.Repeat("Donaudampfschifffahrt", 150),
	"../../etc/passwd\r\nSet-Cookie: a=b",
	"//evil.example/",
	"-9223372036854775809",
}

// intruder sends requests, each from an address of its own, so that no limit
// hides what lies behind it.
type intruder struct {
	*town
	handler http.Handler
	sent    int
}

// send sends one request and returns the answer, which must not be a failure of
// ours, hold what was sent as anything but text, or lead elsewhere.
func (n *intruder) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	n.t.Helper()
	n.sent++
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:443", n.sent>>16&255, n.sent>>8&255, n.sent&255)
	answer := httptest.NewRecorder()
	n.handler.ServeHTTP(answer, r)
	body := answer.Body.String()
	switch {
	case answer.Code >= http.StatusInternalServerError:
		n.t.Errorf("%s %.80q %.80q: %d", method, path, form, answer.Code)
	case strings.Contains(body, "<script>alert"):
		n.t.Errorf("%s %.80q %.80q: what was sent runs", method, path, form)
	case !utf8.ValidString(body), strings.Contains(body, "\x00"):
		n.t.Errorf("%s %.80q %.80q: the answer is no text", method, path, form)
	case slices.Contains(answer.Header().Values("Set-Cookie"), "a=b"):
		n.t.Errorf("%s %.80q: what was sent is a header", method, path)
	case strings.HasPrefix(answer.Header().Get("Location"), "//"), strings.Contains(answer.Header().Get("Location"), "://"):
		n.t.Errorf("%s %.80q: it leads to %s", method, path, answer.Header().Get("Location"))
	case len(body) > 100_000:
		n.t.Errorf("%s %.80q: it says %d bytes", method, path, len(body))
	}
	return answer
}

// openDoors are the forms of the console that nobody signs in for, as somebody
// fills them in: an invitation of staff, one of a friend, a link by which a
// consent is taken back, the sign-in and the preferences.
func (w *messageTown) openDoors() map[string]url.Values {
	w.t.Helper()
	_, start, err := w.console.Auth.Invite(ctx, w.owner.Actor(), auth.Invitation{
		Email: "new@example.com", Name: "New", Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.programme.ID, Role: auth.Agent}},
	})
	check(w.t, err)
	code, _, _ := w.invites()
	return map[string]url.Values{
		"/start/" + start:                    {"password": {"short"}, "repeated": {"short"}, "email": {"x@example.com"}, "name": {"X"}},
		referral.LinkPath(code):              {"given_name": {"Cay"}, "phone": {"07700 900123"}, "email": {"cay@example.com"}, "agreed": {"on"}, "marketing": {"on"}},
		outreach.UnsubscribePath + "nothing": {"List-Unsubscribe": {"One-Click"}},
		"/sign-in":                           {"email": {"olga@example.com"}, "password": {"wrong"}, "return": {"/p/bean"}},
		web.PreferencesPath:                  {"lang": {"pl"}, "theme": {"dark"}, "return": {"/sign-in"}},
	}
}

// TestHostileVisitors: whatever stands in an address, a query or a field of the
// pages that nobody signs in for, none fails or takes it for more than text.
func TestHostileVisitors(t *testing.T) {
	w := newMessageTown(t)
	doors := w.openDoors()
	n := &intruder{town: w.town, handler: w.console.Handler()}
	for _, word := range illMeant {
		for _, one := range []string{word, (word + strings.Repeat("7", 64))[:26], (word + strings.Repeat("7", 64))[:52]} {
			code, asked := url.PathEscape(one), url.QueryEscape(one)
			for _, path := range []string{
				"/start/" + code, referral.LinkPath("") + code, referral.LinkPath("") + code + "?joined=" + asked, outreach.UnsubscribePath + code,
				"/sign-in?return=" + asked + "&email=" + asked, "/p/" + code, "/" + code,
			} {
				n.send(http.MethodGet, path, nil)
				n.send(http.MethodPost, path, url.Values{})
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(doors)) {
		for _, name := range slices.Sorted(maps.Keys(doors[path])) {
			for _, word := range append(slices.Clone(illMeant), strings.Repeat("a", 1<<20)) {
				form := maps.Clone(doors[path])
				form[name] = []string{word}
				if name == "password" {
					form["repeated"] = form[name]
				}
				n.send(http.MethodPost, path, form)
			}
		}
	}
	if kept := n.send(http.MethodPost, web.PreferencesPath, url.Values{"theme": {strings.Repeat("a", 100_000)}}).Header().Get("Set-Cookie"); kept != "" {
		t.Errorf("a theme of 100,000 letters is kept: %.80s", kept)
	}
	if page := w.stranger().get("/sign-in"); page.status != http.StatusOK {
		t.Errorf("the sign-in is answered %d", page.status)
	}
}

// TestVisitorsWithoutEndAreHeld: who sends a form, or tries links that are none
// of ours, without end is told to wait, and how long; what there is opens all
// the while.
func TestVisitorsWithoutEndAreHeld(t *testing.T) {
	w := newMessageTown(t)
	handler := w.console.Handler()
	code, _, _ := w.invites()
	ask := func(method, path string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "10.1.2.3:443"
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		return answer
	}
	for _, c := range []struct {
		method, path string
		form         url.Values
	}{
		{http.MethodGet, "/start/" + strings.Repeat("x", 52), nil}, {http.MethodPost, "/start/" + strings.Repeat("y", 52), url.Values{"password": {"a"}}},
		{http.MethodGet, referral.LinkPath(checkcode.Draw(len(code) - 1)), nil}, {http.MethodGet, outreach.UnsubscribePath + strings.Repeat("x", 40), nil},
		{http.MethodPost, outreach.UnsubscribePath + strings.Repeat("x", 40), url.Values{}},
		{http.MethodPost, referral.LinkPath(code), url.Values{"given_name": {"Cay"}, "email": {"cay@example.com"}, "agreed": {"on"}}},
		{http.MethodPost, "/sign-in", url.Values{"email": {"olga@example.com"}, "password": {"wrong"}}},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			for i := range 200 {
				got := ask(c.method, c.path, c.form)
				if got.Code == http.StatusTooManyRequests {
					if got.Header().Get("Retry-After") == "" {
						t.Error("it is not said how long")
					}
					if open := ask(http.MethodGet, referral.LinkPath(code), nil); open.Code != http.StatusOK {
						t.Errorf("an invitation that there is is answered %d", open.Code)
					}
					return
				}
				if got.Code >= http.StatusInternalServerError {
					t.Fatalf("number %d is answered %d", i, got.Code)
				}
			}
			t.Error("two hundred were taken")
		})
	}
}
