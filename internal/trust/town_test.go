package trust

import (
	"log/slog"
	"strconv"
	"testing"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/promise"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

var boss = flowtest.Boss

var schemas = flowtest.Schemas(complaint.Schema, promise.Schema, touch.Schema, survey.Schema, Schema)

// town is a programme in Warsaw with a shop, and a clock that the test moves.
type town struct {
	*flowtest.Town
	*Service
	touch *touch.Service
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
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: flowtest.Warsaw(t), Shops: []string{"old", "new"}, Start: noon, Rooms: []flow.Room{complaint.Room(), promise.Room(), Room()},
	})}
	w.Service = New(Config{
		DB: d, Now: w.Now, Complaints: complaint.New(complaint.Config{DB: d, Flow: w.Flow, GiftCards: giftcard.New(d, w.Now), Now: w.Now}),
		Promises: promise.NewService(promise.Config{DB: d, Flow: w.Flow, Now: w.Now}),
	})
	texts, err := i18n.New()
	w.OK(err)
	w.touch = touch.New(touch.Config{DB: d, Now: w.Now, Log: slog.New(slog.DiscardHandler), Texts: texts})
	return w
}

// buys makes a sale of a product in a shop and returns whose it is.
func (w *town) buys(name, shop, sku string) (m, event id.ID) {
	w.Helper()
	w.n++
	answer, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Occurred: w.Now(), Shop: shop, Channel: "shop", Actor: boss,
		Who:     flowtest.Named(name),
		Payload: flow.Payload{Lines: []sale.Line{{SKU: sku, Name: "A " + sku, Quantity: 1000, Amount: 100_00}}},
	})
	w.OK(err)
	return answer.MemberID, answer.EventID
}

// complains opens a complaint of a cause.
func (w *town) complains(m, event id.ID, cause string) *complaint.Case {
	w.Helper()
	w.n++
	o, err := w.Complaints.Begin(w.Context(), boss, w.Programme.ID, complaint.Ask{
		Name: "case" + strconv.Itoa(w.n), Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, MemberID: m, SaleID: event, Source: complaint.FromWeb, Text: "It leaks.",
	})
	w.OK(err)
	if cause == "" {
		return o.Case
	}
	c, err := w.Complaints.Judge(w.Context(), boss, w.Programme.ID, o.ID, complaint.Judgement{Cause: cause})
	w.OK(err)
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
	i, err := w.Add(w.Context(), boss, w.Programme.ID, n)
	w.OK(err)
	return i
}

func (w *town) amends(i *Issue, change func(*Spec)) *Issue {
	w.Helper()
	n := i.Spec
	change(&n)
	i, err := w.Amend(w.Context(), boss, w.Programme.ID, i.ID, i.Version, n)
	w.OK(err)
	return i
}

// tells does the jobs that tell people, each twice, as after a crash.
func (w *town) tells() {
	w.Helper()
	for _, j := range w.Waiting(TellJob) {
		for range 2 {
			w.OK(w.Tell(w.Context(), &jobs.Job{Kind: j.Kind, Payload: j.Payload}))
		}
	}
}
