package booking

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

func column(kind db.Kind, name string) db.Column { return db.Column{Name: name, Kind: kind} }

var (
	offeringTable = db.NewTable("booking_service", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Text, "spec"), column(db.Int, "version"),
		column(db.Int, "made"), column(db.Int, "changed"), column(db.Int, "retired"))
	bookingTable = db.NewTable("booking", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Int, "service_id"), column(db.Int, "shop_id"),
		column(db.Int, "member_id"), column(db.Text, "name"), column(db.Text, "phone"), column(db.Int, "begins"), column(db.Int, "ends"), column(db.Text, "state"), column(db.Int, "made"),
		column(db.Text, "actor"), column(db.Text, "channel"), column(db.Text, "note"), column(db.Text, "key"), column(db.Int, "moves"), column(db.Int, "decided"),
		column(db.Text, "decided_by"), column(db.Text, "reason"), column(db.Int, "reminded"))
)

func (o *Offering) row() []any {
	spec, err := json.Marshal(o.Spec)
	if err != nil {
		panic(fmt.Errorf("packing a service: %w", err)) // it holds words and numbers alone
	}
	return []any{o.ProgrammeID, o.ID, string(spec), o.Version, db.Micros(o.Made), db.Micros(o.Changed), db.Micros(o.Retired)}
}

func selectOfferings(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Offering, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, spec, version, made, changed, retired FROM booking_service WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Offering, error) {
		o := &Offering{}
		var spec string
		var made, changed, retired int64
		if err := r.Scan(&o.ProgrammeID, &o.ID, &spec, &o.Version, &made, &changed, &retired); err != nil {
			return nil, err
		}
		o.Made, o.Changed, o.Retired = db.Time(made), db.Time(changed), db.Time(retired)
		return o, json.Unmarshal([]byte(spec), &o.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading services: %w", err)
	}
	return list, nil
}

// loadOffering reads a service; lock is what ends the statement.
func loadOffering(ctx context.Context, q db.Queryer, programme, which id.ID, lock string) (*Offering, error) {
	list, err := selectOfferings(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, which)
	if err == nil && len(list) == 0 {
		err = Unknown(which)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (b *Booking) row() []any {
	return []any{b.ProgrammeID, b.ID, b.ServiceID, b.ShopID, b.MemberID, b.Name, b.Phone, db.Micros(b.Begins), db.Micros(b.Ends), string(b.State), db.Micros(b.Made),
		b.Actor, b.Channel, b.Note, b.Key, b.Moves, db.Micros(b.Decided), b.DecidedBy, b.Reason, db.Micros(b.Reminded)}
}

func selectBookings(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Booking, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, service_id, shop_id, member_id, name, phone, begins, ends, state, made, actor, channel, note, key, moves, decided, decided_by, reason, reminded
		FROM booking WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Booking, error) {
		b := &Booking{}
		var begins, ends, made, decided, reminded int64
		err := r.Scan(&b.ProgrammeID, &b.ID, &b.ServiceID, &b.ShopID, &b.MemberID, &b.Name, &b.Phone, &begins, &ends, &b.State, &made,
			&b.Actor, &b.Channel, &b.Note, &b.Key, &b.Moves, &decided, &b.DecidedBy, &b.Reason, &reminded)
		b.Begins, b.Ends, b.Made, b.Decided, b.Reminded = db.Time(begins), db.Time(ends), db.Time(made), db.Time(decided), db.Time(reminded)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading bookings: %w", err)
	}
	return list, nil
}

// loadBooking reads a booking; lock is what ends the statement.
func loadBooking(ctx context.Context, q db.Queryer, programme, which id.ID, lock string) (*Booking, error) {
	list, err := selectBookings(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, which)
	if err == nil && len(list) == 0 {
		err = unknownBooking(which)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// everyBooking calls fn with each booking of a programme, in order of id, read in
// pages.
func everyBooking(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Booking) error) error {
	for after := id.ID(0); ; {
		list, err := selectBookings(ctx, q, `programme_id = $1 AND id > $2 ORDER BY id LIMIT 500`, programme, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, b := range list {
			if err := fn(b); err != nil {
				return err
			}
		}
		after = list[len(list)-1].ID
	}
}
