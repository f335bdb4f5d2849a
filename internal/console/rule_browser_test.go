package console

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"regulars/internal/web/webtest"
)

// rest waits until htmx has taken note of what has arrived, as a hand does.
func rest(t *testing.T, b *webtest.Browser) {
	t.Helper()
	webtest.Script[bool](t, b, `new Promise(done => { let calm = 0; (function look() {
		calm = document.querySelector(".htmx-added, .htmx-settling, .htmx-swapping, .htmx-request") ? 0 : calm + 1
		calm > 10 ? done(true) : setTimeout(look, 10) })() })`)
}

// choose sets a select as a hand would.
func choose(t *testing.T, b *webtest.Browser, selector, value string) {
	t.Helper()
	rest(t, b)
	webtest.Script[bool](t, b, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`, selector, value))
}

// says waits until an element says something.
func says(t *testing.T, b *webtest.Browser, selector, words string) {
	t.Helper()
	got := webtest.Script[string](t, b, fmt.Sprintf(`new Promise(done => { const end = Date.now() + 5000; (function look() {
		const said = document.querySelector(%q)?.innerText ?? "";
		said.includes(%q) || Date.now() > end ? done(said) : setTimeout(look, 20) })() })`, selector, words))
	if !strings.Contains(got, words) {
		t.Errorf("%s says %q, not %q", selector, got, words)
	}
}

// TestTheEditorInTheBrowser writes a rule by hand: rows come and go, the words
// follow, and what was typed stays.
func TestTheEditorInTheBrowser(t *testing.T) {
	w := newTown(t)
	w.addShops()
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Phone, "/p/bean/programme/rules/new")
	b.Run(t, webtest.Type("#f-name", "Leeds at lunch"), webtest.Click(`button[value="add-test"]`), webtest.Seen("#f-if-0-0-field"))
	choose(t, b, "#f-if-0-0-field", "shop")
	b.Run(t, webtest.Seen("#f-if-0-0-op"))
	choose(t, b, "#f-if-0-0-op", "in")
	b.Run(t, webtest.Seen(`input[name="if.0.0.value"][value="leeds"]`))
	rest(t, b)
	b.Run(t, webtest.Click(`input[name="if.0.0.value"][value="leeds"]`))
	says(t, b, "#in-words", "the shop is Leeds, Briggate")
	rest(t, b)
	b.Run(t, webtest.Click(`button[value="add-group"]`), webtest.Seen("#f-if-1-0-field"))
	choose(t, b, "#f-if-1-0-field", "clock")
	b.Run(t, webtest.Seen("#f-if-1-0-op"))
	choose(t, b, "#f-if-1-0-op", "between")
	b.Run(t, webtest.Seen("#f-if-1-0-upto"))
	rest(t, b)
	webtest.Script[bool](t, b, `(() => { for (const [i, v] of [["f-if-1-0-value", "11:30"], ["f-if-1-0-upto", "14:00"]]) { const e = document.getElementById(i); e.value = v; e.dispatchEvent(new Event("change", {bubbles: true})) } return true })()`)
	says(t, b, "#in-words", "the time of day is from 11:30 to 14:00")
	choose(t, b, "#f-do-0-kind", "units")
	b.Run(t, webtest.Seen("#f-do-0-skus"))
	rest(t, b)
	b.Run(t, webtest.Type("#f-do-0-skus", "TEA, MUG"), webtest.Click(`button[value="add-effect"]`), webtest.Seen("#f-do-1-kind"))
	says(t, b, "#in-words", "for each unit of TEA and MUG")
	rest(t, b)
	b.Run(t, webtest.Click(`button[value="drop-do.1"]`), webtest.Absent("#f-do-1-kind"))
	b.Check(t)
	b.Picture(t, "editor")
	if got := webtest.Script[string](t, b, `document.querySelector("#f-name").value`); got != "Leeds at lunch" {
		t.Errorf("the name became %q", got)
	}
	b.Run(t, webtest.Click(`.form > .actions button[value="save"]`), webtest.Seen(".flashes .notice"))
	says(t, b, "#main", "the shop is Leeds, Briggate")
	b.Run(t, webtest.Click(`button[commandfor="publish"]`), webtest.Seen("#publish"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "publish")
	b.Run(t, webtest.Click("#publish button.button-primary"), webtest.Seen(`button[commandfor="retire"]`))
	says(t, b, "#main", "In force since 15 March 2026.")
}

// TestEnterSavesTheRule presses Enter in a field: the form is saved, no row is
// removed.
func TestEnterSavesTheRule(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Desktop, "/p/bean/programme/rules/new?start=weekend")
	b.Run(t, webtest.Type("#f-name", "Twice\r"), webtest.Seen(".flashes .notice"))
	says(t, b, "#main", "Saturday or Sunday")
}

// TestAMistakeInTheBrowser looks at forms with slips in them.
func TestAMistakeInTheBrowser(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	for _, tc := range []struct{ name, path, open, field, text, send string }{
		{"rule", "/p/bean/programme/rules/new", "", "#f-do-0-points", "lots", `.form > .actions button[value="save"]`},
		{"ladder", "/p/bean/programme/ranks/new", "", "#f-rank-1-threshold", "lots", `.form > .actions button[value="save"]`},
		{"settings", "/p/bean/programme/settings", "", "#f-settings-control_share", "x", "main > .stack .form > .actions button"},
		{"shop", "/p/bean/programme/settings", "button[commandfor=shop-new]", "#shop-new-code", "a b", "#shop-new .form .button-primary"},
		{"points", "/p/bean/programme/settings", "button[commandfor=wallet-new]", "#wallet-new-unit", "x", "#wallet-new .form .button-primary"},
		{"invite", "/p/bean/staff", "button[commandfor=invite]", "#f-email", "nobody", "#invite .form .button-primary"},
		{"key", "/p/bean/keys", "button[commandfor=create]", "#f-expires", "", "#create .form .button-primary"},
		{"file", "/p/bean/import", "", "", "", ".form .button-primary"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b.Open(t, webtest.Phone, tc.path)
			if tc.open != "" {
				b.Run(t, webtest.Click(tc.open))
			}
			if tc.text != "" {
				b.Run(t, webtest.Seen(tc.field), webtest.Type(tc.field, tc.text))
			}
			b.Run(t, webtest.Click(tc.send), webtest.Seen(".field-error"))
			b.Check(t, "overflow", "labels", "contrast", "targets")
			b.Picture(t, "mend-"+tc.name)
		})
	}
}

// TestTheColourInTheBrowser moves the slider: the page takes the colour.
func TestTheColourInTheBrowser(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Desktop, "/p/bean/programme/settings")
	accent := `getComputedStyle(document.querySelector("main > .stack .form > .actions .button")).backgroundColor`
	before := webtest.Script[string](t, b, accent)
	webtest.Script[bool](t, b, `(() => { const e = document.querySelector("#f-hue"); e.value = 25; e.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	says(t, b, "#hue-sample", "Hue 25")
	after := webtest.Script[string](t, b, `new Promise(done => { const end = Date.now() + 5000; (function look() { const now = `+accent+`; now !== "`+before+`" || Date.now() > end ? done(now) : setTimeout(look, 20) })() })`)
	if before == after {
		t.Errorf("the button stays %s", before)
	}
	b.Check(t, "contrast")
	b.Picture(t, "colour")
}

// TestAnImportInTheBrowser uploads a file, changes what a column is for, and
// watches the job.
func TestAnImportInTheBrowser(t *testing.T) {
	w := newTown(t)
	file := filepath.Join(t.TempDir(), "sales.csv")
	check(t, os.WriteFile(file, []byte(salesFile(60)), 0o600))
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Phone, "/p/bean/import")
	b.Run(t, chromedp.SetUploadFiles("#f-file", []string{file}), webtest.Click(".form .button-primary"), webtest.Seen("#import-preview"))
	says(t, b, "#import-preview", "62 would be taken and 2 left out")
	choose(t, b, `select[name="col.6"]`, "")
	says(t, b, "#import-preview", "Choose the column for “Customer number”.")
	choose(t, b, `select[name="col.6"]`, "customer")
	says(t, b, "#import-preview", "62 would be taken")
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Run(t, webtest.Click(`form.stack > .actions .button-primary`), webtest.Seen("progress"))
	b.Check(t)
	b.Picture(t, "import-waiting")
	w.work()
	says(t, b, "#import-state", "21 sales and 1 return")
	b.Check(t, "overflow", "labels", "contrast", "targets")
}

// TestSecretsInTheBrowser looks at what is shown once.
func TestSecretsInTheBrowser(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		b.Open(t, width, "/p/bean/staff")
		b.Run(t, webtest.Click("button[commandfor=invite]"), webtest.Seen("#f-email"))
		b.Check(t, "overflow", "labels", "contrast", "targets")
		b.Picture(t, name+"-invite")
		b.Run(t, webtest.Type("#f-email", name+"@example.com"), webtest.Type("#f-name", "Jan"), webtest.Click("#invite .form .button-primary"), webtest.Seen(".code-block"))
		b.Check(t)
		b.Picture(t, name+"-link")
		b.Open(t, width, "/p/bean/keys")
		b.Run(t, webtest.Click("button[commandfor=create]"), webtest.Seen("#f-name"))
		b.Check(t, "overflow", "labels", "contrast", "targets")
		b.Picture(t, name+"-new-key")
		b.Run(t, webtest.Type("#f-name", "Till "+name), webtest.Click("#create .form .button-primary"), webtest.Seen(".code-block"))
		b.Check(t)
		b.Picture(t, name+"-key")
	}
}

// TestBeginnersPagesOfTheProgramme opens what somebody sees before anything is
// there.
func TestBeginnersPagesOfTheProgramme(t *testing.T) {
	w := newTown(t)
	w.makeProgramme("leaf", "Leaf")
	b := browse(t, w.console.Handler())
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for _, path := range []string{"", "/rules/new", "/ranks", "/settings"} {
			b.Open(t, width, "/p/leaf/programme"+path)
			b.Check(t)
			b.Picture(t, name+"-empty"+path)
		}
		for _, path := range []string{"import", "jobs", "keys", "audit?to=2020-01-01"} {
			b.Open(t, width, "/p/leaf/"+path)
			b.Check(t)
			b.Picture(t, name+"-empty-"+path)
		}
	}
}
