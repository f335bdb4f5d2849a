package touch

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

var system = auth.System("test")

// town is a programme with a shop, and a clock that the test moves.
type town struct {
	*testing.T
	*Service
	db        *db.DB
	programme program.Programme
	shop      id.ID
	clock     time.Time
}

var schemas = []db.Schema{jobs.Schema, auth.Schema, program.Schema, member.Schema, journal.Schema, sale.Schema, Schema}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, db: d, clock: dbtest.Start}
	texts, err := i18n.New()
	w.ok(err)
	w.Service = New(Config{DB: d, Now: func() time.Time { return w.clock }, Log: slog.New(slog.DiscardHandler), Texts: texts})
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	programmes := program.New(d)
	w.programme, err = programmes.Create(w.Context(), system, program.Programme{
		Slug: "corner", Name: "Corner", Currency: "PLN", Zone: zone, Languages: []string{"pl", "en"}, Hue: 150,
		Settings: program.Settings{Enrolment: program.Automatic, Region: "PL"},
	})
	w.ok(err)
	shop, err := programmes.AddShop(w.Context(), system, program.Shop{ProgrammeID: w.programme.ID, Code: "main", Name: "Main"})
	w.ok(err)
	w.shop = shop.ID
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

// point adds a touchpoint that leads to Google.
func (w *town) point(name string) Touchpoint {
	w.Helper()
	t, err := w.CreateTouchpoint(w.Context(), system, w.programme.ID, TouchpointSpec{
		Kind: InParcel, Name: name, ShopID: w.shop, Links: []Link{{Platform: Google, Place: "ChIJ-" + name}},
	})
	w.ok(err)
	return t
}

// prints makes a batch and returns its codes.
func (w *town) prints(t Touchpoint, cards int64) []string {
	w.Helper()
	b, err := w.CreateBatch(w.Context(), system, w.programme.ID, t.ID, "Spring", cards, Design{Layout: Band, Language: i18n.Polish})
	w.ok(err)
	list, err := w.Cards(w.Context(), system, w.programme.ID, b.ID, "", 1000)
	w.ok(err)
	var codes []string
	for _, c := range list {
		codes = append(codes, c.Code)
	}
	return codes
}

// joins adds a member.
func (w *town) joins() id.ID {
	w.Helper()
	m := &member.Member{ProgrammeID: w.programme.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.clock, Enrolled: w.clock}
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Insert(w.Context(), tx, []member.Newcomer{{Member: m}})
	}))
	return m.ID
}

// buys notes a sale of a member under an order's number.
func (w *town) buys(m id.ID, order string) {
	w.Helper()
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		e := &journal.Event{
			ID: tx.IDs().New(), ProgrammeID: w.programme.ID, MemberID: m, Kind: journal.Purchase, Source: "shop", ExternalID: order,
			Occurred: w.clock, Recorded: w.clock, ShopID: w.shop, Body: []byte("{}"),
		}
		if err := journal.Append(w.Context(), tx, []*journal.Event{e}); err != nil {
			return err
		}
		return sale.Save(w.Context(), tx, sale.Changes{New: []*sale.Sale{{
			ID: e.ID, ProgrammeID: w.programme.ID, MemberID: m, Occurred: w.clock, ShopID: w.shop, Reference: order, Goods: 100, Total: 100, Nth: 1,
		}}})
	}))
}

// reads takes a review in and returns it.
func (w *town) reads(external string, change func(*Seen)) *Review {
	w.Helper()
	s := Seen{Platform: Google, ExternalID: external, Place: "ChIJ-parcel", Rating: 5, Occurred: w.clock, Text: "Good tea", Author: "Ann K."}
	if change != nil {
		change(&s)
	}
	taken, err := w.Take(w.Context(), system, w.programme.ID, []Seen{s})
	w.ok(err)
	r, err := w.Review(w.Context(), system, w.programme.ID, taken[0].ReviewID)
	w.ok(err)
	return r
}

func (w *town) faults() (found []string) {
	w.Helper()
	w.ok(w.db.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(w.Context(), q, w.programme.ID, func(what string) { found = append(found, what) })
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
