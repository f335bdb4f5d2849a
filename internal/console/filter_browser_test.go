package console

import (
	"testing"
	"time"

	"regulars/internal/booking"
	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// TestFiltersChangeTheirPartAlone sends the filters of pages with scripts on: the
// page stays one page, and has the part that was to change once.
func TestFiltersChangeTheirPartAlone(t *testing.T) {
	w := newTown(t)
	o, shop := w.tasting()
	ann := w.join("Ann", "Doe", "ann@example.com")
	guest, err := w.console.Bookings.Book(ctx, system, w.programme.ID, booking.Wish{ServiceID: o.ID, ShopID: shop, MemberID: ann, Begins: time.Date(2026, 3, 16, 10, 0, 0, 0, time.UTC)})
	check(t, err)
	b := browse(t, w.console.Handler())
	const at = "/p/bean/"
	for _, path := range []string{
		bookingsAt, bookingsAt + "/" + guest.ID.In(id.Booking), bookingsAt + "/new", at + "complaints", at + "visits", at + "members/" + ann.In(id.Member) + "/gestures",
		at + "promises", at + "promises/parcels", at + "returns", at + "members", at + "rewards/taken", at + "fraud", at + "audit", at + "baskets",
	} {
		t.Run(path, func(t *testing.T) {
			b.Open(t, webtest.Desktop, path)
			part := webtest.Script[string](t, b, `document.querySelector("form.filters[hx-target]")?.getAttribute("hx-target") ?? ""`)
			if part == "" {
				t.Fatal("no filter here asks for a part")
			}
			webtest.Script[bool](t, b, `(document.addEventListener("htmx:afterSettle", () => document.body.dataset.settled = "yes", {once: true}), document.querySelector("form.filters[hx-target]").requestSubmit(), true)`)
			b.Run(t, webtest.Until(`document.body.dataset.settled === "yes"`))
			if mains, parts := webtest.Script[int](t, b, `document.querySelectorAll("main").length`), webtest.Script[int](t, b, `document.querySelectorAll("`+part+`").length`); mains != 1 || parts != 1 {
				t.Errorf("there are %d pages in the page and %d of %s", mains, parts, part)
			}
		})
	}
}
