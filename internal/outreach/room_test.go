package outreach

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// TestTheCheckFindsWhatIsWrong spoils what is kept, one thing at a time.
func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	for what, spoil := range map[string]string{
		"is the stimulus number 2 within 24 hours, and 1 are allowed": `UPDATE outreach_contact SET state = 'sent', outcome = 'allow', verdict = '{"outcome":"allow"}', sent = decided WHERE name = '2'`,
		"and its verdict says refuse":                                 `UPDATE outreach_contact SET state = 'sent', sent = decided WHERE name = '3'`,
		"at the wrong time":                                           `UPDATE outreach_contact SET due = 7 WHERE name = '1'`,
		"has a name and is not there":                                 `DELETE FROM outreach_contact WHERE name = '1'`,
		"is not the one of its name":                                  `DELETE FROM outreach_name WHERE name = '1'`,
		"is for somebody who was erased":                              `UPDATE member SET status = 'erased'`,
		"is in the sink and for somebody who was erased":              `UPDATE member SET status = 'erased'`,
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(w *town) {
				w.Channels[member.ByEmail] = Sink{DB: w.db, Now: w.Now}
				ann := w.joins("ann@example.com", nil, member.Marketing)
				_, err := w.delivers(w.wants(ann, flow.StimulusContact, "1"), 1)
				w.ok(err)
				w.wants(ann, flow.StimulusContact, "2")
				w.wants(ann, flow.AskContact, "3")
				w.sound()
				w.ok(w.db.InTx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(t.Context(), spoil)
					return err
				}))
				if found := strings.Join(w.faults(), "\n"); !strings.Contains(found, what) {
					t.Errorf("the check finds %q", found)
				}
			})
		})
	}
}

// TestExports: a person gets words and address, a programme's export has no
// words of the sink.
func TestExports(t *testing.T) {
	each(t, func(w *town) {
		w.Channels[member.ByEmail] = Sink{DB: w.db, Now: w.Now}
		_, err := w.SetPolicy(t.Context(), system, w.programme.ID, 0, DefaultPolicy())
		w.ok(err)
		ann := w.joins("ann@example.com", nil, member.Marketing)
		w.ok(w.SendCode(t.Context(), w.programme.ID, ann, member.Identity{Kind: member.Email, Value: "ann@example.com"}, "417203", ""))
		told, err := Room().Export(t.Context(), w.db.Reader(), w.programme.ID, []id.ID{ann})
		w.ok(err)
		if all := told.(kept); len(all.Contacts) != 1 || len(all.Messages) != 1 || all.Messages[0].To != "ann@example.com" {
			t.Errorf("the person is told %+v", all)
		}
		if nobody, err := Room().Export(t.Context(), w.db.Reader(), w.programme.ID, []id.ID{ann + 1}); err != nil || nobody != nil {
			t.Errorf("of nobody there is %v, %v", nobody, err)
		}
		var tables []string
		w.ok(w.db.View(t.Context(), func(q db.Queryer) error {
			return Room().Dump(t.Context(), q, w.programme.ID, func(table string, record any) error {
				tables = append(tables, table)
				if strings.Contains(fmt.Sprintf("%+v", record), "417203") {
					t.Errorf("the export of the programme holds the code: %+v", record)
				}
				return nil
			})
		}))
		if fmt.Sprint(tables) != fmt.Sprint(Room().Tables()) {
			t.Errorf("the tables are %v", tables)
		}
	})
}

// TestTheSinkIsPruned after 30 days, and read only by who sets the policy.
func TestTheSinkIsPruned(t *testing.T) {
	each(t, func(w *town) {
		w.Channels[member.ByEmail] = Sink{DB: w.db, Now: w.Now}
		ann := w.joins("ann@example.com", nil)
		c, err := w.Write(t.Context(), system, Letter{ProgrammeID: w.programme.ID, MemberID: ann, Class: flow.ServiceContact, Words: map[i18n.Lang]Words{"en": {"a", "b"}}})
		w.ok(err)
		c, err = w.delivers(c, 1)
		w.ok(err)
		key := auth.Actor{Kind: auth.KindKey, ProgrammeID: w.programme.ID, Scopes: []auth.Scope{auth.ContactsRead.Scope()}}
		_, err = w.Sunk(t.Context(), key, c)
		w.refuses(err, "not_permitted")
		for _, wait := range []time.Duration{sinkKept, time.Second} {
			w.ok(w.Prune(t.Context()))
			if m, err := w.Sunk(t.Context(), system, c); err != nil || m == nil {
				t.Fatalf("the sink holds %v, %v", m, err)
			}
			w.clock = w.clock.Add(wait)
		}
		w.ok(w.Prune(t.Context()))
		if m, err := w.Sunk(t.Context(), system, c); err != nil || m != nil {
			t.Errorf("the sink holds %v, %v", m, err)
		}
	})
}

// TestMergedProfilesShareTheirCaps: what one of them was sent counts for the
// survivor.
func TestMergedProfilesShareTheirCaps(t *testing.T) {
	each(t, func(w *town) {
		ann, double := w.joins("ann@example.com", nil, member.Marketing), w.joins("a@example.com", nil, member.Marketing)
		w.is(w.wants(double, flow.StimulusContact, "1"), Queued, "allowed")
		w.ok(w.db.InTx(t.Context(), func(tx *db.Tx) error {
			_, err := member.Merge(t.Context(), tx, member.Merging{ProgrammeID: w.programme.ID, SurvivorID: ann, LoserID: double, At: w.clock, By: "test"})
			return err
		}))
		w.is(w.wants(ann, flow.StimulusContact, "2"), Refused, "day_cap")
		c := w.wants(double, flow.ServiceContact, "3")
		if w.is(c, Queued, "allowed"); c.MemberID != ann {
			t.Errorf("it is %v's, not the survivor's", c.MemberID)
		}
		list, err := w.Of(t.Context(), system, double, Query{ProgrammeID: w.programme.ID, Limit: 9})
		w.ok(err)
		if len(list) != 3 {
			t.Errorf("there are %d contacts", len(list))
		}
		_, err = w.delivers(w.named("1"), 1)
		w.ok(err)
		if m := w.post.letters[0]; m.To != "a@example.com" || m.MemberID != double { // kept under the profile of then
			t.Errorf("it goes to %s of %v", m.To, m.MemberID)
		}
		w.sound()
	})
}
