package promise

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var boss = auth.System("test")

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
	ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

// town is a programme with a shop and a customer, and a clock that the test
// moves.
type town struct {
	*testing.T
	*Service
	g      program.Programme
	ann    id.ID
	clock  time.Time
	broken []id.ID // as the hook was told
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, clock: dbtest.Start}
	now := func() time.Time { return w.clock }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{Room()}})
	t.Cleanup(f.Close)
	w.Service = NewService(Config{DB: d, Flow: f, Now: now, Hook: w})
	var err error
	w.g, err = program.New(d).Create(w.Context(), boss, program.Programme{
		Slug: "corner", Name: "Corner", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"},
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	w.ok(err)
	_, err = program.New(d).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.g.ID, Code: "soho", Name: "Soho"})
	w.ok(err)
	m := &member.Member{ProgrammeID: w.g.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.clock, Enrolled: w.clock}
	w.ok(d.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Insert(w.Context(), tx, []member.Newcomer{{Member: m, Identities: []member.Identity{{Kind: member.Email, Value: "ann@example.com"}}}})
	}))
	w.ann = m.ID
	return w
}

// Broken is the hook.
func (w *town) Broken(_ context.Context, _ *db.Tx, p *Promise) error {
	w.broken = append(w.broken, p.ID)
	return nil
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

// word is a delivery within two days.
func (w *town) word(name string) New {
	return New{ProgrammeID: w.g.ID, MemberID: w.ann, Shop: "soho", Kind: Delivery, What: "a teapot", Source: "shop", ExternalID: name, Order: "ord-" + name, Due: w.clock.Add(48 * time.Hour)}
}

func (w *town) makes(n New) *Promise {
	w.Helper()
	p, err := w.Make(w.Context(), boss, n)
	w.ok(err)
	return p
}

func (w *town) get(p *Promise) *Promise {
	w.Helper()
	got, _, err := w.Get(w.Context(), boss, w.g.ID, p.ID)
	w.ok(err)
	return got
}

func (w *town) is(p *Promise, s State) {
	w.Helper()
	if got := w.get(p); got.State != s {
		w.Errorf("%s %s is %s, want %s", p.Kind, p.ExternalID, got.State, s)
	}
}

func (w *town) sweeps() int {
	w.Helper()
	n, err := w.Sweep(w.Context())
	w.ok(err)
	return n
}

// whole fails where anything contradicts itself.
func (w *town) whole() {
	w.Helper()
	w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
		return Room().Check(w.Context(), q, w.g.ID, func(what string) { w.Errorf("check: %s", what) })
	}))
}

// waiting returns the jobs of a kind that wait, with their payloads.
func (w *town) waiting(kind string) []jobs.Info {
	w.Helper()
	list, err := jobs.List(w.Context(), w.DB.Reader(), jobs.Waiting, 0, 200)
	w.ok(err)
	var found []jobs.Info
	for _, j := range list {
		if j.Kind == kind {
			found = append(found, j)
		}
	}
	return found
}

// tells does the jobs that tell timelines.
func (w *town) tells() {
	w.Helper()
	for _, j := range w.waiting(TellJob) {
		w.ok(w.Tell(w.Context(), &jobs.Job{Kind: j.Kind, Payload: j.Payload}))
	}
}

// timeline returns the kinds of Ann's events with their bodies, the latest first.
func (w *town) timeline() []*journal.Event {
	w.Helper()
	list, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{w.ann}, journal.Cursor{}, 100)
	w.ok(err)
	return list
}

func (w *town) text(v any) string {
	w.Helper()
	b, err := json.Marshal(v)
	w.ok(err)
	return string(b)
}
