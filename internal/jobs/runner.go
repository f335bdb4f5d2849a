package jobs

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// atOnce is the largest number of jobs claimed by one statement, and held.
const atOnce = 64

// Handler does a job. An error puts the job back to be tried again later, one
// marked Permanent sets it aside. It may be called again for a job that it did,
// if the process died before that was written.
type Handler func(ctx context.Context, j *Job) error

// Runner takes jobs that are due and does them. The fields may be set before
// Run; the kinds are registered before Run too.
type Runner struct {
	// Workers is how many jobs run at the same time; 8 unless set.
	Workers int
	// Lease is how long a job stays with a process that gives no sign of life;
	// 30 seconds unless set. It is renewed three times within.
	Lease time.Duration
	// Poll is how often jobs of other processes are looked for; 1 second unless set.
	Poll time.Duration
	// Gather is how long more jobs may come, or end, after some that were
	// claimed, so that a burst costs few transactions; 50 milliseconds unless
	// set. A job that comes after a rest does not wait.
	Gather time.Duration
	// Grace is how long running jobs may go on once Run is to end, before their
	// context ends; 20 seconds unless set.
	Grace time.Duration
	// Random returns a number from 0 to below n, for the jitter of waits.
	Random func(n int64) int64

	db       *db.DB
	now      func() time.Time
	log      *slog.Logger
	holder   string
	handlers map[string]Handler
	joins    map[string]Join
	every    map[string]time.Duration // of scheduled kinds

	queue   chan task
	results chan result
	freed   chan struct{} // a signal that there is room for more

	taking sync.Mutex // held while jobs are taken, and while their end is written

	mu   sync.Mutex
	held map[id.ID]*Job // queued, running, or ended and not yet settled
	pace time.Duration  // what a job took of late, on average
}

// NewRunner returns a runner. Now is the clock by which jobs fall due.
func NewRunner(d *db.DB, now func() time.Time, log *slog.Logger) *Runner {
	return &Runner{
		Workers: 8, Lease: 30 * time.Second, Poll: time.Second, Gather: 50 * time.Millisecond, Grace: 20 * time.Second, Random: mathrand.Int64N,
		db: d, now: now, log: log, holder: rand.Text(),
		handlers: map[string]Handler{}, joins: map[string]Join{}, every: map[string]time.Duration{},
		queue: make(chan task, atOnce), results: make(chan result, atOnce), freed: make(chan struct{}, 1),
		held: map[id.ID]*Job{}, pace: time.Second,
	}
}

// Handle registers what does the jobs of a kind. A process takes only jobs of
// kinds that it has registered.
func (r *Runner) Handle(kind string, do Handler) { r.handlers[kind] = do }

// Every registers a job that runs at each multiple of the interval since 1970
// UTC, and at once when it is new: once, however many processes register it. A
// failure is tried again before the next time; times that were missed are not
// made up.
func (r *Runner) Every(name string, interval time.Duration, do func(ctx context.Context) error) {
	r.every[name] = interval
	r.Handle(name, func(ctx context.Context, _ *Job) error { return do(ctx) })
}

// kinds returns the registered kinds in a fixed order.
func (r *Runner) kinds() []string { return slices.Sorted(maps.Keys(r.handlers)) }

// Run does jobs until ctx ends; then it takes no more, gives back those not
// begun, and returns when those that run have ended, which it hastens after the
// time of grace. A database that is away is waited for. A runner runs once. The
// error is that of writing the schedule.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	base := context.WithoutCancel(ctx)
	grace, cut := context.WithCancel(base)
	defer cut()
	keep, stop := context.WithCancel(base)
	defer stop()
	var workers, others sync.WaitGroup
	for range r.Workers {
		workers.Go(func() { r.work(ctx, grace) })
	}
	others.Go(func() { r.keep(keep) })
	others.Go(func() { r.settle(grace) })

	r.feed(ctx)
	timer := time.AfterFunc(r.Grace, cut)
	defer timer.Stop()
	r.giveBack()
	workers.Wait()
	close(r.results)
	stop()
	others.Wait()
	return nil
}

// prepare writes the schedule; while the database is away it waits.
func (r *Runner) prepare(ctx context.Context) error {
	for {
		err := r.schedule(ctx)
		if err == nil || ctx.Err() != nil {
			return nil //nolint:nilerr // whoever stops the runner does not wait for the schedule
		}
		if fault.KindOf(err) != fault.KindBusy && !db.Retryable(err) {
			return err
		}
		r.log.Warn("the schedule could not be written; it will be tried again", "error", err)
		wait(ctx, nil, r.Poll)
	}
}

// schedule writes the scheduled jobs that are new, or whose interval changed.
func (r *Runner) schedule(ctx context.Context) error {
	if len(r.every) == 0 {
		return nil
	}
	return r.db.InTx(ctx, func(tx *db.Tx) error {
		for _, name := range slices.Sorted(maps.Keys(r.every)) {
			if err := plan(ctx, tx, name, r.now(), r.every[name]); err != nil {
				return err
			}
		}
		return nil
	})
}
