package household

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// told returns who was asked to be written to since it was asked before, with
// what and how many belong to the household then.
func (w *town) told(names map[id.ID]string) []string {
	w.Helper()
	payloads, err := jobs.Payloads(w.Context(), w.DB.Reader(), flow.ContactWanted)
	w.OK(err)
	list := []string{}
	for _, p := range payloads {
		var c flow.Contact
		w.OK(json.Unmarshal(p, &c))
		if c.Class != flow.ServiceContact || c.Path != "/me/tea/household" || c.ProgrammeID != w.Programme.ID {
			w.Errorf("wanted is %+v", c)
		}
		list = append(list, fmt.Sprint(names[c.MemberID], " ", c.Message, " ", c.Figures["n"]))
	}
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), `DELETE FROM job WHERE kind = $1`, flow.ContactWanted)
		return err
	}))
	slices.Sort(list)
	return list
}

// TestPartingIsTold: to who was taken out, to the owner whom somebody left or who is
// erased, and to all when the household ends; to nobody when nothing happened.
func TestPartingIsTold(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		names := map[id.ID]string{}
		var who []id.ID
		for _, name := range []string{"ann", "bob", "cay", "dan"} {
			m := w.buys(name, 1).MemberID
			who, names[m] = append(who, m), name
		}
		ann, bob, cay, dan := who[0], who[1], who[2], who[3]
		home := func(more ...id.ID) *Household {
			w.later(1)
			h, err := w.Make(w.Context(), boss, w.Programme.ID, ann)
			w.OK(err)
			for _, m := range more {
				_, err = w.Add(w.Context(), boss, w.Programme.ID, h.ID, m)
				w.OK(err)
			}
			return h
		}
		want := func(list ...string) {
			w.Helper()
			if diff := cmp.Diff(append([]string{}, list...), w.told(names)); diff != "" {
				w.Errorf("told (-want +got):\n%s", diff)
			}
		}
		h := home(bob, cay, dan)
		want()
		_, err := w.Remove(w.Context(), boss, w.Programme.ID, ann, bob)
		w.OK(err)
		want("bob household_removed 3")
		_, err = w.Remove(w.Context(), boss, w.Programme.ID, ann, bob)
		w.Refuses(err, "household_stranger")
		_, err = w.Remove(w.Context(), boss, w.Programme.ID, cay, dan)
		w.Refuses(err, "household_not_owner")
		want()
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, cay)
		w.OK(err)
		want("ann household_left 2")
		_, err = w.TakeOut(w.Context(), boss, w.Programme.ID, h.ID, dan)
		w.OK(err)
		want("ann household_left 1", "dan household_removed 1")
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, ann)
		w.OK(err)
		want()
		h = home(bob, cay)
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, ann)
		w.OK(err)
		want("bob household_ended 0", "cay household_ended 0")
		h = home(bob)
		_, err = w.Dissolve(w.Context(), boss, w.Programme.ID, h.ID)
		w.OK(err)
		want("ann household_ended 0", "bob household_ended 0")
		home(bob, cay)
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, bob))
		want("ann household_left 2")
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, ann))
		want("cay household_ended 0")
		w.Clean()
	})
}
