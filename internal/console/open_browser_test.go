package console

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/outreach"
	"regulars/internal/web/webtest"
)

// leaving is the path of the link in the message that was sent.
func (w *messageTown) leaving() string {
	w.t.Helper()
	page := w.as(auth.Owner).get(messageAt(w.sent)).text()
	_, link, _ := strings.Cut(page, "https://points.example.com"+outreach.UnsubscribePath)
	token, _, _ := strings.Cut(link, " ")
	return outreach.UnsubscribePath + token
}

// TestOpenPagesInTheBrowser opens the pages of the console for which nobody
// signs in: an invitation, and the link by which one leaves. With -artifacts it
// keeps pictures.
func TestOpenPagesInTheBrowser(t *testing.T) {
	w := newMessageTown(t)
	code, _, _ := w.town.invites()
	leave := w.leaving()
	b := webtest.New(t, w.console.Handler())
	b.Open(t, webtest.Phone, "/sign-in")
	send := func() {
		t.Helper()
		webtest.Script[bool](t, b, `(document.body.dataset.old = "yes", true)`)
		b.Run(t, webtest.Click("main form .actions button"), webtest.Absent("[data-old]"), webtest.Seen("main h1"))
	}
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"phone-ru-dark", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "light", webtest.Desktop},
	} {
		t.Run(look.name, func(t *testing.T) {
			prefer(t, b, look.lang, look.theme)
			see := func(what string) {
				t.Helper()
				b.CheckPublic(t)
				b.Picture(t, look.name+"-"+what)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "referral.") || strings.Contains(said, "{") {
					t.Errorf("%s: a text is missing or unfilled:\n%s", what, said)
				}
			}
			for what, path := range map[string]string{
				"invitation": "/r/" + code, "joined": "/r/" + code + "?joined=1", "no-invitation": "/r/00000000-0", "leave": leave, "no-link": leave + "x",
			} {
				b.Open(t, look.width, path)
				see(what)
			}
			b.Open(t, look.width, "/r/"+code)
			webtest.Script[bool](t, b, `(document.querySelector("#f-given_name").value = "שלום 🫖 " + "Donaudampfschifffahrt".repeat(4), document.querySelector("#f-email").value = "a@b", true)`)
			send()
			b.Run(t, webtest.Seen("#f-email[aria-invalid=true]"))
			see("wrong")
			b.Open(t, look.width, leave)
			send()
			see("left")
		})
	}
}
