package console

import (
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// paths are the pages of offers and codes that are looked at, by name.
func (w *promoTown) paths() map[string]string {
	return map[string]string{
		"offers": "/p/bean/offers", "offers-newcomers": "/p/bean/offers?show=newcomers", "offers-ended": "/p/bean/offers?show=ended",
		"offer": w.offerAt(w.tea, ""), "offer-budget": w.offerAt(w.members, ""), "offer-rich": w.offerAt(w.rich, ""), "offer-draft": w.offerAt(w.draft, ""), "offer-ahead": w.offerAt(w.ahead, ""),
		"offer-edit": w.offerAt(w.rich, "/edit"), "offer-new": "/p/bean/offers/new?start=bundle&name=Three+for+two", "offer-preview": w.offerAt(w.tea, "/preview"),
		"codes": "/p/bean/codes", "batch": w.batchAt(w.unique, ""), "batch-shared": w.batchAt(w.shared, ""), "batch-personal": w.batchAt(w.personal, ""), "batch-making": w.batchAt(w.printing, ""),
		"codes-new": w.offerAt(w.tea, "/codes/new"), "codes-shared": w.offerAt(w.tea, "/codes/new?kind=shared"), "codes-personal": w.offerAt(w.tea, "/codes/new?kind=personal"), "codes-import": w.offerAt(w.tea, "/codes/new?kind=printed"),
		"code": "/p/bean/codes/" + w.used.ID.In(id.Code), "code-cancelled": "/p/bean/codes/" + w.cancelled.ID.In(id.Code), "audit-promo": "/p/bean/audit",
	}
}

// TestPagesOfOffersInTheBrowser opens every page on a phone and on a desk and
// measures it, in both looks and every language.
func TestPagesOfOffersInTheBrowser(t *testing.T) {
	w := newPromoTown(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone}, {"desktop-ru-dark", "ru", "dark", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range w.paths() {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}
