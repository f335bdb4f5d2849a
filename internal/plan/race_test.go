package plan

import (
	"sync"
	"testing"

	"regulars/internal/id"
)

// TestTwoProcessesSweep at once: every period is renewed and charged once.
func TestTwoProcessesSweep(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		var members []id.ID
		for range 12 {
			m := w.somebody()
			w.joins(m, "club")
			members = append(members, m)
		}
		w.Set(day("2026-04-10"))
		other := New(w.DB, w.Flow, w.now)
		var work sync.WaitGroup
		for _, s := range []*Service{w.Service, other, w.Service} {
			work.Go(func() {
				if _, err := s.Sweep(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		for _, m := range members {
			if v := w.last(m); len(v.Periods) != 3 || len(v.Charges) != 3 {
				t.Errorf("%d periods, %d charges", len(v.Periods), len(v.Charges))
			}
		}
		w.Clean()
	})
}

// TestTwoPayAtOnce: a payment that is told twice at the same moment counts once,
// and of two who join at the same moment one does.
func TestTwoPayAtOnce(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann := w.somebody()
		var work sync.WaitGroup
		for range 4 {
			work.Go(func() {
				if _, err := w.Join(ctx, system, w.Programme.ID, ann, "club"); err != nil && as(err) != "subscription_live" {
					t.Error(err)
				}
			})
		}
		work.Wait()
		v := w.last(ann)
		for range 4 {
			work.Go(func() {
				if _, err := w.Note(ctx, system, w.Programme.ID, v.Charges[0].ID, MarkPaid, "one"); err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		if v = w.last(ann); len(v.Charges) != 1 || len(v.Periods) != 1 || v.State != Active {
			t.Errorf("%+v", v)
		}
		if n := w.works(AwardJob, w.Award); n != 1 {
			t.Errorf("%d gifts", n)
		}
		w.Clean()
	})
}
