package jobs

import (
	"context"
	"time"
)

// feed claims jobs and queues them until ctx ends.
func (r *Runner) feed(ctx context.Context) {
	woken := r.db.Listen(signal)
	for ctx.Err() == nil {
		room := r.room()
		if room == 0 {
			wait(ctx, r.freed, r.Poll)
			continue
		}
		pause, err := r.fetch(ctx, room)
		if err != nil && ctx.Err() == nil {
			r.log.Warn("no jobs can be taken; it will be tried again", "error", err)
		}
		if pause > 0 {
			wait(ctx, woken, pause)
		}
	}
}

func wait(ctx context.Context, signal <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-signal:
	case <-timer.C:
	}
}

// fetch claims and queues what is due, and returns how long to wait before
// looking again.
func (r *Runner) fetch(ctx context.Context, room int) (time.Duration, error) {
	due, err := nextDue(ctx, r.db.Reader(), r.kinds())
	if err != nil {
		return r.Poll, err
	}
	now := r.now()
	if due.IsZero() {
		return r.Poll, nil
	}
	if due.After(now) {
		return min(r.Poll, due.Sub(now)), nil
	}
	tasks, n, err := r.take(ctx, now, room)
	for _, t := range tasks {
		r.queue <- t
	}
	switch n {
	case 0: // others were quicker
		return r.Poll, err
	case room: // there may be more
		return 0, err
	}
	wait(ctx, nil, r.Gather)
	return 0, err
}

// take claims what is due, and returns it with how many jobs that are. None ends
// meanwhile.
func (r *Runner) take(ctx context.Context, now time.Time, room int) ([]task, int, error) {
	r.taking.Lock()
	defer r.taking.Unlock()
	jobs, err := claim(ctx, r.db, r.holder, r.kinds(), now, now.Add(r.Lease), room)
	return r.tasks(jobs), len(jobs), err
}

// room returns how many jobs to claim now. A process holds what it can do in
// about a second beside what it does, so that short jobs cost few statements
// and long ones are left to other processes.
func (r *Runner) room() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	ahead := int(time.Duration(r.Workers) * time.Second / max(r.pace, time.Millisecond))
	ahead = min(ahead, atOnce-r.Workers)
	if len(r.queue) > ahead/2 {
		return 0
	}
	return max(0, r.Workers+ahead-len(r.held))
}

// hold notes that a job is ours to do, unless it is one of this process that fell
// due because its lease was not renewed in time: that still runs, and has its
// lease again.
func (r *Runner) hold(j *Job) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[j.ID] != nil {
		return false
	}
	j.runner = r
	r.held[j.ID] = j
	return true
}

// giveBack ends the queue and gives back what was not begun.
func (r *Runner) giveBack() {
	close(r.queue)
	for t := range r.queue {
		r.cut(t)
	}
}

// keep renews the leases of what is held, until ctx ends.
func (r *Runner) keep(ctx context.Context) {
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.renew(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("the leases of running jobs could not be renewed; it will be tried again", "error", err)
		}
	}
}

// renew renews the leases; jobs that another process has taken are stopped.
func (r *Runner) renew(ctx context.Context) error {
	held := r.holding()
	if len(held) == 0 {
		return nil
	}
	kept, err := renew(ctx, r.db, r.holder, r.now().Add(r.Lease), held)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range missing(held, kept) {
		if j := r.held[i]; j != nil {
			r.log.Warn("a job was taken over by another process", "kind", j.Kind, "job", i)
			j.lose()
			delete(r.held, i)
		}
	}
	return nil
}
