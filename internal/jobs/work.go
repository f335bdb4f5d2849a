package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// errDied is the error of a job whose tries are used up though none ended.
var errDied = errors.New("each try ended with the process that ran it, or took longer than it could keep the job")

// longestError bounds the stored text of an error, in bytes.
const longestError = 2000

// result is how a job ended.
type result struct {
	job *Job
	err error
	cut bool // not begun, or cut short because the process ends
}

// work does the jobs of the queue until it ends, beginning none once run has
// ended. Those that run are cut short when grace ends.
func (r *Runner) work(run, grace context.Context) {
	for t := range r.queue {
		if run.Err() != nil {
			r.cut(t)
			continue
		}
		began := r.now()
		err := r.do(grace, t)
		for _, j := range t {
			r.results <- result{job: j, err: err, cut: err != nil && grace.Err() != nil}
		}
		r.note(r.now().Sub(began) / time.Duration(len(t)))
	}
}

// cut gives back what was not begun.
func (r *Runner) cut(t task) {
	for _, j := range t {
		r.results <- result{job: j, cut: true}
	}
}

// do runs the handler. A panic is a failure of the job, not of the process.
func (r *Runner) do(ctx context.Context, t task) (err error) {
	first := t[0]
	if first.every == 0 && first.Attempt > first.MaxAttempts {
		return Permanent(errDied)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if t = r.begin(t, cancel); len(t) == 0 {
		return ErrLost
	}
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a job panicked", "kind", first.Kind, "job", first.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	j, err := r.joined(t)
	if err != nil {
		return err
	}
	return r.handlers[j.Kind](ctx, j)
}

// begin makes the jobs stoppable, and returns those that are still ours.
func (r *Runner) begin(t task, cancel context.CancelCauseFunc) (ours task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range t {
		if r.held[j.ID] == j {
			j.cancel = cancel
			ours = append(ours, j)
		}
	}
	return ours
}

// lose stops a job that runs. The runner is locked.
func (j *Job) lose() {
	if j.cancel != nil {
		j.cancel(ErrLost)
	}
}

func (r *Runner) note(took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pace += (took - r.pace) / 8
}

func (r *Runner) holding() []id.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.held))
}

// missing returns the elements of all that are not in some.
func missing(all, some []id.ID) []id.ID {
	return slices.DeleteFunc(slices.Clone(all), func(i id.ID) bool { return slices.Contains(some, i) })
}

// settle writes how jobs ended, as many together as have ended, until the
// results end. While the database is away it tries again until ctx ends; then
// the leases run out and the jobs are done once more.
func (r *Runner) settle(ctx context.Context) {
	for first := range r.results {
		batch := r.gather(first)
		for {
			err := r.end(batch)
			if err == nil {
				break
			}
			r.log.Warn("the end of jobs could not be written", "jobs", len(batch), "error", err)
			if ctx.Err() != nil {
				break
			}
			wait(ctx, nil, r.Poll)
		}
		select {
		case r.freed <- struct{}{}:
		default:
		}
	}
}

// gather takes what ends beside the first, until nothing runs, or there is much
// to be written, or it has waited long enough.
func (r *Runner) gather(first result) (batch []result) {
	enough := time.NewTimer(r.Gather)
	defer enough.Stop()
	for next, more := first, true; more; {
		batch = append(batch, next)
		if len(r.holding()) <= len(batch) || len(batch) >= atOnce/2 {
			break
		}
		select {
		case next, more = <-r.results:
		case <-enough.C:
			more = false
		}
	}
	return batch
}

// end settles the batch and lets its jobs go. No job is taken meanwhile: one whose
// lease has run out would else be done again although it has just ended.
func (r *Runner) end(batch []result) error {
	r.taking.Lock()
	defer r.taking.Unlock()
	batch = r.ours(batch)
	if err := r.write(batch); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range batch {
		if r.held[b.job.ID] == b.job {
			delete(r.held, b.job.ID)
		}
	}
	return nil
}

// ours returns those of the batch that were not lost meanwhile: these are somebody
// else's to settle.
func (r *Runner) ours(batch []result) []result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(batch), func(b result) bool { return r.held[b.job.ID] != b.job })
}

// write settles the batch in one transaction, which outlives any context of the
// work but not long.
func (r *Runner) write(batch []result) error {
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	now := r.now()
	var done, cut []id.ID
	var on []again
	for _, b := range batch {
		switch {
		case b.cut:
			cut = append(cut, b.job.ID)
		case b.err == nil && b.job.every == 0:
			done = append(done, b.job.ID)
		default:
			on = append(on, r.next(b, now))
		}
	}
	return r.db.InTx(ctx, func(tx *db.Tx) error {
		if err := finish(ctx, tx, r.holder, now, done); err != nil {
			return err
		}
		if err := giveBack(ctx, tx, r.holder, now, cut); err != nil {
			return err
		}
		for _, a := range on {
			if err := putBack(ctx, tx, r.holder, now, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// next returns how a job goes on that failed or is scheduled.
func (r *Runner) next(b result, now time.Time) again {
	j := b.job
	a := again{id: j.ID, attempt: j.Attempt}
	if b.err != nil {
		a.failed, a.error = db.Micros(now), shortened(b.err.Error())
	}
	retry := db.Micros(now.Add(backoff(j.Attempt, r.Random)))
	switch {
	case b.err == nil:
		a.next, a.attempt = db.Micros(nextTime(now, j.every)), 0
	case j.every > 0:
		a.next = min(retry, db.Micros(nextTime(now, j.every)))
	case isPermanent(b.err) || j.Attempt >= j.MaxAttempts:
		a.next = db.Never
	default:
		a.next = retry
	}
	r.report(b, a)
	return a
}

func (r *Runner) report(b result, a again) {
	if b.err == nil {
		return
	}
	values := []any{"kind", b.job.Kind, "job", b.job.ID, "attempt", b.job.Attempt, "error", b.err}
	if a.next == db.Never {
		r.log.Error("a job failed for good", values...)
		return
	}
	r.log.Warn("a job failed and will be tried again", append(values, "next", db.Time(a.next))...)
}

// shortened returns a text that the database takes, cut at a bound.
func shortened(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	return strings.ToValidUTF8(s[:min(len(s), longestError)], "")
}
