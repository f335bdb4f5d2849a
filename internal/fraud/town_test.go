package fraud

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
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

var rooms = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

var boss = auth.System("test")

// town is a programme with referrals, and a clock that the test moves.
type town struct {
	testing.TB
	*Service
	db     *db.DB
	prog   program.Programme
	wallet ledger.Wallet
	clock  atomic.Int64
	events int
	told   []flow.CommittedEvent
	silent bool // events are told later
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
	settings.Enrolment, settings.Region = program.OnRequest, "GB"
	var err error
	w.prog, err = program.New(d).Create(w.ctx(), boss, program.Programme{
		Slug: "tea", Name: "Tea", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: settings,
	})
	w.ok(err)
	w.wallet, err = ledger.NewService(d).CreateWallet(w.ctx(), boss, ledger.Wallet{
		ProgrammeID: w.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
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

// watch turns rules on, each with its action and what passes.
func (w *town) watch(rules ...Rule) {
	w.Helper()
	_, err := w.SaveRules(w.ctx(), boss, w.prog.ID, Spec{Watching: true, Rules: rules})
	w.ok(err)
}

// take sends an event and lets the reader see it, twice.
func (w *town) take(kind journal.Kind, who string, change func(*flow.Event)) id.ID {
	w.Helper()
	w.events++
	w.clock.Add(time.Second.Microseconds())
	e := &flow.Event{
		ProgrammeID: w.prog.ID, Source: "till", ExternalID: fmt.Sprint(w.events), Kind: kind, Actor: boss,
		Who: flow.Who{Identities: []member.Identity{{Kind: member.External, Value: who}}},
	}
	if change != nil {
		change(e)
	}
	a, err := w.flow.TakeOne(w.ctx(), e)
	w.ok(err)
	w.told = append(w.told, flow.CommittedEvent{ProgrammeID: w.prog.ID, MemberID: a.MemberID, ID: a.EventID, Kind: kind})
	if !w.silent {
		w.tell(w.told[len(w.told)-1:]...)
		w.tell(w.told[len(w.told)-1:]...)
	}
	return a.MemberID
}

// tell lets the reader see events.
func (w *town) tell(events ...flow.CommittedEvent) {
	w.Helper()
	payload, err := json.Marshal(flow.Committed{Events: events})
	w.ok(err)
	w.ok(w.Read(w.ctx(), &jobs.Job{Payload: payload}))
}

func (w *town) joins(who string, attributes ...string) id.ID {
	w.Helper()
	return w.take(journal.SignUp, who, func(e *flow.Event) { e.Who.Enrol, e.Payload.Attributes = true, pairs(attributes) })
}

func (w *town) buys(who string, pounds int64, attributes ...string) id.ID {
	w.Helper()
	return w.take(journal.Purchase, who, func(e *flow.Event) {
		e.Payload.Lines = []sale.Line{{SKU: "tea", Quantity: 1000, Amount: pounds * 100}}
		e.Payload.Attributes = pairs(attributes)
	})
}

func (w *town) returns(who string) {
	w.Helper()
	w.take(journal.Return, who, func(e *flow.Event) {
		e.Payload.Return = &flow.Return{Lines: []sale.ReturnLine{{SKU: "tea", Quantity: 1000}}}
	})
}

// awarded gives earned points.
func (w *town) awarded(who string, points int64) id.ID {
	w.Helper()
	return w.take(journal.Award, who, func(e *flow.Event) {
		e.Payload.Award = &flow.Award{WalletID: w.wallet.ID, Points: points, Reason: i18n.Text{Key: "fraud.withheld", Args: map[string]any{"flag": "x"}}}
	})
}

// grants lets a member of staff give points by hand.
func (w *town) grants(staff auth.Actor, who string, points int64) id.ID {
	w.Helper()
	return w.take(journal.Adjustment, who, func(e *flow.Event) {
		e.Actor, e.Payload.Adjustment = staff, &flow.Adjustment{WalletID: w.wallet.ID, Points: points, Reason: "sorry"}
	})
}

// staff is somebody who manages the programme, with an address.
func (w *town) staff(email string) auth.Actor {
	w.Helper()
	roles := []auth.Assignment{{ProgrammeID: w.prog.ID, Role: auth.Manager}}
	s, _, err := auth.New(w.db, auth.Config{Now: w.now, Log: slog.New(slog.DiscardHandler)}).Invite(w.ctx(), boss, auth.Invitation{Email: email, Name: email, Roles: roles})
	w.ok(err)
	return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: s.Name, Roles: roles}
}

func pairs(list []string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}

// flags lists the flags, those first that were raised first.
func (w *town) flags() []*Flagged {
	w.Helper()
	list, err := w.List(w.ctx(), boss, Query{ProgrammeID: w.prog.ID, Limit: 100})
	w.ok(err)
	slices.Reverse(list)
	return list
}

// one is the only flag, of the kind, figure and state.
func (w *town) one(k Kind, figure int64, state State) *Flagged {
	w.Helper()
	list := w.flags()
	if len(list) != 1 || list[0].Kind != k || list[0].Figure != figure || list[0].State != state {
		w.Fatalf("the flags are %+v, want one %s of %d, %s", list, k, figure, state)
	}
	return list[0]
}

func (w *town) none() {
	w.Helper()
	if list := w.flags(); len(list) > 0 {
		w.Errorf("there are flags: %+v", list[0])
	}
}

// settles does what waits to be done with the points of every flag, twice.
func (w *town) settles() {
	w.Helper()
	for range 2 {
		for _, f := range w.flags() {
			payload, err := json.Marshal(settlement{f.ID})
			w.ok(err)
			w.ok(w.Settle(w.ctx(), &jobs.Job{Payload: payload}))
		}
	}
}

func (w *town) decides(a auth.Actor, f *Flagged, state State) error {
	_, err := w.Decide(w.ctx(), a, w.prog.ID, f.ID, state, "looked at it")
	return err
}

// has says how many points a member can use.
func (w *town) has(m id.ID, want int64) {
	w.Helper()
	balances, _, err := w.flow.Standing(w.ctx(), w.prog.ID, m)
	w.ok(err)
	if balances[0].Available != want {
		w.Errorf("%s has %d points, want %d", m.In(id.Member), balances[0].Available, want)
	}
}

// sound says that the check of the whole house finds nothing.
func (w *town) sound() {
	w.Helper()
	faults, err := w.flow.Check(w.ctx())
	w.ok(err)
	if len(faults) > 0 {
		w.Errorf("the check finds %v", faults)
	}
}
