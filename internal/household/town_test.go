package household

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/sale"
)

var rooms = flowtest.Schemas(Schema)

var boss = flowtest.Boss

// town is a programme where £1 is a point and a point is worth a penny, and a
// clock that the test moves.
type town struct {
	*flowtest.Town
	*Service
	wallet ledger.Wallet
	events int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, rooms...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	settings := program.DefaultSettings()
	settings.Enrolment, settings.Region = program.Automatic, "GB"
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: program.Programme{Slug: "tea", Name: "Tea", Settings: settings}, Rooms: []flow.Room{Room()}, News: true,
	})}
	w.Service = New(d, w.Flow, w.Now)
	w.wallet = w.AddWallet()
	rules := earn.New(d, w.Now, func(context.Context, db.Queryer, id.ID, id.ID) (int, error) { return 0, nil })
	v, err := rules.Create(w.Context(), boss, earn.Rule{ProgrammeID: w.Programme.ID, Name: "A point for a pound", Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods}},
	})
	w.OK(err)
	_, err = rules.Publish(w.Context(), boss, w.Programme.ID, v.Rule.ID, dbtest.Start.AddDate(-1, 0, 0))
	w.OK(err)
	return w
}

func (w *town) later(days int) { w.Pass(time.Duration(days) * 24 * time.Hour) }

// turnOn writes settings: everything on, without limits, but for the change.
func (w *town) turnOn(change func(*Spec)) {
	w.Helper()
	s := Spec{On: true, Pooling: true, Members: 4, Transfers: WithinHousing, UndoDays: 14}
	if change != nil {
		change(&s)
	}
	_, err := w.SaveSettings(w.Context(), boss, w.Programme.ID, s)
	w.OK(err)
}

func (w *town) event(kind journal.Kind, who string) *flow.Event {
	w.events++
	w.Pass(time.Second)
	return &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprint(w.events), Kind: kind, Actor: boss,
		Who: flowtest.Named(who),
	}
}

// buys sells for so many pounds, and lets the reader see it, twice.
func (w *town) buys(who string, pounds int64) flow.Answer {
	w.Helper()
	e := w.event(journal.Purchase, who)
	e.Payload.Lines = []sale.Line{{SKU: "tea", Quantity: 1000, Amount: pounds * 1_00}}
	a, err := w.Flow.TakeOne(w.Context(), e)
	w.OK(err)
	w.reads(a)
	return a
}

func (w *town) reads(a flow.Answer) {
	w.Helper()
	payload, err := json.Marshal(flow.Committed{Events: []flow.CommittedEvent{{ProgrammeID: w.Programme.ID, MemberID: a.MemberID, ID: a.EventID, Kind: journal.Purchase}}})
	w.OK(err)
	for range 2 {
		w.OK(w.Read(w.Context(), &jobs.Job{Kind: Reader, Payload: payload}))
	}
}

// available is what a member may spend now.
func (w *town) available(m id.ID) int64 {
	w.Helper()
	key := ledger.AccountKey{MemberID: m, WalletID: w.wallet.ID}
	all, err := ledger.Balances(w.Context(), w.DB.Reader(), []ledger.AccountKey{key}, w.Now())
	w.OK(err)
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
	h, err := w.Make(w.Context(), boss, w.Programme.ID, ann)
	w.OK(err)
	w.Pass(time.Second)
	h, err = w.Join(w.Context(), boss, w.Programme.ID, bob, ShowCode(h.Code))
	w.OK(err)
	return h, ann, bob
}

func (w *town) gives(from, to id.ID, points int64) (*Transfer, error) {
	w.events++
	return w.Transfer(w.Context(), boss, Ask{
		ProgrammeID: w.Programme.ID, From: from, To: to, WalletID: w.wallet.ID, Points: points, Source: "test", ExternalID: fmt.Sprint("t", w.events),
	})
}
