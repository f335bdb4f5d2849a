package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
)

type checkCmd struct {
	place
	JSON bool `help:"Print the faults as a JSON list." name:"json"`
}

// Help shows examples.
func (checkCmd) Help() string {
	return `It reads one snapshot, beside a running server if there is one, changes nothing,
and ends with code 3 when it found faults.

Examples:
  regulars check
  regulars check --db postgres://regulars@localhost/regulars --json`
}

// Run verifies every invariant.
func (c *checkCmd) Run(ctx context.Context, s streams) (err error) {
	h, err := c.look(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	faults, err := h.flow.Check(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		if err := printJSON(s.out, append([]flow.Fault{}, faults...)); err != nil {
			return err
		}
	case len(faults) == 0:
		fmt.Fprintln(s.out, "ok")
	}
	if len(faults) == 0 {
		return nil
	}
	if !c.JSON {
		for _, f := range faults {
			fmt.Fprintf(s.out, "%s: %s\n", f.Room, f.What)
		}
	}
	return quit(exitFindings)
}

type backupCmd struct {
	place
	File string `arg:"" help:"File to write; it must not exist." type:"path"`
}

// Help shows examples.
func (backupCmd) Help() string {
	return `The copy is consistent though the server runs, and can be loaded on either database.

Example:
  regulars backup regulars-2026-11-22.backup`
}

// Run writes the copy.
func (c *backupCmd) Run(ctx context.Context, s streams) (err error) {
	h, err := c.look(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.db.Backup(ctx, c.File); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "written to", c.File)
	return nil
}

type restoreCmd struct {
	place
	File string `arg:"" help:"File that backup wrote." type:"existingfile"`
}

// Help shows examples.
func (restoreCmd) Help() string {
	return `The database must be empty. A copy made of SQLite can be loaded into PostgreSQL and the other way round.

Examples:
  regulars restore regulars-2026-11-22.backup --dir restored
  regulars restore regulars-2026-11-22.backup --db postgres://regulars@localhost/regulars`
}

// Run loads the copy into an empty database.
func (c *restoreCmd) Run(ctx context.Context, s streams) (err error) {
	d, err := db.Open(ctx, db.Config{URL: c.DB, Dir: c.Dir, Now: time.Now, Log: c.logger(s.err)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Restore(ctx, c.File, schemas()...); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "restored from", c.File)
	return nil
}

type versionCmd struct{}

// Run prints the version that Go recorded when it built the binary.
func (versionCmd) Run(s streams) error {
	fmt.Fprintln(s.out, "regulars", version(), runtime.Version())
	return nil
}

// version is what Go recorded of the module when it built the binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unreleased
	}
	return named(info)
}

// unreleased is the version of a binary that was built from a working copy.
const unreleased = "unreleased"

// named returns the version of a build. Go writes "(devel)" where it knows
// none, as go run does; then the commit is told if that is known.
func named(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return unreleased + "-" + s.Value[:min(len(s.Value), 12)]
		}
	}
	return unreleased
}
