package console

import (
	"testing"

	"regulars/internal/web/webtest"
)

// TestDialogsBeginAtTheFirstField: who opens a form can type at once, and who
// is asked before harm is done stands on the harmless answer.
func TestDialogsBeginAtTheFirstField(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	b := browse(t, w.console.Handler())
	for _, c := range []struct{ path, opens, focus string }{
		{"/p/bean/members", "add", "#f-given"},
		{"/p/bean/keys", "create", "#f-name"},
		{w.rule("Twice on weekends", ""), "discard", "[formmethod=dialog]"},
	} {
		b.Open(t, webtest.Desktop, c.path)
		webtest.Script[bool](t, b, `(document.querySelector("[commandfor=`+c.opens+`]").focus(), true)`)
		b.Run(t, webtest.Key("\r"), webtest.Seen("#"+c.opens))
		if !webtest.Script[bool](t, b, `document.activeElement.matches("#`+c.opens+` `+c.focus+`")`) {
			t.Errorf("%s: the focus is on %s", c.opens, webtest.Script[string](t, b, `document.activeElement.outerHTML`))
		}
		b.Check(t, "focus", "labels", "overflow", "contrast")
		b.Run(t, webtest.Click("#"+c.opens+" .dialog-close button"), webtest.Gone("#"+c.opens))
	}
}

// TestFiguresStandLevel: the figures of neighbouring tiles share a line,
// however long the sentences above and the notes below are.
func TestFiguresStandLevel(t *testing.T) {
	w := newLively(t)
	b := browse(t, w.console.Handler())
	for _, lang := range []string{"en", "ru", "pl"} {
		prefer(t, b, lang, "light")
		b.Open(t, webtest.Desktop, "/p/bean")
		if n := webtest.Script[int](t, b, `new Set([...document.querySelectorAll(".tile-figure")].map(e => Math.round(e.getBoundingClientRect().top))).size`); n != 1 {
			t.Errorf("%s: the figures stand on %d lines", lang, n)
		}
	}
}

// TestNothingHidesOnAPhone: what a simulation would change is the point of its
// page, so no part of its tables may lie out of sight.
func TestNothingHidesOnAPhone(t *testing.T) {
	w := newBusy(t)
	b := browse(t, w.console.Handler())
	prefer(t, b, "ru", "light")
	b.Open(t, webtest.Phone, w.simulation)
	for _, hidden := range webtest.Script[[]string](t, b, `[...document.querySelectorAll("main .figures, main .hbar-figure, main .hbar-label")].filter(e => e.checkVisibility() && !e.closest(".chart-table") && e.getBoundingClientRect().right > innerWidth).map(e => e.textContent)`) {
		t.Errorf("%q is out of sight", hidden)
	}
}
