package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

type exportCmd struct {
	place
	Folder    string `arg:"" optional:"" help:"Folder to write the programme into; it must be new or empty." type:"path"`
	Programme string `help:"Slug of the programme; not needed where there is one." placeholder:"SLUG"`
	Format    string `help:"jsonl: a JSON object in each line; csv: a spreadsheet's table." enum:"jsonl,csv" default:"jsonl"`
	Member    string `help:"Write everything about this one member to standard output instead, as JSON." placeholder:"mem_…"`
	JSON      bool   `help:"Print what was written as JSON." name:"json"`
}

// Help shows examples.
func (exportCmd) Help() string {
	return `A programme is written as of one moment, beside a running server if there is one: a file for each of
programmes, shops, wallets, rules, ladders, products, members, identities, consents, events, waiting
returns, sales and their lines, what came back, lots, entries, changes of rank, offers, codes and uses
of offers, and for whatever else the programme does, from gift cards to surveys. Money is in minor units, points in the wallet's smallest unit, quantities in thousandths. The
files hold personal data: only you may read them. Every export stands in the audit trail.

Examples:
  regulars export everything
  regulars export tables --format csv --programme coffee
  regulars export --member mem_01h9x3k7q2v5n > ann.json`
}

// exported is what the command prints: the rows of each table.
type exported struct {
	Folder  string           `json:"folder"`
	Format  string           `json:"format"`
	Rows    map[string]int64 `json:"rows"`
	Bytes   int64            `json:"bytes"`
	Seconds float64          `json:"seconds"`
}

// Run writes the programme, or the member.
func (c *exportCmd) Run(ctx context.Context, s streams, line commandLine) error {
	switch {
	case c.Member != "" && c.Folder == "":
		return c.member(ctx, s, line)
	case c.Folder != "" && c.Member == "":
		return c.all(ctx, s)
	}
	return fault.Invalid("export_what", "give either a folder for the whole programme or --member for one person")
}

// member runs where the data can be written, because the trace of it is
// written in the same transaction.
func (c *exportCmd) member(ctx context.Context, s streams, line commandLine) error {
	m, err := id.Parse(id.Member, c.Member)
	if err != nil {
		return err
	}
	return c.change(ctx, s, line, func(h *house) error {
		p, err := h.programme(ctx, c.Programme)
		if err != nil {
			return err
		}
		everything, err := h.flow.Export(ctx, operator(), p.ID, m)
		if err != nil {
			return err
		}
		return printJSON(s.out, everything)
	})
}

// all reads without being able to write, once a trace of that is left.
func (c *exportCmd) all(ctx context.Context, s streams) (err error) {
	if err := emptyFolder(c.Folder); err != nil {
		return err
	}
	h, err := c.look(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	p, err := h.programme(ctx, c.Programme)
	if err != nil {
		return err
	}
	note := exportNoteCmd{place: c.place, Programme: p.Slug}
	if err := note.Run(ctx, streams{io.Discard, s.err}, commandLine{"export-note", "--programme=" + p.Slug}); err != nil {
		return err
	}
	began := time.Now()
	bar := newBar(s.err)
	t := newTables(c.Folder, c.Format, h.flow.Tables(), bar.show)
	err = h.flow.ExportProgramme(ctx, operator(), p.ID, t.take)
	err = errors.Join(err, t.close())
	bar.end()
	if err != nil {
		return err
	}
	return c.print(s.out, t.names, exported{c.Folder, c.Format, t.rows, t.bytes, time.Since(began).Seconds()})
}

func (c *exportCmd) print(w io.Writer, names []string, result exported) error {
	if c.JSON {
		return printJSON(w, result)
	}
	for _, name := range names {
		fmt.Fprintf(w, "%10d  %s\n", result.Rows[name], tableFile(name, c.Format))
	}
	_, err := fmt.Fprintln(w, "written to", c.Folder)
	return err
}

// emptyFolder makes the folder, or refuses one that holds something.
func emptyFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("looking into the folder: %w", err)
	}
	if len(entries) > 0 {
		return fault.Invalid("folder_not_empty", "%s holds something already; name a new folder", filepath.Clean(path))
	}
	return nil
}

// exportNoteCmd writes an export into the audit trail, in the server that holds
// the folder if there is one.
type exportNoteCmd struct {
	place
	Programme string
}

// Run leaves the trace.
func (c *exportNoteCmd) Run(ctx context.Context, s streams, line commandLine) error {
	return c.change(ctx, s, line, func(h *house) error {
		p, err := h.programme(ctx, c.Programme)
		if err != nil {
			return err
		}
		return h.flow.NoteExport(ctx, operator(), p.ID)
	})
}
