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

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
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
	Do      string `json:"do"` // "usage", "fill", "past", "promote", "publish", "simulate" or "compare"
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
		case "past":
			d.Events, err = int64(c.To), h.past(ctx, shop.Programme, c)
		case "promote":
			err = h.promote(ctx, shop.Programme)
		case "publish":
			d.Doors, err = h.publish(ctx, shop.Programme, c.To)
		case "simulate":
			d.Events, err = h.simulate(ctx, shop.Programme)
		case "compare":
			d.Events, err = h.compare(ctx, shop.Programme)
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
	return h.takeAll(ctx, c, func(n int) *flow.Event { return Purchase(programme, "fill", n, n%c.Members) })
}

// takeAll takes the events from–to, whole batches at a time.
func (h Host) takeAll(ctx context.Context, c command, event func(n int) *flow.Event) error {
	var wait func() ([]flow.Result, error)
	for n := c.From; n < c.To; n += fillBatch {
		events := make([]*flow.Event, min(fillBatch, c.To-n))
		for i := range events {
			events[i] = event(n + i)
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
