package console

import (
	"strings"
	"testing"

	"regulars/internal/web/webtest"
)

// TestPlanPagesInTheBrowser opens the pages of plans on a phone and on a desk.
func TestPlanPagesInTheBrowser(t *testing.T) {
	w := newPlanShop(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop}, {"phone-ru", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "light", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"plans": plansAt, "plan": planAt(w.club), "plan-edit": planAt(w.club) + "/edit", "plan-members": plansAt + "/members",
			"charges": plansAt + "/charges?state=all", "plan-payment": plansAt + "/payment",
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
