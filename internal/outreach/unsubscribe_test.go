package outreach

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// TestLeaving: the link of a message takes back what that message needed, on its
// channel, and nothing else.
func TestLeaving(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil, member.Marketing, member.Surveys)
		c, err := w.delivers(w.wants(ann, flow.StimulusContact, "1"), 1)
		w.ok(err)
		token := w.post.letters[0].Unsubscribe[len("https://points.example.com"+UnsubscribePath):]
		l, err := w.ReadUnsubscribe(t.Context(), token)
		w.ok(err)
		if l.MemberID != ann || l.Purpose != member.Marketing || l.Channel != member.ByEmail || l.Programme.ID != w.programme.ID {
			t.Errorf("the token says %+v", l)
		}
		w.clock = w.clock.Add(25 * time.Hour)
		for range 2 {
			_, err = w.Unsubscribe(t.Context(), token)
			w.ok(err)
		}
		history, err := member.Consents(t.Context(), w.DB.Reader(), []id.ID{ann})
		w.ok(err)
		if n := len(slices.DeleteFunc(history, func(c member.Consent) bool { return c.Given })); n != 1 {
			t.Errorf("leaving twice was written %d times", n)
		}
		w.is(w.wants(ann, flow.StimulusContact, "2"), Refused, "no_marketing_consent")
		w.is(w.wants(ann, flow.AskContact, "3"), Queued, "allowed")
		for i := range token {
			if forged := token[:i] + flip(token[i]) + token[i+1:]; i < len(token)-1 {
				_, err := w.Unsubscribe(t.Context(), forged)
				w.refuses(err, "unsubscribe_unknown")
			}
		}
		_, err = w.Unsubscribe(t.Context(), token[:9])
		w.refuses(err, "unsubscribe_unknown")
		if c.State != Sent {
			t.Errorf("it is %s", c.State)
		}
		w.sound()
	})
}

func flip(b byte) string {
	if b == 'A' {
		return "B"
	}
	return "A"
}

// TestErasureLeavesNothing: the words of contacts and the sink go with the
// person, what waits is refused, and what is on its way leaves no trace.
func TestErasureLeavesNothing(t *testing.T) {
	each(t, func(w *town) {
		w.Channels[member.ByEmail] = Sink{DB: w.db, Now: w.Now}
		const marker = "marker-7f3a"
		ann := w.joins("ann@example.com", nil, member.Marketing)
		letter := Letter{ProgrammeID: w.programme.ID, MemberID: ann, Class: flow.ServiceContact, Words: map[i18n.Lang]Words{i18n.English: {marker, marker}}}
		c, err := w.Write(t.Context(), system, letter)
		w.ok(err)
		c, err = w.delivers(c, 1)
		w.ok(err)
		kept, err := w.Sunk(t.Context(), system, c)
		w.ok(err)
		if kept == nil || kept.Subject != marker || kept.To != "ann@example.com" {
			t.Fatalf("the sink holds %+v", kept)
		}
		waits, err := w.Write(t.Context(), system, letter)
		w.ok(err)
		w.ok(w.db.InTx(t.Context(), func(tx *db.Tx) error {
			if err := member.Erase(t.Context(), tx, []id.ID{ann}); err != nil {
				return err
			}
			return Room().Erase(t.Context(), tx, w.programme.ID, []id.ID{ann})
		}))
		w.is(w.named(waits.Name), Refused, "erased")
		w.ok(w.Deliver(t.Context(), w.job(SendJob, ref{ann, waits.ID})))
		told, err := Room().Export(t.Context(), w.db.Reader(), w.programme.ID, []id.ID{ann})
		w.ok(err)
		if all := fmt.Sprintf("%+v", told); strings.Contains(all, marker) || strings.Contains(all, "ann@") {
			t.Errorf("kept is %s", all)
		}
		if kept, err := w.Sunk(t.Context(), system, c); err != nil || kept != nil {
			t.Errorf("the sink holds %+v, %v", kept, err)
		}
		w.sound()
	})
}
