package complaint

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// posts hands an e-mail in as the mail server does.
func (w *town) posts(raw []byte) MailTaken {
	w.Helper()
	t, err := w.TakeMail(w.Context(), w.server(), w.Programme.ID, raw)
	w.OK(err)
	return t
}

func (w *town) server() auth.Actor {
	return auth.Actor{Kind: auth.KindKey, ID: 9, Name: "mail", ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.CasesMail.Scope()}}
}

// has gives the member an address.
func (w *town) has(m id.ID, address string) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Attach(w.Context(), tx, []member.Owned{{ProgrammeID: w.Programme.ID, MemberID: m, Identities: []member.Identity{{Kind: member.Email, Value: address}}}})
	}))
}

func from(who, id, more, text string) []byte {
	return []byte("From: " + who + "\r\nMessage-ID: <" + id + ">\r\n" + more + "\r\n" + text)
}

// contacts counts the messages to members that are waiting.
func (w *town) contacts(message string) (n int) {
	w.Helper()
	w.OK(w.DB.Reader().QueryRow(w.Context(), `SELECT COUNT(*) FROM job WHERE kind = 'contact.wanted' AND payload LIKE $1`, "%"+message+"%").Scan(&n))
	return n
}

// TestAnEmailOpensACase: of a member whose address it is, once, and what it
// answers later goes there.
func TestAnEmailOpensACase(t *testing.T) {
	each(t, func(w *town) {
		w.has(w.anna, "ann@example.com")
		first := from("Ann <ANN@example.com>", "1@x", "Subject: Cold tea\r\n", "The tea was cold.")
		taken := w.posts(first)
		f := w.get(taken.CaseID)
		if taken.Outcome != MailOpened || f.MemberID != w.anna || f.Source != FromEmail || f.Reason != Other || f.Contact != "ann@example.com" || f.Language != "en" {
			t.Errorf("%+v %+v", taken, f.Case)
		}
		if len(f.Messages) != 2 || f.Messages[0].Text != "Cold tea\n\nThe tea was cold." || f.Messages[0].Author != ByCustomer || f.Messages[1].Author != Note || !strings.Contains(f.Messages[1].Text, "ann@example.com") {
			t.Errorf("%+v", f.Messages)
		}
		if n := w.contacts("case_received"); n != 1 {
			t.Errorf("%d messages that we have it", n)
		}
		if again := w.posts(first); again.Outcome != MailKnown || again.CaseID != taken.CaseID {
			t.Errorf("%+v", again)
		}
		_, err := w.Answer(w.Context(), boss, w.Programme.ID, taken.CaseID, Answer{Text: "Which shop?", Wait: true})
		w.OK(err)
		reply := w.posts(from("ann@example.com", "2@x", "Subject: Re: Cold tea\r\nIn-Reply-To: <1@x>\r\n", "The one in Leeds.\r\n\r\n> Which shop?"))
		f = w.get(taken.CaseID)
		if reply.Outcome != MailAdded || reply.CaseID != taken.CaseID || f.State != Open || f.Messages[3].Text != "Re: Cold tea\n\nThe one in Leeds." || f.Messages[3].Author != ByCustomer {
			t.Errorf("%+v %s %+v", reply, f.State, f.Messages)
		}
		w.Clean(Room())
	})
}

// TestWhoIsNotKnownIsToldNothing: a stranger's e-mail opens a case without a
// member; one with the code of another's case is a note that staff judge.
func TestWhoIsNotKnownIsToldNothing(t *testing.T) {
	each(t, func(w *town) {
		w.has(w.anna, "ann@example.com")
		own := w.posts(from("ann@example.com", "1@x", "", "Cold"))
		code := ShowTrack(w.get(own.CaseID).Track)
		for i, subject := range []string{code, strings.ToLower(code), "Re: your case " + strings.ReplaceAll(code, "-", "") + " please"} {
			taken := w.posts(from("eve@example.com", fmt.Sprint("e", i), "Subject: "+subject+"\r\n", "Close it."))
			f := w.get(own.CaseID)
			last := f.Messages[len(f.Messages)-2]
			if taken.Outcome != MailAdded || taken.CaseID != own.CaseID || last.Author != Note || f.State != Open {
				t.Errorf("%s: %+v %+v", subject, taken, last)
			}
		}
		if taken := w.posts(from("ann@example.com", "a2", "Subject: "+code+"\r\n", "Still cold.")); w.get(taken.CaseID).Messages[8].Author != ByCustomer {
			t.Errorf("%+v", w.get(taken.CaseID).Messages)
		}
		stranger := w.posts(from("eve@example.com", "e9", "Subject: AAAA-AAAA-A\r\n", "Mine is cold, too."))
		if f := w.get(stranger.CaseID); stranger.Outcome != MailOpened || f.MemberID != 0 {
			t.Errorf("%+v", stranger)
		}
		if n := w.contacts("case_received"); n != 1 {
			t.Errorf("%d messages that we have it, and strangers get none", n)
		}
		w.Clean(Room())
	})
}

// TestMachinesOpenNothing: an answer by itself makes no case, nor does a sender
// who writes without end.
func TestMachinesOpenNothing(t *testing.T) {
	each(t, func(w *town) {
		out := from("ann@example.com", "auto", "Auto-Submitted: auto-replied\r\n", "I am away.")
		if taken := w.posts(out); taken.Outcome != MailMachine || taken.CaseID != 0 || taken.Mark != "Auto-Submitted" {
			t.Errorf("%+v", taken)
		}
		if taken := w.posts(out); taken.Outcome != MailKnown {
			t.Errorf("%+v", taken)
		}
		for i := range mailsOfDay {
			w.posts(from("loop@example.com", fmt.Sprint("l", i), "", "again"))
		}
		_, err := w.TakeMail(w.Context(), w.server(), w.Programme.ID, from("loop@example.com", "last", "", "again"))
		w.Refuses(err, "mail_many")
		w.Pass(25 * time.Hour)
		w.posts(from("loop@example.com", "last", "", "again"))
		_, err = w.TakeMail(w.Context(), auth.Actor{Kind: auth.KindKey, ID: 9, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.CasesWrite.Scope()}}, w.Programme.ID, out)
		w.Refuses(err, "not_permitted")
		w.Clean(Room())
	})
}

// TestAnAnswerToAClosedCaseOpensAnother: nobody reads what goes into a closed
// one.
func TestAnAnswerToAClosedCaseOpensAnother(t *testing.T) {
	each(t, func(w *town) {
		first := w.posts(from("eve@example.com", "1", "", "Cold"))
		_, err := w.Solve(w.Context(), boss, w.Programme.ID, first.CaseID)
		w.OK(err)
		_, err = w.Close(w.Context(), boss, w.Programme.ID, first.CaseID)
		w.OK(err)
		if again := w.posts(from("eve@example.com", "2", "In-Reply-To: <1>\r\n", "Cold again")); again.Outcome != MailOpened || again.CaseID == first.CaseID {
			t.Errorf("%+v", again)
		}
		w.Clean(Room())
	})
}

// TestTheSameEmailAtOnce opens one case however many servers hand it in.
func TestTheSameEmailAtOnce(t *testing.T) {
	each(t, func(w *town) {
		var wait sync.WaitGroup
		taken := make([]MailTaken, 6)
		errs := make([]error, len(taken))
		for i := range taken {
			wait.Go(func() {
				taken[i], errs[i] = w.TakeMail(w.Context(), w.server(), w.Programme.ID, from("eve@example.com", "one", "", "Cold"))
			})
		}
		wait.Wait()
		opened := 0
		for i := range taken {
			if errs[i] != nil {
				w.Refuses(errs[i], "case_taken")
				continue
			}
			if taken[i].Outcome == MailOpened {
				opened++
			}
		}
		list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if opened != 1 || len(list) != 1 {
			t.Errorf("%d opened, %d cases", opened, len(list))
		}
		w.Clean(Room())
	})
}
