package challenge

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
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

var (
	boss = auth.System("test")
	// noon is a Sunday, and in London the first day of summer time.
	noon = time.Date(2026, 3, 29, 11, 0, 0, 0, time.UTC)
)

// town is a programme in London with one wallet and no rules.
type town struct {
	*testing.T
	*Service
	db     *db.DB
	prog   program.Programme
	wallet id.ID
	clock  *atomic.Int64
	n      int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) },
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
		sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, db: d, clock: &atomic.Int64{}}
	w.set(noon)
	now := func() time.Time { return db.Time(w.clock.Load()) }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Readers: []string{ReadJob}, Rooms: []flow.Room{Room()}})
	t.Cleanup(f.Close)
	w.Service = New(d, f, now)
	zone, err := program.ParseZone("Europe/London")
	w.ok(err)
	w.prog, err = program.New(d).Create(t.Context(), boss, program.Programme{
		Slug: "tea", Name: "Tea", Currency: "GBP", Zone: zone, Languages: []string{"en", "pl"},
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	w.ok(err)
	wallet, err := ledger.NewService(d).CreateWallet(t.Context(), boss, ledger.Wallet{
		ProgrammeID: w.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	w.ok(err)
	w.wallet = wallet.ID
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

func (w *town) set(t time.Time) { w.clock.Store(db.Micros(t)) }

// coffees asks for so many coffees in each calendar month.
func (w *town) coffees(n int64) Spec {
	return Spec{
		Names: map[string]string{"en": "Coffee month"}, Form: Goal, Counts: Units, Lines: &earn.Lines{Categories: []string{"coffee"}}, Span: Monthly,
		Steps: []Step{{At: n, Reward: Reward{Kind: Points, WalletID: w.wallet, Points: 50, Months: 6}}},
	}
}

// opens publishes a challenge.
func (w *town) opens(s Spec) Challenge {
	w.Helper()
	c, err := w.Create(w.Context(), boss, w.prog.ID, s)
	w.ok(err)
	c, err = w.Publish(w.Context(), boss, w.prog.ID, c.ID)
	w.ok(err)
	return c
}

func who(name string) flow.Who {
	return flow.Who{Identities: []member.Identity{{Kind: member.External, Value: name}}}
}

// buys is a purchase of so many coffees at £2 each.
func (w *town) buys(name string, at time.Time, coffees int64) *flow.Event {
	w.n++
	return &flow.Event{
		ProgrammeID: w.prog.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Occurred: at, Who: who(name), Actor: boss,
		Payload: flow.Payload{Lines: []sale.Line{{SKU: "espresso", Category: "coffee", Quantity: coffees * 1000, Amount: coffees * 200}}},
	}
}

// returns brings coffees of a purchase back.
func (w *town) returns(of *flow.Event, coffees int64) *flow.Event {
	w.n++
	return &flow.Event{
		ProgrammeID: w.prog.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Return, Occurred: w.now(), Who: of.Who, Actor: boss,
		Payload: flow.Payload{Return: &flow.Return{SaleReference: of.ExternalID, Lines: []sale.ReturnLine{{SKU: "espresso", Quantity: coffees * 1000}}}},
	}
}

func (w *town) visits(name string, at time.Time) *flow.Event {
	w.n++
	return &flow.Event{ProgrammeID: w.prog.ID, Source: "door", ExternalID: strconv.Itoa(w.n), Kind: journal.Visit, Occurred: at, Who: who(name), Actor: boss}
}

// happens takes events and does all the work that they leave, and returns whose
// the last was.
func (w *town) happens(events ...*flow.Event) id.ID {
	w.Helper()
	m := w.takes(events...)
	w.work()
	return m
}

func (w *town) takes(events ...*flow.Event) id.ID {
	w.Helper()
	results, err := w.flow.Take(w.Context(), events)
	w.ok(err)
	for _, r := range results {
		w.ok(r.Err)
	}
	return results[len(results)-1].Answer.MemberID
}

// waiting returns the jobs of this room, the oldest first.
func (w *town) waiting() []jobs.Info {
	w.Helper()
	list, err := jobs.List(w.Context(), w.db.Reader(), jobs.Waiting, 0, 10_000)
	w.ok(err)
	var mine []jobs.Info
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Kind == ReadJob || list[i].Kind == PayJob {
			mine = append(mine, list[i])
		}
	}
	return mine
}

func (w *town) do(j jobs.Info) error {
	job := &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload}
	if j.Kind == ReadJob {
		return w.Read(w.Context(), job)
	}
	return w.Pay(w.Context(), job)
}

func (w *town) done(j jobs.Info) {
	w.Helper()
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), `DELETE FROM job WHERE id = $1`, j.ID)
		return err
	}))
}

// work does the jobs until there are none, each twice, as after a crash.
func (w *town) work() {
	w.Helper()
	for range 20 {
		list := w.waiting()
		for _, j := range list {
			w.ok(w.do(j))
			w.done(j)
			w.ok(w.do(j))
		}
		if len(list) == 0 {
			return
		}
	}
	w.Fatal("the work does not end")
}

// points returns what a member has been given and can spend.
func (w *town) points(m id.ID) int64 {
	w.Helper()
	balances, _, err := w.flow.Standing(w.Context(), w.prog.ID, m)
	w.ok(err)
	return balances[0].Available
}

func (w *town) open(m id.ID) []Progress {
	w.Helper()
	aliases, err := member.Aliases(w.Context(), w.db.Reader(), m)
	w.ok(err)
	list, err := Open(w.Context(), w.db.Reader(), w.prog.ID, aliases, w.now())
	w.ok(err)
	return list
}

// sound says that the check finds nothing.
func (w *town) sound() {
	w.Helper()
	for _, found := range w.faults() {
		w.Errorf("the check finds: %s", found)
	}
}

func (w *town) faults() []string {
	w.Helper()
	var found []string
	w.ok(w.db.View(w.Context(), func(q db.Queryer) error {
		return Room().Check(context.WithoutCancel(w.Context()), q, w.prog.ID, func(what string) { found = append(found, what) })
	}))
	return found
}

// awards returns what a member and those merged into them have reached.
func (w *town) awards(m id.ID) []*Award {
	w.Helper()
	aliases, err := member.Aliases(w.Context(), w.db.Reader(), m)
	w.ok(err)
	list, err := awardsOf(w.Context(), w.db.Reader(), aliases)
	w.ok(err)
	return list
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
