package referral

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

// town is a programme with referrals, and a clock that the test moves.
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
	w.Service = New(d, f, promo.New(d, now), now)
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

func (w *town) later(days int) { w.clock.Add(int64(days) * 24 * time.Hour.Microseconds()) }

// spec gives the inviter 500 points and the friend 100 after a purchase of £20.
func (w *town) spec() Spec {
	s := DefaultSpec()
	s.Inviter, s.Friend = Gift{WalletID: w.wallet.ID, Points: 500, Months: 12}, Gift{WalletID: w.wallet.ID, Points: 100}
	s.Minimum, s.Limits = 20_00, []Limit{{Times: 3, Period: earn.Year}}
	return s
}

func (w *town) turnOn(change func(*Spec)) {
	w.Helper()
	s := w.spec()
	if change != nil {
		change(&s)
	}
	_, err := w.SaveTerms(w.ctx(), boss, w.prog.ID, On, s)
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
	payload, err := json.Marshal(flow.Committed{Events: []flow.CommittedEvent{{ProgrammeID: w.prog.ID, MemberID: a.MemberID, ID: a.EventID, Kind: kind}}})
	w.ok(err)
	for range 2 {
		w.ok(w.Read(w.ctx(), &jobs.Job{Payload: payload}))
	}
	return a.MemberID
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

func pairs(list []string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}

func (w *town) codeOf(m id.ID) string {
	w.Helper()
	code, err := w.Code(w.ctx(), boss, w.prog.ID, m)
	w.ok(err)
	return code
}

func (w *town) pay() {
	w.Helper()
	_, err := w.Pay(w.ctx(), w.now())
	w.ok(err)
}

func (w *town) claim(inviter, friend id.ID) (*Referral, error) {
	return w.Record(w.ctx(), boss, Claim{ProgrammeID: w.prog.ID, Code: w.codeOf(inviter), FriendID: friend, Source: FromAPI})
}

func (w *town) one(inviter, friend id.ID) *Referral {
	w.Helper()
	r, err := w.claim(inviter, friend)
	w.ok(err)
	return r
}

func (w *town) get(r *Referral) *Referral {
	w.Helper()
	r, err := w.Get(w.ctx(), boss, w.prog.ID, r.ID)
	w.ok(err)
	return r
}

// is says where a referral stands: its state and the reason.
func (w *town) is(r *Referral, want State, reason string) {
	w.Helper()
	if r = w.get(r); r.State != want || r.Reason != reason {
		w.Errorf("the referral is %s %q, want %s %q", r.State, r.Reason, want, reason)
	}
}

func (w *town) points(m id.ID) int64 {
	w.Helper()
	var n int64
	q := w.db.Reader().QueryRow(w.ctx(), `SELECT COALESCE(SUM(amount), 0) FROM lot WHERE member_id = $1`, m)
	w.ok(q.Scan(&n))
	return n
}

func (w *town) has(m id.ID, want int64) {
	w.Helper()
	if got := w.points(m); got != want {
		w.Errorf("%s got %d points, want %d", m.In(id.Member), got, want)
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
