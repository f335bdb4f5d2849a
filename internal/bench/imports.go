package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"regulars/internal/db"
)

// imports measures a year of a real shop's sales through the programme, and
// then how fast that past is replayed with another rule.
func (b *Bench) imports(ctx context.Context) (err error) {
	p, err := b.fresh(ctx, db.SQLite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.drop()) }()
	if err := b.importYear(ctx, p); err != nil {
		return err
	}
	return b.replay(p)
}

// importYear runs the demo in a process of its own, for its peak of memory.
func (b *Bench) importYear(ctx context.Context, p place) error {
	demo := exec.CommandContext(ctx, b.Program, append([]string{"demo", "--json", "--no-serve", "--real-only"}, p.args()...)...)
	var out bytes.Buffer
	demo.Stdout, demo.Stderr = &out, b.Log
	if err := demo.Run(); err != nil {
		return fmt.Errorf("running the demo: %w", err)
	}
	var told struct {
		Rows    int64   `json:"rows_read"`
		Seconds float64 `json:"seconds"`
		Check   any     `json:"check"`
	}
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		return fmt.Errorf("reading what the demo says: %w", err)
	}
	if told.Check != "ok" {
		return fmt.Errorf("the demo found faults: %v", told.Check)
	}
	f := Figure{Section: "import", Name: "sqlite, Online Retail through the programme", Unit: "rows", Aim: "≥ 30,000/s, < 300 MB"}
	f.Rate = float64(told.Rows) / told.Seconds
	if used, is := demo.ProcessState.SysUsage().(*syscall.Rusage); is {
		f.Peak = used.Maxrss << 10
	}
	b.add(f)
	return nil
}

func (b *Bench) replay(p place) error {
	f := Figure{Section: "import", Name: "sqlite, simulation of a changed rule over that past", Unit: "sales"}
	if err := b.order(p, command{Do: "simulate"}, &f); err != nil {
		return err
	}
	b.add(f)
	return nil
}

// order has a host of its own obey one command, so that the peak of memory is
// that command's, and fills in the rate and the peak where a figure is asked
// for.
func (b *Bench) order(p place, c command, f *Figure) (err error) {
	r, err := start(b.Program, append([]string{"bench-host"}, p.args()...), b.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	d, err := r.order(c)
	if err == nil && f != nil {
		f.Rate, f.Peak = perSecond(d.Events, d.Took), d.Usage.Peak
	}
	return err
}
