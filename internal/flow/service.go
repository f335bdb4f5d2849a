package flow

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Service takes events.
type Service struct {
	db      *db.DB
	now     func() time.Time
	log     *slog.Logger
	setups  *setups
	members *member.Service
	lanes   *lanes
	news    bool
	rooms   []Room
}

// ShopLimit says what a shop may not do for a while, as one of a partner may
// not.
type ShopLimit struct {
	ShopID id.ID
	// From and Until bound the time, From ≤ t < Until; zero for no bound.
	From, Until time.Time
	// NoGrant keeps rules from giving points there.
	NoGrant bool
	// Accepts is the wallet whose points pay there; 0 for none at all.
	Accepts id.ID
}

// ShopLimits returns the limits of a programme's shops; whoever changes them
// touches the programme.
type ShopLimits func(ctx context.Context, q db.Queryer, programme id.ID) ([]ShopLimit, error)

// Config is what a service needs.
type Config struct {
	DB  *db.DB
	Now func() time.Time
	Log *slog.Logger
	// Lanes is the number of committers; SQLite has one writer and so one
	// lane. Zero chooses.
	Lanes int
	// News has every committed batch leave a NewsJob.
	News bool
	// Rooms are the features below that keep something of members.
	Rooms []Room
	// Shops limits shops; nil for no limits.
	Shops ShopLimits
}

// New starts a service; Close drains it.
func New(c Config) *Service {
	s := &Service{db: c.DB, now: c.Now, log: c.Log, setups: newSetups(c.Shops), members: member.New(c.DB, c.Now), news: c.News, rooms: c.Rooms}
	n := c.Lanes
	if c.DB.Dialect() == db.SQLite {
		n = 1
	} else if n == 0 {
		n = defaultLanes()
	}
	s.lanes = newLanes(n, s.run)
	return s
}

// defaultLanes keeps a PostgreSQL server busy without many small batches: more
// committers than cores make the batches smaller and everything dearer.
func defaultLanes() int { return min(4, max(2, runtime.GOMAXPROCS(0))) }

// Close commits what is queued and stops taking events.
func (s *Service) Close() { s.lanes.close() }

// Take takes events in the order given and answers each after the commit that
// holds it. An event refused leaves the others untouched.
func (s *Service) Take(ctx context.Context, events []*Event) ([]Result, error) {
	wait, err := s.Submit(ctx, events)
	if err != nil {
		return nil, err
	}
	return wait()
}

// Submit begins to take events and returns what waits for their answers. So who
// has many events readies the next while the last are being committed. Events
// of one customer are taken in the order given, however they name the customer;
// after those submitted before if they name them in the same way.
func (s *Service) Submit(ctx context.Context, events []*Event) (wait func() ([]Result, error), err error) {
	results := make([]Result, len(events))
	var admitted []*Event
	var at []int
	for i, e := range events {
		if err := s.admit(ctx, e); err != nil {
			results[i].Err = err
			continue
		}
		admitted, at = append(admitted, e), append(at, i)
	}
	keys, err := s.route(ctx, admitted)
	if err != nil {
		return nil, err
	}
	var waits []func() ([]Result, error)
	for from := 0; from < len(admitted); from += maxBatch {
		to := min(from+maxBatch, len(admitted))
		w, err := s.lanes.submit(ctx, admitted[from:to], keys[from:to])
		if err != nil {
			return nil, err
		}
		waits = append(waits, w)
	}
	return func() ([]Result, error) {
		for _, w := range waits {
			answers, err := w()
			if err != nil {
				return nil, err
			}
			for _, a := range answers {
				results[at[0]], at = a, at[1:]
			}
		}
		return results, nil
	}, nil
}

// TakeOne takes a single event.
func (s *Service) TakeOne(ctx context.Context, e *Event) (Answer, error) {
	results, err := s.Take(ctx, []*Event{e})
	if err != nil {
		return Answer{}, err
	}
	return results[0].Answer, results[0].Err
}

// admit checks an event before it may wait in a lane: form, permission, and
// what the programme says of it.
func (s *Service) admit(ctx context.Context, e *Event) error {
	set, err := s.setups.get(ctx, s.db.Reader(), e.ProgrammeID)
	if err != nil {
		return err
	}
	if err := e.check(s.now(), set.programme.Region, s.members.Normalise); err != nil {
		return err
	}
	if err := e.Actor.Can(e.ProgrammeID, e.permission()); err != nil {
		return err
	}
	if c := e.Payload.Currency; c != "" && c != set.programme.Currency {
		return fault.Refused("other_currency", "the programme reckons in %s; a sale in %s cannot be taken", set.programme.Currency, c).
			At("/currency").With("currency", string(c)).With("programme", string(set.programme.Currency))
	}
	if _, known := set.shops[e.Shop]; e.Shop != "" && !known {
		if set, err = s.setups.latest(ctx, s.db.Reader(), e.ProgrammeID); err != nil {
			return err
		}
	}
	if _, known := set.shops[e.Shop]; e.Shop != "" && !known {
		return fault.Invalid("unknown_shop", "the programme has no shop with the code %q; add it first or leave it out", e.Shop).
			At("/shop").With("shop", e.Shop)
	}
	return nil
}
