package booking

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "bookings" }

// Erase takes out what was written of a person and gives up what they have
// booked, for others to have; how it went before still counts.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	now := args.Add(db.Micros(tx.IDs().New().Time()))
	who := args.In(members) + ` AND programme_id = ` + args.Add(programme)
	if _, err := tx.Exec(ctx, `UPDATE booking SET state = 'cancelled', decided = `+now+`, decided_by = 'system:erasure' WHERE state = 'booked' AND member_id IN `+who, args.Values()...); err != nil {
		return fmt.Errorf("giving up bookings: %w", err)
	}
	var words db.Args
	if _, err := tx.Exec(ctx, `UPDATE booking SET name = '', phone = '', note = '', reason = '', key = '' WHERE member_id IN `+words.In(members)+` AND programme_id = `+words.Add(programme), words.Values()...); err != nil {
		return fmt.Errorf("forgetting what was written of bookings: %w", err)
	}
	return nil
}

// crowd is a service in a shop.
type crowd struct{ service, shop id.ID }

// Check notes more bookings at a time than there are places, since the service
// was last changed, and bookings that contradict themselves.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectOfferings(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	all := map[id.ID]*Offering{}
	for _, o := range list {
		all[o.ID] = o
	}
	crowds := map[crowd][]*Booking{}
	if err := everyBooking(ctx, q, programme, func(b *Booking) error {
		name, o := b.ID.In(id.Booking), all[b.ServiceID]
		switch {
		case o == nil:
			note(name + " is of a service that there is not")
			return nil
		case !b.Ends.After(b.Begins):
			note(name + " ends before it begins")
		case (b.State == Booked) != b.Decided.IsZero():
			note(name + " is decided without a time, or has one and is not")
		case b.MemberID != 0 && b.Phone != "":
			note(name + " is a member's and a guest's")
		}
		if b.State.Holds() && b.Ends.After(o.Changed) {
			at := crowd{b.ServiceID, b.ShopID}
			crowds[at] = append(crowds[at], b)
		}
		return nil
	}); err != nil {
		return err
	}
	for at, held := range crowds {
		if n, places := peak(held), all[at.service].Spec.Places; n > places {
			note(fmt.Sprintf("%s has %d booked at once in %s, and %d places", at.service.In(id.Service), n, at.shop.In(id.Shop), places))
		}
	}
	return nil
}

// Record is a booking in exports.
type Record struct {
	Booking   string     `json:"booking"`
	Service   string     `json:"service"`
	Names     Words      `json:"names,omitempty"`
	Shop      string     `json:"shop"`
	Member    string     `json:"member,omitempty"`
	Name      string     `json:"name,omitempty"`
	Phone     string     `json:"phone,omitempty"`
	Begins    time.Time  `json:"begins"`
	Ends      time.Time  `json:"ends"`
	State     State      `json:"state"`
	Made      time.Time  `json:"made"`
	By        string     `json:"by"`
	Channel   string     `json:"channel,omitempty"`
	Note      string     `json:"note,omitempty"`
	Moves     int64      `json:"moves,omitempty"`
	Decided   *time.Time `json:"decided,omitempty"`
	DecidedBy string     `json:"decided_by,omitempty"`
	Reason    string     `json:"reason,omitempty"`
}

func (b *Booking) record() Record {
	r := Record{
		Booking: b.ID.In(id.Booking), Service: b.ServiceID.In(id.Service), Shop: b.ShopID.In(id.Shop), Name: b.Name, Phone: b.Phone, Begins: b.Begins, Ends: b.Ends,
		State: b.State, Made: b.Made, By: b.Actor, Channel: b.Channel, Note: b.Note, Moves: b.Moves, Decided: when(b.Decided), DecidedBy: b.DecidedBy, Reason: b.Reason,
	}
	if b.MemberID != 0 {
		r.Member = b.MemberID.In(id.Member)
	}
	return r
}

// Export returns what a person booked.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	list, err := selectBookings(ctx, q, `member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` ORDER BY id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	services, err := selectOfferings(ctx, q, `programme_id = $1`, programme)
	names := map[id.ID]Words{}
	for _, o := range services {
		names[o.ID] = o.Spec.Names
	}
	var all []Record
	for _, b := range list {
		r := b.record()
		r.Names = names[b.ServiceID]
		all = append(all, r)
	}
	return all, err
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"services", "bookings"} }

type offeringRecord struct {
	Service string     `json:"service"`
	Version int64      `json:"version"`
	Made    time.Time  `json:"made"`
	Changed time.Time  `json:"changed"`
	Retired *time.Time `json:"retired,omitempty"`
	Spec    Spec       `json:"spec"`
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Dump gives the services and the bookings.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectOfferings(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := to("services", offeringRecord{o.ID.In(id.Service), o.Version, o.Made, o.Changed, when(o.Retired), o.Spec}); err != nil {
			return err
		}
	}
	return everyBooking(ctx, q, programme, func(b *Booking) error { return to("bookings", b.record()) })
}
