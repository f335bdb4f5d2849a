package auth

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// guessPace bounds how many unknown API keys one address may have looked up.
var guessPace = Pace{Burst: 20, Every: 3 * time.Second}

// guessSlots bounds what is remembered of addresses, whatever their number.
const guessSlots = 1 << 14

// guesses counts the look-ups of API keys that found nothing, by the address
// that asked for them, in this process. Addresses share a number of slots by a
// secret hash, so that no flood of them takes more memory; two in one slot
// share its pace.
type guesses struct {
	seed maphash.Seed

	mu   sync.Mutex
	free [guessSlots]int64 // the moment, in microseconds, as of Pace
}

func newGuesses() *guesses { return &guesses{seed: maphash.MakeSeed()} }

func (g *guesses) slot(address string) *int64 {
	return &g.free[maphash.String(g.seed, network(address))%guessSlots]
}

// wait returns how long the address must wait before it is asked for again, 0
// when it need not.
func (g *guesses) wait(address string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	latest := db.Micros(now) + (guessPace.Burst-1)*guessPace.Every.Microseconds()
	return time.Duration(max(0, *g.slot(address)-latest)) * time.Microsecond
}

// count counts a look-up that found nothing.
func (g *guesses) count(address string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	slot := g.slot(address)
	*slot = max(*slot, db.Micros(now)) + guessPace.Every.Microseconds()
}

// lookUp reads the key of a prefix for an address. One whose look-ups have
// found nothing too often is refused before the database is asked, with
// "too_many_keys", but for keys that this process has met: who guesses stops
// nobody behind the same address that is at work already.
func (s *Service) lookUp(ctx context.Context, prefix, address string) (Key, error) {
	now := s.now()
	if wait := s.guesses.wait(address, now); wait > 0 && !s.keys.has(prefix) {
		return Key{}, tooManyKeys(wait)
	}
	k, err := keyByPrefix(ctx, s.d.Reader(), prefix)
	if err == nil && k.ID == 0 {
		s.guesses.count(address, now)
	}
	return k, err
}

func tooManyKeys(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	return fault.Busy("too_many_keys", "too many API keys that do not exist came from your address; wait %d seconds, then send a good one", seconds).
		With("seconds", seconds)
}
