package fraud

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/sale"
)

var rooms = flowtest.Schemas(Schema)

var boss = flowtest.Boss

// town is a programme with referrals, and a clock that the test moves.
type town struct {
	*flowtest.Town
	*Service
	wallet ledger.Wallet
	events int
	told   []flow.CommittedEvent
	silent bool // events are told later
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, rooms...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	settings := program.DefaultSettings()
	settings.Enrolment, settings.Region = program.OnRequest, "GB"
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: program.Programme{Slug: "tea", Name: "Tea", Settings: settings}, Rooms: []flow.Room{Room()}, News: true,
	})}
	w.Service = New(d, w.Flow, w.Now)
	w.wallet = w.AddWallet()
	return w
}

// watch turns rules on, each with its action and what passes.
func (w *town) watch(rules ...Rule) {
	w.Helper()
	_, err := w.SaveRules(w.Context(), boss, w.Programme.ID, Spec{Watching: true, Rules: rules})
	w.OK(err)
}

// take sends an event and lets the reader see it, twice.
func (w *town) take(kind journal.Kind, who string, change func(*flow.Event)) id.ID {
	w.Helper()
	w.events++
	w.Pass(time.Second)
	e := &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprint(w.events), Kind: kind, Actor: boss,
		Who: flowtest.Named(who),
	}
	if change != nil {
		change(e)
	}
	a, err := w.Flow.TakeOne(w.Context(), e)
	w.OK(err)
	w.told = append(w.told, flow.CommittedEvent{ProgrammeID: w.Programme.ID, MemberID: a.MemberID, ID: a.EventID, Kind: kind})
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
	w.OK(err)
	w.OK(w.Read(w.Context(), &jobs.Job{Payload: payload}))
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

// earns has a purchase give a point for each pound, usable after so many hours.
func (w *town) earns(hours int) {
	w.Helper()
	rules := earn.New(w.DB, w.Now, func(context.Context, db.Queryer, id.ID, id.ID) (int, error) { return 0, nil })
	v, err := rules.Create(w.Context(), boss, earn.Rule{ProgrammeID: w.Programme.ID, Name: "A point for a pound", Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods}}, Activation: earn.Activation{Hours: hours},
	})
	w.OK(err)
	_, err = rules.Publish(w.Context(), boss, w.Programme.ID, v.Rule.ID, dbtest.Start.AddDate(-1, 0, 0))
	w.OK(err)
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
	roles := []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Manager}}
	s, _, err := auth.New(w.DB, auth.Config{Now: w.now, Log: slog.New(slog.DiscardHandler)}).Invite(w.Context(), boss, auth.Invitation{Email: email, Name: email, Roles: roles})
	w.OK(err)
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
	list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 100})
	w.OK(err)
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
			w.OK(err)
			w.OK(w.Settle(w.Context(), &jobs.Job{Payload: payload}))
		}
	}
}

func (w *town) decides(a auth.Actor, f *Flagged, state State) error {
	_, err := w.Decide(w.Context(), a, w.Programme.ID, f.ID, state, "looked at it")
	return err
}

// has says how many points a member can use.
func (w *town) has(m id.ID, want int64) {
	w.Helper()
	balances, _, err := w.Flow.Standing(w.Context(), w.Programme.ID, m)
	w.OK(err)
	if balances[0].Available != want {
		w.Errorf("%s has %d points, want %d", m.In(id.Member), balances[0].Available, want)
	}
}
