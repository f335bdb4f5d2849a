package console

import (
	"strings"
	"testing"

	"regulars/internal/web/webtest"
)

// TestPartnerPagesInTheBrowser opens the pages of partners on a phone and on a
// desk, in every language.
func TestPartnerPagesInTheBrowser(t *testing.T) {
	w := newMarket(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang string
		width      webtest.Step
	}{
		{"phone-en", "en", webtest.Phone}, {"desktop-en", "en", webtest.Desktop}, {"phone-ru", "ru", webtest.Phone}, {"desktop-pl", "pl", webtest.Desktop},
	} {
		prefer(t, b, look.lang, "light")
		for name, path := range map[string]string{
			"partners": partnersAt, "partner": w.at(), "partner-new": partnersAt + "/new", "partner-edit": w.at() + "/edit", "statement": w.at() + "/statements/" + w.month(),
		} {
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
