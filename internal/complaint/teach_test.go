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
			_, err := w.Judge(w.Context(), boss, w.Programme.ID, o.ID, Judgement{Cause: cause})
			w.OK(err)
		}
		blame("supplier") // before
		w.Pass(time.Hour)
		from := w.Now()
		w.buys("anna", 10_00)
		blame("supplier")
		blame("training")
		blame("training")
		w.opens(w.asks())
		wish := w.asks()
		wish.Kind = Wish
		w.opens(wish)
		w.Pass(time.Hour)
		to := w.Now()
		blame("training") // after
		counts, orders, err := w.Caused(w.Context(), w.DB.Reader(), w.Programme.ID, from, to)
		w.OK(err)
		if diff := cmp.Diff(map[string]int64{"supplier": 1, "training": 2, "": 1}, counts); diff != "" || orders != 1 {
			t.Errorf("%d orders, %s", orders, diff)
		}
		codes, err := w.Teachable(w.Context(), w.DB.Reader(), w.Programme.ID)
		w.OK(err)
		if !slices.Contains(codes, "training") || slices.Contains(codes, Other) {
			t.Errorf("a lesson can be about %v", codes)
		}
	})
}
