package booking

import (
	"testing"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

var (
	boss = flowtest.Boss
	// monday is a Monday at eight in the morning in Warsaw.
	monday = time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	we     = By{Actor: boss}
)

var schemas = flowtest.Schemas(complaint.Schema, Schema)

// town is a programme in Warsaw with a shop there and one in London, and a clock
// that the test moves.
type town struct {
	*flowtest.Town
	*Service
	shop, london id.ID
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	p := flowtest.Warsaw(t)
	p.Languages = []string{"en", "pl"}
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: p, Shops: []string{"rynek", "soho"}, Start: monday, Rooms: []flow.Room{Room()}})}
	w.shop, w.london = w.Shops["rynek"], w.Shops["soho"]
	_, err := program.New(d).UpdateShop(w.Context(), boss, w.Programme.ID, w.london, func(x *program.Shop) { x.Zone = "Europe/London" })
	w.OK(err)
	w.Service = New(Config{DB: d, Flow: w.Flow, Now: w.Now})
	return w
}

// week is from nine to five on all days but Sunday.
func week() (n complaint.Week) {
	for i := range 6 {
		n[i] = complaint.Hours{From: 9 * 60, To: 17 * 60}
	}
	return n
}

// tasting is a service of an hour as the form fills it in.
func (w *town) tasting(change func(*Spec)) *Offering {
	w.Helper()
	s := Spec{Names: Words{"en": "A tasting"}, Minutes: 60, Every: 30, Places: 2, Shops: []id.ID{w.shop, w.london}, Week: week(), Ahead: 14, Notice: 24}
	if change != nil {
		change(&s)
	}
	o, err := w.Add(w.Context(), boss, w.Programme.ID, s)
	w.OK(err)
	return o
}

func (w *town) member(phone string) id.ID {
	w.Helper()
	return w.Joins(member.Identity{Kind: member.Phone, Value: phone})
}

// at is so many days after monday, at a time of Warsaw's clock.
func (w *town) at(day, hour, minute int) time.Time {
	return time.Date(2026, 3, 2+day, hour, minute, 0, 0, w.Programme.Zone)
}

func (w *town) books(o *Offering, who id.ID, begins time.Time) (*Booking, error) {
	return w.Book(w.Context(), boss, w.Programme.ID, Wish{ServiceID: o.ID, ShopID: w.shop, MemberID: who, Begins: begins})
}

func (w *town) booked(o *Offering, who id.ID, begins time.Time) *Booking {
	w.Helper()
	b, err := w.books(o, who, begins)
	w.OK(err)
	return b
}

func (w *town) free(o *Offering, shop id.ID, day time.Time) *Times {
	w.Helper()
	t, err := w.Free(w.Context(), boss, Ask{ProgrammeID: w.Programme.ID, ServiceID: o.ID, ShopID: shop, Day: day})
	w.OK(err)
	return t
}

// hours shows when slots begin by the clock on the wall.
func (t *Times) hours() (all []string) {
	for _, n := range t.Slots {
		all = append(all, n.Begins.In(t.Zone).Format("15:04"))
	}
	return all
}
