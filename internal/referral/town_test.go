package referral

import (
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
	"regulars/internal/promo"
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
	w.Service = New(d, w.Flow, promo.New(d, w.Now), w.Now)
	w.wallet = w.AddWallet()
	return w
}

func (w *town) later(days int) { w.Pass(time.Duration(days) * 24 * time.Hour) }

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
	_, err := w.SaveTerms(w.Context(), boss, w.Programme.ID, On, s)
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
	payload, err := json.Marshal(flow.Committed{Events: []flow.CommittedEvent{{ProgrammeID: w.Programme.ID, MemberID: a.MemberID, ID: a.EventID, Kind: kind}}})
	w.OK(err)
	for range 2 {
		w.OK(w.Read(w.Context(), &jobs.Job{Payload: payload}))
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
	code, err := w.Code(w.Context(), boss, w.Programme.ID, m)
	w.OK(err)
	return code
}

func (w *town) pay() {
	w.Helper()
	_, err := w.Pay(w.Context(), w.Now())
	w.OK(err)
}

func (w *town) claim(inviter, friend id.ID) (*Referral, error) {
	return w.Record(w.Context(), boss, Claim{ProgrammeID: w.Programme.ID, Code: w.codeOf(inviter), FriendID: friend, Source: FromAPI})
}

func (w *town) one(inviter, friend id.ID) *Referral {
	w.Helper()
	r, err := w.claim(inviter, friend)
	w.OK(err)
	return r
}

func (w *town) get(r *Referral) *Referral {
	w.Helper()
	r, err := w.Get(w.Context(), boss, w.Programme.ID, r.ID)
	w.OK(err)
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
	q := w.DB.Reader().QueryRow(w.Context(), `SELECT COALESCE(SUM(amount), 0) FROM lot WHERE member_id = $1`, m)
	w.OK(q.Scan(&n))
	return n
}

func (w *town) has(m id.ID, want int64) {
	w.Helper()
	if got := w.points(m); got != want {
		w.Errorf("%s got %d points, want %d", m.In(id.Member), got, want)
	}
}
