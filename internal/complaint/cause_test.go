package complaint

import (
	"testing"
	"time"

	"regulars/internal/auth"
)

// TestAnActionIsFollowedByItsCausesRate: as many weeks before it was done as
// after, the week of it left out, and only complaints of its cause.
func TestAnActionIsFollowedByItsCausesRate(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("ola", auth.Manager)
		n, err := w.Act(w.Context(), ola, w.Programme.ID, Action{Cause: "supplier", Title: " Test every pot ", OwnerID: ola.ID, Due: monday.AddDate(0, 1, 0)})
		w.OK(err)
		if n.Title != "Test every pot" || !n.Made.Equal(monday) {
			w.Errorf("it is %+v", n)
		}
		blame := func(cause string) {
			o := w.opens(w.asks())
			_, err := w.Judge(w.Context(), boss, w.Programme.ID, o.ID, Judgement{Cause: cause})
			w.OK(err)
		}
		for range 3 {
			w.buys("anna", 10_00)
			blame("supplier")
		}
		blame("training")
		w.Pass(2 * week)
		w.OK(w.Finish(w.Context(), ola, w.Programme.ID, n.ID))
		done := w.Now()
		w.Pass(week + time.Hour)
		w.OK(w.Finish(w.Context(), ola, w.Programme.ID, n.ID)) // again; the first time stays
		w.buys("anna", 10_00)
		blame("supplier")
		blame("training")
		w.Pass(week)
		r, err := w.Report(w.Context(), ola, w.Programme.ID)
		w.OK(err)
		e := r.Effects[0]
		if !e.Done.Equal(done) || e.Weeks != 2 || e.Before.Complaints != 3 || e.Before.Orders != 4 || e.After.Complaints != 1 || e.After.Orders != 1 {
			w.Errorf("it was followed by %+v", e)
		}
		if e.Before.Rate != 750 || e.Before.Low >= 750 || e.Before.High <= 750 {
			w.Errorf("the rate before is %+v", e.Before)
		}
	})
}

func TestAnActionIsWhole(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("ola", auth.Manager)
		whole := Action{Cause: "supplier", Title: "Test", OwnerID: ola.ID, Due: monday}
		for code, change := range map[string]func(*Action){
			"case_action":    func(n *Action) { n.Title = " " },
			"case_cause":     func(n *Action) { n.Cause = "moon" },
			"case_staff":     func(n *Action) { n.OwnerID = 1 },
			"case_text_line": func(n *Action) { n.Title = "one\ntwo" },
		} {
			n := whole
			change(&n)
			_, err := w.Act(w.Context(), boss, w.Programme.ID, n)
			w.Refuses(err, code)
		}
		_, err := w.Act(w.Context(), w.hires("rea", auth.ReadOnly), w.Programme.ID, whole)
		w.Refuses(err, "not_permitted")
		w.Refuses(w.Finish(w.Context(), boss, w.Programme.ID, 1), "unknown_case_action")
	})
}

// TestTheCapIsASetting: what is left is a share of the price.
func TestTheCapIsASetting(t *testing.T) {
	each(t, func(w *town) {
		s, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		s.Cap = 5_000
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
		w.OK(err)
		o := w.opens(w.asks())
		_, err = w.Compensate(w.Context(), boss, w.Programme.ID, o.ID, RemedyAsk{Kind: Refund, Amount: 50_01})
		w.Refuses(err, "case_over_cap")
		w.gives(boss, o.ID, RemedyAsk{Kind: Refund, Amount: 50_00})
		s.Cap = 15_001
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version+1, s)
		w.Refuses(err, "case_cap")
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version, DefaultSettings("PL"))
		w.Refuses(err, "case_settings_changed")
		w.Clean(Room())
	})
}
