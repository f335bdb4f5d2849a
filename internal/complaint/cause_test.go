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
		n, err := w.Act(w.Context(), ola, w.prog.ID, Action{Cause: "supplier", Title: " Test every pot ", OwnerID: ola.ID, Due: monday.AddDate(0, 1, 0)})
		w.ok(err)
		if n.Title != "Test every pot" || !n.Made.Equal(monday) {
			w.Errorf("it is %+v", n)
		}
		blame := func(cause string) {
			o := w.opens(w.asks())
			_, err := w.Judge(w.Context(), boss, w.prog.ID, o.ID, Judgement{Cause: cause})
			w.ok(err)
		}
		for range 3 {
			w.buys("anna", 10_00)
			blame("supplier")
		}
		blame("training")
		w.passes(2 * week)
		w.ok(w.Finish(w.Context(), ola, w.prog.ID, n.ID))
		done := w.at()
		w.passes(week + time.Hour)
		w.ok(w.Finish(w.Context(), ola, w.prog.ID, n.ID)) // again; the first time stays
		w.buys("anna", 10_00)
		blame("supplier")
		blame("training")
		w.passes(week)
		r, err := w.Report(w.Context(), ola, w.prog.ID)
		w.ok(err)
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
			_, err := w.Act(w.Context(), boss, w.prog.ID, n)
			w.refuses(err, code)
		}
		_, err := w.Act(w.Context(), w.hires("rea", auth.ReadOnly), w.prog.ID, whole)
		w.refuses(err, "not_permitted")
		w.refuses(w.Finish(w.Context(), boss, w.prog.ID, 1), "unknown_case_action")
	})
}

// TestTheCapIsASetting: what is left is a share of the price.
func TestTheCapIsASetting(t *testing.T) {
	each(t, func(w *town) {
		s, version, err := w.Settings(w.Context(), boss, w.prog.ID)
		w.ok(err)
		s.Cap = 5_000
		_, err = w.SetSettings(w.Context(), boss, w.prog.ID, version, s)
		w.ok(err)
		o := w.opens(w.asks())
		_, err = w.Compensate(w.Context(), boss, w.prog.ID, o.ID, RemedyAsk{Kind: Refund, Amount: 50_01})
		w.refuses(err, "case_over_cap")
		w.gives(boss, o.ID, RemedyAsk{Kind: Refund, Amount: 50_00})
		s.Cap = 15_001
		_, err = w.SetSettings(w.Context(), boss, w.prog.ID, version+1, s)
		w.refuses(err, "case_cap")
		_, err = w.SetSettings(w.Context(), boss, w.prog.ID, version, DefaultSettings("PL"))
		w.refuses(err, "case_settings_changed")
		w.sound()
	})
}
