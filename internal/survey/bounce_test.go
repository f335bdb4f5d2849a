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
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		n := w.asks()
		_, list := w.draws(n, Plan{Method: Everybody})
		for range 2 {
			w.OK(w.Bounce(w.Context(), tester, w.Programme.ID, list[0].ID))
		}
		_, err := w.Answer(w.Context(), w.token(list[1]), "score", Answer{Number: 9}, "en")
		w.OK(err)
		w.OK(w.Bounce(w.Context(), tester, w.Programme.ID, list[1].ID))
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			for _, name := range []string{list[2].name(), "wallet:" + list[3].ID.In(id.SurveyInvitation), "survey:nonsense", "survey:svi_01h9x3k7q2v5n"} {
				if err := w.Undelivered(w.Context(), tx, w.Programme.ID, name); err != nil {
					return err
				}
			}
			return nil
		}))
		r, err := w.Results(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		if r.Asked.Drawn != 4 || r.Asked.Bounced != 2 || r.Asked.Completed != 1 {
			w.Errorf("asked are %+v", r.Asked)
		}
		if rate := float64(r.Asked.Completed) / float64(r.Asked.reached()); rate != 0.5 {
			w.Errorf("the rate is %v, want one of two", rate)
		}
		found, err := w.Invitations(w.Context(), tester, w.Programme.ID, n.ID, 0, 10)
		w.OK(err)
		if len(found) != 4 || found[3].ID != list[0].ID || found[3].State != Bounced || found[2].State != Completed || found[1].State != Bounced || found[0].State != Invited {
			w.Errorf("the invitations are %+v", found)
		}
		w.Refuses(w.Bounce(w.Context(), tester, w.Programme.ID, id.ID(1)), "unknown_invitation")
		w.Refuses(w.Bounce(w.Context(), auth.Actor{}, w.Programme.ID, list[3].ID), "not_permitted")
		w.Clean(Room())
	})
}
