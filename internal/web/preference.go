package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Theme says which of the two looks a reader wants.
type Theme string

// The themes. Auto follows the device.
const (
	ThemeAuto  Theme = "auto"
	ThemeLight Theme = "light"
	ThemeDark  Theme = "dark"
)

var themes = []Theme{ThemeAuto, ThemeLight, ThemeDark}

const (
	langCookie  = "lang"
	themeCookie = "theme"
	aYear       = 365 * 24 * 60 * 60 // seconds
)

// ThemeOf returns the theme that the reader chose on this device.
func ThemeOf(r *http.Request) Theme {
	c, err := r.Cookie(themeCookie)
	if err != nil {
		return ThemeAuto
	}
	if t := Theme(c.Value); slices.Contains(themes, t) {
		return t
	}
	return ThemeAuto
}

// LangOf returns the language that the reader chose on this device, else the
// first of the browser's languages that we speak, else the fallback.
func LangOf(r *http.Request, fallback i18n.Lang) i18n.Lang {
	if c, err := r.Cookie(langCookie); err == nil {
		if l, ok := i18n.ParseLang(c.Value); ok {
			return l
		}
	}
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		if l, ok := i18n.ParseLang(tag); ok {
			return l
		}
	}
	return cmp.Or(fallback, i18n.English)
}

// PreferencesPath is where the language and theme switches post to; mount
// Preferences there.
const PreferencesPath = "/preferences"

// Preferences keeps the language or the theme that the reader chose in a
// cookie and sends them back where they were. An address that asks for a
// language, as links in messages do, asks for the one that was chosen.
func Preferences(w http.ResponseWriter, r *http.Request) error {
	back := localPath(r.FormValue("return"))
	if l := r.FormValue("lang"); l != "" {
		lang, ok := i18n.ParseLang(l)
		if !ok {
			return fault.Invalid("language_not_spoken", "the language must be en, ru or pl").At("/lang")
		}
		setCookie(w, r, langCookie, string(lang), aYear)
		back = inLang(back, lang)
	}
	if t := r.FormValue("theme"); t != "" {
		if !slices.Contains(themes, Theme(t)) {
			return fault.Invalid("unknown_theme", "choose light, dark or auto").At("/theme")
		}
		setCookie(w, r, themeCookie, t, aYear)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// inLang returns the address asking for a language if it asks for one.
func inLang(address string, l i18n.Lang) string {
	at, err := url.Parse(address)
	if err != nil || !at.Query().Has("lang") {
		return address
	}
	query := at.Query()
	query.Set("lang", string(l))
	at.RawQuery = query.Encode()
	return at.String()
}

// localPath returns the address if it lies on this site, else the first page.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}

// setCookie keeps a small value on the reader's device; seconds below zero
// take it off.
func setCookie(w http.ResponseWriter, r *http.Request, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isSecure(r),
	})
}

// isSecure reports whether the reader came over TLS, here or at the proxy
// before us.
func isSecure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
