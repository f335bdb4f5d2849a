package promise

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

var boss = flowtest.Boss

var schemas = flowtest.Schemas(Schema)

// town is a programme with a shop and a customer, and a clock that the test
// moves.
type town struct {
	*flowtest.Town
	*Service
	ann    id.ID
	broken []id.ID // as the hook was told
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: program.Programme{Slug: "corner", Name: "Corner"}, Shops: []string{"soho"}, Rooms: []flow.Room{Room()}})}
	w.Service = NewService(Config{DB: d, Flow: w.Flow, Now: w.Now, Hook: w})
	w.ann = w.Joins(member.Identity{Kind: member.Email, Value: "ann@example.com"})
	return w
}

// Broken is the hook.
func (w *town) Broken(_ context.Context, _ *db.Tx, p *Promise) error {
	w.broken = append(w.broken, p.ID)
	return nil
}

// word is a delivery within two days.
func (w *town) word(name string) New {
	return New{ProgrammeID: w.Programme.ID, MemberID: w.ann, Shop: "soho", Kind: Delivery, What: "a teapot", Source: "shop", ExternalID: name, Order: "ord-" + name, Due: w.Now().Add(48 * time.Hour)}
}

func (w *town) makes(n New) *Promise {
	w.Helper()
	p, err := w.Make(w.Context(), boss, n)
	w.OK(err)
	return p
}

func (w *town) get(p *Promise) *Promise {
	w.Helper()
	got, _, err := w.Get(w.Context(), boss, w.Programme.ID, p.ID)
	w.OK(err)
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
	w.OK(err)
	return n
}

// tells does the jobs that tell timelines.
func (w *town) tells() {
	w.Helper()
	for _, j := range w.Waiting(TellJob) {
		w.OK(w.Tell(w.Context(), &jobs.Job{Kind: j.Kind, Payload: j.Payload}))
	}
}

// timeline returns the kinds of Ann's events with their bodies, the latest first.
func (w *town) timeline() []*journal.Event {
	w.Helper()
	list, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{w.ann}, journal.Cursor{}, 100)
	w.OK(err)
	return list
}

func (w *town) text(v any) string {
	w.Helper()
	b, err := json.Marshal(v)
	w.OK(err)
	return string(b)
}
