package guest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/plan"
	"regulars/internal/web/webtest"
)

// goes follows what the selector names, and waits for what the next page has.
func (h *hands) goes(selector, next string) {
	h.t.Helper()
	h.TabTo(h.t, selector)
	webtest.Script[bool](h.t, h.Browser, `(document.body.dataset.old = "yes", true)`)
	h.press(kb.Enter)
	h.Run(h.t, webtest.Absent("[data-old]"), webtest.Seen(next))
}

// TestTheWalletByKeyboardAlone signs in, takes a reward and gives it back, agrees
// to something, leaves the plan and is erased, without a mouse.
func TestTheWalletByKeyboardAlone(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			w := newRich(t)
			w.pays(w.anna)
			before := w.available(w.anna)
			h := &hands{webtest.New(t, w.handler()), t}
			h.open(scripts, "/me/bean/sign-in")
			h.TabTo(h.t, "#f-email")
			h.Run(t, chromedp.KeyEvent("anna@example.com"))
			h.goes("main button[type=submit]", "#f-code")
			h.TabTo(h.t, "#f-code")
			h.Run(t, chromedp.KeyEvent(w.last().code))
			h.goes("main button[type=submit]", ".pass-code svg")

			h.goes(`.pocket-nav a[href$='/rewards']`, "button[commandfor^=take-]")
			h.TabTo(h.t, "button[commandfor^=take-]")
			h.press(kb.Enter)
			h.Run(t, webtest.Seen("dialog[open]"))
			h.goes("dialog[open] .button-primary", ".notice-good")
			if got := w.available(w.anna); got >= before {
				t.Errorf("%d points, were %d", got, before)
			}
			h.TabTo(h.t, "button[commandfor^=undo-]")
			h.press(kb.Enter)
			h.Run(t, webtest.Seen("dialog[open]"))
			h.press(kb.Escape) // a second thought
			h.Run(t, webtest.Absent("dialog[open]"))
			if !webtest.Script[bool](t, h.Browser, `document.activeElement.matches("button[commandfor^=undo-]")`) {
				t.Error("the focus does not come back to the button that opened the question")
			}
			h.press(kb.Enter)
			h.Run(t, webtest.Seen("dialog[open]"))
			h.goes("dialog[open] .button-danger", ".notice-good")
			if got := w.available(w.anna); got != before {
				t.Errorf("%d points after giving it back, were %d", got, before)
			}

			h.Open(t, webtest.Desktop, "/me/bean/profile/consents")
			h.TabTo(h.t, "input[name=survey]")
			h.press(" ")
			h.goes("main form .button-primary", ".notice-good")
			if !w.agreed(member.Surveys) {
				t.Error("what was agreed to is not kept")
			}

			h.Open(t, webtest.Desktop, "/me/bean/plan")
			h.goes("form[action$='/plan/leave'] button", ".notice-good")
			if left := w.memberships(w.anna); len(left) != 1 || left[0].State != plan.Ended || left[0].Refund != 700 { // within the days of withdrawal
				t.Errorf("after leaving: %s, %d to be refunded", left[0].State, left[0].Refund)
			}

			h.Open(t, webtest.Desktop, "/me/bean/profile/privacy")
			h.TabTo(h.t, "form[action$='/profile/export'] button")
			h.goes("a[href$='/profile/erase']", "#f-typed")
			h.TabTo(h.t, "#f-typed")
			h.Run(t, chromedp.KeyEvent("delete"))
			h.goes("main form .actions button", "main h1")
			if p, err := w.members.Get(ctx, system, w.programme.ID, w.anna); err != nil || p.Status != member.Erased {
				t.Errorf("after erasing: %+v, %v", p.Status, err)
			}
			h.Open(t, webtest.Desktop, "/me/bean/")
			h.Run(t, webtest.Seen("#f-email"))
		})
	}
}

// agreed reports whether Anna agrees to something now, by any channel.
func (w *lively) agreed(to member.Purpose) (yes bool) {
	w.t.Helper()
	check(w.t, w.db.View(ctx, func(q db.Queryer) error {
		all, err := member.Consents(ctx, q, []id.ID{w.anna})
		yes = slices.ContainsFunc(member.Current(all), func(c member.Consent) bool { return c.Purpose == to && c.Given })
		return err
	}))
	return yes
}

// TestAnEmptyWalletInTheBrowser looks at every page of somebody who has nothing
// yet, in a programme that offers nothing: each says what comes next.
func TestAnEmptyWalletInTheBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	w.join("", "", "new@example.com")
	b := w.browse(t, "new@example.com")
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"desktop-ru", "ru", "dark", webtest.Desktop}, {"phone-pl", "pl", "light", webtest.Phone},
	} {
		prefer(t, b, look.lang, look.theme)
		for _, path := range []string{"/", "/rewards", "/codes", "/history", "/history/gained", "/profile", "/profile/consents", "/profile/privacy", "/challenges", "/plan", "/household", "/cases", "/friends"} {
			t.Run(look.name+path, func(t *testing.T) {
				b.Open(t, look.width, "/me/bean"+path)
				b.Check(t)
				b.Axe(t)
				b.Picture(t, look.name+path)
				if said := webtest.Script[string](t, b, `document.querySelector("main").innerText`); strings.Contains(said, "guest.") || strings.Contains(said, "{") || strings.Contains(said, "undefined") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}
