package web

import (
	"net/http"
	"strings"

	"regulars/internal/fault"
)

// policy lets a page load only what this server serves itself. Nothing is
// inline: the accent hue comes as a style sheet, charts are styled by classes.
var policy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self'",
	"connect-src 'self'",
	"form-action 'self'",
	"manifest-src 'self'",
	"frame-ancestors 'none'",
	"base-uri 'none'",
}, "; ")

// Protect guards the pages: strict headers on every answer, no address that is no
// text, and no form may be posted from another site. A browser's word about where a request comes from
// is enough; pages need no hidden tokens.
func (a *Adapter) Protect(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(a.Handle(func(http.ResponseWriter, *http.Request) error {
		return fault.Refused("cross_origin", "the form was sent from another site; open the page here and send it again")
	}))
	guarded := cross.Handler(a.plainAddress(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), isSecure(r))
		guarded.ServeHTTP(w, r)
	})
}

func setHeaders(h http.Header, secure bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
