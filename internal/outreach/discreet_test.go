package outreach

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
)

// TestWhoIsSentOnAMysteryVisitIsDiscreet: the message stands in nobody's list but
// that of those who plan visits.
func TestWhoIsSentOnAMysteryVisitIsDiscreet(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil)
		w.wants(ann, flow.ServiceContact, "gift:1")
		sent := w.wants(ann, flow.ServiceContact, "visit:1")
		w.ok(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE outreach_contact SET message = 'visit_asked' WHERE id = $1`, sent.ID)
			return err
		}))
		for role, want := range map[auth.Role]int{auth.Agent: 1, auth.Marketer: 1, auth.ReadOnly: 1, auth.Manager: 2} {
			a := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.programme.ID, Role: role}}}
			all, err := w.List(t.Context(), a, Query{ProgrammeID: w.programme.ID, Limit: 9})
			w.ok(err)
			theirs, err := w.Of(t.Context(), a, ann, Query{ProgrammeID: w.programme.ID, Limit: 9})
			w.ok(err)
			if len(all) != want || len(theirs) != want {
				t.Errorf("%s sees %d messages, %d of Ann", role, len(all), len(theirs))
			}
			if _, err := w.Get(t.Context(), a, w.programme.ID, sent.ID); want == 1 {
				w.refuses(err, "unknown_contact")
			} else {
				w.ok(err)
			}
		}
	})
}
