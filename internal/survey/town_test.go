package survey

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
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
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var tester = auth.System("test")

// town is a programme with a shop and members who bought.
type town struct {
	*Service
	t         *testing.T
	ctx       context.Context
	programme program.Programme
	members   []id.ID
	clock     time.Time
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema, ledger.Schema, tier.Schema,
	promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{t: t, ctx: t.Context(), clock: dbtest.Start}
	now := func() time.Time { return w.clock }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{Room()}})
	t.Cleanup(f.Close)
	w.Service = New(d, f, now)
	programmes := program.New(d)
	var err error
	w.programme, err = programmes.Create(w.ctx, tester, program.Programme{Slug: "bean", Name: "Bean", Currency: "EUR", Zone: time.UTC, Languages: []string{"en", "ru", "pl"}})
	ok(t, err)
	_, err = programmes.AddShop(w.ctx, tester, program.Shop{ProgrammeID: w.programme.ID, Code: "main", Name: "Main"})
	ok(t, err)
	return w
}

// joins lets so many members come, each with a purchase so many days ago.
func (w *town) joins(n, days int) {
	w.t.Helper()
	for range n {
		k := len(w.members)
		a, err := w.flow.TakeOne(w.ctx, &flow.Event{
			ProgrammeID: w.programme.ID, Source: "till", ExternalID: fmt.Sprint(k), Kind: journal.Purchase, Shop: "main", Actor: tester, Occurred: w.clock.AddDate(0, 0, -days),
			Who:     flow.Who{Identities: []member.Identity{{Kind: member.Email, Value: fmt.Sprintf("m%d@example.com", k)}}, Enrol: true},
			Payload: flow.Payload{Currency: money.Currency("EUR"), Lines: []sale.Line{{SKU: "coffee", Quantity: 1000, Amount: 300}}},
		})
		ok(w.t, err)
		w.members = append(w.members, a.MemberID)
	}
}

// asks is an open survey of the recommendation: those who give 9 or 10 are not
// asked why.
func (w *town) asks() Survey {
	w.t.Helper()
	n, err := w.Create(w.ctx, tester, w.programme.ID, recommend())
	ok(w.t, err)
	n, err = w.Publish(w.ctx, tester, w.programme.ID, n.ID)
	ok(w.t, err)
	return n
}

func recommend() Spec {
	return Spec{Kind: NPS, Names: Words{"en": "Recommend"}, Questions: []Question{
		{Code: "score", Form: Scale, To: 10, Words: Words{"en": "How likely?", "ru": "Насколько вероятно?"}, Branches: []Branch{{From: 9, To: 10, Then: End}}},
		{Code: "why", Form: Text, Optional: true, Words: Words{"en": "Why?"}},
	}}
}

// draws does a sample's job and returns the invitations of it.
func (w *town) draws(n Survey, plan Plan) (Sample, []Invitation) {
	w.t.Helper()
	s, err := w.Ask(w.ctx, tester, w.programme.ID, n.ID, plan)
	ok(w.t, err)
	w.does(DrawJob, w.Draw)
	s, err = w.Service.Sample(w.ctx, tester, w.programme.ID, s.ID)
	ok(w.t, err)
	list, err := selectInvitations(w.ctx, w.d.Reader(), `sample_id = $1 ORDER BY id`, s.ID)
	ok(w.t, err)
	return s, list
}

// does runs what waits of a kind of job, until nothing does.
func (w *town) does(kind string, do jobs.Handler) {
	w.t.Helper()
	r := jobs.NewRunner(w.d, w.now, slog.New(slog.DiscardHandler))
	done := make(chan error, 100)
	r.Handle(kind, func(ctx context.Context, j *jobs.Job) error {
		err := do(ctx, j)
		done <- err
		return err
	})
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan struct{})
	go func() { _ = r.Run(ctx); close(ended) }()
	select {
	case err := <-done:
		ok(w.t, err)
	case <-time.After(time.Minute):
		w.t.Fatal("the job was not done")
	}
	stop()
	<-ended
}

func (w *town) token(n Invitation) string { return Token(w.programme.Salt, n.ID) }

func (w *town) refused(err error, code string) {
	w.t.Helper()
	if codeOf(err) != code {
		w.t.Errorf("the refusal is %v, not %s", err, code)
	}
}

func codeOf(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}

func (w *town) faults() string {
	w.t.Helper()
	var list []string
	ok(w.t, w.d.View(w.ctx, func(q db.Queryer) error {
		return Room().Check(w.ctx, q, w.programme.ID, func(what string) { list = append(list, what) })
	}))
	return strings.Join(list, "\n")
}
