package guest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/touch"
)

// TestReviewsOnOtherSites: the page may stand in a frame of any site, is kept,
// sets nothing, speaks three languages, and shows nothing until the shop says so.
func TestReviewsOnOtherSites(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		by, page := auth.System("test"), "/w/"+w.programme.Slug+"/reviews"
		if p := w.open(page); p.Code != http.StatusNotFound {
			t.Fatalf("the page answers %d before anybody allowed it", p.Code)
		}
		check(t, w.touch.SetWidget(t.Context(), by, w.programme.ID, true))
		w.buy(w.join("Ann", "Smith", "ann@example.com"), 2, 5)
		known := fmt.Sprint(10_000 + w.events) // the number under which the till told of it
		w.review(t, known, 2, "Cold <script>tea</script>")
		w.review(t, "R-2", 5, "of an order that nobody knows")
		for lang, words := range map[string]string{"en": "What customers say", "ru": "Что говорят покупатели", "pl": "Co klienci mówią"} {
			p := w.open(page+"?lang="+lang, "Cookie", "theme=dark")
			h := p.Header()
			if text := p.Body.String(); p.Code != http.StatusOK || !strings.Contains(text, words) || !strings.Contains(text, `lang="`+lang+`"`) || len(text) > 50<<10 {
				t.Errorf("%s: %d, %d bytes", lang, p.Code, len(text))
			}
			if text := p.Body.String(); !strings.Contains(text, "Cold &lt;script&gt;tea") || !strings.Contains(text, "Ann K.") || strings.Contains(text, "nobody knows") ||
				strings.Contains(text, known) || strings.Contains(text, "Smith") {
				t.Errorf("%s shows %s", lang, text)
			}
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "frame-ancestors *") || !strings.Contains(policy, "default-src 'none'") || h.Get("X-Frame-Options") != "" ||
				h.Get("Set-Cookie") != "" || !strings.HasPrefix(h.Get("Cache-Control"), "public") {
				t.Errorf("the headers are %v", h)
			}
		}
		script := w.open(page + ".js")
		if script.Code != http.StatusOK || script.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.Contains(script.Header().Get("Content-Type"), "javascript") {
			t.Errorf("the script answers %d with %v", script.Code, script.Header())
		}
		if p := w.open("/w/nowhere/reviews"); p.Code != http.StatusNotFound || p.Header().Get("X-Frame-Options") != "DENY" {
			t.Errorf("another programme answers %d", p.Code)
		}
	})
}

// review takes one in; nothing of it may be read as markup.
func (w *town) review(t testing.TB, order string, rating int64, text string) {
	t.Helper()
	_, err := w.touch.Take(t.Context(), auth.System("test"), w.programme.ID, []touch.Seen{{
		Platform: touch.Google, ExternalID: order, Rating: rating, Occurred: w.now(), Text: text, Author: "Ann K.", Order: order,
	}})
	check(t, err)
}
