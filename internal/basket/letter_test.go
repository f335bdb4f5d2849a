package basket

import (
	"encoding/json"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// wanted are the messages that somebody is to get.
func (w *town) wanted() (list []flow.Contact) {
	w.Helper()
	payloads, err := jobs.Payloads(w.Context(), w.DB.Reader(), flow.ContactWanted)
	w.ok(err)
	for _, p := range payloads {
		var c flow.Contact
		w.ok(json.Unmarshal(p, &c))
		list = append(list, c)
	}
	return list
}

func TestSettings(t *testing.T) {
	each(t, func(w *town) {
		set, version, err := w.Settings(t.Context(), boss, w.g.ID)
		w.ok(err)
		if set != DefaultSettings() || version != 0 || set.Letters {
			t.Errorf("to begin with %+v, version %d", set, version)
		}
		for code, n := range map[string]Settings{"basket_days": {Days: 0, WaitHours: 1}, "basket_wait": {Days: 1, WaitHours: 169}} {
			w.refuses(w.SetSettings(t.Context(), boss, w.g.ID, 0, n), code)
		}
		n := Settings{Days: 1, WaitHours: 2, Letters: true}
		w.ok(w.SetSettings(t.Context(), boss, w.g.ID, 0, n))
		w.refuses(w.SetSettings(t.Context(), boss, w.g.ID, 0, n), "basket_settings_changed")
		if set, version, err = w.Settings(t.Context(), boss, w.g.ID); set != n || version != 1 || err != nil {
			t.Errorf("now %+v, version %d, %v", set, version, err)
		}
	})
}

// TestAMemberIsAskedByAMessage: those whom nobody asked and who bought nothing
// since, where the programme wishes so; and one whom it did not reach was not
// asked.
func TestAMemberIsAskedByAMessage(t *testing.T) {
	each(t, func(w *town) {
		ann, _ := w.joins()
		w.leaves(w.cart(ann)) // nobody is asked by default
		w.asks()
		w.ok(w.SetSettings(t.Context(), boss, w.g.ID, 0, Settings{Days: 7, WaitHours: 24, Letters: true}))
		bob, _ := w.joins()
		asked, bought := w.leaves(w.cart(ann)), w.leaves(w.cart(bob))
		n := w.cart(ann)
		n.Why = &Why{Reason: Error, Origin: OnTheSpot}
		w.leaves(n) // it is known why
		n = w.cart(ann)
		n.Left = noon.AddDate(0, -1, 0)
		w.leaves(n) // too long ago
		w.leaves(w.cart(0))
		w.buys(bob, noon.Add(time.Hour))
		w.passes(day)
		w.asks()
		w.asks() // a job may run twice
		list := w.wanted()
		if len(list) != 1 || list[0].MemberID != ann || list[0].Class != flow.AskContact || list[0].Path != Scheme+":"+asked.ID.In(id.Basket) {
			t.Fatalf("wanted %+v", list)
		}
		if w.gets(asked).Asked != ByLink || w.gets(bought).Asked != "" {
			t.Errorf("asked %q and %q", w.gets(asked).Asked, w.gets(bought).Asked)
		}
		undelivered := func(name string) {
			w.ok(w.DB.InTx(t.Context(), func(tx *db.Tx) error { return w.Undelivered(t.Context(), tx, w.g.ID, name) }))
		}
		undelivered("survey:svi_01h9x3k7q2v5n")
		undelivered(list[0].Name)
		if w.gets(asked).Asked != "" {
			t.Error("whom nothing reached was asked")
		}
		_, err := w.Open(t.Context(), w.linked(asked))
		w.refuses(err, "basket_link_unknown")
		w.sound()
	})
}

// TestNobodyIsAskedAfterAll: letters were switched off, or the person is gone.
func TestNobodyIsAskedAfterAll(t *testing.T) {
	each(t, func(w *town) {
		w.ok(w.SetSettings(t.Context(), boss, w.g.ID, 0, Settings{Days: 7, WaitHours: 24, Letters: true}))
		ann, _ := w.joins()
		bob, _ := w.joins()
		w.leaves(w.cart(ann))
		w.ok(w.DB.InTx(t.Context(), func(tx *db.Tx) error { return Room().Erase(t.Context(), tx, w.g.ID, []id.ID{ann}) }))
		w.asks()
		w.leaves(w.cart(bob))
		w.ok(w.SetSettings(t.Context(), boss, w.g.ID, 1, Settings{Days: 7, WaitHours: 24}))
		w.asks()
		if list := w.wanted(); len(list) != 0 {
			t.Errorf("wanted %+v", list)
		}
	})
}
