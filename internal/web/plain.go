package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"regulars/internal/fault"
)

// plain reports whether a text is one that can be kept and shown: UTF-8, and
// without the character of nothing, which databases refuse.
func plain(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// garbled is the fault of what is no text.
func garbled() *fault.Error {
	return fault.Invalid("malformed_text", "the text is not valid UTF-8 or holds control characters")
}

// PlainValues refuses values of a form or a query that are no text
// ("malformed_text"). Browsers send none of these.
func PlainValues(values url.Values) error {
	for name, list := range values {
		for _, value := range append(list, name) {
			if !plain(value) {
				return garbled()
			}
		}
	}
	return nil
}

// PlainForm reads the form of a request, bounded by what its body may take, and
// refuses one that is no text. A page that takes files reads a form with parts
// itself; where none does, so many bytes of one are kept in memory.
func PlainForm(r *http.Request, takesFiles bool, inMemory int64) error {
	var err error
	switch inParts := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/"); {
	case inParts && takesFiles:
		return nil
	case inParts:
		err = r.ParseMultipartForm(inMemory)
	default:
		err = r.ParseForm()
	}
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return err
	}
	return PlainValues(r.Form)
}

// plainAddress passes requests on whose address is text; a page at another is
// none of ours.
func (a *Adapter) plainAddress(next http.Handler) http.Handler {
	strange := a.Handle(NotFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !plain(r.URL.Path) || PlainValues(r.URL.Query()) != nil {
			strange.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
