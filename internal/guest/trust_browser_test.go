package guest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/trust"
	"regulars/internal/web/webtest"
)

// TestPagesOfTrustInTheBrowser opens what the shop tells everybody of itself,
// full and empty, in both looks and every language.
func TestPagesOfTrustInTheBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	b := webtest.New(t, w.handler())
	b.Open(t, webtest.Phone, "/known/bean")
	empty := stroll{t, b, "phone-en", "en"}
	empty.look("known-none")
	b.Open(t, webtest.Phone, "/open/bean")
	empty.look("open-none")
	r := w.figures()
	n := w.knows(func(s *trust.Spec) {
		s.What["en"] = hostile + strings.Repeat("\nMore of it.", 8)
		s.Products, s.Channels = []string{"POT", strings.Repeat("LONGSKU", 12)}, []string{"web", "shop"}
	})
	late := w.knows(func(s *trust.Spec) {
		s.Expected, s.Title = "2026-03-10", trust.Words{"en": strings.Repeat("Überlangetitelohneabstand", 4)}
	})
	wont := w.knows(func(s *trust.Spec) { s.State, s.Reason = trust.Wont, trust.Words{"en": "The maker is gone."} })
	w.knows(func(s *trust.Spec) { s.State = trust.Mended })
	_, err := w.trust.Correct(ctx, system, w.programme.ID, r.ID, r.Version, hostile, map[trust.Section]trust.Words{trust.Promises: {"en": hostile}, trust.Issues: {"en": "Two are open."}})
	check(t, err)
	gone, err := w.trust.Publish(ctx, system, w.programme.ID, "2025-11", nil)
	check(t, err)
	_, err = w.trust.Withdraw(ctx, system, w.programme.ID, gone.ID, 1, "The count was wrong.")
	check(t, err)
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"phone-ru-dark", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "light", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		walk := stroll{t, b, look.name, look.lang}
		for name, path := range map[string]string{
			"known": "/known/bean", "issue": "/known/bean/" + n.ID.In(id.KnownIssue), "issue-late": "/known/bean/" + late.ID.In(id.KnownIssue), "issue-wont": "/known/bean/" + wont.ID.In(id.KnownIssue),
			"open": "/open/bean", "open-old": "/open/bean/2026-02?version=1", "open-withdrawn": "/open/bean/2025-11",
			"issue-missing": "/known/bean/nothing", "open-missing": "/open/bean/1999-01", "nobody": "/open/nowhere",
		} {
			b.Open(t, look.width, path)
			walk.look(name)
		}
	}
}

// TestPagesOfTrustByKeyboardAlone goes from the figures to an older edition and
// back, to what is not perfect, to one of it, and on to telling of another.
func TestPagesOfTrustByKeyboardAlone(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	r := w.figures()
	n := w.knows(nil)
	_, err := w.trust.Correct(ctx, system, w.programme.ID, r.ID, r.Version, "One was counted twice.", nil)
	check(t, err)
	for _, lang := range []string{"en", "ru", "pl"} {
		for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
			t.Run(lang+" "+name, func(t *testing.T) {
				h := &hands{webtest.New(t, w.handler()), t}
				h.Open(t, webtest.Phone, "/open/bean")
				prefer(t, h.Browser, lang, "light")
				h.open(scripts, "/open/bean")
				for _, link := range []string{
					"main a[href$='version=1']", "main .notice a", "main p a[href='/known/bean']", "main a[href='/known/bean/" + n.ID.In(id.KnownIssue) + "']",
					"main p a[href='/known/bean']", "main a[href^='/c/bean']",
				} {
					h.TabTo(h.t, link)
					webtest.Script[bool](t, h.Browser, `(document.body.dataset.old = "yes", true)`)
					h.press(kb.Enter)
					h.Run(t, webtest.Absent("[data-old]"), webtest.Seen("main h1"))
				}
				h.TabTo(h.t, "[name=reason]")
				if said := webtest.Script[string](t, h.Browser, `document.documentElement.lang`); said != lang {
					t.Errorf("it ends in %s", said)
				}
			})
		}
	}
}
