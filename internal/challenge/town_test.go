package challenge

import (
	"encoding/json"
	"strconv"
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
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

var (
	boss = flowtest.Boss
	// noon is a Sunday, and in London the first day of summer time.
	noon = time.Date(2026, 3, 29, 11, 0, 0, 0, time.UTC)
)

// town is a programme in London with one wallet and no rules.
type town struct {
	*flowtest.Town
	*Service
	wallet id.ID
	n      int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) },
		flowtest.Schemas(Schema)...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	zone, err := program.ParseZone("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: program.Programme{Slug: "tea", Name: "Tea", Zone: zone, Languages: []string{"en", "pl"}}, Start: noon, Rooms: []flow.Room{Room()}, News: true,
	})}
	w.Service = New(d, w.Flow, w.Now)
	w.wallet = w.AddWallet().ID
	return w
}

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
	c, err := w.Create(w.Context(), boss, w.Programme.ID, s)
	w.OK(err)
	c, err = w.Publish(w.Context(), boss, w.Programme.ID, c.ID)
	w.OK(err)
	return c
}

// buys is a purchase of so many coffees at £2 each.
func (w *town) buys(name string, at time.Time, coffees int64) *flow.Event {
	w.n++
	return &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Occurred: at, Who: flowtest.Named(name), Actor: boss,
		Payload: flow.Payload{Lines: []sale.Line{{SKU: "espresso", Category: "coffee", Quantity: coffees * 1000, Amount: coffees * 200}}},
	}
}

// returns brings coffees of a purchase back.
func (w *town) returns(of *flow.Event, coffees int64) *flow.Event {
	w.n++
	return &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Return, Occurred: w.Now(), Who: of.Who, Actor: boss,
		Payload: flow.Payload{Return: &flow.Return{SaleReference: of.ExternalID, Lines: []sale.ReturnLine{{SKU: "espresso", Quantity: coffees * 1000}}}},
	}
}

func (w *town) visits(name string, at time.Time) *flow.Event {
	w.n++
	return &flow.Event{ProgrammeID: w.Programme.ID, Source: "door", ExternalID: strconv.Itoa(w.n), Kind: journal.Visit, Occurred: at, Who: flowtest.Named(name), Actor: boss}
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
	results, err := w.Flow.Take(w.Context(), events)
	w.OK(err)
	for _, r := range results {
		w.OK(r.Err)
	}
	return results[len(results)-1].Answer.MemberID
}

// waiting returns the jobs of this room, the oldest first.
func (w *town) waiting() []jobs.Info { return w.Waiting(flow.NewsJob, PayJob) }

func (w *town) do(j jobs.Info) error {
	job := &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload}
	if j.Kind == flow.NewsJob {
		return w.Read(w.Context(), job)
	}
	return w.Pay(w.Context(), job)
}

func (w *town) done(j jobs.Info) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
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
			w.OK(w.do(j))
			w.done(j)
			w.OK(w.do(j))
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
	balances, _, err := w.Flow.Standing(w.Context(), w.Programme.ID, m)
	w.OK(err)
	return balances[0].Available
}

func (w *town) open(m id.ID) []Progress {
	w.Helper()
	aliases, err := member.Aliases(w.Context(), w.DB.Reader(), m)
	w.OK(err)
	list, err := Open(w.Context(), w.DB.Reader(), w.Programme.ID, aliases, w.Now())
	w.OK(err)
	return list
}

// awards returns what a member and those merged into them have reached.
func (w *town) awards(m id.ID) []*Award {
	w.Helper()
	aliases, err := member.Aliases(w.Context(), w.DB.Reader(), m)
	w.OK(err)
	list, err := awardsOf(w.Context(), w.DB.Reader(), aliases)
	w.OK(err)
	return list
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
