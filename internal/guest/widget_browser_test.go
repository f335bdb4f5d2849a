package guest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
	"regulars/internal/web/webtest"
)

// TestBoardInTheBrowser measures the page that other sites show, empty, with
// words short, long and hostile, and where there is none, in every language.
func TestBoardInTheBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	b := webtest.New(t, w.handler())
	looks := func(what, path string) {
		for lang, width := range map[string]webtest.Step{"en": webtest.Desktop, "ru": webtest.Phone, "pl": webtest.Phone} {
			b.Open(t, width, path+"?lang="+lang)
			walk := stroll{t, b, what, lang}
			walk.look(lang)
		}
	}
	looks("board-off", "/w/bean/reviews")
	check(t, w.touch.SetWidget(t.Context(), system, w.programme.ID, true))
	looks("board-none", "/w/bean/reviews")
	for i, text := range []string{
		"Good tea.", strings.Repeat("It came quickly and was packed with care. ", 12), "شاي جيد جدا", strings.Repeat("long", 60), hostile, strings.Repeat("🫖", 300), strings.Repeat("Ужасно долго. ", 1400),
	} {
		w.buy(w.join("Ann", "Smith", fmt.Sprintf("ann%d@example.com", i)), 2, 5)
		w.review(t, fmt.Sprint(10_000+w.events), int64(5-i%5), text)
	}
	w.pass(2 * time.Minute) // until a board is read anew
	looks("board", "/w/bean/reviews")
}
