package booking

import (
	"strconv"
	"testing"
	"time"

	"regulars/internal/id"
)

// TestAListIsReadInPages gives every booking once, in order, also where many begin at
// the same moment.
func TestAListIsReadInPages(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(func(s *Spec) { s.Places = 5 })
		want := map[id.ID]bool{}
		for i, begins := range []time.Time{w.at(1, 10, 0), w.at(1, 9, 0), w.at(1, 10, 0), w.at(1, 10, 0), w.at(2, 9, 0)} {
			want[w.booked(o, w.member("+4860010020"+strconv.Itoa(i)), begins).ID] = true
		}
		n, last := Query{ProgrammeID: w.Programme.ID, Limit: 2}, Place{}
		for page := 0; page < 4; page++ {
			list, err := w.List(w.Context(), boss, n)
			w.OK(err)
			for _, b := range list {
				if !want[b.ID] || b.Begins.Before(last.Begins) || b.Begins.Equal(last.Begins) && b.ID < last.ID {
					w.Errorf("%s comes again or out of turn", b.ID.In(id.Booking))
				}
				delete(want, b.ID)
				last = b.Place()
			}
			n.After = last
		}
		if len(want) > 0 {
			w.Errorf("%d bookings are on no page", len(want))
		}
	})
}
