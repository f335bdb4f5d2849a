package basket

import (
	"fmt"
	"log/slog"
	"sync/atomic"
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
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var (
	boss = auth.System("test")
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

const day = 24 * time.Hour

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
	ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

// town is a programme with a shop, and a clock that the test moves.
type town struct {
	*testing.T
	*Service
	g     program.Programme
	clock atomic.Int64
	n     int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t}
	w.set(noon)
	now := func() time.Time { return db.Time(w.clock.Load()) }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{Room()}})
	t.Cleanup(f.Close)
	w.Service = New(Config{DB: d, Flow: f, Now: now})
	w.g = w.programme("bean")
	_, err := program.New(d).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.g.ID, Code: "web", Name: "Web"})
	w.ok(err)
	return w
}

// programme makes one more programme.
func (w *town) programme(slug string) program.Programme {
	w.Helper()
	p, err := program.New(w.DB).Create(w.Context(), boss, program.Programme{
		Slug: slug, Name: slug, Currency: "GBP", Zone: time.UTC, Languages: []string{"en", "pl"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	w.ok(err)
	return p
}

func (w *town) set(t time.Time)        { w.clock.Store(db.Micros(t)) }
func (w *town) passes(d time.Duration) { w.clock.Add(d.Microseconds()) }

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

// joins adds a member with an e-mail of their own.
func (w *town) joins() (who id.ID, email string) {
	w.Helper()
	w.n++
	email = fmt.Sprintf("a%d@example.com", w.n)
	list := []member.Newcomer{{
		Member:     &member.Member{ProgrammeID: w.g.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.Now(), Enrolled: w.Now()},
		Identities: []member.Identity{{Kind: member.Email, Value: email}},
	}}
	w.ok(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return member.Insert(w.Context(), tx, list) }))
	return list[0].Member.ID, email
}

// buys takes a purchase by the way that every event goes.
func (w *town) buys(who id.ID, at time.Time) {
	w.Helper()
	w.n++
	_, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.g.ID, Source: "shop", ExternalID: fmt.Sprint("s", w.n), Kind: journal.Purchase, Occurred: at, Who: flow.Who{MemberID: who}, Actor: boss,
		Payload: flow.Payload{Lines: []sale.Line{{SKU: "POT", Quantity: 1000, Amount: 1250}}},
	})
	w.ok(err)
}

// cart is a basket as a shop tells of it: shown for 12.50, left at 16.40.
func (w *town) cart(who id.ID) Leaving {
	w.n++
	return Leaving{
		ProgrammeID: w.g.ID, Source: "shop", ExternalID: fmt.Sprint("cart-", w.n), MemberID: who, Shop: "web", Channel: "site", Left: w.Now(), Step: AtDelivery, Items: 2,
		FirstParts: []promise.Amount{{Part: promise.PartGoods, Minor: 1250}, {Part: promise.PartDelivery, Minor: 0}},
		LastParts:  []promise.Amount{{Part: promise.PartGoods, Minor: 1250}, {Part: promise.PartDelivery, Minor: 240}, {Part: promise.PartService, Minor: 150}},
	}
}

func (w *town) leaves(n Leaving) *Basket {
	w.Helper()
	b, err := w.Leave(w.Context(), boss, n)
	w.ok(err)
	return b
}

func (w *town) gets(b *Basket) Seen {
	w.Helper()
	n, err := w.Get(w.Context(), boss, b.ProgrammeID, b.ID)
	w.ok(err)
	return n
}

// linked returns the secret of a basket's link.
func (w *town) linked(b *Basket) string { return links.Secret(w.g.Salt, b.ID) }

// works does the jobs of a kind that wait.
func (w *town) works(kind string, do func(*jobs.Job) error) {
	w.Helper()
	payloads, err := jobs.Payloads(w.Context(), w.DB.Reader(), kind)
	w.ok(err)
	for _, p := range payloads {
		w.ok(do(&jobs.Job{Kind: kind, Payload: p}))
	}
}

func (w *town) tells() { w.works(TellJob, func(j *jobs.Job) error { return w.Tell(w.Context(), j) }) }
func (w *town) asks()  { w.works(AskJob, func(j *jobs.Job) error { return w.Invite(w.Context(), j) }) }

// sound refuses a house that contradicts itself.
func (w *town) sound() {
	w.Helper()
	for _, what := range w.faults() {
		w.Errorf("check: %s", what)
	}
}

func (w *town) faults() []string {
	w.Helper()
	var found []string
	w.ok(Room().Check(w.Context(), w.DB.Reader(), w.g.ID, func(what string) { found = append(found, what) }))
	return found
}
