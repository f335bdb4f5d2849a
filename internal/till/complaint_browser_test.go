package till

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/i18n"
	"regulars/internal/web/webtest"
)

// TestHowAComplaintIsTakenAtTheCounter takes one by two taps on each screen and one
// by keyboard alone, and measures what is shown. With -artifacts it keeps pictures.
func TestHowAComplaintIsTakenAtTheCounter(t *testing.T) {
	s := newScreen(t)
	anna := s.k.shopper("Anna Wiśniewska", "+442079460018", 150)
	s.enter(s.k.shops[0])
	const reason, want = `[data-post="/till/complaint"][data-reason="quality"]:not([data-wanted])`, `[data-post="/till/complaint"][data-wanted="refund"]`
	taken := 0
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-ru", "ru", "dark", webtest.Phone}, {"tablet-pl", "pl", "light", tablet}, {"desktop-en", "en", "dark", webtest.Desktop},
	} {
		t.Run(look.name, func(t *testing.T) {
			s.t = t
			lang, _ := i18n.ParseLang(look.lang)
			s.k.ok(s.k.c.Auth.SetPreferences(ctx, s.k.ann.Actor(), auth.Preferences{Language: lang, Theme: look.theme}))
			shows := func(what string) {
				t.Helper()
				s.Check(t, "overflow", "labels", "contrast", "edges", "targets")
				s.Axe(t)
				s.Picture(t, look.name+"-"+what)
			}
			s.Open(t, look.width, "/till")
			s.Run(t, webtest.Until(`document.getElementById("till").dataset.ready === "yes"`))
			s.scan("020 7946 0018")
			s.Run(t, webtest.Seen(".customer"))
			if look.name == "desktop-en" { // by keyboard alone
				s.TabTo(t, ".customer-part:has("+reason+") summary")
				s.Run(t, webtest.Key(kb.Enter), webtest.Seen(reason))
				shows("reasons")
				s.TabTo(t, reason)
				s.Run(t, webtest.Key(kb.Enter), webtest.Seen(want))
				shows("wanted")
				s.TabTo(t, want)
				s.Run(t, webtest.Key(kb.Enter))
			} else {
				s.Run(t, webtest.Click(".customer-part:has("+reason+") summary"), webtest.Seen(reason))
				shows("reasons")
				s.Run(t, webtest.Click(reason), webtest.Seen(want))
				shows("wanted")
				s.Run(t, webtest.Click(want))
			}
			s.Run(t, webtest.Until(`document.getElementById("till").innerText.includes("PIN")`))
			shows("taken")
			taken++
		})
	}
	list, err := s.k.c.Complaints.List(ctx, system, complaint.Query{ProgrammeID: s.k.programme.ID, Limit: 10})
	s.k.ok(err)
	if len(list) != taken || taken != 3 || list[0].MemberID != anna || list[0].Wanted != complaint.WantRefund {
		t.Errorf("%d of %d taken", len(list), taken)
	}
}
