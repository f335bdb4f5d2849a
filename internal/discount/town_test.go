package discount

import (
	"strconv"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

var (
	boss = flowtest.Boss
	noon = time.Date(2026, 3, 29, 11, 0, 0, 0, time.UTC)
)

const day = 24 * time.Hour

// town is a programme with two shops and an offer.
type town struct {
	*flowtest.Town
	*Service
	offers *promo.Service
	n      int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: flowtest.Warsaw(t), Shops: []string{"north", "south"}, Start: noon, Rooms: []flow.Room{Room()}})}
		w.Service, w.offers = New(d, w.Now), promo.New(d, w.Now)
		w.AddWallet()
		fn(w)
	}, flowtest.Schemas(Schema)...)
}

// publishes has an offer begin now, a tenth off unless it says otherwise.
func (w *town) publishes(name string, s promo.Spec) promo.Version {
	w.Helper()
	if s.Benefit.Kind == "" {
		s.Benefit = promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}
	}
	v, err := w.offers.Create(w.Context(), boss, promo.Offer{ProgrammeID: w.Programme.ID, Name: name}, s)
	w.OK(err)
	v, err = w.offers.Publish(w.Context(), boss, w.Programme.ID, v.OfferID, w.Now(), time.Time{})
	w.OK(err)
	return v
}

// sells goods for 10.00 at list price to somebody in a shop; priced has the
// programme price the sale.
func (w *town) sells(m id.ID, shop string, priced bool) {
	w.Helper()
	w.n++
	e := &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Who: flow.Who{MemberID: m},
		Shop: shop, Occurred: w.Now(), Actor: boss, Payload: flow.Payload{Lines: []sale.Line{{SKU: "MUG", Quantity: 1000, Amount: 10_00}}},
	}
	if priced {
		e.Payload.Checkout = &flow.Checkout{}
	}
	_, err := w.Flow.TakeOne(w.Context(), e)
	w.OK(err)
}

func (w *town) report() *Report {
	w.Helper()
	r, err := w.Report(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	return r
}

func (w *town) sets(s Settings) {
	w.Helper()
	_, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	w.OK(w.SetSettings(w.Context(), boss, w.Programme.ID, version, s))
}
