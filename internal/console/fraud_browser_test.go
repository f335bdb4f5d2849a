package console

import (
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// TestFraudPagesInTheBrowser opens the pages of fraud watch on a phone and on a
// desk.
func TestFraudPagesInTheBrowser(t *testing.T) {
	w := newTown(t)
	f := w.watched()
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"phone-ru", "ru", "light", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{"fraud": fraudAt, "fraud-flag": fraudAt + "/" + f.ID.In(id.Flag) + "/details", "fraud-rules": fraudAt + "/rules"} {
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
