package main

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/world"
)

type demoCmd struct {
	Dir      string `help:"Folder of the demo's data." default:"regulars-demo" type:"path"`
	DB       string `help:"Address of an empty PostgreSQL database instead of the folder." name:"db"`
	Log      string `help:"How much to log." default:"warn" enum:"debug,info,warn,error"`
	Addr     string `help:"Address of the console." default:"127.0.0.1:8080"`
	JSON     bool   `help:"Print the figures as one JSON object and nothing else on standard output." name:"json"`
	NoServe  bool   `help:"Stop after the summary."`
	Limit    int    `help:"Take only the first N invoices." placeholder:"N"`
	RealOnly bool   `help:"Leave out all simulated behaviour, so that the figures never change."`
}

// Help shows examples.
func (demoCmd) Help() string {
	return `Examples:
  regulars demo                      run it, then open the console
  regulars demo --json --no-serve    the figures for a machine
  regulars demo --limit 2000         a small part, in a second or two

` + world.Attribution
}

// Run runs the demo and, unless told not to, serves what it made.
func (c *demoCmd) Run(ctx context.Context, s streams) (err error) {
	if c.Limit < 0 {
		return fault.Invalid("demo_limit", "--limit is a number of invoices; leave it out to take all of them")
	}
	h, err := c.open(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if _, err := h.messages(post{}, ""); err != nil { // who may be asked is drawn by consents
		return err
	}
	bar := newBar(s.err)
	demo := world.Demo{
		DB: h.db, Flow: h.flow, Programmes: h.programmes, Ledger: h.ledger, Rules: h.rules, Ladders: h.ladders,
		Auth: h.auth, Work: h.leftWork(), RealOnly: c.RealOnly, Clock: h.now, Log: h.log, Invoices: c.Limit, Progress: bar.show,
	}
	summary, err := demo.Run(ctx)
	bar.end()
	if err != nil {
		return err
	}
	if summary.Check, err = findings(ctx, h); err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(s.out, summary); err != nil {
			return err
		}
	} else {
		printSummary(s.out, english("GBP"), summary)
	}
	if summary.Check != "ok" {
		return quit(exitFindings)
	}
	if c.NoServe {
		return nil
	}
	if c.JSON {
		s.out = s.err // whoever reads the figures reads nothing else
	}
	if err := h.showLogin(ctx, s.out); err != nil {
		return err
	}
	return serve(ctx, h, c.place(), post{}, c.Addr, nil, s)
}

func (c *demoCmd) place() place { return place{Dir: c.Dir, DB: c.DB, Log: c.Log} }

// open opens the demo's database and sets its clock to the end of the data, so
// that points do not expire for being of 2011.
func (c *demoCmd) open(ctx context.Context, errOut io.Writer) (*house, error) {
	log := c.place().logger(errOut)
	d, err := c.place().connect(ctx, log)
	if err != nil {
		return nil, err
	}
	if err := world.SetClock(ctx, d, time.Now()); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return furnish(ctx, d, log)
}

// demoOwner signs in to the demo's console.
const demoOwner = "owner@demo.example"

// showLogin prints a login of the demo's console, made at the first run. Its
// password comes of the programme's own salt, so that it is nobody else's and
// can be printed again.
func (h *house) showLogin(ctx context.Context, out io.Writer) error {
	p, err := h.programme(ctx, world.Slug)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte("login of the demo " + p.Salt))
	password := base32.NewEncoding("abcdefghjkmnpqrstvwxyz0123456789").WithPadding(base32.NoPadding).EncodeToString(sum[:10])
	token, err := h.auth.FirstRunLink(ctx)
	if err != nil {
		return err
	}
	if token != "" {
		if _, err := h.auth.Accept(ctx, auth.Acceptance{Token: token, Email: demoOwner, Name: "Demo owner", Password: password}); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\nsign in   %s\npassword  %s\n", demoOwner, password)
	return nil
}

// findings returns "ok" or the list of faults, as the summary shows them.
func findings(ctx context.Context, h *house) (any, error) {
	faults, err := h.flow.Check(ctx)
	if err != nil || len(faults) > 0 {
		return faults, err
	}
	return "ok", nil
}

func printJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(v)
}
