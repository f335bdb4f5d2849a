package trust

import (
	"context"
	"log/slog"
	"strconv"
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
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
)

var boss = auth.System("test")

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
	ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, complaint.Schema, promise.Schema, touch.Schema, survey.Schema, Schema,
}

// town is a programme in Warsaw with a shop, and a clock that the test moves.
type town struct {
	*testing.T
	*Service
	g     program.Programme
	flow  *flow.Service
	touch *touch.Service
	clock time.Time
	n     int
}

// noon is a Sunday.
var noon = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, clock: noon}
	now := func() time.Time { return w.clock }
	quiet := slog.New(slog.DiscardHandler)
	w.flow = flow.New(flow.Config{DB: d, Now: now, Log: quiet, Rooms: []flow.Room{complaint.Room(), promise.Room(), Room()}})
	t.Cleanup(w.flow.Close)
	cards := giftcard.New(d, now)
	w.Service = New(Config{
		DB: d, Now: now, Complaints: complaint.New(complaint.Config{DB: d, Flow: w.flow, GiftCards: cards, Now: now}),
		Promises: promise.NewService(promise.Config{DB: d, Flow: w.flow, Now: now}),
	})
	texts, err := i18n.New()
	w.ok(err)
	w.touch = touch.New(touch.Config{DB: d, Now: now, Log: quiet, Texts: texts})
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	w.g, err = program.New(d).Create(w.Context(), boss, program.Programme{
		Slug: "bean", Name: "Bean", Currency: "PLN", Zone: zone, Languages: []string{"en", "pl"},
		Settings: program.Settings{Enrolment: program.Automatic, Region: "PL"},
	})
	w.ok(err)
	for _, code := range []string{"old", "new"} {
		_, err = program.New(d).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.g.ID, Code: code, Name: code})
		w.ok(err)
	}
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

// buys makes a sale of a product in a shop and returns whose it is.
func (w *town) buys(name, shop, sku string) (m, event id.ID) {
	w.Helper()
	w.n++
	answer, err := w.flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.g.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Occurred: w.clock, Shop: shop, Channel: "shop", Actor: boss,
		Who:     flow.Who{Identities: []member.Identity{{Kind: member.External, Value: name}}},
		Payload: flow.Payload{Lines: []sale.Line{{SKU: sku, Name: "A " + sku, Quantity: 1000, Amount: 100_00}}},
	})
	w.ok(err)
	return answer.MemberID, answer.EventID
}

// complains opens a complaint of a cause.
func (w *town) complains(m, event id.ID, cause string) *complaint.Case {
	w.Helper()
	w.n++
	o, err := w.Complaints.Begin(w.Context(), boss, w.g.ID, complaint.Ask{
		Name: "case" + strconv.Itoa(w.n), Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, MemberID: m, SaleID: event, Source: complaint.FromWeb, Text: "It leaks.",
	})
	w.ok(err)
	if cause == "" {
		return o.Case
	}
	c, err := w.Complaints.Judge(w.Context(), boss, w.g.ID, o.ID, complaint.Judgement{Cause: cause})
	w.ok(err)
	return c
}

// leak is a published issue of the pot.
func leak() Spec {
	return Spec{
		Title: Words{"en": "The lid of the blue pot leaks", "pl": "Pokrywka niebieskiego czajnika przecieka"}, What: Words{"en": "Tea runs down the side when it is poured fast."},
		Workaround: Words{"en": "Pour slowly."}, Products: []string{"pot"}, Causes: []string{"supplier"}, State: Looking, Published: true, Tell: true, Since: "2026-03-01", Expected: "2026-04-01",
	}
}

func (w *town) adds(n Spec) *Issue {
	w.Helper()
	i, err := w.Add(w.Context(), boss, w.g.ID, n)
	w.ok(err)
	return i
}

func (w *town) amends(i *Issue, change func(*Spec)) *Issue {
	w.Helper()
	n := i.Spec
	change(&n)
	i, err := w.Amend(w.Context(), boss, w.g.ID, i.ID, i.Version, n)
	w.ok(err)
	return i
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
	w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(context.WithoutCancel(w.Context()), q, w.g.ID, func(what string) { found = append(found, what) })
	}))
	return found
}

func (w *town) exec(text string, args ...any) {
	w.Helper()
	w.ok(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), text, args...)
		return err
	}))
}

// waiting returns the jobs of a kind that wait.
func (w *town) waiting(kind string) (found []jobs.Info) {
	w.Helper()
	list, err := jobs.List(w.Context(), w.DB.Reader(), jobs.Waiting, 0, 2000)
	w.ok(err)
	for _, j := range list {
		if j.Kind == kind {
			found = append(found, j)
		}
	}
	return found
}

// tells does the jobs that tell people, each twice, as after a crash.
func (w *town) tells() {
	w.Helper()
	for _, j := range w.waiting(TellJob) {
		for range 2 {
			w.ok(w.Tell(w.Context(), &jobs.Job{Kind: j.Kind, Payload: j.Payload}))
		}
	}
}
