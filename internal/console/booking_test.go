package console

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/id"
	"regulars/internal/program"
)

const (
	bookingsAt = "/p/bean/bookings"
	servicesAt = "/p/bean/bookings/services"
)

// tasting opens a service for booking in a shop of its own.
func (w *town) tasting() (*booking.Offering, id.ID) {
	w.t.Helper()
	shop, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(w.t, err)
	s := booking.Spec{
		Names: booking.Words{"en": "A tasting", "ru": "Дегустация: " + longWord, "pl": "Degustacja"}, Minutes: 60, Places: 1, Shops: []id.ID{shop.ID}, Ahead: 30, Notice: 24,
	}
	for i := range s.Week {
		s.Week[i].From, s.Week[i].To = 9*60, 17*60
	}
	o, err := w.console.Bookings.Add(ctx, system, w.programme.ID, s)
	check(w.t, err)
	return o, shop.ID
}

func TestServicesAreKept(t *testing.T) {
	w := newTown(t)
	shop, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(t, err)
	b := w.as(auth.Owner)
	b.get(servicesAt).is(t, 200).shows(t, "No service yet", "New service")
	b.get(bookingsAt+"/new").is(t, 200).shows(t, "No service yet")
	b.get(servicesAt+"/new").is(t, 200).shows(t, "09:00–18:00", "Harbour")
	form := []string{"version", "0", "names_en", "A tasting", "minutes", "60", "places", "2", "ahead", "30", "notice", "24", "shops", shop.ID.In(id.Shop), "week_0", "9:00-17:00"}
	b.post(servicesAt+"/new", append([]string{"week_1", "nine to five"}, form...)...).is(t, http.StatusUnprocessableEntity).shows(t, "Write hours as")
	b.post(servicesAt+"/new", "names_en", "", "minutes", "x").is(t, http.StatusUnprocessableEntity).shows(t, "Words in the programme’s first language", "Name the shops where the service is given.")
	b.post(servicesAt+"/new", form...).is(t, 200).shows(t, "Saved.", "A tasting", "60 minutes", "up to 30 days ahead")
	list, err := w.console.Bookings.Offerings(ctx, system, w.programme.ID)
	check(t, err)
	one := servicesAt + "/" + list[0].ID.In(id.Service)
	form[1] = "1"
	b.post(one+"/edit", form...).is(t, 200).shows(t, "Saved.")
	b.post(one+"/edit", form...).is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed this service meanwhile")
	b.post(one+"/retire").is(t, 200).shows(t, "It is closed for booking.")
	b.get(servicesAt+"/svc_01h9x3k7q2v5n/edit").is(t, 404)
	for _, action := range []string{"service.add", "service.change", "service.retire"} {
		has(t, w.audited(), action)
	}
	reader := w.as(auth.ReadOnly)
	reader.get(servicesAt).is(t, 200).hides(t, "New service")
	reader.get(servicesAt+"/new").is(t, 403)
}

func TestAGuestIsBookedMovedAndMarked(t *testing.T) {
	w := newTown(t)
	o, shop := w.tasting()
	b := w.as(auth.Owner)
	b.get(bookingsAt).is(t, 200).shows(t, "Nobody is expected", "New booking")
	at := func(hour int) string { return time.Date(2026, 3, 16, hour, 0, 0, 0, time.UTC).Format(time.RFC3339) }
	b.get(bookingsAt+"/new?day=2026-03-16").is(t, 200).shows(t, "09:00", "16:00")
	_, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "hill", Name: "Hill"})
	check(t, err)
	shops, err := program.Shops(ctx, w.console.DB.Reader(), w.programme.ID)
	check(t, err)
	for _, s := range shops {
		if s.Code == "hill" {
			b.get(bookingsAt+"/new?shop="+s.ID.In(id.Shop)).is(t, 200).shows(t, "This shop does not give the service.")
		}
	}
	form := []string{"nonce", "n1", "service", o.ID.In(id.Service), "shop", shop.In(id.Shop), "day", "2026-03-16", "begins", at(10), "name", "Ewa <Nowak>", "phone", "07700 900123", "note", "a birthday"}
	b.post(bookingsAt+"/new", append([]string{"begins", ""}, form...)...).is(t, http.StatusUnprocessableEntity)
	b.post(bookingsAt+"/new", form...).is(t, 200).shows(t, "It is booked.", "Ewa <Nowak>", "10:00–11:00", "a birthday", "expected").hides(t, "They came")
	b.post(bookingsAt+"/new", form...).is(t, 200) // the same form again
	list, err := w.console.Bookings.List(ctx, system, booking.Query{ProgrammeID: w.programme.ID})
	check(t, err)
	if len(list) != 1 {
		t.Fatalf("booked %d times", len(list))
	}
	form[1] = "n2"
	b.post(bookingsAt+"/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, "That time was taken")
	one := bookingsAt + "/" + list[0].ID.In(id.Booking)
	b.get(bookingsAt).is(t, 200).shows(t, "Ewa <Nowak>", "Monday", "Harbour")
	b.get(bookingsAt+"?span=day").is(t, 200).shows(t, "Nobody is expected")
	b.post(one+"/move", "begins", at(7), "day", "2026-03-16").is(t, http.StatusUnprocessableEntity).shows(t, "Choose one of the free times")
	b.post(one+"/move", "begins", at(15)).is(t, 200).shows(t, "It is moved.", "15:00–16:00")
	b.post(one+"/cancel", "by", "us", "reason", "").is(t, http.StatusUnprocessableEntity).shows(t, "Say why we cancel it")
	w.clock = time.Date(2026, 3, 16, 15, 5, 0, 0, time.UTC)
	b = w.as(auth.Agent) // the session of the day before is over
	b.get(one).is(t, 200).shows(t, "They came", "They did not come")
	b.post(one+"/mark", "state", "came").is(t, 200).shows(t, "It is noted.", "They did not come").hides(t, "Cancel the booking")
	b.get(bookingsAt+"/bkg_01h9x3k7q2v5n").is(t, 404)
	reader := w.as(auth.ReadOnly)
	reader.get(one).is(t, 200).hides(t, "They did not come")
	reader.post(one+"/mark", "state", "missed").is(t, 403)
}

func TestAMemberIsNamedAndABookingCalledOff(t *testing.T) {
	w := newTown(t)
	o, shop := w.tasting()
	m := w.join("Ann", "Doe", "ann@example.com")
	made, err := w.console.Bookings.Book(ctx, system, w.programme.ID, booking.Wish{ServiceID: o.ID, ShopID: shop, MemberID: m, Begins: time.Date(2026, 3, 29, 9, 0, 0, 0, time.UTC)})
	check(t, err)
	b := w.as(auth.Owner)
	one := bookingsAt + "/" + made.ID.In(id.Booking)
	b.get(one).is(t, 200).shows(t, "Ann Doe", "10:00–11:00", "Sunday") // summer time began that night
	b.post(one+"/cancel", "by", "us", "reason", "The oven is broken.").is(t, 200).shows(t, "It is cancelled", "cancelled by us", "The oven is broken.")
	for _, lang := range []string{"ru", "pl"} {
		b.post("/preferences", "lang", lang, "theme", "light", "return", "/")
		b.get(one).is(t, 200).shows(t, map[string]string{"ru": "отменена нами", "pl": "odwołana przez nas"}[lang])
		b.get(servicesAt).is(t, 200).shows(t, map[string]string{"ru": "Дегустация", "pl": "Degustacja"}[lang])
	}
	b.post("/preferences", "lang", "en", "theme", "light", "return", "/")
}

// TestALongDiaryHasPages keeps those behind the first page within reach.
func TestALongDiaryHasPages(t *testing.T) {
	w := newTown(t)
	o, shop := w.tasting()
	spec := o.Spec
	spec.Places = bookingsShown + 1
	_, err := w.console.Bookings.Change(ctx, system, w.programme.ID, o.ID, o.Version, spec)
	check(t, err)
	for i := range bookingsShown + 1 {
		_, err := w.console.Bookings.Book(ctx, system, w.programme.ID, booking.Wish{
			ServiceID: o.ID, ShopID: shop, Name: "Guest " + strconv.Itoa(i+1) + ".", Phone: "07700 900123", Begins: time.Date(2026, 3, 16, 10, 0, 0, 0, time.UTC),
		})
		check(t, err)
	}
	b := w.as(auth.Owner)
	first := b.get(bookingsAt).is(t, 200)
	first.shows(t, "Guest 1.", "Guest 100.", "Next").hides(t, "Guest 101.")
	at := regexp.MustCompile(`href="(/p/bean/bookings\?[^"]*page=[^"]*)"`).FindStringSubmatch(first.body)
	if at == nil {
		t.Fatal("nothing leads on")
	}
	b.get(html.UnescapeString(at[1])).is(t, 200).shows(t, "Guest 101.", "Previous").hides(t, "Guest 100.")
	b.get(bookingsAt+"?page=nonsense").is(t, 200).shows(t, "Guest 1.")
}
