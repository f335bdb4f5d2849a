package guest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/basket"
	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// leaves has somebody leave a basket and be asked why; it returns the page.
func (w *town) leaves(name string, who id.ID) (*basket.Basket, string) {
	w.t.Helper()
	b, err := w.baskets.Leave(ctx, system, basket.Leaving{
		ProgrammeID: w.programme.ID, Source: "shop", ExternalID: name, MemberID: who, Step: basket.AtDelivery, First: 1250, Last: 7777, Asked: basket.ByLink,
	})
	check(w.t, err)
	link, err := w.baskets.Link(ctx, system, b)
	check(w.t, err)
	return b, link
}

func (w *town) basket(b *basket.Basket) basket.Seen {
	w.t.Helper()
	got, err := w.baskets.Get(ctx, system, w.programme.ID, b.ID)
	check(w.t, err)
	return got
}

// TestALeftBasketIsExplainedWithoutScript: looking changes nothing, the first
// answer counts, hostile words stay words, and nobody learns whose it was.
func TestALeftBasketIsExplainedWithoutScript(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		b, link := w.leaves("cart-77", anna)
		c := &http.Client{}
		for lang, title := range map[string]string{"en": "What stopped you?", "ru": "Что вам помешало?", "pl": "Co przeszkodziło?"} {
			status, body, _ := w.page(c, link+"?lang="+lang+"&reason=error", nil)
			if status != 200 || !strings.Contains(body, title) || strings.Count(body, `type="radio"`) != len(basket.Reasons()) || !strings.Contains(body, `value="error" checked`) || len(body) > 50_000 {
				t.Errorf("%s: %d, %d bytes: %s", lang, status, len(body), body)
			}
			for _, secret := range []string{"Anna", "Nowak", "77.77", "7777", "12.50", "cart-77", b.ID.In(id.Basket)} {
				if strings.Contains(body, secret) {
					t.Errorf("%s: the page tells %q", lang, secret)
				}
			}
		}
		if got := w.basket(b); got.Reason != "" {
			t.Errorf("looking answered: %+v", got.Basket)
		}
		hostile := "<script>alert(1)</script> 🙃 \u202eevil"
		for _, wrong := range []url.Values{{}, {"reason": {"mood"}, "words": {hostile}}, {"reason": {"error"}, "words": {strings.Repeat("я", 501)}}} {
			status, body, _ := w.page(c, link, wrong)
			if status != 422 || strings.Contains(body, "<script>alert") {
				t.Errorf("%.60v is answered %d: %s", wrong, status, body)
			}
		}
		for _, answer := range []url.Values{{"reason": {"delivery_cost"}, "words": {hostile}, "lang": {"pl"}}, {"reason": {"error"}, "words": {"again"}, "lang": {"pl"}}} {
			status, body, at := w.page(c, link, answer)
			if status != 200 || at != link || !strings.Contains(body, "Dziękujemy") || strings.Contains(body, "radio") {
				t.Errorf("answered %d at %s: %s", status, at, body)
			}
		}
		if got := w.basket(b); got.Reason != basket.DeliveryCost || got.Words != hostile || got.Origin != basket.ByLink {
			t.Errorf("kept is %+v", got.Basket)
		}
		// A page that is left behind has no thanks to tell after its time either.
		b, link = w.leaves("cart-78", anna)
		w.pass((basket.LinkDays + 1) * 24 * time.Hour)
		if status, body, _ := w.page(c, link, url.Values{"reason": {"error"}}); status != http.StatusForbidden || strings.Contains(body, "Anna") || w.basket(b).Reason != "" {
			t.Errorf("after its time it is answered %d: %s", status, body)
		}
	})
}

// TestGuessedBasketsAreNobodys: unknown links tell nothing, and many of them are
// too many.
func TestGuessedBasketsAreNobodys(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		_, link := w.leaves("1", 0)
		other := link[:len(link)-1] + "0"
		if other == link {
			other = link[:len(link)-1] + "1"
		}
		seen := map[int]int{}
		for i := range 60 {
			path := []string{basket.Path + strings.Repeat("0", 26), other, basket.Path + "x"}[i%3]
			status, _, _ := w.page(&http.Client{}, path, nil)
			seen[status]++
		}
		if seen[404] == 0 || seen[404] > 40 || seen[404]+seen[429] != 60 {
			t.Errorf("60 guesses are answered %v", seen)
		}
	})
}

// TestALeftBasketByKeyboardAlone answers without a mouse, with the arrows among
// the reasons, with scripts and without.
func TestALeftBasketByKeyboardAlone(t *testing.T) {
	w := newStreet(t)
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			b, link := w.town.leaves(name, 0)
			h := &hands{webtest.New(t, w.handler()), t}
			h.open(scripts, link)
			h.TabTo(h.t, "input[name=reason]")
			h.press(" ", kb.ArrowDown)
			h.TabTo(h.t, "textarea")
			h.press("s", "o")
			h.sends("reason", string(basket.Reasons()[1]))
			if got := w.basket(b); got.Reason != basket.Reasons()[1] || got.Words != "so" {
				t.Errorf("kept is %+v", got.Basket)
			}
		})
	}
}
