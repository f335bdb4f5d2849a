package auth

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"regulars/internal/db"
)

// Config is what the service needs besides the database.
type Config struct {
	Now func() time.Time
	Log *slog.Logger
	// Hashing is the cost of new password hashes; zero means DefaultHashing.
	Hashing Hashing
}

// Service is what can be done with staff, sessions, links, API keys and the
// audit trail. It is safe for concurrent use.
type Service struct {
	d         *db.DB
	now       func() time.Time
	log       *slog.Logger
	hasher    *hasher
	keys      keyCache
	guesses   *guesses
	sightings sightings
}

// New returns the service over a migrated database. Whoever serves requests
// also runs Run.
func New(d *db.DB, c Config) *Service {
	if c.Hashing == (Hashing{}) {
		c.Hashing = DefaultHashing()
	}
	return &Service{d: d, now: c.Now, log: c.Log, hasher: newHasher(c.Hashing), guesses: newGuesses()}
}

// flushEvery is how far the kept time of last use of a key or session may lag.
const flushEvery = time.Minute

// Run writes the times of last use once a minute until the context ends, and
// then once more.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return s.Flush(context.WithoutCancel(ctx))
		case <-tick.C:
			if err := s.Flush(ctx); err != nil {
				s.log.WarnContext(ctx, "writing times of last use", "error", err)
			}
		}
	}
}

// Flush writes the times of last use that Run has not written yet, to the
// minute: each gets that of the latest. What fails is tried again with the
// next.
func (s *Service) Flush(ctx context.Context) error {
	taken := s.sightings.take()
	if taken.last.IsZero() {
		return nil
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error { return updateSeen(ctx, tx, taken) })
	if err != nil {
		s.sightings.putBack(taken)
		return fmt.Errorf("writing times of last use: %w", err)
	}
	return nil
}

// Sweep deletes sessions and links past their time and throttles that no
// longer hold anybody back. It is meant to run daily, once for all processes.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	return s.d.InTx(ctx, func(tx *db.Tx) error { return deleteStale(ctx, tx, now) })
}
