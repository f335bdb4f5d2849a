package auth

import (
	"cmp"
	"context"
	"net/netip"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// Pace bounds how often something may be tried: so many at once, and then one
// in each interval. It is the generic cell rate algorithm (ITU-T I.371), whose
// whole state is one moment.
type Pace struct {
	Burst int64
	Every time.Duration
}

var (
	accountPace = Pace{Burst: 5, Every: time.Minute}
	addressPace = Pace{Burst: 20, Every: 15 * time.Second}
)

// Attempt is one try counted against a subject, which names what is tried and
// by whom. Subjects are kept, so they hold nothing by which a person is known.
type Attempt struct {
	Subject string
	Pace
}

// From is an attempt counted against the network of an address.
func From(what, address string, p Pace) Attempt {
	return Attempt{what + network(address), p}
}

// attempts returns what a sign-in counts against: its account, known or not,
// and the address it comes from. The account comes first, so that two sign-ins
// lock these rows in the same order.
func attempts(email, address string) []Attempt {
	return []Attempt{
		{"account:" + string(hashToken(fold(email))), accountPace},
		From("address:", address, addressPace),
	}
}

// network reduces an address to what one customer of a provider is given: an
// IPv4 address or an IPv6 /64.
func network(address string) string {
	if host, err := netip.ParseAddrPort(address); err == nil {
		address = host.Addr().String()
	}
	a, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	prefix, _ := a.Prefix(64) // fails only for more bits than the address has
	return prefix.String()
}

// Charge counts the attempts before what they try is looked at, in a
// transaction of their own, so that tries at the same moment cannot slip past
// the bound, in whatever process they run. Where a subject has none left it
// returns what refuse makes of the seconds to wait, and counts none of them.
// Callers that charge several subjects name them in the same order each time,
// as each locks its row.
func Charge(ctx context.Context, d *db.DB, now time.Time, refuse func(seconds int64) error, tries ...Attempt) error {
	return d.InTx(ctx, func(tx *db.Tx) error {
		for _, t := range tries {
			wait, err := chargeAttempt(ctx, tx, t, now)
			if err != nil {
				return err
			}
			if wait > 0 {
				return refuse(int64((wait + time.Second - 1) / time.Second))
			}
		}
		return nil
	})
}

// Guessed counts a code or a link that was found to be none of ours, a fault of
// the kind missing, so that nobody tries many. What there is costs nothing.
// Another error goes through as it is.
func Guessed(ctx context.Context, d *db.DB, now time.Time, err error, try Attempt) error {
	if f := fault.As(err); f == nil || f.Kind != fault.KindMissing {
		return err
	}
	return cmp.Or(Charge(ctx, d, now, TooOften, try), err)
}

// TooOften refuses, with "too_often", what anybody may open or send.
func TooOften(seconds int64) error {
	return fault.Busy("too_often", "that was too often; wait %d seconds and try again", seconds).With("seconds", seconds)
}

func (s *Service) charge(ctx context.Context, refuse func(seconds int64) error, tries []Attempt) error {
	return Charge(ctx, s.d, s.now(), refuse, tries...)
}

func tooManyTries(seconds int64) error {
	return fault.Busy("too_many_tries", "too many tries to sign in; wait %d seconds, or ask a manager for a link", seconds).
		With("seconds", seconds)
}
