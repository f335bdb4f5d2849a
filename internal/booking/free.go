package booking

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// longest is the longest that a booking takes.
const longest = MostMinutes * time.Minute

// Slot is a time at which a service can begin.
type Slot struct {
	Begins, Ends time.Time
	Left         int // places
}

// place is a service in a shop: its zone and its calendar.
type place struct {
	*Offering
	shop program.Shop
	zone *time.Location
	open *complaint.Clock
}

// placeOf finds a shop where a service is given, or refuses ("booking_shop").
func placeOf(ctx context.Context, q db.Queryer, p *program.Programme, o *Offering, shop id.ID) (*place, error) {
	shops, err := program.Shops(ctx, q, p.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(shops, func(x program.Shop) bool { return x.ID == shop && !x.Closed })
	if i < 0 || !slices.Contains(o.Spec.Shops, shop) {
		return nil, unknownShop().At("/shop")
	}
	at := &place{Offering: o, shop: shops[i]}
	if at.zone, err = ZoneOf(p, shops[i]); err != nil {
		return nil, err
	}
	at.open, err = complaint.Calendar(ctx, q, p, at.zone, o.Spec.Week)
	return at, err
}

// ZoneOf returns the zone of a shop: its own, else the programme's.
func ZoneOf(p *program.Programme, shop program.Shop) (*time.Location, error) {
	if shop.Zone == "" {
		return p.Zone, nil
	}
	zone, err := program.ParseZone(shop.Zone)
	if err != nil {
		return nil, fmt.Errorf("reading the zone of a shop: %w", err)
	}
	return zone, nil
}

// Open reports whether a programme has something that can be booked.
func Open(ctx context.Context, q db.Queryer, programme id.ID) (bool, error) {
	list, err := selectOfferings(ctx, q, `programme_id = $1 AND retired = 0 LIMIT 1`, programme)
	return len(list) > 0, err
}

// DayOf returns the beginning and the end of the day of a moment where the zone
// is: 23 to 25 hours apart.
func DayOf(at time.Time, zone *time.Location) (from, until time.Time) {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// Clock writes a time of day in a zone, with the zone's name where the clock
// shows it twice that day.
func Clock(at time.Time, zone *time.Location) string {
	at = at.In(zone)
	const shown = "15:04"
	if at.Add(-time.Hour).Format(shown) == at.Format(shown) || at.Add(time.Hour).Format(shown) == at.Format(shown) {
		return at.Format(shown + " MST")
	}
	return at.Format(shown)
}

// starts returns when the service can begin on the day of a moment, whoever is
// booked. Hours are by the clock on the wall, steps and lengths are real time.
func (at *place) starts(day time.Time) []time.Time {
	from, until := DayOf(day, at.zone)
	var all []time.Time
	for _, open := range at.open.Stretches(from, until) {
		for t := open[0]; !t.Add(at.Spec.Lasts()).After(open[1]); t = t.Add(at.Spec.Step()) {
			all = append(all, t.UTC())
		}
	}
	return all
}

// Last returns the last day, as its midnight, that somebody of these ranks can
// book now.
func (at *place) last(now time.Time, ranks []string) time.Time {
	from, _ := DayOf(now, at.zone)
	return time.Date(from.Year(), from.Month(), from.Day()+at.Spec.Reach(ranks), 0, 0, 0, 0, at.zone)
}

// refusal says why somebody of these ranks cannot book a time on that day,
// whoever is booked; nil where they can.
func (at *place) refusal(now, begins time.Time, ranks []string) error {
	day, _ := DayOf(begins, at.zone)
	switch last := at.last(now, ranks); {
	case !at.Active():
		return fault.Conflict("service_retired", "the service can no longer be booked")
	case !at.Spec.For(ranks):
		return fault.Refused("booking_rank", "the service is for other ranks")
	case !begins.After(now):
		return fault.Invalid("booking_past", "the time has passed; choose one to come").At("/begins")
	case day.After(last):
		return fault.Invalid("booking_far", "it can be booked until %s", last.Format(time.DateOnly)).At("/begins").With("until", last.Format(time.DateOnly))
	}
	return nil
}

// checkBegins refuses a time at which the service does not begin.
func (at *place) checkBegins(begins time.Time) error {
	if !slices.ContainsFunc(at.starts(begins), begins.Equal) {
		return fault.Invalid("booking_time", "the service does not begin at that time; choose one of the free times").At("/begins")
	}
	return nil
}

// Ask is for whom and when free times are asked for.
type Ask struct {
	ProgrammeID, ServiceID, ShopID id.ID
	MemberID                       id.ID // 0 for a guest
	// Day is a moment of the day, by the shop's clock; the zero time is today.
	Day time.Time
}

// Times are the free times of a service in a shop on a day.
type Times struct {
	Service *Offering
	Shop    program.Shop
	Zone    *time.Location
	// Day is the midnight at which the day begins, Last that of the last day that
	// can be booked now.
	Day, Last time.Time
	Slots     []Slot
	// Refused says why there are none at all for this customer; nil where they
	// are only taken, past or outside the hours.
	Refused *fault.Error
}

// Free returns the times of a day that are still free. It needs bookings.read.
func (s *Service) Free(ctx context.Context, a auth.Actor, ask Ask) (*Times, error) {
	if err := a.Can(ask.ProgrammeID, auth.BookingsRead); err != nil {
		return nil, err
	}
	ranks, err := s.ranks(ctx, ask.ProgrammeID, ask.MemberID)
	if err != nil {
		return nil, err
	}
	var t *Times
	err = s.DB.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, ask.ProgrammeID)
		if err != nil {
			return err
		}
		o, err := loadOffering(ctx, q, ask.ProgrammeID, ask.ServiceID, "")
		if err != nil {
			return err
		}
		at, err := placeOf(ctx, q, &p, o, ask.ShopID)
		if err != nil {
			return err
		}
		t, err = at.free(ctx, q, s.clock(), ask.Day, ranks)
		return err
	})
	return t, err
}

func (at *place) free(ctx context.Context, q db.Queryer, now, day time.Time, ranks []string) (*Times, error) {
	if day.IsZero() {
		day = now
	}
	from, until := DayOf(day, at.zone)
	t := &Times{Service: at.Offering, Shop: at.shop, Zone: at.zone, Day: from, Last: at.last(now, ranks)}
	taken, err := at.taken(ctx, q, from, until.Add(longest))
	if err != nil {
		return nil, err
	}
	for _, begins := range at.starts(from) {
		refused := fault.As(at.refusal(now, begins, ranks))
		switch {
		case refused != nil && refused.Code == "booking_past":
			continue
		case refused != nil:
			t.Refused, t.Slots = refused, nil
			return t, nil //nolint:nilerr // why nothing is free is told with the day
		}
		ends := begins.Add(at.Spec.Lasts())
		if left := at.Spec.Places - peak(within(taken, begins, ends)); left > 0 {
			t.Slots = append(t.Slots, Slot{Begins: begins, Ends: ends, Left: left})
		}
	}
	return t, nil
}

// taken returns the bookings of the place that hold a place between two moments.
func (at *place) taken(ctx context.Context, q db.Queryer, from, until time.Time) ([]*Booking, error) {
	return selectBookings(ctx, q, `programme_id = $1 AND service_id = $2 AND shop_id = $3 AND begins > $4 AND begins < $5 AND ends > $6`+held,
		at.ProgrammeID, at.ID, at.shop.ID, db.Micros(from.Add(-longest-time.Microsecond)), db.Micros(until), db.Micros(from))
}

// within returns those that hold a place at some time between two moments.
func within(list []*Booking, from, until time.Time) []*Booking {
	return slices.DeleteFunc(slices.Clone(list), func(b *Booking) bool { return !b.Begins.Before(until) || !b.Ends.After(from) })
}

// peak returns the most that hold a place at once. Who leaves makes room for who
// comes at the same moment.
func peak(list []*Booking) int {
	type turn struct {
		at time.Time
		by int
	}
	var turns []turn
	for _, b := range list {
		turns = append(turns, turn{b.Begins, 1}, turn{b.Ends, -1})
	}
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.by, b.by)) })
	n, most := 0, 0
	for _, t := range turns {
		n += t.by
		most = max(most, n)
	}
	return most
}

func byShop(list []*Booking) map[id.ID][]*Booking {
	all := map[id.ID][]*Booking{}
	for _, b := range list {
		all[b.ShopID] = append(all[b.ShopID], b)
	}
	return all
}

// ranks returns the codes of the ranks that a member has now; none for a guest.
func (s *Service) ranks(ctx context.Context, programme, who id.ID) ([]string, error) {
	if who == 0 {
		return nil, nil
	}
	_, standing, err := s.Flow.Standing(ctx, programme, who)
	var codes []string
	for _, r := range standing {
		if r.Rank != "" {
			codes = append(codes, r.Rank)
		}
	}
	return codes, err
}
