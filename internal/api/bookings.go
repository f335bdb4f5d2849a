package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func (s *server) addBookings() {
	write(s, operation{
		id: "add-booking", method: http.MethodPost, path: "/v1/bookings", tag: tagBookings, needs: needs(auth.BookingsWrite), created: true, summary: "Book a service",
		text: "For a member, or for a guest of a name and phone: whose phone is a member's is that member. A time that was taken meanwhile is refused with booking_full (409): of any number who ask for the last place at once, one gets it. " +
			"With a key of yours it is booked once, however often you send it.",
		example: `{"service": "svc_01h9x3k7q2v5n", "shop": "shp_01h9x3k7q2v5n", "begins": "2026-12-24T10:00:00+01:00", "name": "Ewa Nowak", "phone": "+48600100200", "key": "web-4711"}`,
	}, s.book, s.showBooking)
	read(s, operation{
		id: "get-booking", method: http.MethodGet, path: "/v1/bookings/{booking}", tag: tagBookings, needs: needs(auth.BookingsRead), summary: "Get a booking",
	}, func(ctx context.Context, c *call, in *bookingIn) (bookingView, error) {
		return s.booking(ctx, c, c.actor, string(in.Booking))
	})
	read(s, operation{
		id: "list-bookings", method: http.MethodGet, path: "/v1/bookings", tag: tagBookings, needs: needs(auth.BookingsRead), summary: "List bookings by their time",
	}, s.listBookings)
	download(s, operation{
		id: "get-booking-calendar", method: http.MethodGet, path: "/v1/bookings/{booking}/calendar.ics", tag: tagBookings, needs: needs(auth.BookingsRead),
		summary: "Get a booking for the customer's calendar", text: "An iCalendar file (RFC 5545). Taken again after the booking was moved or cancelled it replaces what the calendar has.",
	}, "booking.ics", s.bookingCalendar)
	write(s, operation{
		id: "move-booking", method: http.MethodPost, path: "/v1/bookings/{booking}/move", tag: tagBookings, needs: needs(auth.BookingsWrite), summary: "Move a booking to another time",
		text: "In one step: the old time is kept until the new one is had.", example: `{"begins": "2026-12-24T11:00:00+01:00"}`,
	}, func(ctx context.Context, c *call, in *bookingIn, body *movedBooking) (string, error) {
		which, err := parseID(id.Booking, "booking", string(in.Booking))
		if err != nil {
			return "", err
		}
		_, err = s.Bookings.Move(ctx, booking.By{Actor: c.actor}, c.programme(), which, body.Begins)
		return string(in.Booking), err
	}, s.showBooking)
	write(s, operation{
		id: "cancel-booking", method: http.MethodPost, path: "/v1/bookings/{booking}/cancel", tag: tagBookings, needs: needs(auth.BookingsWrite), summary: "Cancel a booking",
		text: "Say who gives it up: the customer, or we, which takes a reason.", example: `{"by": "us", "reason": "The oven is broken."}`,
	}, func(ctx context.Context, c *call, in *bookingIn, body *cancelledBooking) (string, error) {
		which, err := parseID(id.Booking, "booking", string(in.Booking))
		if err != nil {
			return "", err
		}
		state := booking.Cancelled
		if body.By == "us" {
			state = booking.CalledOff
		}
		_, err = s.Bookings.Cancel(ctx, booking.By{Actor: c.actor}, c.programme(), which, state, body.Reason)
		return string(in.Booking), err
	}, s.showBooking)
	write(s, operation{
		id: "mark-booking", method: http.MethodPost, path: "/v1/bookings/{booking}/mark", tag: tagBookings, needs: needs(auth.BookingsWrite), summary: "Note whether a guest came",
		text: "From 12 hours before on that they came, from the beginning on that they did not, both for 14 days; the one can still be changed into the other.", example: `{"state": "came"}`,
	}, func(ctx context.Context, c *call, in *bookingIn, body *markedBooking) (string, error) {
		which, err := parseID(id.Booking, "booking", string(in.Booking))
		if err != nil {
			return "", err
		}
		_, err = s.Bookings.Mark(ctx, c.actor, c.programme(), which, booking.State(body.State))
		return string(in.Booking), err
	}, s.showBooking)
}

// bookingIn names a booking in an address.
type bookingIn struct {
	Booking bookingID `path:"booking"`
}

type bookingID string

// Schema describes it for the document.
func (bookingID) Schema(huma.Registry) *huma.Schema { return shown(id.Booking, "The booking.") }

type bookingBody struct {
	Service string    `json:"service" example:"svc_01h9x3k7q2v5n"`
	Shop    string    `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Begins  time.Time `json:"begins" doc:"One of the free times." example:"2026-12-24T10:00:00+01:00"`
	Member  string    `json:"member,omitempty" doc:"For whom; or name and phone." example:"mem_01h9x3k7q2v5n"`
	Name    string    `json:"name,omitempty" maxLength:"120" doc:"A guest's." example:"Ewa Nowak"`
	Phone   string    `json:"phone,omitempty" maxLength:"50" doc:"A guest's." example:"+48600100200"`
	Note    string    `json:"note,omitempty" maxLength:"500"`
	Key     string    `json:"key,omitempty" maxLength:"200" doc:"Yours, by which a repeat is known." example:"web-4711"`
}

func (s *server) book(ctx context.Context, c *call, _ *nothing, body *bookingBody) (string, error) {
	w := booking.Wish{Begins: body.Begins, Name: body.Name, Phone: body.Phone, Note: body.Note, Key: body.Key, Channel: "api"}
	var err error
	if w.ServiceID, err = id.Parse(id.Service, body.Service); err != nil {
		return "", fault.At("/service", err)
	}
	if w.ShopID, err = id.Parse(id.Shop, body.Shop); err != nil {
		return "", fault.At("/shop", err)
	}
	if body.Member != "" {
		if w.MemberID, err = id.Parse(id.Member, body.Member); err != nil {
			return "", fault.At("/member", err)
		}
	}
	b, err := s.Bookings.Book(ctx, c.actor, c.programme(), w)
	if err != nil {
		return "", err
	}
	return b.ID.In(id.Booking), nil
}

type movedBooking struct {
	Begins time.Time `json:"begins" doc:"One of the free times." example:"2026-12-24T11:00:00+01:00"`
}

type cancelledBooking struct {
	By     string `json:"by" enum:"customer,us"`
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Needed where we cancel." example:"The oven is broken."`
}

type markedBooking struct {
	State string `json:"state" enum:"came,missed"`
}

type bookingView struct {
	ID        string     `json:"booking" example:"bkg_01h9x3k7q2v5n"`
	Service   string     `json:"service" example:"svc_01h9x3k7q2v5n"`
	Shop      string     `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Member    string     `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Name      string     `json:"name,omitempty" doc:"A guest's." example:"Ewa Nowak"`
	Phone     string     `json:"phone,omitempty" doc:"A guest's." example:"+48600100200"`
	Begins    time.Time  `json:"begins"`
	Ends      time.Time  `json:"ends"`
	State     string     `json:"state" enum:"booked,came,missed,cancelled,called_off"`
	Made      time.Time  `json:"made"`
	By        string     `json:"by" doc:"Who booked." example:"staff:stf_01h9x3k7q2v5n"`
	Channel   string     `json:"channel,omitempty" example:"wallet"`
	Note      string     `json:"note,omitempty"`
	Moves     int64      `json:"moves" doc:"How often the time was changed."`
	Decided   *time.Time `json:"decided,omitempty" doc:"When it became what state says."`
	DecidedBy string     `json:"decided_by,omitempty" example:"staff:stf_01h9x3k7q2v5n"`
	Reason    string     `json:"reason,omitempty"`
}

func bookingOf(b *booking.Booking) bookingView {
	v := bookingView{
		ID: b.ID.In(id.Booking), Service: b.ServiceID.In(id.Service), Shop: b.ShopID.In(id.Shop), Name: b.Name, Phone: b.Phone, Begins: b.Begins, Ends: b.Ends,
		State: string(b.State), Made: b.Made, By: b.Actor, Channel: b.Channel, Note: b.Note, Moves: b.Moves, Decided: momentOf(b.Decided), DecidedBy: b.DecidedBy, Reason: b.Reason,
	}
	if b.MemberID != 0 {
		v.Member = b.MemberID.In(id.Member)
	}
	return v
}

func (s *server) showBooking(ctx context.Context, c *call, subject string) (bookingView, error) {
	return s.booking(ctx, c, watcher, subject)
}

func (s *server) booking(ctx context.Context, c *call, a auth.Actor, subject string) (bookingView, error) {
	which, err := parseID(id.Booking, "booking", subject)
	if err != nil {
		return bookingView{}, err
	}
	b, err := s.Bookings.Get(ctx, a, c.programme(), which)
	if err != nil {
		return bookingView{}, err
	}
	return bookingOf(b), nil
}

type bookingListIn struct {
	Cursor  cursor    `query:"cursor"`
	Limit   limit     `query:"limit"`
	Service string    `query:"service" example:"svc_01h9x3k7q2v5n"`
	Shop    string    `query:"shop" example:"shp_01h9x3k7q2v5n"`
	Member  string    `query:"member" example:"mem_01h9x3k7q2v5n"`
	State   string    `query:"state" enum:"booked,came,missed,cancelled,called_off"`
	From    time.Time `query:"from" doc:"Beginning then or later." example:"2026-12-24T00:00:00+01:00"`
	Until   time.Time `query:"until" doc:"Beginning before." example:"2026-12-25T00:00:00+01:00"`
}

func (s *server) listBookings(ctx context.Context, c *call, in *bookingListIn) (page[bookingView], error) {
	var none page[bookingView]
	size, err := in.Limit.size()
	if err != nil {
		return none, err
	}
	at, err := inBookings.read(in.Cursor, 2)
	if err != nil {
		return none, err
	}
	n := booking.Query{ProgrammeID: c.programme(), State: booking.State(in.State), From: in.From, Until: in.Until, After: booking.Place{Begins: db.Time(at[0]), ID: id.ID(at[1])}, Limit: size + 1}
	for _, one := range []struct {
		prefix     id.Prefix
		name, text string
		to         *id.ID
	}{{id.Service, "service", in.Service, &n.ServiceID}, {id.Shop, "shop", in.Shop, &n.ShopID}, {id.Member, "member", in.Member, &n.MemberID}} {
		if one.text == "" {
			continue
		}
		if *one.to, err = parseID(one.prefix, one.name, one.text); err != nil {
			return none, err
		}
	}
	list, err := s.Bookings.List(ctx, c.actor, n)
	return paged(inBookings, list, size, bookingOf, func(b *booking.Booking) []int64 { return []int64{db.Micros(b.Begins), int64(b.ID)} }), err
}

// bookingCalendar writes a booking as a calendar file, in the language asked for.
func (s *server) bookingCalendar(ctx context.Context, c *call, in *bookingIn, out io.Writer) error {
	which, err := parseID(id.Booking, "booking", string(in.Booking))
	if err != nil {
		return err
	}
	e, err := s.Bookings.Entry(ctx, c.actor, c.programme(), which, string(c.print.Lang()))
	if err != nil {
		return err
	}
	return booking.WriteCalendar(out, e)
}
