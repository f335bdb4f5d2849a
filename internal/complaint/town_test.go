package complaint

import (
	"context"
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
	"regulars/internal/i18n"
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
	// monday is ten o'clock in Warsaw.
	monday = time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC)
)

// town is a programme in Warsaw with one wallet, a shop, Anna, and three people
// of staff.
type town struct {
	*testing.T
	*Service
	db     *db.DB
	auth   *auth.Service
	prog   program.Programme
	shop   id.ID
	wallet id.ID
	anna   id.ID
	sale   id.ID
	clock  *atomic.Int64
	n      int
}

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, db: d, clock: &atomic.Int64{}}
	w.set(monday)
	now := func() time.Time { return db.Time(w.clock.Load()) }
	f := flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{Room()}})
	t.Cleanup(f.Close)
	w.Service = New(Config{DB: d, Flow: f, GiftCards: giftcard.New(d, now), Now: now})
	w.auth = auth.New(d, auth.Config{Now: now, Log: slog.New(slog.DiscardHandler), Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	programmes := program.New(d)
	w.prog, err = programmes.Create(t.Context(), boss, program.Programme{
		Slug: "bean", Name: "Bean", Currency: "PLN", Zone: zone, Languages: []string{"pl", "en"},
		Settings: program.Settings{Enrolment: program.Automatic, Region: "PL"},
	})
	w.ok(err)
	shop, err := programmes.AddShop(t.Context(), boss, program.Shop{ProgrammeID: w.prog.ID, Code: "old", Name: "Old Town"})
	w.ok(err)
	w.shop = shop.ID
	wallet, err := ledger.NewService(d).CreateWallet(t.Context(), boss, ledger.Wallet{
		ProgrammeID: w.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	w.ok(err)
	w.wallet = wallet.ID
	w.anna, w.sale = w.buys("anna", 100_00)
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

func (w *town) set(t time.Time)        { w.clock.Store(db.Micros(t)) }
func (w *town) passes(d time.Duration) { w.clock.Add(d.Microseconds()) }
func (w *town) at() time.Time          { return db.Time(w.clock.Load()) }
func (w *town) ticket(o Opened) Ticket { return Ticket{Track: o.Track, PIN: o.PIN} }
func (w *town) get(n id.ID) *File      { return w.seen(boss, n) }

func (w *town) seen(a auth.Actor, n id.ID) *File {
	w.Helper()
	f, err := w.Get(w.Context(), a, w.prog.ID, n)
	w.ok(err)
	return f
}

// buys makes a sale of so much and returns whose it is.
func (w *town) buys(name string, amount int64) (m, event id.ID) {
	w.Helper()
	w.n++
	answer, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.prog.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Occurred: w.at(), Shop: "old", Actor: boss,
		Who:     flow.Who{Identities: []member.Identity{{Kind: member.External, Value: name}}},
		Payload: flow.Payload{Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: amount}}},
	})
	w.ok(err)
	return answer.MemberID, answer.EventID
}

// hires adds somebody to the staff.
func (w *town) hires(name string, role auth.Role) auth.Actor {
	w.Helper()
	_, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{
		Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.prog.ID, Role: role}},
	})
	w.ok(err)
	list, err := w.auth.ListStaff(w.Context(), boss, w.prog.ID)
	w.ok(err)
	for _, s := range list {
		if s.Name == name {
			return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: name, Roles: []auth.Assignment{{ProgrammeID: w.prog.ID, Role: role}}}
		}
	}
	w.Fatalf("%s was not hired", name)
	return auth.Actor{}
}

// asks is a complaint of Anna's about the quality of what she bought.
func (w *town) asks() Ask {
	return Ask{Kind: Complaint, Reason: "quality", Wanted: WantRefund, MemberID: w.anna, SaleID: w.sale, Source: FromWeb, Text: "The pot leaks."}
}

func (w *town) opens(ask Ask) Opened {
	w.Helper()
	o, err := w.Begin(w.Context(), boss, w.prog.ID, ask)
	w.ok(err)
	return o
}

func (w *town) is(n id.ID, state State) {
	w.Helper()
	if f := w.get(n); f.State != state {
		w.Errorf("the case is %s, want %s", f.State, state)
	}
}

// works does the room's jobs, each twice, as after a crash.
func (w *town) works() {
	w.Helper()
	list, err := jobs.List(w.Context(), w.db.Reader(), jobs.Waiting, 0, 1000)
	w.ok(err)
	for _, j := range list {
		do := map[string]jobs.Handler{TellJob: w.Tell, PayJob: w.Pay}[j.Kind]
		if do == nil {
			continue
		}
		for range 2 {
			w.ok(do(w.Context(), &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload}))
		}
		w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `DELETE FROM job WHERE id = $1`, j.ID)
			return err
		}))
	}
}

// points returns what Anna can spend.
func (w *town) points() int64 {
	w.Helper()
	balances, _, err := w.Flow.Standing(w.Context(), w.prog.ID, w.anna)
	w.ok(err)
	return balances[0].Available
}

// sound says that the check finds nothing.
func (w *town) sound() {
	w.Helper()
	for _, found := range w.faults() {
		w.Errorf("the check finds: %s", found)
	}
}

func (w *town) faults() (found []string) {
	w.Helper()
	w.ok(w.db.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(context.WithoutCancel(w.Context()), q, w.prog.ID, func(what string) { found = append(found, what) })
	}))
	return found
}
