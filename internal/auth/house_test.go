package auth

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	here     = id.ID(77) // a programme
	there    = id.ID(88) // another
	password = "correct horse battery"
)

// quick costs nothing, so that tests of sign-in do not wait for argon2id.
var quick = Hashing{Memory: 64, Passes: 1, Threads: 1}

// clock is moved by hand.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(db.Micros(dbtest.Start))
	return c
}

func (c *clock) now() time.Time          { return db.Time(c.micros.Load()) }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// house is the room on one database, with its first owner signed in.
type house struct {
	*Service
	t     *testing.T
	d     *db.DB
	clock *clock
	owner Session
}

// eachHouse runs fn on both databases.
func eachHouse(t *testing.T, fn func(t *testing.T, h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := &house{t: t, d: d, clock: newClock()}
		h.Service = h.process()
		token := must(h.FirstRunLink(ctx(t)))(t)
		h.owner = must(h.Accept(ctx(t), Acceptance{Token: token, Email: "Olga@example.com", Name: "Olga", Password: password}))(t)
		fn(t, h)
	}, Schema)
}

// process returns another service over the same database, as another process
// has it.
func (h *house) process() *Service {
	return New(h.d, Config{Now: h.clock.now, Log: slog.New(slog.DiscardHandler), Hashing: quick})
}

// hire adds somebody who has set the usual password.
func (h *house) hire(email string, roles ...Assignment) Session {
	h.t.Helper()
	_, token, err := h.Invite(ctx(h.t), System("test"), Invitation{Email: email, Name: email, Roles: roles})
	if err != nil {
		h.t.Fatalf("inviting %s: %v", email, err)
	}
	return must(h.Accept(ctx(h.t), Acceptance{Token: token, Password: password}))(h.t)
}

// key makes an API key of the programme here.
func (h *house) key(scopes ...Scope) (Key, string) {
	h.t.Helper()
	k, text, err := h.CreateKey(ctx(h.t), System("test"), NewKey{ProgrammeID: here, Name: "till", Scopes: scopes})
	if err != nil {
		h.t.Fatalf("making a key: %v", err)
	}
	return k, text
}

// count returns how many rows the query counts.
func (h *house) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	if err := h.d.Reader().QueryRow(ctx(h.t), query, args...).Scan(&n); err != nil {
		h.t.Fatalf("counting: %v", err)
	}
	return n
}

func ctx(t testing.TB) context.Context { return t.Context() }

// must returns a function that yields the value or ends the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantCode checks the code of a failure; empty means none.
func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	got := ""
	if f := fault.As(err); f != nil {
		got = f.Code
	}
	if got != code || (code == "") != (err == nil) {
		t.Errorf("%s: got %v, want code %q", what, err, code)
	}
}
