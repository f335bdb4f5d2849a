package console

import (
	"strings"
	"testing"

	"regulars/internal/web/webtest"
)

// TestMessagePagesInTheBrowser opens the pages of messages on a phone and on a
// desk, in every language and both looks.
func TestMessagePagesInTheBrowser(t *testing.T) {
	w := newMessageTown(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop},
		{"phone-ru", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "dark", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"messages": messagesAt, "message": messageAt(w.sent), "refused": messageAt(w.refused),
			"policy": messagesAt + "/policy", "preview": messagesAt + "/policy?who=boris%40example.com&ask=stimulus",
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
