package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// call is one request: who makes it, in what language, and under what name.
type call struct {
	s       *server
	w       *answer
	r       *http.Request
	request string
	actor   auth.Actor
	setting *setting
	print   *i18n.Printer
	// secret is the text of a key made by this call, which no other shows.
	secret string
	// left are the lines of a file that this call passed over.
	left []promo.LineRefusal
}

// programme is the programme of the key; every call belongs to it.
func (c *call) programme() id.ID { return c.actor.ProgrammeID }

// can returns nil when the key has the scope of the permission.
func (c *call) can(p auth.Permission) error { return c.actor.Can(c.programme(), p) }

type callKey struct{}

// callOf returns the call that a handler serves.
func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// maxRequestName bounds the name that a caller may give a request.
const maxRequestName = 64

// requestName returns the name that the caller gave the request, or a new one.
func requestName(r *http.Request) string {
	given := r.Header.Get("X-Request-Id")
	if given == "" || len(given) > maxRequestName || strings.ContainsFunc(given, notInName) {
		return rand.Text()
	}
	return given
}

func notInName(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune("-_.:", r)
}

// bearer returns the key of the Authorization header.
func bearer(r *http.Request) (string, error) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if key = strings.TrimSpace(key); key == "" || !strings.EqualFold(scheme, "Bearer") {
		return "", fault.Refused("key_missing", "send an API key in the header Authorization: Bearer rg_…")
	}
	return key, nil
}

// language returns the language that the caller likes most of those there
// are, or the given one when it names none (RFC 9110, 12.5.4).
func language(accept string, otherwise i18n.Lang) i18n.Lang {
	best, weight := otherwise, 0
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(part, ";")
		l, known := i18n.ParseLang(strings.TrimSpace(tag))
		if q := quality(params); known && q > weight {
			best, weight = l, q
		}
	}
	return best
}

// quality reads "q=0.8" in thousandths; 1000 when there is none, 0 when it
// cannot be read.
func quality(params string) int {
	text, given := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
	if !given {
		return 1000
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "1" {
		return 1000
	}
	n := 0
	for i := range 3 {
		n *= 10
		if i < len(fraction) && fraction[i] >= '0' && fraction[i] <= '9' {
			n += int(fraction[i] - '0')
		}
	}
	return n
}
