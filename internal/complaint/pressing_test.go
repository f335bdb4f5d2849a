package complaint

import (
	"testing"
	"time"
)

// What is counted as overdue is what Late says of each case, at every moment.
func TestOverdueIsWhatIsLate(t *testing.T) {
	each(t, func(w *town) {
		all := []Opened{w.opens(w.asks()), w.opens(w.asks()), w.opens(w.asks())}
		wish := w.asks()
		wish.Kind = Wish
		all = append(all, w.opens(wish))
		seen := map[int64]bool{}
		for day := range 40 {
			if day == 3 {
				_, err := w.Solve(w.Context(), boss, w.Programme.ID, all[1].ID)
				w.OK(err)
			}
			var late int64
			for _, o := range all {
				if w.get(o.ID).Late(w.Now()) {
					late++
				}
			}
			n, err := CountOverdue(w.Context(), w.DB.Reader(), w.Programme.ID, w.Now())
			w.OK(err)
			list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Overdue: true, Limit: 10})
			w.OK(err)
			if n != late || int64(len(list)) != late {
				w.Fatalf("on day %d %d are late, counted %d, listed %d", day, late, n, len(list))
			}
			seen[n] = true
			w.Pass(24 * time.Hour)
		}
		if !seen[0] || !seen[2] {
			w.Errorf("the days saw only %v", seen)
		}
	})
}
