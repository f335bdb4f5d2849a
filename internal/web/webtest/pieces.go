package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// pieces is how many a page arrives in, and pause what lies between two: long
// enough for a browser to paint what it has.
const (
	pieces = 5
	pause  = 100 * time.Millisecond
)

// InPieces serves what the handler answers, pages piece by piece as over a bad
// connection: a browser then paints their beginning before it has their end,
// and the measure of shifts tells whether what comes later pushes away what is
// being read. On a machine that is quick a page comes as a whole, and hides it.
func InPieces(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		whole := httptest.NewRecorder()
		handler.ServeHTTP(whole, r)
		for name, values := range whole.Header() {
			w.Header()[name] = values
		}
		page := strings.HasPrefix(whole.Header().Get("Content-Type"), "text/html")
		if page {
			w.Header().Del("Content-Length")
		}
		w.WriteHeader(whole.Code)
		for rest, size := whole.Body.Bytes(), whole.Body.Len(); len(rest) > 0; {
			n := len(rest)
			if page {
				n = min(n, size/pieces+1)
			}
			if _, err := w.Write(rest[:n]); err != nil {
				return // the browser went on to another page
			}
			if rest = rest[n:]; page && len(rest) > 0 {
				_ = http.NewResponseController(w).Flush() // a piece that waits comes with the next one
				time.Sleep(pause)
			}
		}
	})
}
