package returns

import (
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
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var boss = auth.System("test")

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
	ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, promise.Schema, Schema,
}

// town is a tea shop that takes things back, wired to promises as in the house:
// pots may be exchanged, cups may be kept, and soap never comes back. The test
// moves its clock.
type town struct {
	*testing.T
	*Service
	promises *promise.Service
	g        program.Programme
	ann      id.ID
	wallet   ledger.Wallet
	clock    time.Time
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		fn(w)
		w.whole()
	}, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, clock: dbtest.Start}
	now := func() time.Time { return w.clock }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{promise.Room(), Room(promise.CameTrue)}})
	t.Cleanup(f.Close)
	w.promises = promise.NewService(promise.Config{DB: d, Flow: f, Now: now})
	w.Service = New(Config{DB: d, Flow: f, Promises: w.promises, GiftCards: giftcard.New(d, now), Now: now})
	var err error
	w.g, err = program.New(d).Create(w.Context(), boss, program.Programme{
		Slug: "corner", Name: "Corner", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"},
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	w.ok(err)
	m := &member.Member{ProgrammeID: w.g.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.clock, Enrolled: w.clock}
	w.ok(d.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Insert(w.Context(), tx, []member.Newcomer{{Member: m, Identities: []member.Identity{{Kind: member.Email, Value: "ann@example.com"}}}})
	}))
	w.ann = m.ID
	w.wallet, err = ledger.NewService(d).CreateWallet(w.Context(), boss, ledger.Wallet{ProgrammeID: w.g.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
	w.ok(err)
	w.ok(product.New(d).Upsert(w.Context(), boss, w.g.ID, []product.Product{
		{SKU: "soap", Name: "Soap", Category: "hygiene", Brand: "Foam", Active: true}, {SKU: "cup", Name: "Cup", Category: "china", Brand: "Spode", Active: true},
	}))
	w.ok(w.SetSetting(w.Context(), boss, w.g.ID, 0, w.rules()))
	return w
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

// whole fails where anything contradicts itself.
func (w *town) whole() {
	w.Helper()
	w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
		for _, room := range []flow.Room{promise.Room(), Room(promise.CameTrue)} {
			if err := room.Check(w.Context(), q, w.g.ID, func(what string) { w.Errorf("check: %s", what) }); err != nil {
				return err
			}
		}
		return nil
	}))
}

// waiting counts the jobs of a kind that wait.
func (w *town) waiting(kind string) int {
	w.Helper()
	list, err := jobs.List(w.Context(), w.DB.Reader(), jobs.Waiting, 0, 200)
	w.ok(err)
	n := 0
	for _, j := range list {
		if j.Kind == kind {
			n++
		}
	}
	return n
}

// word is a promise of a return.
func (w *town) word(which id.ID) *promise.Promise {
	w.Helper()
	p, _, err := w.promises.Get(w.Context(), boss, w.g.ID, which)
	w.ok(err)
	return p
}

func (w *town) text(v any) string {
	w.Helper()
	b, err := json.Marshal(v)
	w.ok(err)
	return string(b)
}
