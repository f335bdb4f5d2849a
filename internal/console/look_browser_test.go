package console

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
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
// page, so no part of its tables may lie out of sight. The head of a table that is
// shown as cards is read out alone; each cell says it.
func TestNothingHidesOnAPhone(t *testing.T) {
	w := newBusy(t)
	b := browse(t, w.console.Handler())
	prefer(t, b, "ru", "light")
	b.Open(t, webtest.Phone, w.simulation)
	for _, hidden := range webtest.Script[[]string](t, b, `[...document.querySelectorAll("main .figures, main .hbar-figure, main .hbar-label")].filter(e => e.checkVisibility() && !e.closest(".chart-table, .table-cards thead") && e.getBoundingClientRect().right > innerWidth).map(e => e.textContent)`) {
		t.Errorf("%q is out of sight", hidden)
	}
}

// TestTheKeyboardReachesEverything walks through pages by the Tab key: all that
// can be used is come to, is in sight and shows it, and the way ends.
func TestTheKeyboardReachesEverything(t *testing.T) {
	w := newBusy(t)
	b := browse(t, w.console.Handler())
	for _, path := range []string{"/p/bean/members", w.rule("Twice on weekends", "/edit"), "/p/bean/programme/settings", w.draftImport, "/p/bean/audit"} {
		reachesAll(t, b, path)
	}
}

// reachesAll walks through a page by the Tab key.
func reachesAll(t *testing.T, b *webtest.Browser, path string) {
	t.Helper()
	b.Open(t, webtest.Desktop, path)
	b.Check(t, "labels")
	missed := webtest.Script[int](t, b, `(() => {
			const groups = new Set()
			const first = e => e.type !== "radio" || !groups.has(e.name) && groups.add(e.name)
			const usable = e => e.checkVisibility() && !e.disabled && e.type !== "hidden" && first(e)
			window.toReach = new Set([...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(usable))
			return toReach.size })()`)
	for presses := 4 * missed; missed > 0 && presses > 0; presses-- {
		b.Run(t, webtest.Key("\t"))
		missed = webtest.Script[int](t, b, `(() => {
				const e = document.activeElement
				if (e === document.body) return -toReach.size
				toReach.delete(e)
				if (e.type === "radio") for (const r of toReach) if (r.name === e.name) toReach.delete(r)
				return toReach.size })()`)
		if missed < 0 {
			break
		}
		for _, fault := range webtest.Script[[]string](t, b, `measure.focus()`) {
			t.Errorf("%s: %s", path, fault)
		}
	}
	if missed != 0 {
		t.Errorf("%s: the keyboard does not reach %s", path, webtest.Script[string](t, b, `[...toReach].map(e => e.outerHTML.slice(0, 120)).join("\n")`))
	}
}

// TestAFormOnItsWayShowsIt: while a form is being taken its button is busy, and
// pressing it again sends nothing more.
func TestAFormOnItsWayShowsIt(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	var posts atomic.Int64
	taken := make(chan struct{})
	take := sync.OnceFunc(func() { close(taken) })
	pages := w.console.Handler()
	b := browse(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/adjust") {
			posts.Add(1)
			<-taken
		}
		pages.ServeHTTP(rw, r)
	}))
	t.Cleanup(take) // else a step that fails would leave the server waiting for ever
	b.Open(t, webtest.Desktop, w.member(anna, "/adjust"))
	b.Run(t, webtest.Type("#f-points", "70"), webtest.Type("#f-reason", "Sorry"))
	// One script, as a page that is being left answers no second one until the next has come.
	busy := webtest.Script[string](t, b, `(() => { const send = document.querySelector("main .form button"); send.click(); send.click(); return send.ariaBusy + " " + document.querySelector("#busy").className })()`)
	take()
	if busy != "true busy htmx-request" {
		t.Errorf("on its way the form shows %q", busy)
	}
	b.Run(t, webtest.Seen(".timeline"))
	if n := posts.Load(); n != 1 {
		t.Errorf("the form was sent %d times", n)
	}
}
