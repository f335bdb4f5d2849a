package world

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// settlePoll is how often it is looked whether all is done.
const settlePoll = 50 * time.Millisecond

// errSettled ends the runner.
var errSettled = errors.New("all jobs are done")

// settle does the jobs that events have left, until none is.
func (d *Demo) settle(ctx context.Context) error {
	runner := jobs.NewRunner(d.DB, d.Clock, d.Log)
	for kind, do := range d.Work {
		runner.Handle(kind, do)
	}
	runner.Handle(flow.ContactWanted, writeToNobody)
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return runner.Run(ctx) })
	work.Go(func() error {
		for {
			left, err := d.left(ctx)
			if err != nil {
				return err
			}
			if left == 0 {
				return errSettled
			}
			d.tell("jobs", 0, int64(left))
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(settlePoll):
			}
		}
	})
	if err := work.Wait(); !errors.Is(err, errSettled) {
		return fmt.Errorf("doing what events left to be done: %w", err)
	}
	return nil
}

// writeToNobody does with letters what the demo does with all of them: its
// customers have no addresses, and what they did about a letter is simulated.
func writeToNobody(context.Context, *jobs.Job) error { return nil }

// left counts the jobs that are to be done now. One that cannot be done is an
// error.
func (d *Demo) left(ctx context.Context) (int, error) {
	n := 0
	return n, d.DB.View(ctx, func(q db.Queryer) error {
		for _, state := range []jobs.State{jobs.Waiting, jobs.Running, jobs.Dead} {
			for before := id.ID(0); ; {
				page, err := jobs.List(ctx, q, state, before, 500)
				if err != nil {
					return err
				}
				for _, j := range page {
					if before = j.ID; d.Work[j.Kind] == nil && j.Kind != flow.ContactWanted {
						continue
					}
					if state == jobs.Dead {
						return fmt.Errorf("the job %s failed: %s", j.Kind, j.Error)
					}
					if state == jobs.Running || !j.Next.After(d.Clock()) {
						n++
					}
				}
				if len(page) < 500 {
					break
				}
			}
		}
		return nil
	})
}
