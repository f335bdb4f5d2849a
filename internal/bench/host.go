package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sys/unix"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/program"
)

// Host is the measured side, in a process of its own: the server, and on its
// standard input and output the few commands by which it is filled and asked
// what it used.
type Host struct {
	Rooms
	DB      *db.DB
	Handler http.Handler
}

// greeting is the first line that a host writes.
type greeting struct {
	Addr string `json:"addr"`
	Shop Shop   `json:"shop"`
}

// command is a line that a host reads, done the line that answers it.
type command struct {
	Do      string `json:"do"` // "usage", "fill", "promote", "publish" or "simulate"
	From    int    `json:"from,omitempty"`
	To      int    `json:"to,omitempty"`
	Members int    `json:"members,omitempty"`
}

type done struct {
	Usage Usage `json:"usage"`
	// Events is how many were taken or replayed, in so long.
	Events int64         `json:"events"`
	Took   time.Duration `json:"took"`
	// Doors are those that were published.
	Doors *doors `json:"doors,omitempty"`
	Error string `json:"error,omitempty"`
}

// Usage is what a process has used so far.
type Usage struct {
	CPU  time.Duration `json:"cpu"`  // user and system
	Peak int64         `json:"peak"` // resident memory at its highest, in bytes
}

// Used returns what this process has used.
func Used() (Usage, error) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return Usage{}, fmt.Errorf("asking what the process used: %w", err)
	}
	return Usage{CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()), Peak: r.Maxrss << 10}, nil
}

// Serve serves on a free port and obeys commands until their end or ctx's. On
// an empty database it makes the programme first.
func (h Host) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	shop, err := h.shop(ctx)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening on the loopback: %w", err)
	}
	server := &http.Server{Handler: h.Handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	lines := json.NewEncoder(out)
	if err := lines.Encode(greeting{Addr: listener.Addr().String(), Shop: shop}); err != nil {
		return err
	}
	for commands := bufio.NewScanner(in); commands.Scan(); {
		if err := lines.Encode(h.obey(ctx, shop, commands.Bytes())); err != nil {
			return err
		}
	}
	if err := server.Close(); err != nil {
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (h Host) shop(ctx context.Context) (Shop, error) {
	all, err := program.List(ctx, h.DB.Reader())
	if err != nil {
		return Shop{}, err
	}
	if len(all) > 0 {
		return Shop{Programme: all[0].ID}, nil
	}
	return Furnish(ctx, h.Rooms)
}

func (h Host) obey(ctx context.Context, shop Shop, line []byte) (d done) {
	err := func() error {
		var c command
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		begun := h.Now()
		defer func() { d.Took = h.Now().Sub(begun) }()
		var err error
		switch c.Do {
		case "fill":
			d.Events, err = int64(c.To-c.From), h.fill(ctx, shop.Programme, c)
		case "promote":
			err = h.promote(ctx, shop.Programme)
		case "publish":
			d.Doors, err = h.publish(ctx, shop.Programme, c.To)
		case "simulate":
			d.Events, err = h.simulate(ctx, shop.Programme)
		}
		return err
	}()
	if err == nil {
		d.Usage, err = Used()
	}
	if err != nil {
		d.Error = err.Error()
	}
	return d
}

// fillBatch is how many purchases are handed over at a time, so that whole
// batches are committed.
const fillBatch = 256

// fill takes the purchases from–to of the source "fill", by the members in
// turn, without HTTP.
func (h Host) fill(ctx context.Context, programme id.ID, c command) error {
	var wait func() ([]flow.Result, error)
	for n := c.From; n < c.To; n += fillBatch {
		events := make([]*flow.Event, min(fillBatch, c.To-n))
		for i := range events {
			events[i] = Purchase(programme, "fill", n+i, (n+i)%c.Members)
		}
		next, err := h.Flow.Submit(ctx, events)
		if err != nil {
			return err
		}
		if err := settle(wait); err != nil {
			return err
		}
		wait = next
	}
	return settle(wait)
}

// settle waits for a batch and returns its first refusal.
func settle(wait func() ([]flow.Result, error)) error {
	if wait == nil {
		return nil
	}
	results, err := wait()
	for _, r := range results {
		err = errors.Join(err, r.Err)
	}
	return err
}

// simulate replays the whole past with a rule that gives twice as much, and
// returns the number of sales.
func (h Host) simulate(ctx context.Context, programme id.ID) (int64, error) {
	rules, err := h.Rules.List(ctx, actor, programme)
	if err != nil {
		return 0, err
	}
	if len(rules) == 0 || len(rules[0].Versions) == 0 {
		return 0, errors.New("the programme has no rule to change")
	}
	v := rules[0].Versions[0]
	v.Spec.Effects = append([]earn.Effect{}, v.Spec.Effects...)
	v.Spec.Effects = append(v.Spec.Effects, earn.Effect{Kind: earn.Multiplier, Rate: money.NewRate(2, 1)})
	s, err := h.Flow.Simulate(ctx, auth.System("bench"), programme, []flow.Draft{{Rules: []earn.Version{v}}}, nil)
	return s.Sales, err
}
