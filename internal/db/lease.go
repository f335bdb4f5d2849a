package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	// leaseTerm is how long a process number is held without being renewed.
	leaseTerm = 60 * time.Second
	// leaseGrace is how long after that others leave the number alone, so that
	// clocks of several machines may differ by as much.
	leaseGrace  = 60 * time.Second
	leaseRenews = 20 * time.Second
)

// lease holds this process's number. The row in the database promises that no
// identifier with that number is later than the row's until; the next holder
// starts after it. So identifiers never collide, also when a process dies, when
// the clock is set back or stands still.
type lease struct {
	db    *DB
	maker atomic.Pointer[id.Maker]

	mu     sync.Mutex // guards taking and renewing
	number int64
	holder string
	until  atomic.Int64 // microseconds; zero when none is held

	stop context.CancelFunc
	done chan struct{}
}

func newLease(d *DB) *lease { return &lease{db: d} }

// ready makes sure that the number is held now. A process that slept beyond its
// lease takes a new number, as somebody else may have the old one.
func (l *lease) ready(ctx context.Context) error {
	until := l.until.Load()
	if until == 0 || Micros(l.db.now()) <= until {
		return nil
	}
	return l.renew(ctx)
}

// take takes a number unless one is held, and keeps renewing it.
func (l *lease) take(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until.Load() != 0 {
		return nil
	}
	if err := l.acquire(ctx); err != nil {
		return err
	}
	run, stop := context.WithCancel(context.Background())
	l.stop, l.done = stop, make(chan struct{})
	go l.keep(run)
	return nil
}

func (l *lease) keep(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(leaseRenews)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.renew(ctx); err != nil && ctx.Err() == nil {
			l.db.log.Warn("renewing the process number failed; it will be tried again", "error", err)
		}
	}
}

// renew extends the lease, or takes another number if it was lost: if it ran out
// so long ago that a process with a faster clock may be about to take it.
func (l *lease) renew(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, until := Micros(l.db.now()), l.term(l.maker.Load())
	var kept int64
	err := l.db.housekeep(ctx, func(tx *Tx) (err error) {
		kept, err = tx.Exec(ctx, "UPDATE process_lease SET until = $1 WHERE number = $2 AND holder = $3 AND until >= $4",
			until, l.number, l.holder, now-leaseGrace.Microseconds()/2)
		return err
	})
	if err != nil {
		return fmt.Errorf("renewing the process number: %w", err)
	}
	if kept == 0 {
		return l.acquire(ctx)
	}
	l.until.Store(until)
	return nil
}

// acquire takes the smallest number that is free.
func (l *lease) acquire(ctx context.Context) error {
	var number, until int64
	var maker *id.Maker
	holder := fmt.Sprintf("%s/%d/%s", hostname(), os.Getpid(), rand.Text())
	err := l.db.housekeep(ctx, func(tx *Tx) error {
		if err := l.db.alone(ctx, tx); err != nil {
			return err
		}
		n, after, err := l.free(ctx, tx)
		if err != nil {
			return err
		}
		number, maker = n, id.NewMaker(int(n), Time(after).Add(time.Millisecond), l.db.now)
		until = l.term(maker)
		_, err = tx.Exec(ctx, `INSERT INTO process_lease (number, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (number) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until`, number, holder, until)
		return err
	})
	if err != nil {
		return fmt.Errorf("taking a process number: %w", err)
	}
	l.number, l.holder = number, holder
	l.maker.Store(maker)
	l.until.Store(until)
	return nil
}

// free returns the smallest number that nobody holds, and the instant that its
// last holder's identifiers do not pass.
func (l *lease) free(ctx context.Context, tx *Tx) (number, after int64, err error) {
	type row struct {
		number, until int64
		holder        string
	}
	rows, err := tx.Query(ctx, "SELECT number, holder, until FROM process_lease ORDER BY number")
	held, err := Collect(rows, err, func(r *sql.Rows) (h row, err error) {
		return h, r.Scan(&h.number, &h.holder, &h.until)
	})
	if err != nil {
		return 0, 0, err
	}
	now := Micros(l.db.now())
	for _, h := range held {
		if h.number != number {
			break
		}
		if h.holder == "" || h.until+leaseGrace.Microseconds() < now {
			return number, h.until, nil
		}
		number++
	}
	if number >= id.Processes {
		return 0, 0, fault.Busy("too_many_processes", "%d processes use the database already: stop some, then wait two minutes", id.Processes)
	}
	return number, 0, nil
}

// term returns until when a lease goes that is taken or renewed now: never
// before what the maker made, also when the clock was set back.
func (l *lease) term(maker *id.Maker) int64 {
	last := l.db.now()
	if made := maker.New().Time(); made.After(last) {
		last = made
	}
	return Micros(last.Add(leaseTerm))
}

// close gives the number back, so that the next process can have it at once.
func (l *lease) close() {
	if l.stop == nil {
		return
	}
	l.stop()
	<-l.done
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := l.db.housekeep(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, "UPDATE process_lease SET holder = '', until = $1 WHERE number = $2 AND holder = $3",
			Micros(l.maker.Load().New().Time()), l.number, l.holder)
		return err
	})
	if err != nil {
		l.db.log.Warn("giving the process number back failed; it is free again in two minutes", "error", err)
	}
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}
