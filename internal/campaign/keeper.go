package campaign

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Kind is what sets the campaigns of a room apart.
type Kind[S any, L ~string] struct {
	// Table keeps them, with the columns of table. Prefix is that of their ids.
	Table  string
	Prefix id.Prefix
	// Action is how their actions are called in the audit trail, before a point.
	Action string
	// Read and Write are the permissions that all of it needs, Start what starting
	// and ending needs beside Read.
	Read, Write, Start auth.Permission
	// Check tidies what a shop says and returns what is wrong with it.
	Check func(ctx context.Context, q db.Queryer, p *program.Programme, now time.Time, s *S) error
	// Ends is the moment after the last day, Detail what the audit trail is told.
	Ends   func(s *S, zone *time.Location) time.Time
	Detail func(s *S) map[string]any
	// Chooser says whom one is for.
	Chooser func(ctx context.Context, q db.Queryer, c *Campaign[S, L], now time.Time) (Chooser[L], error)
	// Begin does within the transaction what starting one begins; it may refuse.
	Begin func(ctx context.Context, tx *db.Tx, c *Campaign[S, L], now time.Time) error
	// Unknown, Started, Changed, Over and NotRunning say what cannot be done: there is
	// no such one, it is no draft any more, somebody was faster, its last day is over,
	// it is not running.
	Unknown                            func(id string) *fault.Error
	Started, Changed, Over, NotRunning *fault.Error
}

// Keeper keeps the campaigns of a room.
type Keeper[S any, L ~string] struct {
	kind Kind[S, L]
	db   *db.DB
	now  func() time.Time
}

// NewKeeper returns a keeper over a migrated database.
func NewKeeper[S any, L ~string](d *db.DB, now func() time.Time, k Kind[S, L]) *Keeper[S, L] {
	return &Keeper[S, L]{k, d, now}
}

// clock returns the present moment in the precision in which it is kept.
func (k *Keeper[S, L]) clock() time.Time { return db.Time(db.Micros(k.now())) }

// List returns the campaigns, the latest first. It needs the permission to read
// them.
func (k *Keeper[S, L]) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Campaign[S, L], error) {
	if err := a.Can(programme, k.kind.Read); err != nil {
		return nil, err
	}
	list, err := k.kind.Select(ctx, k.db.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
	for _, c := range list {
		c.pass(k.now())
	}
	return list, err
}

// Get returns a campaign. It needs the permission to read them.
func (k *Keeper[S, L]) Get(ctx context.Context, a auth.Actor, programme, n id.ID) (*Campaign[S, L], error) {
	if err := a.Can(programme, k.kind.Read); err != nil {
		return nil, err
	}
	return k.kind.Load(ctx, k.db.Reader(), programme, n, k.now(), "")
}

// Preview counts whom a campaign would be for if it were started now, and why
// others are left out. It needs the permission to read them.
func (k *Keeper[S, L]) Preview(ctx context.Context, a auth.Actor, programme, n id.ID) (t Tally[L], err error) {
	if err := a.Can(programme, k.kind.Read); err != nil {
		return t, err
	}
	return t, k.db.View(ctx, func(q db.Queryer) error {
		c, err := k.kind.Load(ctx, q, programme, n, k.now(), "")
		if err != nil {
			return err
		}
		chooser, err := k.kind.Chooser(ctx, q, c, k.clock())
		if err != nil {
			return err
		}
		t, err = foretell(ctx, q, chooser)
		return err
	})
}

// Prepare makes a draft. It needs the permissions to read and to write them.
func (k *Keeper[S, L]) Prepare(ctx context.Context, a auth.Actor, programme id.ID, spec S) (*Campaign[S, L], error) {
	if err := a.Can(programme, k.kind.Read, k.kind.Write); err != nil {
		return nil, err
	}
	c := &Campaign[S, L]{ProgrammeID: programme, Version: 1, State: Draft, Spec: spec, Seed: rand.Text(), Made: k.clock(), MadeBy: a.String(), Changed: k.clock()}
	return c, k.db.InTxAgain(ctx, func(tx *db.Tx) error {
		c.ID = tx.IDs().New()
		return k.keep(ctx, tx, a, c, "prepare")
	})
}

// keep checks and writes a campaign that was changed.
func (k *Keeper[S, L]) keep(ctx context.Context, tx *db.Tx, a auth.Actor, c *Campaign[S, L], action string) error {
	p, err := program.Load(ctx, tx, c.ProgrammeID)
	if err != nil {
		return err
	}
	if err := k.kind.Check(ctx, tx, &p, k.now(), &c.Spec); err != nil {
		return err
	}
	if err := k.kind.save(ctx, tx, c); err != nil {
		return err
	}
	return k.record(ctx, tx, a, c, action)
}

func (k *Keeper[S, L]) record(ctx context.Context, tx *db.Tx, a auth.Actor, c *Campaign[S, L], action string) error {
	detail := k.kind.Detail(&c.Spec)
	detail["version"] = c.Version
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: c.ProgrammeID, Action: k.kind.Action + "." + action, Subject: c.ID.In(k.kind.Prefix), Detail: detail})
}

// draft returns a campaign that was not started, locked.
func (k *Keeper[S, L]) draft(ctx context.Context, tx *db.Tx, programme, n id.ID, version int64) (*Campaign[S, L], error) {
	c, err := k.kind.Load(ctx, tx, programme, n, k.now(), tx.ForUpdate())
	switch {
	case err != nil:
		return nil, err
	case c.State != Draft:
		return nil, k.kind.Started
	case c.Version != version:
		return nil, k.kind.Changed
	}
	return c, nil
}

// Rework changes a draft; version is that which was read, and another by now is a
// conflict. It needs the permissions to read and to write them.
func (k *Keeper[S, L]) Rework(ctx context.Context, a auth.Actor, programme, n id.ID, version int64, spec S) (c *Campaign[S, L], err error) {
	if err := a.Can(programme, k.kind.Read, k.kind.Write); err != nil {
		return nil, err
	}
	return c, k.db.InTxAgain(ctx, func(tx *db.Tx) error {
		if c, err = k.draft(ctx, tx, programme, n, version); err != nil {
			return err
		}
		c.Spec, c.Version, c.Changed = spec, c.Version+1, k.clock()
		return k.keep(ctx, tx, a, c, "rework")
	})
}

// Discard removes a draft. It needs the permissions to read and to write them.
func (k *Keeper[S, L]) Discard(ctx context.Context, a auth.Actor, programme, n id.ID, version int64) error {
	if err := a.Can(programme, k.kind.Read, k.kind.Write); err != nil {
		return err
	}
	return k.db.InTxAgain(ctx, func(tx *db.Tx) error {
		c, err := k.draft(ctx, tx, programme, n, version)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM `+k.kind.Table+` WHERE programme_id = $1 AND id = $2`, programme, n); err != nil {
			return fmt.Errorf("discarding a draft: %w", err)
		}
		return k.record(ctx, tx, a, c, "discard")
	})
}

// Start sets a campaign going, once. It needs the permissions to read and to start
// them.
func (k *Keeper[S, L]) Start(ctx context.Context, a auth.Actor, programme, n id.ID, version int64) (c *Campaign[S, L], err error) {
	if err := a.Can(programme, k.kind.Read, k.kind.Start); err != nil {
		return nil, err
	}
	return c, k.db.InTxAgain(ctx, func(tx *db.Tx) error {
		if c, err = k.draft(ctx, tx, programme, n, version); err != nil {
			return err
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		now, until := k.clock(), k.kind.Ends(&c.Spec, p.Zone)
		if !now.Before(until) {
			return k.kind.Over
		}
		if err := k.kind.Begin(ctx, tx, c, now); err != nil {
			return err
		}
		c.State, c.Started, c.StartedBy, c.Until, c.Changed = Running, now, a.String(), until, now
		return k.keep(ctx, tx, a, c, "start")
	})
}

// End has a campaign do nothing more; what came of it is counted on. It needs the
// permissions to read and to start them.
func (k *Keeper[S, L]) End(ctx context.Context, a auth.Actor, programme, n id.ID) (c *Campaign[S, L], err error) {
	if err := a.Can(programme, k.kind.Read, k.kind.Start); err != nil {
		return nil, err
	}
	return c, k.db.InTxAgain(ctx, func(tx *db.Tx) error {
		if c, err = k.kind.Load(ctx, tx, programme, n, k.now(), tx.ForUpdate()); err != nil {
			return err
		}
		if c.State != Running {
			return k.kind.NotRunning
		}
		now := k.clock()
		c.State, c.Until, c.EndedBy, c.Changed = Ended, now, a.String(), now
		if err := k.kind.save(ctx, tx, c); err != nil {
			return err
		}
		return k.record(ctx, tx, a, c, "end")
	})
}

// Choosing is how a room chooses for a campaign.
type Choosing[S any, L ~string] struct {
	// Lock has the campaigns of a programme that could choose the same persons wait
	// for one another.
	Lock func(ctx context.Context, tx *db.Tx, programme id.ID) error
	// Keep writes down those who were chosen.
	Keep func(ctx context.Context, tx *db.Tx, c *Campaign[S, L], chosen []Fate[L], now time.Time) error
}

// ChooseNext looks at one more page of those who are meant; more says that others may
// follow. What was interrupted goes on where it was, and chooses nobody twice.
func (k *Keeper[S, L]) ChooseNext(ctx context.Context, programme, n id.ID, by Choosing[S, L]) (c *Campaign[S, L], more bool, err error) {
	return c, more, k.db.InTxAgain(ctx, func(tx *db.Tx) error {
		more = false
		if err := by.Lock(ctx, tx, programme); err != nil {
			return err
		}
		if c, err = k.kind.Load(ctx, tx, programme, n, k.now(), tx.ForUpdate()); err != nil || c.State != Running || !c.Chosen.IsZero() {
			return err
		}
		now := k.clock()
		chooser, err := k.kind.Chooser(ctx, tx, c, now)
		if err != nil {
			return err
		}
		list, last, err := chooser.Next(ctx, tx, c.seen)
		if err != nil {
			return err
		}
		var chosen []Fate[L]
		for _, f := range list {
			c.Tally.add(f)
			if f.Left == "" {
				chosen = append(chosen, f)
			}
		}
		if err := by.Keep(ctx, tx, c, chosen, now); err != nil {
			return err
		}
		if more = last != 0; more {
			c.seen = last
		} else {
			c.Chosen = now
		}
		return k.kind.save(ctx, tx, c)
	})
}
