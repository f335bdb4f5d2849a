package guest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/booking"
	"regulars/internal/id"
	"regulars/internal/program"
)

// TestCustomersBookMoveAndCancel by themselves, and only what is theirs.
func TestCustomersBookMoveAndCancel(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, _ := w.join("Anna", "Nowak", "anna@example.com"), w.join("Ewa", "Kowalska", "ewa@example.com")
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/").hides("Bookings")
		shop, err := program.New(w.db).AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "quay", Name: "Quay"})
		check(t, err)
		s := booking.Spec{Names: booking.Words{"en": "A tasting", "ru": "Дегустация", "pl": "Degustacja"}, Minutes: 60, Places: 1, Shops: []id.ID{shop.ID}, Ahead: 30, Notice: 2}
		for i := range s.Week {
			s.Week[i].From, s.Week[i].To = 9*60, 17*60
		}
		o, err := w.bookings.Add(ctx, system, w.programme.ID, s)
		check(t, err)
		p.get("/me/bean/").shows("Bookings")
		p.get("/me/bean/book").is(http.StatusOK).shows("A tasting", "60 minutes", "Choose a time").hides("You are expected")
		day := w.now().AddDate(0, 0, 3)
		choose := "/me/bean/book?service=" + o.ID.In(id.Service) + "&day=" + day.Format(time.DateOnly)
		page := p.get(choose).is(http.StatusOK).shows("Quay", "Show free times", "09:00", "16:00")
		zone := w.programme.Zone
		at := func(hour int) string {
			return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, zone).UTC().Format(time.RFC3339)
		}
		form := []string{"nonce", page.value("nonce"), "service", o.ID.In(id.Service), "shop", shop.ID.In(id.Shop), "begins", at(10)}
		for range 2 {
			p.post("/me/bean/book", form...).is(http.StatusOK).shows("It is booked.", "You are expected", "10:00", "Quay")
		}
		list, err := w.bookings.List(ctx, system, booking.Query{ProgrammeID: w.programme.ID})
		check(t, err)
		if len(list) != 1 || list[0].MemberID != anna || list[0].Channel != "wallet" {
			t.Fatalf("%+v", list)
		}
		mine := list[0].ID.In(id.Booking)
		p.post("/me/bean/book", "nonce", "n2", "service", o.ID.In(id.Service), "shop", shop.ID.In(id.Shop), "begins", at(10)).is(http.StatusUnprocessableEntity).shows("That time was taken")
		p.post("/me/bean/book", "nonce", "n3", "service", o.ID.In(id.Service), "begins", "soon").is(http.StatusUnprocessableEntity).shows("Choose one of the free times")
		p.post("/me/bean/book", "nonce", "n4").is(http.StatusNotFound)
		calendar := "/me/bean/book/" + mine + "/calendar.ics"
		file := p.get(calendar).is(http.StatusOK)
		if kind := file.header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" || !strings.Contains(file.body, "SUMMARY:A tasting\r\nLOCATION:Quay\r\n") ||
			!strings.Contains(file.body, "DTSTART:"+list[0].Begins.UTC().Format("20060102T150405Z")) || !strings.Contains(p.get("/me/bean/book").body, calendar) {
			t.Errorf("the calendar has, as %s,\n%s", kind, file.body)
		}
		p.get("/me/bean/book?move="+mine).is(http.StatusOK).shows("Now:", "10:00", "Move to this time")
		p.post("/me/bean/book", "nonce", "n5", "move", mine, "begins", at(12)).is(http.StatusOK).shows("It is moved.", "12:00")
		stranger := w.signedIn("ewa@example.com")
		stranger.get("/me/bean/book").is(http.StatusOK).hides("You are expected")
		stranger.get(calendar).is(http.StatusNotFound)
		stranger.post("/me/bean/book/cancel", "nonce", "n6", "booking", mine).shows("There is no booking")
		p.post("/me/bean/book/cancel", "nonce", "n7", "booking", mine).is(http.StatusOK).shows("It is cancelled.").hides("You are expected")
		if path := w.phone().post("/me/bean/book", form...).path; !strings.HasSuffix(path, "/sign-in") {
			t.Errorf("nobody is led to %s", path)
		}
		for lang, said := range map[string]string{"ru": "Дегустация", "pl": "Degustacja"} {
			p.post("/preferences", "lang", lang, "theme", "light", "return", "/me/bean/book")
			p.get("/me/bean/book").is(http.StatusOK).shows(said)
		}
	})
}

// expects opens a service for booking, and has somebody booked twice: once in time
// to change it, and once too late for that.
func (l *lively) expects(who id.ID) {
	shop, err := program.New(l.db).AddShop(ctx, system, program.Shop{ProgrammeID: l.programme.ID, Code: "quay", Name: "The old warehouse on the quay"})
	check(l.t, err)
	s := booking.Spec{
		Names:  booking.Words{"en": "A tasting of teas from the north slope", "ru": "Дегустация чая с северного склона", "pl": "Degustacja herbat z północnego stoku"},
		Abouts: booking.Words{"en": "Six cups, and what grows around them 🍃."}, Minutes: 50, Every: 30, Places: 2, Shops: []id.ID{shop.ID}, Ahead: 60, Notice: 24,
	}
	for i := range s.Week[:6] {
		s.Week[i].From, s.Week[i].To = 9*60, 20*60
	}
	o, err := l.bookings.Add(ctx, system, l.programme.ID, s)
	check(l.t, err)
	l.tasting = o.ID
	free, err := l.bookings.Free(ctx, system, booking.Ask{ProgrammeID: l.programme.ID, ServiceID: o.ID, ShopID: shop.ID, MemberID: who, Day: l.now().AddDate(0, 0, 3)})
	check(l.t, err)
	soon, err := l.bookings.Free(ctx, system, booking.Ask{ProgrammeID: l.programme.ID, ServiceID: o.ID, ShopID: shop.ID, MemberID: who, Day: l.now().AddDate(0, 0, 1)})
	check(l.t, err)
	for _, slot := range []booking.Slot{free.Slots[2], soon.Slots[0]} {
		_, err = l.bookings.Book(ctx, system, l.programme.ID, booking.Wish{ServiceID: o.ID, ShopID: shop.ID, MemberID: who, Begins: slot.Begins})
		check(l.t, err)
	}
}
