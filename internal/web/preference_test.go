package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"regulars/internal/i18n"
)

func post(form url.Values) *http.Request {
	r := httptest.NewRequest("POST", PreferencesPath, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestPreferencesAreKept(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Preferences(w, post(url.Values{"lang": {"ru"}, "theme": {"dark"}, "return": {"/members?q=1"}})); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Location"); got != "/members?q=1" || w.Code != http.StatusSeeOther {
		t.Errorf("got %d to %q", w.Code, got)
	}
	next := httptest.NewRequest("GET", "/", nil)
	for _, c := range w.Result().Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != aYear {
			t.Errorf("cookie %s is too open: %+v", c.Name, c)
		}
		next.AddCookie(c)
	}
	if LangOf(next, i18n.English) != i18n.Russian || ThemeOf(next) != ThemeDark {
		t.Errorf("got %s, %s", LangOf(next, i18n.English), ThemeOf(next))
	}
}

func TestPreferencesRefuseStrangers(t *testing.T) {
	if err := Preferences(httptest.NewRecorder(), post(url.Values{"lang": {"de"}})); err == nil {
		t.Error("a language that is not spoken was kept")
	}
	w := httptest.NewRecorder()
	if err := Preferences(w, post(url.Values{"theme": {"light"}, "return": {"//evil.example"}})); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Location"); got != "/" {
		t.Errorf("sent to %q", got)
	}
}

// TestALinkThatNamesALanguageFollowsTheChoice: else the menu of its page would do
// nothing.
func TestALinkThatNamesALanguageFollowsTheChoice(t *testing.T) {
	for _, c := range []struct{ form, back, want string }{
		{"lang=pl", "/s/x?lang=en", "/s/x?lang=pl"},
		{"lang=pl", "/s/x?a=9&lang=en&q=score", "/s/x?a=9&lang=pl&q=score"},
		{"lang=pl", "/s/x?q=score", "/s/x?q=score"},
		{"theme=dark", "/s/x?lang=en", "/s/x?lang=en"},
		{"lang=pl", "/s/%zz?lang=en", "/s/%zz?lang=en"},
		{"lang=pl", "//evil.example/?lang=en", "/"},
	} {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("return", c.back)
		w := httptest.NewRecorder()
		if err := Preferences(w, post(form)); err != nil {
			t.Fatal(err)
		}
		if to := w.Header().Get("Location"); to != c.want {
			t.Errorf("%s at %s leads to %s, want %s", c.form, c.back, to, c.want)
		}
	}
}

func TestLangOf(t *testing.T) {
	for _, tc := range []struct {
		cookie, accept string
		fallback, want i18n.Lang
	}{
		{"pl", "ru", i18n.English, i18n.Polish},
		{"xx", "ru-RU,ru;q=0.9,en;q=0.8", i18n.English, i18n.Russian},
		{"", "de-DE, pl;q=0.7", i18n.English, i18n.Polish},
		{"", "de", i18n.Polish, i18n.Polish},
		{"", "", "", i18n.English},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: langCookie, Value: tc.cookie})
		r.Header.Set("Accept-Language", tc.accept)
		if got := LangOf(r, tc.fallback); got != tc.want {
			t.Errorf("cookie %q, browser %q: got %s, want %s", tc.cookie, tc.accept, got, tc.want)
		}
	}
}

func TestUnknownThemeIsAuto(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: themeCookie, Value: "purple"})
	if got := ThemeOf(r); got != ThemeAuto {
		t.Errorf("got %s", got)
	}
}

func TestFlashesAreShownOnce(t *testing.T) {
	first := httptest.NewRecorder()
	AddFlash(first, httptest.NewRequest("POST", "/", nil), Good, i18n.Text{Key: "web.mend", Args: map[string]any{"n": 3}})
	r := httptest.NewRequest("GET", "/members?x=1", nil)
	for _, c := range first.Result().Cookies() {
		r.AddCookie(c)
	}

	part := r.Clone(t.Context())
	part.Header.Set("HX-Request", "true")
	if got := NewPage(httptest.NewRecorder(), part, nil).Flashes; got != nil {
		t.Errorf("a part of a page took them: %v", got)
	}

	w := httptest.NewRecorder()
	pg := NewPage(w, r, newPage(t, i18n.English).Printer)
	if len(pg.Flashes) != 1 || pg.Return != "/members?x=1" {
		t.Fatalf("got %+v", pg)
	}
	if got := html(t, flashes(pg)); !strings.Contains(got, "There are 3 things") || !strings.Contains(got, "notice-good") {
		t.Errorf("got %s", got)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the message stays: %v", c)
	}
}

func TestBadFlashesAreDropped(t *testing.T) {
	for _, value := range []string{"%%%", "bm90IGpzb24", strings.Repeat("A", 5000)} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", flashCookie+"="+value)
		if got := readFlashes(r); len(got) != 0 {
			t.Errorf("%.20s: got %v", value, got)
		}
	}
	w := httptest.NewRecorder()
	AddFlash(w, httptest.NewRequest("POST", "/", nil), Bad, i18n.Text{Key: strings.Repeat("long", 1000)})
	if len(w.Result().Cookies()) != 0 {
		t.Error("a message too long for a cookie was kept")
	}
}
