package household

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var rooms = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

var boss = auth.System("test")

// town is a programme where £1 is a point and a point is worth a penny, and a
// clock that the test moves.
type town struct {
	testing.TB
	*Service
	db     *db.DB
	prog   program.Programme
	wallet ledger.Wallet
	clock  atomic.Int64
	events int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, rooms...)
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	w := &town{TB: t, db: d}
	w.clock.Store(db.Micros(dbtest.Start))
	now := func() time.Time { return db.Time(w.clock.Load()) }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Rooms: []flow.Room{Room()}, News: true})
	t.Cleanup(f.Close)
	w.Service = New(d, f, now)
	settings := program.DefaultSettings()
	settings.Enrolment, settings.Region = program.Automatic, "GB"
	var err error
	w.prog, err = program.New(d).Create(w.ctx(), boss, program.Programme{
		Slug: "tea", Name: "Tea", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: settings,
	})
	w.ok(err)
	w.wallet, err = ledger.NewService(d).CreateWallet(w.ctx(), boss, ledger.Wallet{
		ProgrammeID: w.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	w.ok(err)
	rules := earn.New(d, now, func(context.Context, db.Queryer, id.ID, id.ID) (int, error) { return 0, nil })
	v, err := rules.Create(w.ctx(), boss, earn.Rule{ProgrammeID: w.prog.ID, Name: "A point for a pound", Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods}},
	})
	w.ok(err)
	_, err = rules.Publish(w.ctx(), boss, w.prog.ID, v.Rule.ID, dbtest.Start.AddDate(-1, 0, 0))
	w.ok(err)
	return w
}

func (w *town) ctx() context.Context { return context.Background() }

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

func (w *town) later(days int) { w.clock.Add(int64(days) * 24 * time.Hour.Microseconds()) }

// turnOn writes settings: everything on, without limits, but for the change.
func (w *town) turnOn(change func(*Spec)) {
	w.Helper()
	s := Spec{On: true, Pooling: true, Members: 4, Transfers: WithinHousing, UndoDays: 14}
	if change != nil {
		change(&s)
	}
	_, err := w.SaveSettings(w.ctx(), boss, w.prog.ID, s)
	w.ok(err)
}

func (w *town) event(kind journal.Kind, who string) *flow.Event {
	w.events++
	w.clock.Add(time.Second.Microseconds())
	return &flow.Event{
		ProgrammeID: w.prog.ID, Source: "till", ExternalID: fmt.Sprint(w.events), Kind: kind, Actor: boss,
		Who: flow.Who{Identities: []member.Identity{{Kind: member.External, Value: who}}},
	}
}

// buys sells for so many pounds, and lets the reader see it, twice.
func (w *town) buys(who string, pounds int64) flow.Answer {
	w.Helper()
	e := w.event(journal.Purchase, who)
	e.Payload.Lines = []sale.Line{{SKU: "tea", Quantity: 1000, Amount: pounds * 1_00}}
	a, err := w.flow.TakeOne(w.ctx(), e)
	w.ok(err)
	w.reads(a)
	return a
}

func (w *town) reads(a flow.Answer) {
	w.Helper()
	payload, err := json.Marshal(flow.Committed{Events: []flow.CommittedEvent{{ProgrammeID: w.prog.ID, MemberID: a.MemberID, ID: a.EventID, Kind: journal.Purchase}}})
	w.ok(err)
	for range 2 {
		w.ok(w.Read(w.ctx(), &jobs.Job{Kind: Reader, Payload: payload}))
	}
}

// available is what a member may spend now.
func (w *town) available(m id.ID) int64 {
	w.Helper()
	key := ledger.AccountKey{MemberID: m, WalletID: w.wallet.ID}
	all, err := ledger.Balances(w.ctx(), w.db.Reader(), []ledger.AccountKey{key}, w.now())
	w.ok(err)
	return all[key][ledger.Available]
}

func (w *town) has(m id.ID, want int64) {
	w.Helper()
	if got := w.available(m); got != want {
		w.Errorf("the member has %d points, want %d", got, want)
	}
}

// family makes a household of ann and bob, who have 100 points each.
func (w *town) family() (h *Household, ann, bob id.ID) {
	w.Helper()
	ann, bob = w.buys("ann", 100).MemberID, w.buys("bob", 100).MemberID
	h, err := w.Make(w.ctx(), boss, w.prog.ID, ann)
	w.ok(err)
	w.clock.Add(time.Second.Microseconds())
	h, err = w.Join(w.ctx(), boss, w.prog.ID, bob, ShowCode(h.Code))
	w.ok(err)
	return h, ann, bob
}

func (w *town) gives(from, to id.ID, points int64) (*Transfer, error) {
	w.events++
	return w.Transfer(w.ctx(), boss, Ask{
		ProgrammeID: w.prog.ID, From: from, To: to, WalletID: w.wallet.ID, Points: points, Source: "test", ExternalID: fmt.Sprint("t", w.events),
	})
}

func (w *town) clean() {
	w.Helper()
	faults, err := w.flow.Check(w.ctx())
	w.ok(err)
	for _, f := range faults[:min(5, len(faults))] {
		w.Errorf("check: %s: %s", f.Room, f.What)
	}
}

func (w *town) spoil(query string) {
	w.Helper()
	w.ok(w.db.InTx(w.ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx(), query)
		return err
	}))
}
