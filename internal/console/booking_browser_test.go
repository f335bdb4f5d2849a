package console

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/booking"
	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// TestBookingPagesInTheBrowser opens the pages of bookings on a phone and on a desk,
// with nobody expected and with long words. With -artifacts it keeps pictures.
func TestBookingPagesInTheBrowser(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Phone, bookingsAt)
	b.Check(t)
	b.Picture(t, "phone-en-bookings-none")
	o, shop := w.tasting()
	ann := w.join("Ann", "Doe", "ann@example.com")
	wish := booking.Wish{ServiceID: o.ID, ShopID: shop, Name: "Ewa-Maximiliana " + longWord, Phone: "07700 900123", Begins: time.Date(2026, 3, 16, 10, 0, 0, 0, time.UTC), Note: "a birthday 🎂, seven people and a dog"}
	guest, err := w.console.Bookings.Book(ctx, system, w.programme.ID, wish)
	check(t, err)
	_, err = w.console.Bookings.Book(ctx, system, w.programme.ID, booking.Wish{ServiceID: o.ID, ShopID: shop, MemberID: ann, Begins: time.Date(2026, 3, 17, 9, 0, 0, 0, time.UTC)})
	check(t, err)
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop}, {"phone-ru", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "light", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"bookings": bookingsAt, "booking": bookingsAt + "/" + guest.ID.In(id.Booking), "booking-new": bookingsAt + "/new?day=2026-03-16",
			"services": servicesAt, "service-edit": servicesAt + "/" + o.ID.In(id.Service) + "/edit",
		} {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}
