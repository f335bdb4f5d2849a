package plan

import (
	"testing"

	"regulars/internal/id"
)

// previews says what going over would come to.
func (w *town) previews(m id.ID, plan string) *Turn {
	w.Helper()
	t, err := w.Preview(ctx, system, w.Programme.ID, m, plan)
	w.OK(err)
	return t
}

// TestATurnIsSeenBefore: what is shown before is what happens, showing changes
// nothing, and nobody goes over at another price than they saw.
func TestATurnIsSeenBefore(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		best := w.club()
		best.Price, best.Rank = 29_99, "gold"
		w.sells("best", best)
		ann := w.somebody()
		_, err := w.Preview(ctx, system, w.Programme.ID, ann, "best")
		w.Refuses(err, "no_subscription")
		w.joins(ann, "club")
		w.until(day("2026-02-21")) // 7 of 28 days are left
		seen := w.previews(ann, "best")
		if seen.When != WhenPaid || seen.Charge != 29_99-9_99*7/28 || seen.Credit != 9_99*7/28 || seen.Here.Price != 9_99 || seen.There.Price != 29_99 || !seen.Due.Equal(day("2026-02-28")) {
			t.Fatalf("up: %+v", seen)
		}
		if v := w.last(ann); len(v.Charges) != 1 || v.Upgrade() != nil {
			t.Fatalf("looking asked for money: %+v", v.Charges)
		}
		_, err = w.ChangeAsSeen(ctx, system, w.Programme.ID, ann, "best", Seen{1, seen.Charge - 1})
		w.Refuses(err, "plan_turn_moved")
		_, err = w.ChangeAsSeen(ctx, system, w.Programme.ID, ann, "best", Seen{2, seen.Charge})
		w.Refuses(err, "plan_turn_moved")
		v, err := w.ChangeAsSeen(ctx, system, w.Programme.ID, ann, "best", Seen{1, seen.Charge})
		if w.OK(err); v.Upgrade() == nil || v.Upgrade().Amount != seen.Charge || !v.Upgrade().Due.Equal(seen.Due) {
			t.Fatalf("changed otherwise than shown: %+v", v.Charges)
		}
		if back := w.previews(ann, "club"); back.When != Stays || back.Charge != 0 || !back.Pays.Equal(day("2026-02-28")) {
			t.Errorf("staying: %+v", back)
		}
		if v, err = w.Change(ctx, system, w.Programme.ID, ann, "club"); err != nil || v.Upgrade() != nil || v.Plan.Code != "club" {
			t.Errorf("stayed: %+v, %v", v.Charges, err)
		}
		_, err = w.Preview(ctx, system, w.Programme.ID, ann, "club")
		w.Refuses(err, "plan_same")
		w.Clean()
	})
}

// TestAPlanForLaterKeepsItsPrice: a price that rises after somebody chose a plan
// for their next period is not theirs before it was announced to them.
func TestAPlanForLaterKeepsItsPrice(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		small := w.club()
		small.Price = 4_99
		w.sells("small", small)
		ann := w.somebody()
		w.joins(ann, "club")
		seen := w.previews(ann, "small")
		if seen.When != NextPeriod || seen.Charge != 0 || !seen.Starts.Equal(day("2026-02-28")) || seen.There.Price != 4_99 {
			t.Fatalf("down: %+v", seen)
		}
		_, err := w.ChangeAsSeen(ctx, system, w.Programme.ID, ann, "small", Seen{1, 0})
		w.OK(err)
		small.Price = 7_99
		_, err = w.SaveDraft(ctx, system, w.Programme.ID, "small", small)
		w.OK(err)
		_, err = w.Publish(ctx, system, w.Programme.ID, "small")
		w.OK(err)
		if v := w.last(ann); v.Follows().Price != 4_99 {
			t.Errorf("follows at %d", v.Follows().Price)
		}
		w.until(day("2026-02-28"))
		if v := w.last(ann); v.Plan.Code != "small" || v.Price != 4_99 {
			t.Errorf("renewed: %+v", v.Subscription)
		}
		w.pays(ann)
		w.until(day("2026-03-01"))
		if n := w.wanted("plan_price"); n != 1 {
			t.Errorf("announced %d times", n)
		}
		for _, step := range []struct {
			until string
			price int64
		}{{"2026-03-28", 4_99}, {"2026-04-28", 7_99}} {
			w.until(day(step.until))
			w.pays(ann)
			if got := w.last(ann).Price; got != step.price {
				t.Errorf("from %s it costs %d, want %d", step.until, got, step.price)
			}
		}
		w.Clean()
	})
}

// TestATurnWithinATrial holds at once and asks nothing before the trial ends.
func TestATurnWithinATrial(t *testing.T) {
	each(t, func(w *town) {
		club, best := w.club(), w.club()
		club.TrialDays, best.Price = 10, 29_99
		w.sells("club", club)
		w.sells("best", best)
		ann, bob := w.somebody(), w.somebody()
		w.joins(ann, "club")
		if seen := w.previews(ann, "best"); seen.When != AtOnce || seen.Charge != 0 || !seen.Pays.Equal(day("2026-02-10")) || !seen.Starts.Equal(w.Now()) {
			t.Errorf("in the trial: %+v", seen)
		}
		_, err := w.Join(ctx, system, w.Programme.ID, bob, "best")
		w.OK(err)
		if seen := w.previews(bob, "club"); seen.When != WhenPaid || seen.Charge != 9_99 || seen.Credit != 0 {
			t.Errorf("before the first payment: %+v", seen)
		}
		w.Clean()
	})
}
