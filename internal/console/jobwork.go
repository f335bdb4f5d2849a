package console

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// The kinds of job that the console leaves to be done.
const (
	simulateJob = "console.simulate"
	tidyJob     = "console.tidy"
)

// tidyEvery is how often what is too old is removed from the folders.
const tidyEvery = 6 * time.Hour

// Work registers what the console leaves to be done apart from any request:
// simulations, and the imports of all who leave files. It is called once, before the runner runs.
func (c *Console) Work() {
	c.Imports.Work(c.Jobs)
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

// jobPage is how many jobs of a state are looked at and shown.
const jobPage = 200

// tidy removes what is too old from the folders.
func (c *Console) tidy(context.Context) error {
	if err := c.tidySimulations(); err != nil {
		return err
	}
	return c.Imports.Tidy()
}
