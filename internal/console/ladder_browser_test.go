package console

import (
	"testing"

	"regulars/internal/web/webtest"
)

// TestTheEditorOfRanksInTheBrowser: on a phone and on a desk every field of a rank is
// wide enough to read what is typed into it. With -artifacts it keeps pictures.
func TestTheEditorOfRanksInTheBrowser(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		b.Open(t, width, w.ranks("/edit"))
		b.Check(t)
		b.Picture(t, name+"-ranks")
		if narrow := webtest.Script[int](t, b, `Math.round(Math.min(...[...document.querySelectorAll(".droppable input:not([type=hidden]), .droppable textarea")].map(f => f.getBoundingClientRect().width)))`); narrow < 60 {
			t.Errorf("%s: a field of a rank is %d pixels wide", name, narrow)
		}
	}
}
