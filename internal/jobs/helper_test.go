package jobs

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// clock is set by the test.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.micros.Store(db.Micros(dbtest.Start))
	return c
}

func (c *clock) now() time.Time       { return db.Time(c.micros.Load()) }
func (c *clock) pass(d time.Duration) { c.micros.Add(d.Microseconds()) }
func least(int64) int64               { return 0 }
func after(d time.Duration) time.Time { return dbtest.Start.Add(d) }
func each(t *testing.T, fn func(t *testing.T, d *db.DB, c *clock)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, d, newClock()) }, Schema)
}

// runner returns a runner that polls often and waits as little as it may.
func runner(d *db.DB, c *clock) *Runner {
	r := NewRunner(d, c.now, slog.New(slog.DiscardHandler))
	r.Poll, r.Random = 2*time.Millisecond, least
	return r
}

// start runs the runner and returns what ends it and waits for that.
func start(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := r.Run(ctx); err != nil {
			t.Errorf("running: %v", err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); ended.Wait() })
	t.Cleanup(stop)
	return stop
}

func put(t *testing.T, d *db.DB, c *clock, jobs ...New) {
	t.Helper()
	inTx(t, d, func(tx *db.Tx) error { return Add(t.Context(), tx, c.now(), jobs...) })
}

func inTx(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, d *db.DB, s State) []Info {
	t.Helper()
	jobs, err := List(t.Context(), d.Reader(), s, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

// only returns the one job there is.
func only(t *testing.T, d *db.DB) Info {
	t.Helper()
	jobs := list(t, d, "")
	if len(jobs) != 1 {
		t.Fatalf("%d jobs: %+v", len(jobs), jobs)
	}
	return jobs[0]
}

// until waits for what goroutines bring about.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 10_000 {
		if is() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("waited too long until %s", what)
}

func taken(t *testing.T, d *db.DB, c *clock, holder string, limit int) []*Job {
	t.Helper()
	jobs, err := claim(t.Context(), d, holder, []string{"a", "b"}, c.now(), c.now().Add(time.Minute), limit)
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}
