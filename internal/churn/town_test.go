package churn

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/tier"
)

var boss = auth.System("test")

// town is a programme with a shop, and customers with habits.
type town struct {
	*testing.T
	*Service
	flow    *flow.Service
	cases   *complaint.Service
	promise *promise.Service
	prog    program.Programme
	clock   time.Time
	n       int
	waiting []*flow.Event
	members map[string]id.ID
}

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema, ledger.Schema, tier.Schema,
	promo.Schema, giftcard.Schema, reward.Schema, complaint.Schema, promise.Schema, survey.Schema, Schema,
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, clock: time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC), members: map[string]id.ID{}}
	now := func() time.Time { return w.clock }
	w.flow = flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{complaint.Room(), promise.Room(), survey.Room(), Room()}})
	t.Cleanup(w.flow.Close)
	w.cases = complaint.New(complaint.Config{DB: d, Flow: w.flow, GiftCards: giftcard.New(d, now), Now: now})
	w.promise = promise.NewService(promise.Config{DB: d, Flow: w.flow, Now: now})
	w.Service = New(Config{DB: d, Surveys: survey.New(d, w.flow, now), Now: now})
	w.prog = w.founds("bean")
	return w
}

func (w *town) founds(slug string) program.Programme {
	w.Helper()
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	p, err := program.New(w.DB).Create(w.Context(), boss, program.Programme{
		Slug: slug, Name: slug, Currency: "PLN", Zone: zone, Languages: []string{"en", "pl"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "PL"},
	})
	w.ok(err)
	for _, code := range []string{"main", "side"} {
		_, err = program.New(w.DB).AddShop(w.Context(), boss, program.Shop{ProgrammeID: p.ID, Code: code, Name: code})
		w.ok(err)
	}
	return p
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

func pointer(err error) string {
	if f := fault.As(err); f != nil {
		return f.Field
	}
	return ""
}

// bought has somebody buy so many days ago, each time for 100.00; take is what
// lets it happen.
func (w *town) bought(name string, daysAgo ...int) {
	for _, ago := range daysAgo {
		w.n++
		w.waiting = append(w.waiting, &flow.Event{
			ProgrammeID: w.prog.ID, Source: "till", ExternalID: fmt.Sprint("sale-", w.n), Kind: journal.Purchase, Occurred: w.clock.AddDate(0, 0, -ago), Shop: "main", Actor: boss,
			Who:     flow.Who{Identities: []member.Identity{{Kind: member.External, Value: name}}, Enrol: true},
			Payload: flow.Payload{Currency: money.Currency("PLN"), Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: 100_00}}},
		})
	}
}

// every lists days from so many to so many days ago.
func every(wait, from, to int) (days []int) {
	for ago := from; ago >= to; ago -= wait {
		days = append(days, ago)
	}
	return days
}

func (w *town) take() {
	w.Helper()
	results, err := w.flow.Take(w.Context(), w.waiting)
	w.ok(err)
	for i, r := range results {
		w.ok(r.Err)
		w.members[w.waiting[i].Who.Identities[0].Value] = r.Answer.MemberID
	}
	w.waiting = nil
}

// crowd has eighty people buy, of whom one in four did so once and one in three
// of the others left months ago.
func (w *town) crowd() {
	for i := range 80 {
		name, last := fmt.Sprint("crowd-", i), i%9
		switch {
		case i%4 == 0:
			w.bought(name, 20+3*i)
			continue
		case i%3 == 0:
			last += 100 + i
		}
		w.bought(name, every(6+i%23, 320, last)...)
	}
}

// looks looks at everybody.
func (w *town) looks() {
	w.Helper()
	w.ok(w.Ask(w.Context(), boss, w.prog.ID))
	jobstest.Do(w.T, w.DB, map[string]jobs.Handler{ReckonJob: w.Reckon})
	if faults := w.faults(); faults != "" {
		w.Errorf("the check finds %s", faults)
	}
}

// stands returns how somebody stands; of nobody of whom something can be said the
// zero Standing.
func (w *town) stands(name string) (Standing, []Change) {
	w.Helper()
	n, changes, err := w.Of(w.Context(), boss, w.prog.ID, w.members[name])
	w.ok(err)
	if n == nil {
		return Standing{}, changes
	}
	return *n, changes
}

func (w *town) is(name string, state State, trouble Trouble) Standing {
	w.Helper()
	n, _ := w.stands(name)
	if n.State != state || n.Trouble != trouble {
		w.Errorf("%s is %q after %q: %+v", name, n.State, n.Trouble, n)
	}
	return n
}

func (w *town) lists(change func(*Query)) (names []string) {
	w.Helper()
	q := Query{ProgrammeID: w.prog.ID, Limit: 1000}
	if change != nil {
		change(&q)
	}
	list, err := w.List(w.Context(), boss, q)
	w.ok(err)
	of := map[id.ID]string{}
	for name, m := range w.members {
		of[m] = name
	}
	for _, n := range list {
		names = append(names, of[n.MemberID])
	}
	return names
}

// faults are what the check finds.
func (w *town) faults() string {
	w.Helper()
	var list []string
	w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
		return Room().Check(w.Context(), q, w.prog.ID, func(what string) { list = append(list, what) })
	}))
	return strings.Join(list, "\n")
}
