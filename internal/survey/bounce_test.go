package survey

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// TestBouncedOnesAreNotAsked: the response rate leaves out whom nothing
// reached, whoever says so and however often, but nobody who answered.
func TestBouncedOnesAreNotAsked(t *testing.T) {
	each(t, func(w *town) {
		w.joins(4, 5)
		ok(w.t, w.SetNeverShare(w.ctx, tester, w.programme.ID, 0))
		n := w.asks()
		_, list := w.draws(n, Plan{Method: Everybody})
		for range 2 {
			ok(w.t, w.Bounce(w.ctx, tester, w.programme.ID, list[0].ID))
		}
		_, err := w.Answer(w.ctx, w.token(list[1]), "score", Answer{Number: 9}, "en")
		ok(w.t, err)
		ok(w.t, w.Bounce(w.ctx, tester, w.programme.ID, list[1].ID))
		ok(w.t, w.d.InTx(w.ctx, func(tx *db.Tx) error {
			for _, name := range []string{list[2].name(), "wallet:" + list[3].ID.In(id.SurveyInvitation), "survey:nonsense", "survey:svi_01h9x3k7q2v5n"} {
				if err := w.Undelivered(w.ctx, tx, w.programme.ID, name); err != nil {
					return err
				}
			}
			return nil
		}))
		r, err := w.Results(w.ctx, tester, w.programme.ID, n.ID)
		ok(w.t, err)
		if r.Asked.Drawn != 4 || r.Asked.Bounced != 2 || r.Asked.Completed != 1 {
			w.t.Errorf("asked are %+v", r.Asked)
		}
		if rate, _ := r.Asked.Rate(); rate != 0.5 {
			w.t.Errorf("the rate is %v, want one of two", rate)
		}
		found, err := w.Invitations(w.ctx, tester, w.programme.ID, n.ID, 0, 10)
		ok(w.t, err)
		if len(found) != 4 || found[3].ID != list[0].ID || found[3].State != Bounced || found[2].State != Completed || found[1].State != Bounced || found[0].State != Invited {
			w.t.Errorf("the invitations are %+v", found)
		}
		w.refused(w.Bounce(w.ctx, tester, w.programme.ID, id.ID(1)), "unknown_invitation")
		w.refused(w.Bounce(w.ctx, auth.Actor{}, w.programme.ID, list[3].ID), "not_permitted")
		if f := w.faults(); f != "" {
			w.t.Errorf("the check finds %s", f)
		}
	})
}
