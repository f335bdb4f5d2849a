package guest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
	"regulars/internal/web/webtest"
)

// TestBoardInTheBrowser measures the page that other sites show, empty, with
// words short, long and hostile, and where there is none, in every language.
func TestBoardInTheBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	b := webtest.New(t, w.handler())
	looks := func(what, path string) {
		for lang, width := range map[string]webtest.Step{"en": webtest.Desktop, "ru": webtest.Phone, "pl": webtest.Phone} {
			b.Open(t, width, path+"?lang="+lang)
			walk := stroll{t, b, what, lang}
			walk.look(lang)
		}
	}
	looks("board-off", "/w/bean/reviews")
	check(t, w.touch.SetWidget(t.Context(), system, w.programme.ID, true))
	looks("board-none", "/w/bean/reviews")
	for i, text := range []string{
		"Good tea.", strings.Repeat("It came quickly and was packed with care. ", 12), "شاي جيد جدا", strings.Repeat("long", 60), hostile, strings.Repeat("🫖", 300), strings.Repeat("Ужасно долго. ", 1400),
	} {
		w.buy(w.join("Ann", "Smith", fmt.Sprintf("ann%d@example.com", i)), 2, 5)
		w.review(t, fmt.Sprint(10_000+w.events), int64(5-i%5), text)
	}
	w.pass(2 * time.Minute) // until a board is read anew
	looks("board", "/w/bean/reviews")
}

// TestBoardOnAnotherSite puts the script of the reviews on a page of a shop that
// stands elsewhere, under policies such as shops have: the reviews are shown
// there, neither side reads the other, and a shop that allows us nothing shows
// nothing.
func TestBoardOnAnotherSite(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	check(t, w.touch.SetWidget(t.Context(), system, w.programme.ID, true))
	w.buy(w.join("Ann", "Smith", "ann@example.com"), 2, 5)
	w.review(t, fmt.Sprint(10_000+w.events), 5, "Good tea.")
	var framed, dressed atomic.Int64
	handler := w.handler()
	ours := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		h := r.Header
		switch {
		case h.Get("Sec-Fetch-Dest") == "iframe" && h.Get("Sec-Fetch-Site") == "cross-site":
			framed.Add(1)
			if h.Get("Cookie") != "" {
				t.Errorf("the frame came with cookies: %s", h.Get("Cookie"))
			}
			if at := r.URL.RequestURI(); at != "/w/bean/reviews?lang=pl" {
				t.Errorf("the frame asked for %s", at)
			}
		case h.Get("Sec-Fetch-Dest") == "style": // only a page that is shown asks for it
			dressed.Add(1)
		}
		handler.ServeHTTP(a, r)
	}))
	defer ours.Close()
	const page = `<!doctype html><html lang="en"><title>A shop</title><main><h1>Tea</h1><script src="%s/w/bean/reviews.js" data-lang="pl" data-title="Opinie" data-height="600"></script></main>`
	for name, c := range map[string]struct {
		headers map[string]string
		shown   bool
	}{
		"no policy": {nil, true},
		"allowed":   {map[string]string{"Content-Security-Policy": "default-src 'self'; script-src " + ours.URL + "; frame-src " + ours.URL}, true},
		"isolated":  {map[string]string{"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}, true},
		"forbidden": {map[string]string{"Content-Security-Policy": "default-src 'self'; script-src " + ours.URL}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := webtest.New(t, http.HandlerFunc(func(a http.ResponseWriter, _ *http.Request) {
				for k, v := range c.headers {
					a.Header().Set(k, v)
				}
				a.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = io.WriteString(a, fmt.Sprintf(page, ours.URL))
			}))
			shop, err := url.Parse(b.URL)
			check(t, err)
			b.URL = "http://localhost:" + shop.Port() // another site than 127.0.0.1
			framed.Store(0)
			dressed.Store(0)
			b.Open(t, webtest.Phone, "/")
			b.Run(t, webtest.Seen("main iframe"))
			got := webtest.Script[[]string](t, b, `(() => { const f = document.querySelector("iframe"), r = f.getBoundingClientRect();
				return [f.title, String(r.height), String(r.width <= innerWidth)] })()`)
			if strings.Join(got, " ") != "Opinie 600 true" {
				t.Errorf("the frame is %q", got)
			}
			for end := time.Now().Add(10 * time.Second); c.shown && dressed.Load() == 0 && time.Now().Before(end); {
				time.Sleep(20 * time.Millisecond)
			}
			if shown := framed.Load() > 0 && dressed.Load() > 0; shown != c.shown {
				t.Errorf("the frame was fetched %d times, and shown: %t", framed.Load(), dressed.Load() > 0)
			}
			if c.shown && webtest.Script[bool](t, b, `document.querySelector("iframe").contentDocument !== null`) {
				t.Error("the shop can read what is in the frame")
			}
			b.Picture(t, "board-elsewhere-"+name)
		})
	}
}
