package auth

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// pace bounds how often something may be tried: so many at once, and then one
// in each interval. It is the generic cell rate algorithm (ITU-T I.371), whose
// whole state is one moment.
type pace struct {
	burst int64
	every time.Duration
}

var (
	accountPace = pace{burst: 5, every: time.Minute}
	addressPace = pace{burst: 20, every: 15 * time.Second}
)

// attempt is one try counted against a subject.
type attempt struct {
	subject string
	pace
}

// attempts returns what a sign-in counts against: its account, known or not,
// and the address it comes from. The account comes first, so that two sign-ins
// lock these rows in the same order.
func attempts(email, address string) []attempt {
	return []attempt{
		{"account:" + string(hashToken(fold(email))), accountPace},
		{"address:" + network(address), addressPace},
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

// charge counts the attempts before the password is looked at, so that tries
// at the same moment cannot slip past the bound, in whatever process they run.
// It refuses with "too_many_tries" when a subject has none left.
func (s *Service) charge(ctx context.Context, tries []attempt) error {
	return s.chargeAs(ctx, tries, tooManyTries)
}

// chargeAs is charge, with the refusal in words of its own.
func (s *Service) chargeAs(ctx context.Context, tries []attempt, tooMany func(wait time.Duration) error) error {
	now := s.now()
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		for _, t := range tries {
			wait, err := chargeAttempt(ctx, tx, t, now)
			if err != nil {
				return err
			}
			if wait > 0 {
				return tooMany(wait)
			}
		}
		return nil
	})
}

func tooManyTries(wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return fault.Busy("too_many_tries", "too many tries to sign in; wait %d seconds, or ask a manager for a link", seconds).
		With("seconds", seconds)
}
