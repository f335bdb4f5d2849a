package console

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/web"
)

const bookingPath = inProgramme + "/bookings"

func (c *Console) bookingRoutes() []route {
	one := bookingPath + "/{booking}"
	return []route{
		{pattern: "GET " + bookingPath, permission: auth.BookingsRead, do: c.bookings},
		{pattern: "GET " + bookingPath + "/new", permission: auth.BookingsWrite, do: c.newBooking},
		{pattern: "POST " + bookingPath + "/new", permission: auth.BookingsWrite, do: c.book},
		{pattern: "GET " + one, permission: auth.BookingsRead, do: c.booking},
		{pattern: "POST " + one + "/mark", permission: auth.BookingsWrite, do: c.markBooking},
		{pattern: "POST " + one + "/move", permission: auth.BookingsWrite, do: c.moveBooking},
		{pattern: "POST " + one + "/cancel", permission: auth.BookingsWrite, do: c.cancelBooking},
	}
}

func (v *visit) bookingAt(n id.ID, more string, query ...string) string {
	return v.at("/bookings/"+n.In(id.Booking)+more, query...)
}

// guestBook is what pages of bookings know of services, shops and people.
type guestBook struct {
	*visit
	services []*booking.Offering
	shops    []program.Shop
	names    map[id.ID]string
}

func (c *Console) bookingDesk(v *visit) (d guestBook, err error) {
	d = guestBook{visit: v, names: map[id.ID]string{}}
	if d.services, err = c.Bookings.Offerings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return d, err
	}
	d.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID)
	return d, err
}

// nameGuests names the members of bookings, for those who may know them.
func (c *Console) nameGuests(d *guestBook, q db.Queryer, list ...*booking.Booking) error {
	if !d.can(auth.MembersRead) {
		return nil
	}
	var ids []id.ID
	for _, b := range list {
		if b.MemberID != 0 {
			ids = append(ids, b.MemberID)
		}
	}
	people, err := member.Read(d.ctx(), q, ids)
	for asked, m := range people {
		d.names[asked] = firstOr(m.Name(), m.ID.In(id.Member))
	}
	return err
}

func (d *guestBook) service(n id.ID) *booking.Offering {
	for _, o := range d.services {
		if o.ID == n {
			return o
		}
	}
	return &booking.Offering{}
}

func (d *guestBook) shop(n id.ID) program.Shop {
	i := slices.IndexFunc(d.shops, func(s program.Shop) bool { return s.ID == n })
	if i < 0 {
		return program.Shop{}
	}
	return d.shops[i]
}

// zone is that of a shop, or of the programme.
func (d *guestBook) zone(n id.ID) *time.Location {
	zone, err := booking.ZoneOf(&d.programme, d.shop(n))
	if err != nil {
		return d.programme.Zone
	}
	return zone
}

// diary is who is expected on a day, or in the week that begins with it.
type diary struct {
	guestBook
	shopID id.ID
	day    time.Time
	week   bool
	trail  trail
	list   []*booking.Booking
	next   booking.Place
}

// bookingsShown is how many bookings a page has.
const bookingsShown = 100

func (c *Console) bookings(v *visit) error {
	d, err := c.bookingDesk(v)
	if err != nil {
		return err
	}
	l := &diary{guestBook: d, week: v.field("span") != "day", trail: v.trail()}
	if n, err := id.Parse(id.Shop, v.field("shop")); err == nil {
		l.shopID = n
	}
	zone := l.zone(l.shopID)
	if l.day, err = time.ParseInLocation(time.DateOnly, v.field("day"), zone); err != nil {
		l.day, _ = booking.DayOf(c.Now(), zone)
	}
	days := 1
	if l.week {
		days = 7
	}
	l.list, err = c.Bookings.List(v.ctx(), v.actor, booking.Query{ProgrammeID: v.programme.ID, ShopID: l.shopID, From: l.day, Until: l.day.AddDate(0, 0, days), After: diaryPlace(l.trail.mark()), Limit: bookingsShown + 1})
	if err != nil {
		return err
	}
	if len(l.list) > bookingsShown {
		l.list = l.list[:bookingsShown]
		l.next = l.list[bookingsShown-1].Place()
	}
	if err := c.nameGuests(&l.guestBook, c.DB.Reader(), l.list...); err != nil {
		return err
	}
	return v.render(diaryPage(l))
}

// diaryMark writes a place in the diary for the trail; diaryPlace reads it, and nonsense
// as the first page.
func diaryMark(p booking.Place) string {
	return strconv.FormatInt(p.Begins.UnixMicro(), 10) + "." + p.ID.In(id.Booking)
}

func diaryPlace(mark string) booking.Place {
	begins, which, _ := strings.Cut(mark, ".")
	at, err := strconv.ParseInt(begins, 10, 64)
	n, bad := id.Parse(id.Booking, which)
	if err != nil || bad != nil {
		return booking.Place{}
	}
	return booking.Place{Begins: db.Time(at), ID: n}
}

// bookingPage is a booking with what can be done about it.
type bookingPage struct {
	guestBook
	*booking.Booking
	// times are the free ones of the day to which it could be moved.
	times *booking.Times
	errs  web.FormErrors
	now   time.Time
}

func (c *Console) meetBooking(v *visit) (*bookingPage, error) {
	which, err := v.pathID("booking", id.Booking)
	if err != nil {
		return nil, err
	}
	d, err := c.bookingDesk(v)
	if err != nil {
		return nil, err
	}
	p := &bookingPage{guestBook: d, errs: web.FormErrors{}, now: c.Now()}
	if p.Booking, err = c.Bookings.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if err := c.nameGuests(&p.guestBook, c.DB.Reader(), p.Booking); err != nil {
		return nil, err
	}
	if p.State == booking.Booked && p.service(p.ServiceID).Active() && p.can(auth.BookingsWrite) {
		p.times, err = c.free(&p.guestBook, p.ServiceID, p.ShopID, p.MemberID, p.Begins)
	}
	return p, err
}

// free returns the times of the day that the page asks for, else of another; none
// where the shop does not give the service.
func (c *Console) free(d *guestBook, service, shop, who id.ID, other time.Time) (*booking.Times, error) {
	day, err := time.ParseInLocation(time.DateOnly, d.field("day"), d.zone(shop))
	if err != nil {
		day = other
	}
	t, err := c.Bookings.Free(d.ctx(), d.actor, booking.Ask{ProgrammeID: d.programme.ID, ServiceID: service, ShopID: shop, MemberID: who, Day: day})
	if f := fault.As(err); f != nil && f.Code == "booking_shop" {
		return nil, nil
	}
	return t, err
}

func (c *Console) booking(v *visit) error {
	p, err := c.meetBooking(v)
	if err != nil {
		return err
	}
	return v.render(bookingShown(p))
}

// changed leads back to the booking after something was done about it, or says
// why it was not.
func (c *Console) changed(v *visit, which id.ID, err error, key string) error {
	if err == nil {
		return v.done(v.bookingAt(which, ""), key)
	}
	p, failed := c.meetBooking(v)
	if failed != nil {
		return failed
	}
	return v.mend(err, func(errs web.FormErrors) component {
		p.errs = errs
		return bookingShown(p)
	})
}

func (c *Console) markBooking(v *visit) error {
	which, err := v.pathID("booking", id.Booking)
	if err != nil {
		return err
	}
	_, err = c.Bookings.Mark(v.ctx(), v.actor, v.programme.ID, which, booking.State(v.field("state")))
	return c.changed(v, which, err, "console.booking.marked")
}

func (c *Console) moveBooking(v *visit) error {
	which, err := v.pathID("booking", id.Booking)
	if err != nil {
		return err
	}
	_, err = c.Bookings.Move(v.ctx(), booking.By{Actor: v.actor}, v.programme.ID, which, v.moment("begins"))
	return c.changed(v, which, err, "console.booking.moved")
}

func (c *Console) cancelBooking(v *visit) error {
	which, err := v.pathID("booking", id.Booking)
	if err != nil {
		return err
	}
	state := booking.Cancelled
	if v.field("by") == "us" {
		state = booking.CalledOff
	}
	_, err = c.Bookings.Cancel(v.ctx(), booking.By{Actor: v.actor}, v.programme.ID, which, state, v.field("reason"))
	return c.changed(v, which, err, "console.booking.cancelled")
}

// moment reads a time that a form chose; the zero time, which has passed, where
// it chose none.
func (v *visit) moment(name string) time.Time {
	at, err := time.Parse(time.RFC3339, v.field(name))
	if err != nil {
		return time.Time{}
	}
	return at
}

// bookingForm books a service for somebody: first what and where and on which
// day, then one of the free times and who.
type bookingForm struct {
	guestBook
	serviceID, shopID id.ID
	times             *booking.Times
	errs              web.FormErrors
}

func (c *Console) meetBookingForm(v *visit) (*bookingForm, error) {
	d, err := c.bookingDesk(v)
	if err != nil {
		return nil, err
	}
	f := &bookingForm{guestBook: d, errs: web.FormErrors{}}
	f.services = slices.DeleteFunc(f.services, func(o *booking.Offering) bool { return !o.Active() })
	if len(f.services) == 0 {
		return f, nil
	}
	f.serviceID = f.services[0].ID
	if n, err := id.Parse(id.Service, v.field("service")); err == nil && f.service(n).ID == n {
		f.serviceID = n
	}
	f.shopID = f.service(f.serviceID).Spec.Shops[0]
	if n, err := id.Parse(id.Shop, v.field("shop")); err == nil {
		f.shopID = n
	}
	f.times, err = c.free(&f.guestBook, f.serviceID, f.shopID, 0, time.Time{})
	return f, err
}

func (c *Console) newBooking(v *visit) error {
	f, err := c.meetBookingForm(v)
	if err != nil {
		return err
	}
	return v.render(bookingEditor(f))
}

func (c *Console) book(v *visit) error {
	f, err := c.meetBookingForm(v)
	if err != nil {
		return err
	}
	b, err := c.Bookings.Book(v.ctx(), v.actor, v.programme.ID, booking.Wish{
		ServiceID: f.serviceID, ShopID: f.shopID, Begins: v.moment("begins"), Name: v.field("name"), Phone: v.field("phone"), Note: v.field("note"), Channel: "console",
		Key: "desk:" + v.field("nonce"),
	})
	if err == nil {
		return v.done(v.bookingAt(b.ID, ""), "console.booking.booked")
	}
	return v.mend(err, func(errs web.FormErrors) component {
		f.errs = errs
		return bookingEditor(f)
	})
}

// nonce names the request, so that a form that is sent twice books once.
func (f *bookingForm) nonce() string { return firstOr(f.field("nonce"), rand.Text()) }
