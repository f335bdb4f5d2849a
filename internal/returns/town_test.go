package returns

import (
	"encoding/json"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
)

var boss = flowtest.Boss

var schemas = flowtest.Schemas(promise.Schema, Schema)

// town is a tea shop that takes things back, wired to promises as in the house:
// pots may be exchanged, cups may be kept, and soap never comes back. The test
// moves its clock.
type town struct {
	*flowtest.Town
	*Service
	promises *promise.Service
	ann      id.ID
	wallet   ledger.Wallet
}

// rooms are this one and the one whose promises it keeps.
var rooms = []flow.Room{promise.Room(), Room(promise.CameTrue)}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		fn(w)
		w.Clean(rooms...)
	}, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: program.Programme{Slug: "corner", Name: "Corner"}, Rooms: rooms})}
	w.promises = promise.NewService(promise.Config{DB: d, Flow: w.Flow, Now: w.Now})
	w.Service = New(Config{DB: d, Flow: w.Flow, Promises: w.promises, GiftCards: giftcard.New(d, w.Now), Now: w.Now})
	w.ann, w.wallet = w.Joins(member.Identity{Kind: member.Email, Value: "ann@example.com"}), w.AddWallet()
	w.OK(product.New(d).Upsert(w.Context(), boss, w.Programme.ID, []product.Product{
		{SKU: "soap", Name: "Soap", Category: "hygiene", Brand: "Foam", Active: true}, {SKU: "cup", Name: "Cup", Category: "china", Brand: "Spode", Active: true},
	}))
	w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 0, w.rules()))
	return w
}

// word is a promise of a return.
func (w *town) word(which id.ID) *promise.Promise {
	w.Helper()
	p, _, err := w.promises.Get(w.Context(), boss, w.Programme.ID, which)
	w.OK(err)
	return p
}

func (w *town) text(v any) string {
	w.Helper()
	b, err := json.Marshal(v)
	w.OK(err)
	return string(b)
}
