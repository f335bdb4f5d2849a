package console

import (
	"strings"
	"testing"

	"regulars/internal/web/webtest"
)

// TestGiftPagesInTheBrowser opens the pages of gift cards on a phone and on a
// desk and measures them, in both looks and every language. With -artifacts it
// keeps pictures.
func TestGiftPagesInTheBrowser(t *testing.T) {
	w := newGiftShop(t)
	b := browse(t, w.console.Handler())
	places := map[string]string{
		"gifts": gifts, "gifts-none": gifts + "?q=none", "campaigns": gifts + "/campaigns", "issue": gifts + "/issue",
		"batch": gifts + "?batch=" + shownID(w.given.BatchID, "gbt"), "gift": giftAt(w.active), "gift-printed": giftAt(w.printed), "gift-blocked": giftAt(w.blocked),
		"gift-given": giftAt(w.given), "gift-ended": giftAt(w.ended),
	}
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-ru", "ru", "light", webtest.Phone},
		{"phone-pl-dark", "pl", "dark", webtest.Phone}, {"desktop-ru", "ru", "dark", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range places {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "giftcard.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}

// TestGiftFormsInTheBrowser fills in the forms, with slips.
func TestGiftFormsInTheBrowser(t *testing.T) {
	w := newGiftShop(t)
	b := browse(t, w.console.Handler())
	prefer(t, b, "en", "light")
	b.Open(t, webtest.Phone, gifts+"/issue")
	b.Run(t, webtest.Type("#f-count", "many"), webtest.Click("main .form button[type=submit]"), webtest.Seen(".field-error"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "mend-issue")
	b.Open(t, webtest.Phone, giftAt(w.active))
	b.Run(t, webtest.Click("button[commandfor=top-up]"), webtest.Seen("#top-up-amount"))
	b.Picture(t, "dialog-top-up")
	b.Run(t, webtest.Type("#top-up-amount", "many"), webtest.Click("#top-up .form button[type=submit]"), webtest.Seen(".field-error"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "mend-top-up")
	b.Open(t, webtest.Desktop, giftAt(w.printed))
	b.Run(t, webtest.Click("button[commandfor=activate]"), webtest.Seen("#activate .form"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "dialog-activate")
	b.Run(t, webtest.Click("#activate .form button[type=submit]"), webtest.Seen("button[commandfor=top-up]"))
	b.Open(t, webtest.Phone, gifts)
	b.Run(t, webtest.Type("input[name=q]", tailOf(w.open)), webtest.Absent(".pager .button"), webtest.Seen("#found tbody tr"))
	if got := webtest.Script[int](t, b, `document.querySelectorAll("#found tbody tr").length`); got != 1 {
		t.Errorf("found %d cards", got)
	}
}

// TestNoGiftCardsYet opens the pages before anything was issued.
func TestNoGiftCardsYet(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for part, path := range map[string]string{"cards": gifts, "campaigns": gifts + "/campaigns"} {
			b.Open(t, width, path)
			b.Check(t)
			b.Picture(t, name+"-empty-"+part)
		}
	}
}
