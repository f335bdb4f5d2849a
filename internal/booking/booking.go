package booking

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// State is how a booking stands.
type State string

// The states. A booking that was moved is still Booked, at its new time.
const (
	// Booked is expected.
	Booked State = "booked"
	// Came was there.
	Came State = "came"
	// Missed did not come and had not said so.
	Missed State = "missed"
	// Cancelled was given up by the customer.
	Cancelled State = "cancelled"
	// CalledOff was given up by us.
	CalledOff State = "called_off"
)

// Text names the state in words.
func (n State) Text() i18n.Text { return i18n.Text{Key: "booking.state." + string(n)} }

// Holds reports whether bookings of the state hold a place: all but those that
// were given up.
func (n State) Holds() bool { return n != Cancelled && n != CalledOff }

// held keeps a statement to bookings that hold a place.
const held = ` AND state NOT IN ('cancelled', 'called_off')`

const (
	// MaxNote bounds a note and a reason, in letters.
	MaxNote = 500
	maxKey  = 200
	// MostOpen is how many bookings to come a customer can make by themselves.
	MostOpen = 5
	// MarkDays is how long after the time it can be noted who came.
	MarkDays = 14
	// markEarly is how long before it somebody can have come.
	markEarly = 12 * time.Hour
	// mostListed bounds a list.
	mostListed = 500
)

// Booking is somebody expected at a time.
type Booking struct {
	ID, ProgrammeID, ServiceID, ShopID id.ID
	// MemberID is the member at the time, merges do not rewrite it; 0 for a guest,
	// of whom Name and Phone are known.
	MemberID      id.ID
	Name, Phone   string
	Begins, Ends  time.Time
	State         State
	Made          time.Time
	Actor         string
	Channel, Note string
	// Key is the caller's own name for it, by which a repeat is known.
	Key   string
	Moves int64
	// Decided is when it became what State says, by whom and why; zero while
	// Booked.
	Decided   time.Time
	DecidedBy string
	Reason    string
	// Reminded is the beginning that the member was reminded of; zero for none.
	Reminded time.Time
}

func unknownBooking(n id.ID) *fault.Error {
	return fault.Missing("unknown_booking", "there is no booking %s", n.In(id.Booking)).With("booking", n.In(id.Booking))
}

// Query says which bookings are looked for; what is zero does not narrow.
type Query struct {
	ProgrammeID, ServiceID, ShopID id.ID
	MemberID                       id.ID // with all that they were merged from
	// From and Until bound the beginning, Until excluded.
	From, Until time.Time
	State       State
	// After is the last booking of the page before.
	After Place
	Limit int // 1 to 500; 0 for 500
}

// Place is where a booking stands in a list; zero for before the first.
type Place struct {
	Begins time.Time
	ID     id.ID
}

// Place returns where the booking stands.
func (b *Booking) Place() Place { return Place{b.Begins, b.ID} }

// List returns bookings by their time. It needs bookings.read.
func (s *Service) List(ctx context.Context, a auth.Actor, n Query) ([]*Booking, error) {
	if err := a.Can(n.ProgrammeID, auth.BookingsRead); err != nil {
		return nil, err
	}
	if n.Limit < 1 || n.Limit > mostListed {
		n.Limit = mostListed
	}
	q := s.DB.Reader()
	var args db.Args
	where := `programme_id = ` + args.Add(n.ProgrammeID)
	if n.MemberID != 0 {
		aliases, err := member.AliasesOf(ctx, q, n.ProgrammeID, n.MemberID)
		if err != nil {
			return nil, err
		}
		where += ` AND member_id IN ` + args.In(aliases)
	}
	if n.ServiceID != 0 {
		where += ` AND service_id = ` + args.Add(n.ServiceID)
	}
	if n.ShopID != 0 {
		where += ` AND shop_id = ` + args.Add(n.ShopID)
	}
	if !n.From.IsZero() {
		where += ` AND begins >= ` + args.Add(db.Micros(n.From))
	}
	if !n.Until.IsZero() {
		where += ` AND begins < ` + args.Add(db.Micros(n.Until))
	}
	if n.State != "" {
		where += ` AND state = ` + args.Add(string(n.State))
	}
	if n.After.ID != 0 {
		at := args.Add(db.Micros(n.After.Begins))
		where += ` AND (begins > ` + at + ` OR begins = ` + at + ` AND id > ` + args.Add(n.After.ID) + `)`
	}
	return selectBookings(ctx, q, where+` ORDER BY begins, id LIMIT `+args.Add(n.Limit), args.Values()...)
}

// Get returns a booking. It needs bookings.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, which id.ID) (*Booking, error) {
	if err := a.Can(programme, auth.BookingsRead); err != nil {
		return nil, err
	}
	return loadBooking(ctx, s.DB.Reader(), programme, which, "")
}
