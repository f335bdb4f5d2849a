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
		"offers": "/p/bean/offers", "offers-newcomers": "/p/bean/offers?show=newcomers", "offers-ended": "/p/bean/offers?show=ended", "discounts": "/p/bean/offers/discounts",
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

// TestABasketInTheBrowser writes an offer by hand, tries it on a basket, and
// orders its codes.
func TestABasketInTheBrowser(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Phone, "/p/bean/offers/new?start=bundle&name=Three+for+two")
	b.Run(t, webtest.Type("#f-skus", "MUG"), webtest.Click("#f-with_code"), webtest.Seen("#f-restore_code"))
	says(t, b, "#in-words", "Of each 3 units of MUG the cheapest is free, with a code.")
	choose(t, b, "#f-kind", "buy_get")
	b.Run(t, webtest.Seen("#f-percent"))
	rest(t, b)
	b.Run(t, webtest.Type("#f-percent", "50"), webtest.Click(`.form > .actions button[value="save"]`), webtest.Seen(".flashes .notice"))
	says(t, b, "#main", "the cheapest is at 50 % off")
	b.Run(t, webtest.Click(`a[href$="/preview"]`), webtest.Seen("#f-line-0-sku"), webtest.Click(`button[value="add-line"]`), webtest.Seen("#f-line-1-sku"))
	rest(t, b)
	webtest.Script[bool](t, b, `(() => { document.querySelector("#f-line-0-quantity").value = "3"; return true })()`)
	b.Run(t, webtest.Type("#f-line-0-price", "8"), webtest.Click(`.form > .actions button[value="price"]`), webtest.Seen("#priced"))
	says(t, b, "#priced", "This basket would cost £20.00 instead of £24.00: £4.00 less.")
	b.Check(t)
	b.Picture(t, "phone-priced")
	b.Open(t, webtest.Desktop, strings.TrimSuffix(webtest.Script[string](t, b, `location.pathname`), "/preview"))
	b.Run(t, webtest.Click(`button[commandfor="publish"]`), webtest.Seen("#publish"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "desktop-publish")
	b.Run(t, webtest.Click("#publish button.button-primary"), webtest.Seen(`button[commandfor="withdraw"]`), webtest.Click(`a[href$="/codes/new"]`), webtest.Seen("#f-count"))
	webtest.Script[bool](t, b, `(() => { document.querySelector("#f-count").value = "600000"; document.querySelector("#f-length").value = "4"; return true })()`)
	b.Run(t, webtest.Click(".form .button-primary"), webtest.Seen(".field-error"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "desktop-too-short")
	webtest.Script[bool](t, b, `(() => { document.querySelector("#f-count").value = "30"; document.querySelector("#f-length").value = "8"; return true })()`)
	b.Run(t, webtest.Click(".form .button-primary"), webtest.Seen("progress"))
	w.work()
	says(t, b, "#batch", "30 of 30 can still be used.")
	b.Run(t, webtest.Click(`button[commandfor="cancel"]`), webtest.Seen("#cancel"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
}
