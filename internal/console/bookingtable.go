package console

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/id"
	"regulars/internal/web"
)

// dayOf names the day of a moment in a zone, with its weekday.
func (d *guestBook) dayOf(at time.Time, zone *time.Location) string {
	at = at.In(zone)
	return joined(d.Weekday(int(at.Weekday())), d.Civil(at.Year(), at.Month(), at.Day()))
}

// who names whom a booking is for.
func (d *guestBook) who(b *booking.Booking) string {
	if b.MemberID == 0 {
		return joined(firstOr(b.Name, d.T("console.booking.guest")), b.Phone)
	}
	return firstOr(d.names[b.MemberID], b.MemberID.In(id.Member))
}

func bookingState(v *visit, n booking.State) templ.Component {
	tone := web.Accent
	switch n {
	case booking.Came:
		tone = web.Good
	case booking.Missed, booking.CalledOff:
		tone = web.Warn
	case booking.Cancelled:
		tone = web.Neutral
	}
	return web.Badge(tone, v.Say(n.Text()))
}

func (l *diary) table() web.Table {
	t := web.Table{
		Caption: l.T("console.booking.expected"),
		Columns: []web.Column{{Head: l.T("console.booking.when")}, {Head: l.T("console.booking.guest")}, {Head: l.T("console.booking.service")}, {Head: l.T("console.booking.state")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconCalendar, Title: l.T("console.booking.nobody"), Text: l.T("console.booking.nobody_text")}),
	}
	for _, b := range l.list {
		zone := l.zone(b.ShopID)
		service := l.own(l.service(b.ServiceID).Spec.Names)
		t.Rows = append(t.Rows, web.Row{Href: l.bookingAt(b.ID, ""), Quiet: !b.State.Holds(), Cells: []templ.Component{
			twoLines(booking.Clock(b.Begins, zone), l.dayOf(b.Begins, zone)), twoLines(l.who(b), b.Note), ownLines(service, l.shop(b.ShopID).Name), bookingState(l.visit, b.State),
		}})
	}
	return t
}

func (l *diary) cursor() web.Cursor {
	span := "day"
	if l.week {
		span = "week"
	}
	shop := ""
	if l.shopID != 0 {
		shop = l.shopID.In(id.Shop)
	}
	page := func(trail string) string {
		return l.at("/bookings", "shop", shop, "span", span, "day", l.day.Format(time.DateOnly), trailName, trail)
	}
	c := web.Cursor{Target: "#diary"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next.ID != 0 {
		c.Next = page(l.trail.forth(diaryMark(l.next)))
	}
	return c
}

// shopOptions are the shops, after what first has.
func (d *guestBook) shopOptions(chosen id.ID, first ...web.Option) []web.Option {
	for _, s := range d.shops {
		if !s.Closed || s.ID == chosen {
			first = append(first, web.Option{Value: s.ID.In(id.Shop), Label: s.Name, Chosen: s.ID == chosen})
		}
	}
	return first
}

func (l *diary) spanOptions() []web.Option {
	return []web.Option{{Value: "week", Label: l.T("console.booking.week"), Chosen: l.week}, {Value: "day", Label: l.T("console.booking.day"), Chosen: !l.week}}
}

func (f *bookingForm) serviceOptions() []web.Option {
	var list []web.Option
	for _, o := range f.services {
		name := f.own(o.Spec.Names)
		list = append(list, web.Option{Value: o.ID.In(id.Service), Label: name.Text, Lang: name.Lang, Chosen: o.ID == f.serviceID})
	}
	return list
}

// slotOptions are the free times of a day.
func (d *guestBook) slotOptions(t *booking.Times) []web.Option {
	var list []web.Option
	if t == nil {
		return nil
	}
	for _, n := range t.Slots {
		list = append(list, web.Option{Value: n.Begins.Format(time.RFC3339), Label: booking.Clock(n.Begins, t.Zone), Chosen: n.Begins.Equal(d.moment("begins"))})
	}
	return list
}

// noneFree says why no time of the day can be chosen.
func (d *guestBook) noneFree(t *booking.Times) string {
	switch {
	case t == nil:
		return d.T("console.booking.not_there")
	case t.Refused != nil:
		return d.Fault(t.Refused)
	}
	return d.T("console.booking.none_free")
}

func (p *bookingPage) facts() []web.Definition {
	zone := p.zone(p.ShopID)
	service := p.own(p.service(p.ServiceID).Spec.Names)
	fact := func(key, said string) web.Definition { return web.Definition{Term: p.T(key), About: web.Words(said)} }
	list := []web.Definition{
		{Term: p.T("console.booking.state"), About: bookingState(p.visit, p.State)},
		{Term: p.T("console.booking.service"), About: ownLines(service, "")},
		fact("console.booking.shop", p.shop(p.ShopID).Name),
		fact("console.booking.when", joined(p.dayOf(p.Begins, zone), booking.Clock(p.Begins, zone)+"–"+booking.Clock(p.Ends, zone))),
	}
	if p.MemberID != 0 && p.can(auth.MembersRead) {
		list = append(list, web.Definition{Term: p.T("console.booking.guest"), About: web.Link(p.at("/members/"+p.MemberID.In(id.Member)), p.who(p.Booking))})
	} else {
		list = append(list, fact("console.booking.guest", p.who(p.Booking)))
	}
	if p.Note != "" {
		list = append(list, fact("console.booking.note", p.Note))
	}
	if p.Reason != "" {
		list = append(list, fact("console.booking.reason", p.Reason))
	}
	return list
}

// markable reports whether it can be noted that the guest came, or did not.
func (p *bookingPage) markable(state booking.State) bool {
	return p.can(auth.BookingsWrite) && p.State.Holds() && p.State != state && p.Markable(state, p.now)
}

// shownDay is the day whose times the page shows, as a form has it.
func (p *bookingPage) shownDay() string { return shownDay(p.times) }

func (f *bookingForm) shownDay() string { return shownDay(f.times) }

func shownDay(t *booking.Times) string {
	if t == nil {
		return ""
	}
	return t.Day.Format(time.DateOnly)
}

func (p *bookingPage) byOptions() []web.Option {
	us := p.field("by") == "us"
	return []web.Option{{Value: "customer", Label: p.T("console.booking.by_customer"), Chosen: !us}, {Value: "us", Label: p.T("console.booking.by_us"), Chosen: us}}
}
