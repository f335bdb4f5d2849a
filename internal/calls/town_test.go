package calls

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/outreach"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

var (
	boss = flowtest.Boss
	// noon is a working day on which nobody is disturbed.
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	eva  = agent(7)
	jan  = agent(8)
)

// agent is one of the staff who phones, in every programme.
func agent(n id.ID) auth.Actor {
	return auth.Actor{Kind: auth.KindStaff, ID: n, Roles: []auth.Assignment{{Role: auth.Agent}}}
}

const day = 24 * time.Hour

// town is a programme whose members have points and telephones, and a clock that
// the test moves.
type town struct {
	*flowtest.Town
	*Service
	members *member.Service
	policy  *outreach.Service
	rewards *reward.Catalog
	wallet  ledger.Wallet
	people  map[string]id.ID
	n       int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, flowtest.Schemas(complaint.Schema, outreach.Schema, Schema)...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{Start: noon.Add(-200 * day), Rooms: []flow.Room{complaint.Room(), outreach.Room(), Room()}}), people: map[string]id.ID{}}
	texts, err := i18n.New()
	w.OK(err)
	w.members = member.New(d, w.Now)
	w.policy = outreach.New(outreach.Config{DB: d, Now: w.Now, Texts: texts, Members: w.members})
	w.rewards = reward.New(d, w.Now, flow.RewardTerms)
	w.wallet = w.AddWallet()
	w.Service = New(Config{DB: d, Flow: w.Flow, Policy: w.policy, Now: w.Now})
	return w
}

// takes takes an event of somebody.
func (w *town) takes(who id.ID, kind journal.Kind, p flow.Payload) flow.Answer {
	w.Helper()
	w.n++
	a, err := w.Flow.TakeOne(w.Context(), &flow.Event{ProgrammeID: w.Programme.ID, Source: "test", ExternalID: fmt.Sprint(w.n), Kind: kind, Occurred: w.Now(), Who: flow.Who{MemberID: who}, Actor: boss, Payload: p})
	w.OK(err)
	return a
}

func (w *town) gets(who id.ID, points int64) {
	w.Helper()
	w.takes(who, journal.Award, flow.Payload{Award: &flow.Award{WalletID: w.wallet.ID, Points: points, Reason: i18n.Text{Key: "calls.outcome.agreed"}}})
}

func (w *town) buys(who id.ID, sku, category string, amount int64) {
	w.Helper()
	w.takes(who, journal.Purchase, flow.Payload{Lines: []sale.Line{{SKU: sku, Category: category, Quantity: 1, Amount: amount}}, Currency: "GBP"})
}

// lives adds somebody with a telephone, who may be phoned, and points.
func (w *town) lives(name string, points int64) id.ID {
	w.Helper()
	w.n++
	m := w.Joins(member.Identity{Kind: member.External, Value: name}, member.Identity{Kind: member.Phone, Value: fmt.Sprintf("+44207946%04d", w.n)})
	w.people[name] = m
	_, err := w.members.Update(w.Context(), boss, w.Programme.ID, m, member.Edit{Change: func(m *member.Member) { m.GivenName = name }})
	w.OK(err)
	w.allows(m, true)
	if points > 0 {
		w.gets(m, points)
	}
	return m
}

func (w *town) allows(m id.ID, given bool) {
	w.Helper()
	w.Pass(time.Second)
	_, err := w.members.SetConsents(w.Context(), boss, w.Programme.ID, m, member.Consent{Purpose: member.Marketing, Channel: member.ByCall, Given: given, Source: "till", TextVersion: "1"})
	w.OK(err)
}

// lively is a town with so many people with points that lie idle.
func (w *town) crowd(n int) {
	w.Helper()
	for i := range n {
		w.lives(fmt.Sprint("Ann ", i), int64(500+i))
	}
	w.Set(noon)
}

// spec is what a list says that is for whoever has 500 points.
func (w *town) spec() Spec {
	n := NewSpec(w.Now(), w.Programme.Zone)
	n.Name, n.WalletID, n.Least = " Idle   points ", w.wallet.ID, 500
	n.Script = map[i18n.Lang]string{i18n.English: "Hello {name}, you have {points} points, worth {worth}: {reward} of {programme} is yours.", i18n.Polish: " "}
	return n
}

// starts prepares a list, starts it and has everybody chosen.
func (w *town) starts(spec Spec) *List {
	w.Helper()
	l, err := w.Prepare(w.Context(), boss, w.Programme.ID, spec)
	w.OK(err)
	_, err = w.Start(w.Context(), boss, w.Programme.ID, l.ID, l.Version)
	w.OK(err)
	w.Works(map[string]jobs.Handler{ChooseJob: w.Choose})
	return w.list(l)
}

func (w *town) list(l *List) *List {
	w.Helper()
	l, err := w.Get(w.Context(), boss, w.Programme.ID, l.ID)
	w.OK(err)
	w.Clean(Room(), outreach.Room())
	return l
}

func (w *town) next(a auth.Actor, l *List) *Chosen {
	w.Helper()
	n, err := w.Next(w.Context(), a, w.Programme.ID, l.ID)
	w.OK(err)
	return n
}

func (w *town) notes(a auth.Actor, l *List, n *Chosen, o Outcome) error {
	return w.Note(w.Context(), a, w.Programme.ID, l.ID, Word{MemberID: n.MemberID, No: n.Tries + 1, Outcome: o, Note: "said so"})
}

func (w *town) results(l *List) *Results {
	w.Helper()
	r, err := w.Results(w.Context(), boss, w.Programme.ID, l.ID)
	w.OK(err)
	w.Clean(Room(), outreach.Room())
	return r
}

// chosen are the rows of a list.
func (w *town) chosen(l *List) []*Chosen {
	w.Helper()
	list, err := selectChosen(w.Context(), w.DB.Reader(), `list_id = $1 ORDER BY member_id`, l.ID)
	w.OK(err)
	return list
}

// tea is a reward that is had for points.
func (w *town) tea(points int64, change func(*reward.Spec)) reward.Reward {
	w.Helper()
	s := reward.Spec{Name: "Afternoon tea", Kind: reward.KindService, WalletID: w.wallet.ID, Points: points, Match: money.Rate{}}
	if change != nil {
		change(&s)
	}
	r, err := w.rewards.Create(w.Context(), boss, w.Programme.ID, s)
	w.OK(err)
	r, err = w.rewards.Publish(w.Context(), boss, w.Programme.ID, r.ID)
	w.OK(err)
	return r
}
