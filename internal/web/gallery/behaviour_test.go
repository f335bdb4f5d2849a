package gallery

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/web/webtest"
)

func TestDialogOpensAndCloses(t *testing.T) {
	b := newBrowser(t)
	b.Open(t, webtest.Phone, "/member")
	b.Run(t,
		webtest.Click("button[commandfor=adjust]"), webtest.Seen("#adjust"),
		webtest.Key(kb.Escape), webtest.Gone("#adjust"),
		webtest.Click("button[commandfor=erase]"), webtest.Seen("#erase"),
	)
	b.Check(t, "overflow", "contrast", "targets")
	b.Picture(t, "erase")
	b.Run(t, webtest.Click("#erase button[formmethod=dialog]"), webtest.Gone("#erase"))
}

func TestMenuOnAPhone(t *testing.T) {
	b := newBrowser(t)
	b.Open(t, webtest.Phone, "/members")
	b.Run(t, webtest.Gone("#rail"), webtest.Click(".topbar-menu"), webtest.Seen("#rail a[aria-current=page]"))
	b.Check(t, "contrast", "targets")
	b.Picture(t, "drawer")
}

// TestPreferences changes look and language by the form in the bar.
func TestPreferences(t *testing.T) {
	b := newBrowser(t)
	b.Open(t, webtest.Desktop, "/members?q=a")
	b.Run(t, webtest.Gone(".topbar-menu"), webtest.Click("[popovertarget=display-menu]"), webtest.Seen("#display-menu"))
	b.Check(t, "contrast")
	b.Picture(t, "preferences")
	b.Run(t,
		webtest.Click("button[name=theme][value=dark]"), webtest.Seen("html[data-theme=dark] main"),
		webtest.Click("[popovertarget=display-menu]"), webtest.Click("button[name=lang][value=pl]"), webtest.Seen("html[lang=pl] main"),
	)
	const want = "dark pl /members?q=a"
	if got := webtest.Script[string](t, b, "[document.documentElement.dataset.theme, document.documentElement.lang, location.pathname + location.search].join(' ')"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestHtmxAnswers shows what becomes of answers to a part of a page: a toast,
// and a failure in words.
func TestHtmxAnswers(t *testing.T) {
	b := newBrowser(t)
	b.Open(t, webtest.Desktop, "/parts")
	b.Run(t,
		webtest.Click("#make-toast"), webtest.Seen(".toast-good .toast-close"),
		webtest.Click("#make-failure"), webtest.Seen(".toast-bad .toast-close"),
	)
	b.Check(t, "contrast", "labels")
	b.Picture(t, "toasts")
	b.Run(t, webtest.Click(".toast-bad .toast-close"), webtest.Absent(".toast-bad"))
}

// TestFormIsMended sends a form that needs mending and finds the errors beside
// the fields and above them.
func TestFormIsMended(t *testing.T) {
	for name, width := range widths {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t)
			b.Open(t, width, "/form")
			b.Run(t, webtest.Click("main form button[type=submit]"), webtest.Seen("#f-name-error"))
			if !webtest.Script[bool](t, b, `document.activeElement.matches("[data-focus]")`) {
				t.Error("the summary of errors does not have the focus")
			}
			b.Check(t, "overflow", "labels", "contrast")
			b.Picture(t, "mend")
		})
	}
}

func TestPrint(t *testing.T) {
	b := newBrowser(t)
	b.Open(t, webtest.Desktop, "/member?theme=dark")
	b.Run(t, webtest.Paper)
	if webtest.Script[bool](t, b, `document.querySelector(".topbar").checkVisibility()`) {
		t.Error("the bar is printed")
	}
	b.Check(t, "contrast")
	b.Picture(t, "print")
}

// TestFiguresUnderThePointer points at a month and reads its figure.
func TestFiguresUnderThePointer(t *testing.T) {
	b := newBrowser(t)
	b.Open(t, webtest.Desktop, "/?hue=150")
	type point struct{ X, Y float64 }
	at := webtest.Script[point](t, b, `(() => { const r = document.querySelectorAll("#revenue .hover-band")[10].getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + 60} })()`)
	b.Run(t, webtest.Point(at.X, at.Y))
	if got := webtest.Script[string](t, b, `[...document.querySelectorAll(".hover-text")].filter(e => e.checkVisibility({visibilityProperty: true})).map(e => e.textContent).join("; ")`); got != "October 2011 · £1,039,079.20" {
		t.Errorf("got %q", got)
	}
	b.Picture(t, "hover")
}
