package promise

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Pledge makes the promise of another feature, in the transaction of what it
// promises.
func (s *Service) Pledge(ctx context.Context, tx *db.Tx, a auth.Actor, n flow.Pledge) (id.ID, error) {
	p, err := s.make(ctx, tx, a, New{
		ProgrammeID: n.ProgrammeID, MemberID: n.MemberID, Kind: Kind(n.Kind), Source: n.Source, ExternalID: n.ExternalID, Order: n.Order, Due: n.Due,
	})
	if err != nil {
		return 0, err
	}
	return p.ID, nil
}

// Honour keeps a promise now, or notes that it came late. What has come true
// before or was withdrawn stays so.
func (s *Service) Honour(ctx context.Context, tx *db.Tx, programme, promise id.ID) error {
	p, err := lockPromise(ctx, tx, programme, promise)
	if err != nil || p.State == Withdrawn || !p.Actual.IsZero() {
		return err
	}
	p.Actual = s.clock()
	return s.write(ctx, tx, p)
}

// Release withdraws a promise that is still open.
func (s *Service) Release(ctx context.Context, tx *db.Tx, programme, promise id.ID) error {
	p, err := lockPromise(ctx, tx, programme, promise)
	if err != nil || p.judge(s.clock()) != Open {
		return err
	}
	p.State, p.Decided = Withdrawn, s.clock()
	return s.write(ctx, tx, p)
}

// ClockOf tells how a promise stands.
func (s *Service) ClockOf(ctx context.Context, q db.Queryer, programme, promise id.ID) (*flow.Clock, error) {
	p, err := loadPromise(ctx, q, programme, promise)
	if err != nil {
		return nil, err
	}
	return &flow.Clock{Kind: string(p.Kind), Due: p.Due, Expected: p.Expected, Ends: p.Ends(), State: string(p.State), Warned: !p.Warned.IsZero()}, nil
}

// Shipped tells what is known of the parcels of an order: whether there are any,
// when the last that came did, the zero time while none has, and the country,
// where one was said.
func (s *Service) Shipped(ctx context.Context, q db.Queryer, programme id.ID, order string) (sent bool, delivered time.Time, country string, err error) {
	parcels, err := parcelsOfOrder(ctx, q, programme, order)
	for _, p := range parcels {
		if p.Delivered.After(delivered) {
			delivered = p.Delivered
		}
		if p.Country != "" {
			country = p.Country
		}
	}
	return len(parcels) > 0, delivered, country, err
}

// Delivered returns the members to whom a parcel was delivered at from or later,
// and before until, each once, as the parcels name them; not what went back.
func (s *Service) Delivered(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) ([]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT member_id FROM parcel
		WHERE programme_id = $1 AND delivered >= $2 AND delivered < $3 AND delivered > 0 AND status = $4 AND member_id <> 0 ORDER BY member_id`,
		programme, db.Micros(from), db.Micros(until), string(Delivered))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m id.ID, err error) { return m, r.Scan(&m) })
	if err != nil {
		return nil, fmt.Errorf("reading who was delivered to: %w", err)
	}
	return list, nil
}

// Postcode tells whether the postcode of a delivery of an order is known, and
// whether what somebody typed is it.
func (s *Service) Postcode(ctx context.Context, q db.Queryer, g *program.Programme, order, typed string) (known, fits bool, err error) {
	parcels, err := parcelsOfOrder(ctx, q, g.ID, order)
	digest := postcodeDoor(g.Salt, order, typed)
	for _, p := range parcels {
		known = known || p.postcodeDoor != ""
		fits = fits || p.postcodeDoor != "" && p.postcodeDoor == digest
	}
	return known, fits, err
}

func parcelsOfOrder(ctx context.Context, q db.Queryer, programme id.ID, order string) ([]*Parcel, error) {
	if order == "" {
		return nil, nil
	}
	return selectParcels(ctx, q, `p.programme_id = $1 AND p.order_ref = $2 ORDER BY p.id`, programme, order)
}

// CameTrue tells of promises whether they came true, late or in time; one that is
// not there is left out.
func CameTrue(ctx context.Context, q db.Queryer, programme id.ID, promises []id.ID) (map[id.ID]bool, error) {
	came := map[id.ID]bool{}
	if len(promises) == 0 {
		return came, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id, actual FROM promise WHERE programme_id = `+args.Add(programme)+` AND id IN `+args.In(promises), args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (n [2]int64, err error) { return n, r.Scan(&n[0], &n[1]) }, func(n [2]int64) error {
		came[id.ID(n[0])] = n[1] != 0
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what came of promises: %w", err)
	}
	return came, nil
}
