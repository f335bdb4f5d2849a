package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// The kinds of job that the console leaves to be done.
const (
	importJob   = "console.import"
	simulateJob = "console.simulate"
	tidyJob     = "console.tidy"
)

// tidyEvery is how often what is too old is removed from the folders.
const tidyEvery = 6 * time.Hour

// Work registers what the console leaves to be done apart from any request:
// imports and simulations. It is called once, before the runner runs.
func (c *Console) Work() {
	c.Jobs.Handle(importJob, c.runImport)
	c.Jobs.Handle(simulateJob, c.runSimulation)
	c.Jobs.Every(tidyJob, tidyEvery, c.tidy)
}

// errand is the payload of a console's job: what to do, for which programme,
// on whose behalf.
type errand struct {
	ID          id.ID `json:"id"`
	ProgrammeID id.ID `json:"programme"`
	StaffID     id.ID `json:"staff"`
}

// leave adds the job of an errand, and writes who asked into the audit trail.
func (c *Console) leave(ctx context.Context, a auth.Actor, kind string, e errand, entry auth.Entry) error {
	return c.DB.InTx(ctx, func(tx *db.Tx) error {
		job := jobs.New{Kind: kind, Unique: e.unique(), Payload: e, MaxAttempts: 5}
		if err := jobs.Add(ctx, tx, c.Now(), job); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, entry)
	})
}

func (e errand) unique() string { return fmt.Sprint(int64(e.ID)) }

// actorOf returns the member of staff who asked, with the rights that they hold
// now.
func (c *Console) actorOf(ctx context.Context, e errand) (auth.Actor, error) {
	staff, err := c.Auth.ListStaff(ctx, auth.System("console"), e.ProgrammeID)
	if err != nil {
		return auth.Actor{}, err
	}
	at := slices.IndexFunc(staff, func(s auth.Staff) bool { return s.ID == e.StaffID && !s.Disabled })
	if at < 0 {
		return auth.Actor{}, fault.Refused("no_longer_staff", "whoever asked for this no longer works here; start it again")
	}
	return staff[at].Actor(), nil
}

// jobOf returns the job of an errand, if it has not been done yet.
func (c *Console) jobOf(ctx context.Context, kind string, e errand) (jobs.Info, bool, error) {
	for _, state := range []jobs.State{jobs.Running, jobs.Dead, jobs.Waiting} {
		list, err := jobs.List(ctx, c.DB.Reader(), state, 0, jobPage)
		if err != nil {
			return jobs.Info{}, false, err
		}
		for _, j := range list {
			if j.Kind == kind && j.Unique == e.unique() {
				return j, true, nil
			}
		}
	}
	return jobs.Info{}, false, nil
}

// jobPage is how many jobs of a state are looked at and shown.
const jobPage = 200
