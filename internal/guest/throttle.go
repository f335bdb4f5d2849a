package guest

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// pace bounds how often something may be done: so many at once, and then one in
// each interval (generic cell rate algorithm, ITU-T I.371).
type pace struct {
	burst int64
	every time.Duration
}

var (
	// askPace bounds the messages to one address, askedFromPace those that one
	// network asks for, tryPace the codes that one network tries.
	askPace       = pace{burst: 3, every: 5 * time.Minute}
	askedFromPace = pace{burst: 20, every: 30 * time.Second}
	tryPace       = pace{burst: 30, every: 15 * time.Second}
)

// attempt is one try counted against a subject.
type attempt struct {
	subject string
	pace
}

// asking is what a message counts against: its address, known or not, and where
// it is asked for. The address comes first, so that two lock in the same order.
func asking(programme id.ID, address, from string) []attempt {
	return []attempt{
		{"ask:" + hashOf(programme.In(id.Programme), address), askPace},
		{"asked from:" + network(from), askedFromPace},
	}
}

func trying(from string) []attempt { return []attempt{{"try from:" + network(from), tryPace}} }

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

// charge counts the attempts in a transaction of their own, so that tries at
// the same moment cannot slip past the bound. It refuses with
// "guest_too_often".
func (g *Guest) charge(ctx context.Context, tries []attempt) error {
	now := g.Now()
	return g.DB.InTx(ctx, func(tx *db.Tx) error {
		for _, t := range tries {
			wait, err := chargeAttempt(ctx, tx, t, now)
			if err != nil {
				return err
			}
			if wait > 0 {
				seconds := int64((wait + time.Second - 1) / time.Second)
				return fault.Busy("guest_too_often", "that was too often; wait %d seconds and try again", seconds).With("seconds", seconds)
			}
		}
		return nil
	})
}
