package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime/pprof"
	"strings"
	"time"

	"regulars/internal/bench"
	"regulars/internal/web"
)

type benchCmd struct {
	Sections []string      `arg:"" optional:"" help:"What to measure: limits, purchases, hot, bulk, mixed, checkout, public, import, simulate, growth; all when none is named."`
	Duration time.Duration `help:"How long each load lasts." default:"5s"`
	Members  int           `help:"Members there from the start." default:"20000"`
	Growth   int           `help:"Follow the cost of an event up to so many, and replay so many sales; 5000000 takes a quarter of an hour more." default:"1000000"`
	Dir      string        `help:"Folder on the disk to measure; not in memory." default:"." type:"existingdir"`
	Postgres string        `help:"PostgreSQL server on which databases may be made; left out without it." env:"REGULARS_TEST_POSTGRES"`
	Quick    bool          `help:"A glance: short loads, few members, no growth."`
	JSON     bool          `help:"Print the figures as JSON." name:"json"`
	Profiles string        `help:"Keep CPU profiles of the measured servers in this folder." placeholder:"FOLDER" type:"existingdir"`
	Write    string        `help:"Write the tables into this file, in the place of the last." placeholder:"FILE" type:"existingfile"`
}

// Help shows examples.
func (benchCmd) Help() string {
	return `The server runs in a process of its own, with durable commits, keys, ranks, rules and the
outbox on; the load comes over HTTP on the loopback. The figures are for reading, no test.

Examples:
  regulars bench --quick
  regulars bench purchases bulk --postgres postgres://regulars@localhost/postgres
  regulars bench --write docs/benchmarks.md`
}

// Run measures and prints what it found.
func (c *benchCmd) Run(ctx context.Context, s streams) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	b := bench.Bench{Options: c.options(), Program: program, Now: time.Now, Sleep: time.Sleep, Log: s.err}
	bar := newBar(s.err)
	b.Each = func(f bench.Figure) { bar.show(f.Section+" "+f.Name, 0, 0) }
	before := loadAverage()
	figures, err := b.Run(ctx)
	bar.end()
	if err != nil {
		return err
	}
	r := bench.Report{
		Command: "regulars " + strings.Join(os.Args[1:], " "), Machine: bench.Machine(c.Dir), Date: time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		Load: before + " and " + loadAverage(), Figures: figures,
	}
	if c.Write != "" {
		if err := bench.Replace(c.Write, r); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(s.out, r)
	}
	return r.Markdown(s.out)
}

func (c *benchCmd) options() bench.Options {
	o := bench.Options{Sections: c.Sections, Duration: c.Duration, Members: c.Members, Growth: c.Growth, Dir: c.Dir, Postgres: c.Postgres, Profiles: c.Profiles}
	if c.Quick {
		o.Duration, o.Members, o.Growth = 300*time.Millisecond, 500, 0
	}
	return o
}

// loadAverage is that of the last minute; a busy machine measures little.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// benchHostCmd is the measured process that bench starts.
type benchHostCmd struct {
	place
	Profile string `help:"Write a CPU profile into this file." placeholder:"FILE"`
}

// Run serves until its standard input ends.
func (c *benchHostCmd) Run(ctx context.Context, s streams) (err error) {
	if c.Profile != "" {
		file, err := os.Create(c.Profile)
		if err != nil {
			return fmt.Errorf("making the profile: %w", err)
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return fmt.Errorf("profiling: %w", err)
		}
		defer func() { pprof.StopCPUProfile(); _ = file.Close() }()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	log := c.logger(s.err)
	d, err := c.connect(ctx, log)
	if err != nil {
		return err
	}
	h, err := furnish(ctx, d, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	messages, err := h.messages(post{}, "")
	if err != nil {
		return err
	}
	handler, err := h.handler(c.place, messages)
	if err != nil {
		return err
	}
	h.handle()
	work := make(chan error, 3)
	go func() { work <- h.jobs.Run(ctx) }()
	go func() { work <- h.auth.Run(ctx) }()
	go func() { work <- h.touch.Run(ctx) }()
	spareCollections()
	host := bench.Host{
		Rooms: bench.Rooms{Auth: h.auth, Programmes: h.programmes, Ledger: h.ledger, Rules: h.rules, Ladders: h.ladders, Offers: h.offers, Flow: h.flow, Touch: h.touch, Promises: h.promises, Returns: h.returns, Surveys: h.surveys, Complaints: h.complaints, Now: h.now},
		DB:    d, Handler: web.Behind([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, handler), // the measurer is a proxy in front

	}
	err = host.Serve(ctx, os.Stdin, s.out)
	stop()
	return errors.Join(err, <-work, <-work, <-work)
}
