package touch

import (
	"fmt"
	"log/slog"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

var system = flowtest.Boss

// town is a programme with a shop, and a clock that the test moves.
type town struct {
	*flowtest.Town
	*Service
	shop id.ID
}

var schemas = flowtest.Schemas(Schema)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	corner := flowtest.Warsaw(t)
	corner.Slug, corner.Name, corner.Languages, corner.Hue = "corner", "Corner", []string{"pl", "en"}, 150
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: corner, Shops: []string{"main"}, Rooms: []flow.Room{Room()}})}
	texts, err := i18n.New()
	w.OK(err)
	w.Service = New(Config{DB: d, Now: w.Now, Log: slog.New(slog.DiscardHandler), Texts: texts})
	w.shop = w.Shops["main"]
	return w
}

// point adds a touchpoint that leads to Google.
func (w *town) point(name string) Touchpoint {
	w.Helper()
	t, err := w.CreateTouchpoint(w.Context(), system, w.Programme.ID, TouchpointSpec{
		Kind: InParcel, Name: name, ShopID: w.shop, Links: []Link{{Platform: Google, Place: "ChIJ-" + name}},
	})
	w.OK(err)
	return t
}

// prints makes a batch and returns its codes.
func (w *town) prints(t Touchpoint, cards int64) []string {
	w.Helper()
	b, err := w.CreateBatch(w.Context(), system, w.Programme.ID, t.ID, "Spring", cards, Design{Layout: Band, Language: i18n.Polish})
	w.OK(err)
	list, err := w.Cards(w.Context(), system, w.Programme.ID, b.ID, "", 1000)
	w.OK(err)
	var codes []string
	for _, c := range list {
		codes = append(codes, c.Code)
	}
	return codes
}

// buys notes a sale of a member under an order's number.
func (w *town) buys(m id.ID, order string) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		e := &journal.Event{
			ID: tx.IDs().New(), ProgrammeID: w.Programme.ID, MemberID: m, Kind: journal.Purchase, Source: "shop", ExternalID: order,
			Occurred: w.Now(), Recorded: w.Now(), ShopID: w.shop, Body: []byte("{}"),
		}
		if err := journal.Append(w.Context(), tx, []*journal.Event{e}); err != nil {
			return err
		}
		return sale.Save(w.Context(), tx, sale.Changes{New: []*sale.Sale{{
			ID: e.ID, ProgrammeID: w.Programme.ID, MemberID: m, Occurred: w.Now(), ShopID: w.shop, Reference: order, Goods: 100, Total: 100, Nth: 1,
		}}})
	}))
}

// reads takes a review in and returns it.
func (w *town) reads(external string, change func(*Seen)) *Review {
	w.Helper()
	s := Seen{Platform: Google, ExternalID: external, Place: "ChIJ-parcel", Rating: 5, Occurred: w.Now(), Text: "Good tea", Author: "Ann K."}
	if change != nil {
		change(&s)
	}
	taken, err := w.Take(w.Context(), system, w.Programme.ID, []Seen{s})
	w.OK(err)
	r, err := w.Review(w.Context(), system, w.Programme.ID, taken[0].ReviewID)
	w.OK(err)
	return r
}

func (w *town) faults() (found []string) {
	w.Helper()
	w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(w.Context(), q, w.Programme.ID, func(what string) { found = append(found, what) })
	}))
	return found
}

func (w *town) sound() {
	w.Helper()
	if found := w.faults(); len(found) > 0 {
		w.Errorf("the check finds %v", found)
	}
}

func order(n int) string { return fmt.Sprintf("order-%d", n) }
