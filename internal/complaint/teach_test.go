package complaint

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestComplaintsAreCountedByCause within a time, wishes left out.
func TestComplaintsAreCountedByCause(t *testing.T) {
	each(t, func(w *town) {
		blame := func(cause string) {
			o := w.opens(w.asks())
			_, err := w.Judge(w.Context(), boss, w.prog.ID, o.ID, Judgement{Cause: cause})
			w.ok(err)
		}
		blame("supplier") // before
		w.passes(time.Hour)
		from := w.at()
		w.buys("anna", 10_00)
		blame("supplier")
		blame("training")
		blame("training")
		w.opens(w.asks())
		wish := w.asks()
		wish.Kind = Wish
		w.opens(wish)
		w.passes(time.Hour)
		to := w.at()
		blame("training") // after
		counts, orders, err := w.Caused(w.Context(), w.db.Reader(), w.prog.ID, from, to)
		w.ok(err)
		if diff := cmp.Diff(map[string]int64{"supplier": 1, "training": 2, "": 1}, counts); diff != "" || orders != 1 {
			t.Errorf("%d orders, %s", orders, diff)
		}
		codes, err := w.Teachable(w.Context(), w.db.Reader(), w.prog.ID)
		w.ok(err)
		if !slices.Contains(codes, "training") || slices.Contains(codes, Other) {
			t.Errorf("a lesson can be about %v", codes)
		}
	})
}
