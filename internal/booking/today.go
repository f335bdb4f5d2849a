package booking

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Visit is what somebody is expected for today.
type Visit struct {
	*Booking
	Service Words
	Zone    *time.Location
}

// Today returns what a member, known under these ids, is still expected for in a
// shop on its day of a moment, by time; also what should have begun by then.
func Today(ctx context.Context, q db.Queryer, p *program.Programme, shop program.Shop, members []id.ID, now time.Time) ([]Visit, error) {
	zone, err := ZoneOf(p, shop)
	if err != nil {
		return nil, err
	}
	from, until := DayOf(now, zone)
	var args db.Args
	list, err := selectBookings(ctx, q, `programme_id = `+args.Add(p.ID)+` AND shop_id = `+args.Add(shop.ID)+` AND member_id IN `+args.In(members)+
		` AND begins >= `+args.Add(db.Micros(from))+` AND begins < `+args.Add(db.Micros(until))+` AND state = `+args.Add(string(Booked))+` ORDER BY begins, id`, args.Values()...)
	if err != nil {
		return nil, err
	}
	visits := make([]Visit, len(list))
	for i, b := range list {
		o, err := loadOffering(ctx, q, p.ID, b.ServiceID, "")
		if err != nil {
			return nil, err
		}
		visits[i] = Visit{b, o.Spec.Names, zone}
	}
	return visits, nil
}
