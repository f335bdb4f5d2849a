package webtest

import (
	"net/http"
	"strings"
	"testing"
)

// bad holds a fault for each measure.
const bad = `<!doctype html><html lang="en"><body style="background: #fff; margin: 0">
<p style="width: 3000px">too wide</p>
<p style="color: #999">too pale</p>
<input class="input" style="border: 1px solid #ddd; outline: none" autofocus>
<button style="height: 10px; font-size: 6px"></button>
<p id="twice"></p><p id="twice"></p>

</body></html>`

// TestMeasuresFindFaults holds that each measure can fail.
func TestMeasuresFindFaults(t *testing.T) {
	b := New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if _, err := w.Write([]byte(bad)); err != nil {
			t.Error(err)
		}
	}))
	b.Open(t, Phone, "/")
	b.Run(t, Click("input"))
	Script[int](t, b, measures)
	for measure, want := range map[string]string{
		"overflow": "reaches to 3000", "contrast": "too pale", "labels": "no label", "edges": "input", "targets": "10px", "focus": "not shown",
	} {
		if got := strings.Join(Script[[]string](t, b, "measure."+measure+"()"), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to hold %q", measure, got, want)
		}
	}
	labels := strings.Join(Script[[]string](t, b, "measure.labels()"), "; ")
	for _, want := range []string{"no words: <button", "id twice: twice"} {
		if !strings.Contains(labels, want) {
			t.Errorf("labels: got %q, want it to hold %q", labels, want)
		}
	}
}

func TestTheConsoleIsHeard(t *testing.T) {
	b := New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Content-Type", "text/html")
		if _, err := w.Write([]byte(`<!doctype html><html lang="en"><p style="color: red">x</p>`)); err != nil {
			t.Error(err)
		}
	}))
	b.Open(t, Desktop, "/")
	if said := strings.Join(b.said(), "; "); !strings.Contains(said, "Content Security Policy") {
		t.Errorf("got %q", said)
	}
	if said := b.said(); len(said) != 0 {
		t.Errorf("not forgotten: %q", said)
	}
}

// TestAxeFindsFaults holds that axe-core is there and that what it finds fails.
func TestAxeFindsFaults(t *testing.T) {
	b := New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		w.Header().Set("Content-Type", "text/html")
		if _, err := w.Write([]byte(bad)); err != nil {
			t.Error(err)
		}
	}))
	b.Open(t, Phone, "/")
	got := strings.Join(b.axe(t), "; ")
	for _, want := range []string{"document-title", "label: <input", "button-name: <button", "color-contrast: <p"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want it to hold %q", got, want)
		}
	}
}

// TestShiftsAreSeenInPieces holds that a page is found to jump whose end pushes
// its beginning down, and one that grows at its end is not.
func TestShiftsAreSeenInPieces(t *testing.T) {
	const words = `<p>Somebody reads this while the rest of the page is on its way.</p>`
	long := strings.Repeat(words, 30)
	for name, page := range map[string]struct {
		body  string
		jumps bool
	}{
		"late above": {`<main style="order: 2">` + long + `</main><nav style="order: 1; height: 200px">Ways</nav>`, true},
		"in order":   {`<nav style="height: 200px">Ways</nav><main>` + long + `</main>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := New(t, InPieces(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if _, err := w.Write([]byte(`<!doctype html><html lang="en"><body style="display: flex; flex-direction: column">` + page.body)); err != nil {
					t.Error(err)
				}
			})))
			var got []string
			for tries := 5; len(got) == 0 && tries > 0; tries-- { // a busy machine may paint nothing in between
				b.Open(t, Desktop, "/")
				Script[int](t, b, measures)
				got = Script[[]string](t, b, "measure.shifts()")
			}
			if (len(got) > 0) != page.jumps {
				t.Errorf("got %q", got)
			}
		})
	}
}
