package booking

import (
	"testing"
	"time"
)

// TestGuestsAreForgotten long after they came; members are not, nor whether either
// came.
func TestGuestsAreForgotten(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		guest, err := w.Book(w.Context(), boss, w.Programme.ID, Wish{ServiceID: o.ID, ShopID: w.shop, Name: "Ewa Nowak", Phone: "+48600100200", Note: "a nut allergy", Begins: w.at(1, 10, 0)})
		w.OK(err)
		known, err := w.Book(w.Context(), boss, w.Programme.ID, Wish{ServiceID: o.ID, ShopID: w.shop, MemberID: w.member("+48600100201"), Note: "the window", Begins: w.at(1, 10, 0)})
		w.OK(err)
		w.Set(w.at(1, 12, 0))
		_, err = w.Mark(w.Context(), boss, w.Programme.ID, guest.ID, Came)
		w.OK(err)
		for _, look := range []struct {
			at   time.Time
			name string
		}{{guest.Ends.AddDate(0, 0, GuestDays), "Ewa Nowak"}, {guest.Ends.AddDate(0, 0, GuestDays).Add(time.Second), ""}} {
			w.Set(look.at)
			w.OK(w.Forget(w.Context()))
			b, err := w.Get(w.Context(), boss, w.Programme.ID, guest.ID)
			w.OK(err)
			if b.Name != look.name || (b.Phone == "") != (look.name == "") || (b.Note == "") != (look.name == "") || b.State != Came {
				w.Errorf("at %s the guest is %q, %q, %q, %s", look.at, b.Name, b.Phone, b.Note, b.State)
			}
		}
		b, err := w.Get(w.Context(), boss, w.Programme.ID, known.ID)
		w.OK(err)
		if b.Note != "the window" {
			w.Error("what a member asked for is forgotten")
		}
		w.Clean(Room())
	})
}
