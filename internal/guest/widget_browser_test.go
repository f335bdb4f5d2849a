package guest_test

import (
	"fmt"
	"strings"
	"testing"

	"regulars/internal/db/dbtest"
	"regulars/internal/web/webtest"
)

// TestBoardInTheBrowser measures the page that other sites show, empty and with
// words short and long, in every language.
func TestBoardInTheBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	check(t, w.touch.SetWidget(t.Context(), system, w.programme.ID, true))
	for i, text := range []string{"Good tea.", strings.Repeat("It came quickly and was packed with care. ", 12), "شاي جيد جدا", strings.Repeat("long", 60)} {
		w.buy(w.join("Ann", "Smith", fmt.Sprintf("ann%d@example.com", i)), 2, 5)
		w.review(t, fmt.Sprint(10_000+w.events), int64(5-i), text)
	}
	b := webtest.New(t, w.handler())
	for lang, width := range map[string]webtest.Step{"en": webtest.Desktop, "ru": webtest.Phone, "pl": webtest.Phone} {
		b.Open(t, width, "/w/bean/reviews?lang="+lang)
		b.Check(t)
		b.Picture(t, "board-"+lang)
	}
}
