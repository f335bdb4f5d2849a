package guest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"

	"regulars/internal/db/dbtest"
	"regulars/internal/web/webtest"
)

// shopSite is a site of another origin, with its own policy, that shows what
// stands in its body.
func shopSite(policy, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		if policy != "" {
			h.Set("Content-Security-Policy", policy)
		}
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Tea shop</title><h1>Tea shop</h1>%s<p id="end">The end</p>`, body)
	})
}

// framed returns the text within the frames of the page, as far as they were
// shown.
func framed(t *testing.T, b *webtest.Browser) string {
	t.Helper()
	var text strings.Builder
	var walk func(n *cdp.Node, inside bool)
	walk = func(n *cdp.Node, inside bool) {
		if inside && n.NodeType == chromedp.NodeTypeText {
			text.WriteString(n.NodeValue + "\n")
		}
		for _, c := range n.Children {
			walk(c, inside)
		}
		if n.ContentDocument != nil {
			walk(n.ContentDocument, true)
		}
	}
	walk(webtest.Get(t, b, func(ctx context.Context, _ *chromedp.Target) (*cdp.Node, error) {
		got, err := chromedp.Call(ctx, dom.GetDocument, dom.GetDocumentParams{Depth: new(int64(-1)), Pierce: new(true)})
		return got.Root, err
	}), false)
	return text.String()
}

// TestReviewsInAFrameOfAShop stands the reviews on a page of another origin as
// docs/cards-and-reviews.md says, with and without a strict policy of that site's:
// they are seen, neither side reads the other, nothing is set, and no other page
// of ours lets itself be framed.
func TestReviewsInAFrameOfAShop(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	check(t, w.touch.SetWidget(t.Context(), system, w.programme.ID, true))
	w.buy(w.join("Ann", "Smith", "ann@example.com"), 2, 5)
	w.review(t, fmt.Sprint(10_000+w.events), 2, "The pot came cold <b>and</b> late")
	cookies := make(chan string, 100)
	inner := w.handler()
	ours := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(rw, r)
		if said := rw.Header().Values("Set-Cookie"); strings.HasPrefix(r.URL.Path, "/w/") && len(said) > 0 {
			cookies <- r.URL.Path
		}
	}))
	t.Cleanup(ours.Close)
	board := ours.URL + "/w/" + w.programme.Slug + "/reviews"
	script := `<script async src="` + board + `.js" data-lang="pl" data-height="320" data-title="Opinie"></script>`
	strict := "default-src 'none'; script-src " + ours.URL + "; frame-src " + ours.URL
	for name, policy := range map[string]string{"without a policy": "", "with a strict one": strict} {
		t.Run(name, func(t *testing.T) {
			b := webtest.New(t, shopSite(policy, script))
			b.Open(t, webtest.Phone, "/")
			b.Run(t, webtest.Seen("iframe"), webtest.Until(`performance.getEntriesByType("resource").some(e => e.initiatorType === "iframe")`))
			if said := framed(t, b); !strings.Contains(said, "Co klienci mówią") || !strings.Contains(said, "The pot came cold <b>and</b> late") {
				t.Errorf("the frame shows %q", said)
			}
			// What the site around it may know of the frame, and where it stands.
			if read := webtest.Script[bool](t, b, `document.querySelector("iframe").contentDocument !== null`); read {
				t.Error("the site reads the frame")
			}
			if at := webtest.Script[string](t, b, `(() => { const f = document.querySelector("iframe"); return [f.title, f.clientHeight, f.previousElementSibling.tagName, document.cookie].join() })()`); at != "Opinie,320,SCRIPT," {
				t.Errorf("the frame is %s", at)
			}
			b.Check(t, "overflow")
		})
	}
	t.Run("without the script", func(t *testing.T) {
		b := webtest.New(t, shopSite("default-src 'none'; frame-src "+ours.URL, `<iframe title="Reviews" src="`+board+`?lang=ru"></iframe>`))
		b.Open(t, webtest.Desktop, "/")
		b.Run(t, webtest.Until(`performance.getEntriesByType("resource").some(e => e.initiatorType === "iframe")`))
		if said := framed(t, b); !strings.Contains(said, "Что говорят покупатели") {
			t.Errorf("the frame shows %q", said)
		}
	})
	t.Run("no other page", func(t *testing.T) {
		for _, path := range []string{"/me/bean/sign-in", "/c/bean", "/open/bean", "/known/bean", "/track/in/bean", "/w/nowhere/reviews"} {
			b := webtest.New(t, shopSite("", `<iframe title="Other" src="`+ours.URL+path+`"></iframe>`))
			b.Open(t, webtest.Desktop, "/")
			b.Run(t, webtest.Until(`performance.getEntriesByType("resource").some(e => e.initiatorType === "iframe")`))
			if said := framed(t, b); strings.Contains(said, w.programme.Name) || strings.Contains(said, "Bean") {
				t.Errorf("%s is shown in a frame: %q", path, said)
			}
		}
	})
	close(cookies)
	for path := range cookies {
		t.Errorf("%s sets a cookie", path)
	}
}
