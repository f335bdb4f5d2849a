package gesture

import (
	"context"
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

// town is a programme with two shops, and a clock that the test moves. It tells
// the room of complaints.
type town struct {
	*testing.T
	*Service
	g      program.Programme
	shops  [2]id.ID
	clock  atomic.Int64
	n      int
	open   int
	solved time.Time
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
	w.Service = New(Config{DB: d, Flow: f, Cases: w, Now: now})
	var err error
	w.g, err = program.New(d).Create(w.Context(), boss, program.Programme{
		Slug: "bean", Name: "Bean", Currency: "GBP", Zone: time.UTC, Languages: []string{"en", "pl"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	w.ok(err)
	for i, code := range []string{"soho", "bath"} {
		shop, err := program.New(d).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.g.ID, Code: code, Name: code})
		w.ok(err)
		w.shops[i] = shop.ID
	}
	w.ok(product.New(d).Upsert(w.Context(), boss, w.g.ID, []product.Product{{SKU: "POT-L", Name: "Large pot"}, {SKU: "POT-S", Name: "Small pot"}}))
	return w
}

// OpenCount and LastSolved are what the room is told of complaints.
func (w *town) OpenCount(context.Context, db.Queryer, id.ID, []id.ID) (int, error) {
	return w.open, nil
}

// LastSolved is the other of the two.
func (w *town) LastSolved(context.Context, db.Queryer, id.ID, []id.ID) (time.Time, error) {
	return w.solved, nil
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

// joins adds so many members.
func (w *town) joins(n int) []id.ID {
	w.Helper()
	all := make([]member.Newcomer, n)
	for i := range all {
		w.n++
		all[i] = member.Newcomer{
			Member:     &member.Member{ProgrammeID: w.g.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.Now(), Enrolled: w.Now()},
			Identities: []member.Identity{{Kind: member.External, Value: fmt.Sprint("a", w.n)}},
		}
	}
	w.ok(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return member.Insert(w.Context(), tx, all) }))
	ids := make([]id.ID, n)
	for i := range all {
		ids[i] = all[i].Member.ID
	}
	return ids
}

// sells writes sales down by the row, with the events by which they are found,
// for comparisons of many.
func (w *town) sells(people []id.ID, shop int, at time.Time, amount int64) {
	w.Helper()
	w.ok(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		for _, who := range people {
			e := &journal.Event{
				ID: tx.IDs().New(), ProgrammeID: w.g.ID, MemberID: who, Kind: journal.Purchase, Source: "till", ExternalID: fmt.Sprint(who, at.UnixMicro(), shop, amount),
				Occurred: at, Recorded: at, Body: []byte("{}"), Hash: []byte{1},
			}
			if err := journal.Append(w.Context(), tx, []*journal.Event{e}); err != nil {
				return err
			}
			if _, err := tx.Exec(w.Context(), `INSERT INTO sale (id, member_id, programme_id, occurred, shop_id, reference, goods, total, returned, nth) VALUES ($1, $2, $3, $4, $5, 'x', $6, $6, 0, 1)`,
				e.ID, who, w.g.ID, db.Micros(at), w.shops[shop], amount); err != nil {
				return err
			}
		}
		return nil
	}))
}

func en(text string) Words { return Words{"en": text} }

// biscuit is a gesture as the form fills it in.
func biscuit() Spec {
	return Spec{Kind: Favour, Names: en("A biscuit"), Fits: en("It rains."), Does: en("Put it on the saucer."), Cost: 20}
}

func (w *town) adds(s Spec) *Gesture {
	w.Helper()
	g, err := w.Add(w.Context(), boss, w.g.ID, s)
	w.ok(err)
	return g
}

func (w *town) gives(g *Gesture, who id.ID) (*Giving, error) {
	return w.Give(w.Context(), boss, w.g.ID, Wish{GestureID: g.ID, MemberID: who, Shop: w.shops[0], Channel: "till"})
}

// tells does the jobs that put givings on timelines.
func (w *town) tells() {
	w.Helper()
	payloads, err := jobs.Payloads(w.Context(), w.DB.Reader(), TellJob)
	w.ok(err)
	for _, p := range payloads {
		w.ok(w.Tell(w.Context(), &jobs.Job{Kind: TellJob, Payload: p}))
	}
}

func (w *town) faults() []string {
	w.Helper()
	var found []string
	w.ok(Room().Check(w.Context(), w.DB.Reader(), w.g.ID, func(what string) { found = append(found, what) }))
	return found
}
