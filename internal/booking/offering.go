package booking

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "booking", Files: files}

// Config is what a service needs.
type Config struct {
	DB   *db.DB
	Flow *flow.Service
	Now  func() time.Time
}

// Service is what can be done with bookings.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Offering is a service that can be booked.
type Offering struct {
	ID, ProgrammeID        id.ID
	Spec                   Spec
	Version                int64
	Made, Changed, Retired time.Time
}

// Active reports whether it can be booked.
func (o *Offering) Active() bool { return o.Retired.IsZero() }

// Unknown is the fault of an id that is no service's: "unknown_service".
func Unknown(n id.ID) *fault.Error {
	return fault.Missing("unknown_service", "the programme has no service %s", n.In(id.Service)).With("service", n.In(id.Service))
}

// Offerings returns the services, what can be booked first and the latest first.
// It needs bookings.read.
func (s *Service) Offerings(ctx context.Context, a auth.Actor, programme id.ID) ([]*Offering, error) {
	if err := a.Can(programme, auth.BookingsRead); err != nil {
		return nil, err
	}
	list, err := selectOfferings(ctx, s.DB.Reader(), `programme_id = $1 ORDER BY CASE WHEN retired = 0 THEN 0 ELSE 1 END, id DESC`, programme)
	return list, err
}

// Offering returns a service. It needs bookings.read.
func (s *Service) Offering(ctx context.Context, a auth.Actor, programme, which id.ID) (*Offering, error) {
	if err := a.Can(programme, auth.BookingsRead); err != nil {
		return nil, err
	}
	return loadOffering(ctx, s.DB.Reader(), programme, which, "")
}

// Add opens a new service for booking. It needs services.write.
func (s *Service) Add(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (*Offering, error) {
	return s.keep(ctx, a, programme, 0, 0, "service.add", func(o *Offering) { o.Spec = spec })
}

// Change rewrites a service; version is that which was looked at. What is booked
// stays as it is, wherefore fewer places than are booked already are refused
// ("booking_places_taken"). It needs services.write.
func (s *Service) Change(ctx context.Context, a auth.Actor, programme, which id.ID, version int64, spec Spec) (*Offering, error) {
	return s.keep(ctx, a, programme, which, version, "service.change", func(o *Offering) { o.Spec = spec })
}

// Retire closes a service for new bookings, for good. Who is expected stays
// expected. It needs services.write.
func (s *Service) Retire(ctx context.Context, a auth.Actor, programme, which id.ID) (*Offering, error) {
	return s.keep(ctx, a, programme, which, 0, "service.retire", func(o *Offering) { o.Retired = s.clock() })
}

// keep changes a service, a new one where which is 0; version is 0 for whatever
// there is.
func (s *Service) keep(ctx context.Context, a auth.Actor, programme, which id.ID, version int64, action string, change func(*Offering)) (*Offering, error) {
	if err := a.Can(programme, auth.ServicesWrite); err != nil {
		return nil, err
	}
	var o *Offering
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		o = &Offering{ID: tx.IDs().New(), ProgrammeID: programme, Made: s.clock()}
		if which != 0 {
			if o, err = loadOffering(ctx, tx, programme, which, tx.ForUpdate()); err != nil {
				return err
			}
		}
		switch {
		case version != 0 && version != o.Version:
			return fault.Conflict("service_changed", "somebody changed this service meanwhile; look at it again")
		case !o.Active():
			return fault.Conflict("service_retired", "the service can no longer be booked")
		}
		change(o)
		if err := s.settle(ctx, tx, &p, o); err != nil {
			return err
		}
		if err := tx.Upsert(ctx, offeringTable, [][]any{o.row()}); err != nil {
			return fmt.Errorf("writing a service: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: o.ID.In(id.Service), Detail: map[string]any{"version": o.Version}})
	})
	return o, err
}

// settle makes a changed service fit to be kept, or refuses it.
func (s *Service) settle(ctx context.Context, q db.Queryer, p *program.Programme, o *Offering) error {
	o.Spec.tidy()
	if err := o.Spec.Check(FirstLanguage(p)); err != nil {
		return err
	}
	shops, err := program.Shops(ctx, q, p.ID)
	if err != nil {
		return err
	}
	for i, n := range o.Spec.Shops {
		if !slices.ContainsFunc(shops, func(x program.Shop) bool { return x.ID == n }) {
			return unknownShop().At(fmt.Sprintf("/shops/%d", i))
		}
	}
	now := s.clock()
	list, err := selectBookings(ctx, q, `programme_id = $1 AND service_id = $2 AND begins > $3`+held, p.ID, o.ID, db.Micros(now.Add(-longest)))
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b *Booking) bool { return !b.Ends.After(now) })
	for shop, all := range byShop(list) {
		if n := peak(all); n > o.Spec.Places {
			return fault.Conflict("booking_places_taken", "%d are booked at once already; move or cancel some before there are fewer places", n).At("/places").With("booked", n).With("shop", shop.In(id.Shop))
		}
	}
	o.Version, o.Changed = o.Version+1, now
	return nil
}

// FirstLanguage returns the language in which a programme's words must be there.
func FirstLanguage(p *program.Programme) string {
	if len(p.Languages) > 0 {
		return p.Languages[0]
	}
	return "en"
}

func unknownShop() *fault.Error {
	return fault.Invalid("booking_shop", "the service is not given in such a shop")
}
