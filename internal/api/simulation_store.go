package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

var simulationTable = db.NewTable("api_simulation", []string{"programme_id", "id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "key_id", Kind: db.Int},
	db.Column{Name: "draft", Kind: db.Text}, db.Column{Name: "result", Kind: db.Text}, db.Column{Name: "failure", Kind: db.Text},
	db.Column{Name: "started", Kind: db.Int})

// keptSimulations is how many of a programme are kept.
const keptSimulations = 50

// simulation is drafts set beside what is, over all the past.
type simulation struct {
	programme, id, key id.ID
	asked              asked
	started            time.Time
	result             *flow.Simulation
	failure            *jobs.Failure
}

// asked is what was asked for, as it is kept.
type asked struct {
	Drafts []flow.Draft `json:"drafts"`
	Band   flow.Band    `json:"band"`
}

// errand names a simulation to the job that does it.
type errand struct {
	ProgrammeID id.ID `json:"programme"`
	ID          id.ID `json:"id"`
}

func (e errand) unique() string { return e.ID.In(id.Simulation) }

// keep writes a simulation that is to be done, with its job and its trace, and
// forgets the oldest ones.
func (s *server) keep(ctx context.Context, c *call, sim *simulation, entry auth.Entry) error {
	draft, err := json.Marshal(sim.asked)
	if err != nil {
		return fmt.Errorf("keeping a simulation: %w", err)
	}
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		sim.id = tx.IDs().New()
		if err := tx.Insert(ctx, simulationTable, [][]any{{sim.programme, sim.id, sim.key, string(draft), "", "", db.Micros(s.Now())}}); err != nil {
			return fmt.Errorf("keeping a simulation: %w", err)
		}
		_, err := tx.Exec(ctx, `DELETE FROM api_simulation WHERE programme_id = $1 AND id < (SELECT MIN(id) FROM
			(SELECT id FROM api_simulation WHERE programme_id = $1 ORDER BY id DESC LIMIT $2) AS kept)`, sim.programme, keptSimulations)
		if err != nil {
			return fmt.Errorf("forgetting old simulations: %w", err)
		}
		e := errand{sim.programme, sim.id}
		if err := jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: simulateJob, Unique: e.unique(), Payload: e, MaxAttempts: simulateTries}); err != nil {
			return err
		}
		return auth.Record(ctx, tx, c.actor, entry)
	})
}

// load reads a simulation of the programme.
func (s *server) load(ctx context.Context, e errand) (*simulation, error) {
	sim := &simulation{programme: e.ProgrammeID, id: e.ID}
	var draft, result, failure string
	var started int64
	err := s.DB.Reader().QueryRow(ctx, `SELECT key_id, draft, result, failure, started FROM api_simulation WHERE programme_id = $1 AND id = $2`, e.ProgrammeID, e.ID).
		Scan(&sim.key, &draft, &result, &failure, &started)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Missing("unknown_simulation", "there is no such simulation; the latest %d of the programme are kept", keptSimulations).With("kept", keptSimulations)
	}
	if err != nil {
		return nil, db.Fault(fmt.Errorf("reading a simulation: %w", err))
	}
	sim.started = db.Time(started)
	err = json.Unmarshal([]byte(draft), &sim.asked)
	if err == nil && result != "" {
		err = json.Unmarshal([]byte(result), &sim.result)
	}
	if err == nil && failure != "" {
		err = json.Unmarshal([]byte(failure), &sim.failure)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the simulation %s: %w", e.ID.In(id.Simulation), err)
	}
	return sim, nil
}

// finish writes what came of a simulation.
func (s *server) finish(ctx context.Context, e errand, column string, what any) error {
	raw, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("keeping what came of a simulation: %w", err)
	}
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE api_simulation SET `+column+` = $3 WHERE programme_id = $1 AND id = $2`, e.ProgrammeID, e.ID, string(raw))
		return err
	})
}
