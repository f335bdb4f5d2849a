package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// Options choose what is measured.
type Options struct {
	// Sections are some of Sections(); none means all.
	Sections []string
	// Duration is how long each load lasts.
	Duration time.Duration
	// Members are there before a load begins, each with one purchase.
	Members int
	// Growth is the number of events up to which the cost per event is followed,
	// and of sales that are replayed.
	Growth int
	// Dir is a folder on the disk to be measured.
	Dir string
	// Postgres is the address of a server on which databases may be made; empty
	// leaves it out.
	Postgres string
	// Profiles is a folder for a CPU profile of each host; empty keeps none.
	Profiles string
}

// Bench measures. Program is the binary that runs hosts (by the command
// bench-host) and the demo.
type Bench struct {
	Options Options
	Program string
	Now     func() time.Time
	Sleep   func(time.Duration)
	Log     io.Writer
	// Each is told of every figure as soon as it is known.
	Each func(Figure)

	figures []Figure
	// perCommit are the bare inserts per second, by database and rows per commit.
	perCommit map[limitKey]float64
	profiles  int // how many were begun
	flushRate float64
}

type limitKey struct {
	on   db.Dialect
	size int
}

type section struct {
	name string
	run  func(*Bench, context.Context) error
}

// sections stand in the order in which they are measured.
var sections = []section{
	{"limits", (*Bench).limits}, {"purchases", (*Bench).purchases}, {"hot", (*Bench).hot}, {"bulk", (*Bench).bulk},
	{"mixed", (*Bench).mixed}, {"checkout", (*Bench).checkout}, {"public", (*Bench).public}, {"import", (*Bench).imports},
	{"simulate", (*Bench).simulation}, {"growth", (*Bench).growth},
}

// Sections returns the names of what can be measured.
func Sections() []string {
	names := make([]string, len(sections))
	for i, s := range sections {
		names[i] = s.name
	}
	return names
}

// Run measures the sections asked for and returns their figures.
func (b *Bench) Run(ctx context.Context) ([]Figure, error) {
	for _, s := range b.Options.Sections {
		if !slices.Contains(Sections(), s) {
			return nil, fault.Invalid("unknown_section", "there is no section %q; choose from %s", s, strings.Join(Sections(), ", "))
		}
	}
	b.perCommit = map[limitKey]float64{}
	for _, s := range sections {
		if len(b.Options.Sections) > 0 && !slices.Contains(b.Options.Sections, s.name) {
			continue
		}
		if err := s.run(b, ctx); err != nil {
			return b.figures, fmt.Errorf("measuring %s: %w", s.name, err)
		}
	}
	return b.figures, nil
}

func (b *Bench) add(f Figure) {
	b.figures = append(b.figures, f)
	if b.Each != nil {
		b.Each(f)
	}
}

// databases are those that are measured.
func (b *Bench) databases() []db.Dialect {
	if b.Options.Postgres == "" {
		return []db.Dialect{db.SQLite}
	}
	return []db.Dialect{db.SQLite, db.Postgres}
}

// place is an empty database.
type place struct {
	on   db.Dialect
	dir  string
	url  string
	drop func() error
}

// fresh makes an empty database.
func (b *Bench) fresh(ctx context.Context, on db.Dialect) (place, error) {
	if on == db.Postgres {
		url, drop, err := newDatabase(ctx, b.Options.Postgres)
		return place{on: on, url: url, drop: drop}, err
	}
	dir, err := os.MkdirTemp(b.Options.Dir, "regulars-bench-")
	return place{on: on, dir: dir, drop: func() error { return os.RemoveAll(dir) }}, err
}

func (p place) config() db.Config { return db.Config{Dir: p.dir, URL: p.url} }

func (p place) args() []string {
	if p.on == db.Postgres {
		return []string{"--db", p.url}
	}
	return []string{"--dir", p.dir}
}

// hosted runs fn beside a host on an empty database, filled with the members.
func (b *Bench) hosted(ctx context.Context, on db.Dialect, fn func(r *remote) error) (err error) {
	p, err := b.fresh(ctx, on)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.drop()) }()
	r, err := start(b.Program, append([]string{"bench-host"}, append(p.args(), b.profile(on)...)...), b.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	if _, err := r.order(command{Do: "fill", To: b.Options.Members, Members: b.Options.Members}); err != nil {
		return fmt.Errorf("filling the database: %w", err)
	}
	return fn(r)
}

// profile tells a host where to write its profile, if it is to.
func (b *Bench) profile(on db.Dialect) []string {
	if b.Options.Profiles == "" {
		return nil
	}
	b.profiles++
	return []string{"--profile", filepath.Join(b.Options.Profiles, fmt.Sprintf("%s-%d.pprof", on, b.profiles))}
}

// measured runs a load and adds what the host used for each of its events to
// the figure.
func (b *Bench) measured(r *remote, f Figure, each int, load func() (run, error)) (Figure, error) {
	before, err := r.order(command{Do: "usage"})
	if err != nil {
		return f, err
	}
	met, err := load()
	if err != nil {
		return f, err
	}
	after, err := r.order(command{Do: "usage"})
	if err != nil {
		return f, err
	}
	events := max(1, len(met.latencies)*each)
	f.Rate, f.P50, f.P99 = met.rate()*float64(each), met.quantile(0.5), met.quantile(0.99)
	f.CPU = (after.Usage.CPU - before.Usage.CPU) / time.Duration(events)
	return f, nil
}

// anyone draws one of the members.
func (b *Bench) anyone() int { return rand.IntN(b.Options.Members) }

func keyOf(r *remote, client int) string { return r.Shop.Keys[client%len(r.Shop.Keys)] }
