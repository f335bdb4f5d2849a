package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"regulars/internal/db"
)

// clientCounts are how many clients ask at the same time; a group commit holds
// at most so many events as there are clients.
var clientCounts = []int{1, 8, 32, 128}

const (
	bulkSize  = 100
	mixedRate = 1_500 // requests a second
	mixedOne  = 5     // one in so many is a purchase
	crowd     = 32
)

// limits measures the disk, and the drivers without anything of ours.
func (b *Bench) limits(ctx context.Context) error {
	if _, err := b.flush(ctx); err != nil {
		return err
	}
	for _, on := range b.databases() {
		for _, size := range append(append([]int{}, clientCounts...), bulkSize) {
			if _, err := b.bareInserts(ctx, on, size); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush returns what the disk flushes, measured once a run.
func (b *Bench) flush(ctx context.Context) (float64, error) {
	if b.flushRate > 0 {
		return b.flushRate, nil
	}
	var err error
	if b.flushRate, err = b.flushes(ctx, b.Options.Dir); err == nil {
		b.add(Figure{Section: "limits", Name: "disk: 4 kB appended and flushed", Rate: b.flushRate, Unit: "flushes"})
	}
	return b.flushRate, err
}

// bareInserts returns the limit for commits of so many rows, measured once a
// run.
func (b *Bench) bareInserts(ctx context.Context, on db.Dialect, size int) (rate float64, err error) {
	key := limitKey{on, size}
	if rate, was := b.perCommit[key]; was {
		return rate, nil
	}
	flushes, err := b.flush(ctx)
	if err != nil {
		return 0, err
	}
	p, err := b.fresh(ctx, on)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.drop()) }()
	if rate, err = b.inserts(ctx, p.config(), size); err != nil {
		return 0, err
	}
	b.perCommit[key] = rate
	b.add(Figure{
		Section: "limits", Name: fmt.Sprintf("%s: bare inserts, %d in a commit", on, size), Rate: rate, Unit: "rows",
		Limit: flushes * float64(size), LimitOf: "by the disk's flushes",
	})
	return rate, nil
}

// purchases measures one purchase a request.
func (b *Bench) purchases(ctx context.Context) error {
	for _, on := range b.databases() {
		err := b.hosted(ctx, on, func(r *remote) error {
			for _, clients := range clientCounts {
				f := Figure{Section: "purchases", Name: fmt.Sprintf("%s, %s", on, counted(clients)), Aim: aims[on][clients]}
				if err := b.takePurchases(ctx, r, on, f, clients, b.anyone); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// aims are the issue's, by database and number of clients.
var aims = map[db.Dialect]map[int]string{
	db.SQLite:   {1: "p99 ≤ 3 ms", 32: "≥ 5,000/s, p99 ≤ 25 ms, ≤ 250 µs"},
	db.Postgres: {1: "p99 ≤ 5 ms", 128: "≥ 6,000/s, p99 ≤ 40 ms, ≤ 300 µs"},
}

func (b *Bench) takePurchases(ctx context.Context, r *remote, on db.Dialect, f Figure, clients int, who func() int) error {
	source := f.Section + " " + f.Name
	f, err := b.measured(r, f, 1, func() (run, error) {
		return b.closed(ctx, r.Addr, clients, func(client, n int) []byte { return onePurchase(keyOf(r, client), source, n, who()) })
	})
	if err != nil {
		return err
	}
	f.Unit, f.LimitOf = "purchases", "bare inserts"
	if f.Limit, err = b.bareInserts(ctx, on, clients); err != nil {
		return err
	}
	b.add(f)
	return nil
}

// hot measures whether one member's events are slower than everybody's.
func (b *Bench) hot(ctx context.Context) error {
	for _, on := range b.databases() {
		err := b.hosted(ctx, on, func(r *remote) error {
			many := Figure{Section: "hot", Name: fmt.Sprintf("%s, %d clients, many members", on, crowd)}
			if err := b.takePurchases(ctx, r, on, many, crowd, b.anyone); err != nil {
				return err
			}
			one := Figure{Section: "hot", Name: fmt.Sprintf("%s, %d clients, one member", on, crowd), Aim: "no slower than many"}
			return b.takePurchases(ctx, r, on, one, crowd, func() int { return 0 })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bulk measures purchases a hundred to a request.
func (b *Bench) bulk(ctx context.Context) error {
	const clients = 4
	goals := map[db.Dialect]string{db.SQLite: "≥ 8,000/s", db.Postgres: "≥ 12,000/s"}
	for _, on := range b.databases() {
		err := b.hosted(ctx, on, func(r *remote) error {
			f := Figure{Section: "bulk", Name: fmt.Sprintf("%s, %d clients, %d events a request", on, clients, bulkSize), Aim: goals[on]}
			f, err := b.measured(r, f, bulkSize, func() (run, error) {
				return b.closed(ctx, r.Addr, clients, func(client, n int) []byte {
					return bulkPurchase(keyOf(r, client), "bulk", n*bulkSize, bulkSize, b.anyone)
				})
			})
			if err != nil {
				return err
			}
			f.Unit, f.LimitOf = "events", "bare inserts"
			if f.Limit, err = b.bareInserts(ctx, on, bulkSize); err != nil {
				return err
			}
			b.add(f)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mixed measures how long a till waits for a look-up while others read and
// write.
func (b *Bench) mixed(ctx context.Context) error {
	for _, on := range b.databases() {
		err := b.hosted(ctx, on, func(r *remote) error {
			f := Figure{Section: "mixed", Name: fmt.Sprintf("%s, look-ups by phone in %d requests/s, 80 %% reads", on, mixedRate), Unit: "look-ups", Aim: "p99 < 10 ms"}
			f, err := b.measured(r, f, 1, func() (run, error) {
				return b.paced(ctx, r.Addr, crowd, mixedRate, func(client, n int) ([]byte, bool) {
					if n%mixedOne == 0 {
						return onePurchase(keyOf(r, client), "mixed", n, b.anyone()), false
					}
					return lookUp(keyOf(r, client), b.anyone()), true
				})
			})
			f.CPU = f.CPU * (mixedOne - 1) / mixedOne // over all requests, not look-ups alone
			if err == nil {
				b.add(f)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// settling is how long a database rests after it was filled, so that what the
// filling left in its log is copied before an event's cost is measured.
const settling = 10 * time.Second

// growth follows what an event costs while the database grows. A member has
// twenty purchases.
func (b *Bench) growth(ctx context.Context) error {
	const perMember = 20
	members := max(1, b.Options.Growth/perMember)
	return b.hosted(ctx, db.SQLite, func(r *remote) error {
		size := 0
		for _, goal := range sizes(b.Options.Growth) {
			if _, err := r.order(command{Do: "fill", From: b.Options.Members + size, To: b.Options.Members + goal, Members: members}); err != nil {
				return err
			}
			size = goal
			b.Sleep(settling)
			f := Figure{Section: "growth", Name: "sqlite, at " + grouped(float64(goal)) + " events", Aim: "≤ 1.5 × the first"}
			if err := b.takePurchases(ctx, r, db.SQLite, f, crowd, func() int { return rand.IntN(members) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// sizes are the numbers of events at which growth stops to measure.
func sizes(most int) []int {
	var list []int
	for _, n := range []int{10_000, 100_000, 1_000_000, 5_000_000} {
		if n <= most {
			list = append(list, n)
		}
	}
	return list
}
