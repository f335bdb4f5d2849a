package booking

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// letters are whom messages ask to be written to, and how, since the last time.
func (w *town) letters() (list []string) {
	w.Helper()
	var seen []id.ID
	rows, err := w.DB.Reader().Query(w.Context(), `SELECT id, payload FROM job WHERE kind = $1 ORDER BY id`, flow.ContactWanted)
	w.OK(db.Each(rows, err, func(r *sql.Rows) (c flow.Contact, err error) {
		var n id.ID
		var payload []byte
		if err := r.Scan(&n, &payload); err != nil {
			return c, err
		}
		seen = append(seen, n)
		return c, json.Unmarshal(payload, &c)
	}, func(c flow.Contact) error {
		said := c.Message
		for _, k := range []string{"service", "shop", "time", "reason"} {
			said += fmt.Sprint(" ", c.Args[k].Args["words"])
		}
		list = append(list, said)
		return nil
	}))
	for _, n := range seen {
		w.Exec(`DELETE FROM job WHERE id = $1`, n)
	}
	return list
}

// TestMembersAreReminded the day before, once for each time that they have; and told
// when we cancel, but not what they cancelled themselves.
func TestMembersAreReminded(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		ann, bob := w.member("+48600100200"), w.member("+48600100201")
		says := func(want ...string) {
			w.Helper()
			w.OK(w.Remind(w.Context()))
			w.OK(w.Remind(w.Context()))
			if got := w.letters(); !slices.Equal(got, want) {
				w.Errorf("letters %q, want %q", got, want)
			}
		}
		b := w.booked(o, ann, w.at(2, 10, 0))
		off, given := w.booked(o, bob, w.at(2, 10, 30)), w.booked(o, bob, w.at(2, 12, 0))
		_, err := w.Book(w.Context(), boss, w.Programme.ID, Wish{ServiceID: o.ID, ShopID: w.london, MemberID: bob, Begins: w.at(2, 15, 0)})
		w.OK(err)
		_, err = w.Book(w.Context(), boss, w.Programme.ID, Wish{ServiceID: o.ID, ShopID: w.shop, Name: "Cay", Phone: "+48600100299", Begins: w.at(2, 13, 0)})
		w.OK(err)
		says()
		_, err = w.Cancel(w.Context(), we, w.Programme.ID, off.ID, CalledOff, "the oven broke")
		w.OK(err)
		_, err = w.Cancel(w.Context(), we, w.Programme.ID, given.ID, Cancelled, "")
		w.OK(err)
		says("booking_called_off A tasting rynek 10:30 the oven broke")
		w.Set(w.at(1, 9, 59))
		says()
		w.Set(w.at(1, 15, 0))
		says("booking_tomorrow A tasting rynek 10:00 ", "booking_tomorrow A tasting soho 14:00 ")
		w.booked(o, bob, w.at(2, 9, 0)) // booked just now: they know
		_, err = w.Move(w.Context(), we, w.Programme.ID, b.ID, w.at(2, 11, 0))
		w.OK(err)
		says("booking_tomorrow A tasting rynek 11:00 ")
		w.Set(w.at(2, 12, 0))
		says()
		w.Clean(Room())
	})
}
