package guest

import (
	"slices"
	"time"

	"regulars/internal/booking"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/web"
)

// bookPath is the page on which customers book, move and cancel.
const bookPath = "/book"

func (g *Guest) bookingRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + bookPath, do: g.showBook},
		{pattern: "POST " + inProgramme + bookPath, do: g.book},
		{pattern: "GET " + inProgramme + bookPath + "/{booking}/calendar.ics", do: g.bookingCalendar},
		{pattern: "POST " + inProgramme + bookPath + "/cancel", do: g.cancelBooking},
	}
}

// bookPage is what the customer has booked, and the way to more: a service, a
// shop and a day, then one of the free times.
type bookPage struct {
	*visit
	services []*booking.Offering
	shops    []program.Shop
	mine     []*booking.Booking
	// moving is the booking that gets another time, nil for a new one.
	moving *booking.Booking
	chosen *booking.Offering // nil until one is
	shopID id.ID
	times  *booking.Times
	nonce  string
	// wrong says why something was refused.
	wrong string
}

func (g *Guest) readBook(v *visit) (*bookPage, error) {
	p := &bookPage{visit: v, nonce: nonce()}
	var err error
	if p.services, err = g.Bookings.Offerings(v.ctx(), wallet, v.programme.ID); err != nil {
		return nil, err
	}
	if p.shops, err = program.Shops(v.ctx(), g.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	p.mine, err = g.Bookings.List(v.ctx(), wallet, booking.Query{ProgrammeID: v.programme.ID, MemberID: v.who.ID, From: v.now, State: booking.Booked})
	if err != nil {
		return nil, err
	}
	which, _ := id.Parse(id.Service, v.field("service"))
	p.shopID, _ = id.Parse(id.Shop, v.field("shop"))
	if n, err := id.Parse(id.Booking, v.field("move")); err == nil {
		for _, b := range p.mine {
			if b.ID == n {
				p.moving, which, p.shopID = b, b.ServiceID, b.ShopID
			}
		}
	}
	if o := p.service(which); o != nil && o.Active() {
		p.chosen = o
		err = g.readTimes(p)
	}
	return p, err
}

// readTimes looks up the free times of the chosen service on the day that is
// asked for, else on today or the day of what is moved.
func (g *Guest) readTimes(p *bookPage) error {
	given := p.given()
	if len(given) == 0 {
		return nil
	}
	if !slices.ContainsFunc(given, func(s program.Shop) bool { return s.ID == p.shopID }) {
		p.shopID = given[0].ID
	}
	var day time.Time
	if p.moving != nil {
		day = p.moving.Begins
	}
	if at, err := time.ParseInLocation(time.DateOnly, p.field("day"), p.zone(p.shopID)); err == nil {
		day = at
	}
	var err error
	p.times, err = g.Bookings.Free(p.ctx(), wallet, booking.Ask{ProgrammeID: p.programme.ID, ServiceID: p.chosen.ID, ShopID: p.shopID, MemberID: p.who.ID, Day: day})
	return err
}

func (g *Guest) showBook(v *visit) error {
	p, err := g.readBook(v)
	if err != nil {
		return err
	}
	return v.render(bookingPage(p))
}

// bookingCalendar answers one of the customer's bookings as a calendar file.
func (g *Guest) bookingCalendar(v *visit) error {
	p, err := g.readBook(v)
	if err != nil {
		return err
	}
	which, _ := id.Parse(id.Booking, v.r.PathValue("booking"))
	if !slices.ContainsFunc(p.mine, func(b *booking.Booking) bool { return b.ID == which }) {
		return web.NotFound(v.w, v.r)
	}
	e, err := g.Bookings.Entry(v.ctx(), wallet, v.programme.ID, which, string(v.Lang()))
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+which.In(id.Booking)+`.ics"`)
	h.Set("Cache-Control", "private, no-store")
	return booking.WriteCalendar(v.w, e)
}

// book takes the chosen time, or moves a booking to it.
func (g *Guest) book(v *visit) error {
	p, err := g.readBook(v)
	if err != nil {
		return err
	}
	if p.chosen == nil {
		return web.NotFound(v.w, v.r)
	}
	begins, bad := time.Parse(time.RFC3339, v.field("begins"))
	said := "guest.booking.booked"
	switch {
	case bad != nil:
		err = fault.Invalid("booking_time", "the service does not begin at that time; choose one of the free times").At("/begins")
	case p.moving != nil:
		said = "guest.booking.moved"
		err = g.once(v, "move:"+p.moving.ID.In(id.Booking), func() error {
			_, err := g.Bookings.Move(v.ctx(), booking.By{Actor: wallet, MemberID: v.who.ID}, v.programme.ID, p.moving.ID, begins)
			return err
		})
	default:
		err = g.once(v, "book:"+p.chosen.ID.In(id.Service), func() error {
			_, err := g.Bookings.Book(v.ctx(), wallet, v.programme.ID, booking.Wish{
				ServiceID: p.chosen.ID, ShopID: p.shopID, MemberID: v.who.ID, Begins: begins, Channel: "wallet", Own: true, Key: v.who.ID.In(id.Member) + ":" + v.field("nonce"),
			})
			return err
		})
	}
	return g.didBook(v, err, said)
}

func (g *Guest) cancelBooking(v *visit) error {
	which, err := id.Parse(id.Booking, v.field("booking"))
	if err != nil {
		return web.NotFound(v.w, v.r)
	}
	err = g.once(v, "cancel:"+which.In(id.Booking), func() error {
		_, err := g.Bookings.Cancel(v.ctx(), booking.By{Actor: wallet, MemberID: v.who.ID}, v.programme.ID, which, booking.Cancelled, "")
		return err
	})
	return g.didBook(v, err, "guest.booking.cancelled")
}

// didBook leads back to what is booked, or says why it was refused.
func (g *Guest) didBook(v *visit, err error, said string) error {
	if err == nil {
		return v.done(v.at(bookPath), said)
	}
	p, failed := g.readBook(v)
	if failed != nil {
		return failed
	}
	return v.refused(err, func(why string) component {
		p.wrong = why
		return bookingPage(p)
	})
}

// bookDoor leads to the page where something can be booked.
func bookDoor(v *visit, q db.Queryer) (*web.Button, error) {
	open, err := booking.Open(v.ctx(), q, v.programme.ID)
	if err != nil || !open {
		return nil, err
	}
	return &web.Button{Label: v.T("guest.booking.nav"), Href: v.at(bookPath), Icon: web.IconCalendar}, nil
}

func (p *bookPage) service(n id.ID) *booking.Offering {
	i := slices.IndexFunc(p.services, func(o *booking.Offering) bool { return o.ID == n })
	if i < 0 {
		return nil
	}
	return p.services[i]
}

// given are the open shops where the chosen service is given.
func (p *bookPage) given() (list []program.Shop) {
	for _, s := range p.shops {
		if !s.Closed && slices.Contains(p.chosen.Spec.Shops, s.ID) {
			list = append(list, s)
		}
	}
	return list
}

// zone is that of a shop, or of the programme.
func (p *bookPage) zone(n id.ID) *time.Location {
	for _, s := range p.shops {
		if s.ID == n {
			if zone, err := booking.ZoneOf(&p.programme, s); err == nil {
				return zone
			}
		}
	}
	return p.programme.Zone
}

func (p *bookPage) shopName(n id.ID) string {
	for _, s := range p.shops {
		if s.ID == n {
			return s.Name
		}
	}
	return ""
}

func (p *bookPage) called(o *booking.Offering) i18n.Said {
	if o == nil {
		return i18n.Said{}
	}
	return i18n.Pick(o.Spec.Names, p.langs()...)
}

// moment writes when a booking is, by the shop's clock.
func (p *bookPage) moment(b *booking.Booking) string {
	at := b.Begins.In(p.zone(b.ShopID))
	return p.T("guest.booking.moment", "weekday", p.Weekday(int(at.Weekday())), "day", p.Civil(at.Year(), at.Month(), at.Day()), "time", booking.Clock(b.Begins, at.Location()))
}

func (p *bookPage) shopOptions() []web.Option {
	var list []web.Option
	for _, s := range p.given() {
		list = append(list, web.Option{Value: s.ID.In(id.Shop), Label: s.Name, Chosen: s.ID == p.shopID})
	}
	return list
}

func (p *bookPage) slotOptions() []web.Option {
	var list []web.Option
	for _, n := range p.times.Slots {
		list = append(list, web.Option{Value: n.Begins.Format(time.RFC3339), Label: booking.Clock(n.Begins, p.times.Zone)})
	}
	return list
}

// noneFree says why no time of the day can be chosen.
func (p *bookPage) noneFree() string {
	if p.times.Refused != nil {
		return p.Fault(p.times.Refused)
	}
	return p.T("guest.booking.none_free")
}

// changeable reports whether the customer can still move or cancel it here.
func (p *bookPage) changeable(b *booking.Booking) bool {
	o := p.service(b.ServiceID)
	return o != nil && b.Free(o, p.now)
}

// verb is what the button at the times does.
func (p *bookPage) verb() string {
	if p.moving != nil {
		return p.T("guest.booking.move_do")
	}
	return p.T("guest.booking.book")
}

// lead says of what is moved when it is now.
func (p *bookPage) lead() string {
	if p.moving == nil {
		return ""
	}
	return p.T("guest.booking.now", "when", p.moment(p.moving))
}

func (p *bookPage) about(o *booking.Offering) i18n.Said {
	return i18n.Pick(o.Spec.Abouts, p.langs()...)
}

// bound says where it is, and until when it can be changed here.
func (p *bookPage) bound(b *booking.Booking) string {
	if p.changeable(b) {
		return p.shopName(b.ShopID)
	}
	return p.T("guest.booking.too_late", "shop", p.shopName(b.ShopID))
}
