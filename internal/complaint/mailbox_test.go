package complaint

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

func eml(n int) []byte {
	return from(fmt.Sprintf("c%d@example.com", n), fmt.Sprintf("m%d@x", n), "", fmt.Sprintf("text %d", n))
}

// TestAMailboxIsRead: over TLS, STARTTLS and a line of this machine; what comes is
// taken once and marked, what lay there before is left alone.
func TestAMailboxIsRead(t *testing.T) {
	each(t, func(w *town) {
		var want []string
		for i, security := range MailboxSecurities() {
			o := opensOffice(w.T, security)
			o.lies("INBOX", w.Now().Add(-time.Hour), eml(10*i))
			w.reads(o)
			o.lies("INBOX", w.Now(), eml(10*i+1))
			o.lies("INBOX", w.Now(), from("robot@example.com", fmt.Sprint("auto", i), "Auto-Submitted: auto-replied\r\n", "away"))
			if m := w.fetches(); m.Failure != "" || !m.Looked.Equal(w.Now()) || !m.Next.Equal(w.Now().Add(mailboxEvery)) {
				t.Errorf("%s: %+v", security, m)
			}
			want = append(want, fmt.Sprint("text ", 10*i+1))
			w.hasMailed(slices.Clone(want)...)
			o.holds("INBOX", 3, 1)
			signIns := o.signIns.Load()
			w.looks() // not due
			if o.signIns.Load() != signIns {
				t.Error("a mailbox was read that is not due")
			}
			w.fetches()
			o.lies("INBOX", w.Now().Add(-48*time.Hour), eml(10*i+2)) // moved there by a person
			w.fetches()
			want = append(want, fmt.Sprint("text ", 10*i+2))
			w.hasMailed(slices.Clone(want)...)
			w.leftBehind()
		}
		w.Clean(Room())
	})
}

// TestASlipInTheSettingsLosesNothing: what came while the mailbox was never read
// counts; what lay in another folder does not.
func TestASlipInTheSettingsLosesNothing(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		right := o.spec
		o.spec.User = "hepl"
		w.reads(o)
		o.lies("INBOX", w.Now().Add(-time.Hour), eml(0))
		if m := w.fetches(); m.Failure != MailboxLogin {
			t.Errorf("%+v", m)
		}
		o.lies("INBOX", w.Now(), eml(1))
		w.Pass(time.Hour)
		o.spec = right
		w.reads(o)
		w.looks()
		w.hasMailed("text 1")
		w.OK(o.user.Create("Help", nil))
		o.lies("Help", w.Now().Add(-time.Minute), eml(2))
		o.spec.Folder = "Help"
		w.reads(o)
		o.lies("Help", w.Now(), eml(3))
		w.looks()
		w.hasMailed("text 1", "text 3")
		w.Clean(Room())
	})
}

// TestALineThatBreaksOff: what was taken before is taken once and marked later, and
// the rest comes with the next round; a mailbox that is switched off is not read.
func TestALineThatBreaksOff(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		w.reads(o)
		for n := range 3 {
			o.lies("INBOX", w.Now(), eml(n))
		}
		o.breaks.Store(2)
		if m := w.fetches(); m.Failure != MailboxBroken || m.Failures != 1 {
			t.Errorf("%+v", m)
		}
		w.hasMailed("text 0")
		w.leftBehind("1 complaint.mail_unmarked")
		w.Clean(Room())
		if m := w.fetches(); m.Failure != "" {
			t.Errorf("%+v", m)
		}
		w.hasMailed("text 0", "text 1", "text 2")
		o.holds("INBOX", 3, 0)
		o.spec.On = false
		w.reads(o)
		o.lies("INBOX", w.Now(), eml(3))
		w.fetches()
		w.hasMailed("text 0", "text 1", "text 2")
		o.spec.On = true
		w.reads(o)
		w.fetches()
		w.hasMailed("text 0", "text 1", "text 2", "text 3")
		w.leftBehind()
	})
}

// TestAnotherNumberingTakesNothingTwice: of what lies in the folder only what was
// received since the mailbox was set counts, and what was taken is known.
func TestAnotherNumberingTakesNothingTwice(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		old, began := w.Now().Add(-time.Minute), w.Now()
		w.reads(o)
		o.lies("INBOX", began, eml(1))
		w.fetches()
		w.OK(o.user.Delete("INBOX"))
		w.OK(o.user.Create("INBOX", nil))
		for n, at := range []time.Time{old, began, began.Add(time.Minute)} {
			o.lies("INBOX", at, eml(n))
		}
		w.fetches()
		w.fetches()
		w.hasMailed("text 1", "text 2")
		o.holds("INBOX", 3, 1)
		w.Clean(Room())
	})
}

// TestWhatCannotBeMarkedIsNotTakenTwice: it is listed, marked later, and does not
// hold up the others; the server's words are shown, our password is not.
func TestWhatCannotBeMarkedIsNotTakenTwice(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS, imap.CapMove, imap.CapUIDPlus)
		o.spec.MoveTo = "Done"
		w.reads(o)
		o.lies("INBOX", w.Now(), eml(1))
		m := w.fetches()
		since := w.Now()
		if m.Failure != MailboxMark || m.Detail != "No such mailbox" || !m.Since.Equal(since) || !m.Looked.Equal(w.Now()) || !m.Next.Equal(w.Now().Add(mailboxEvery)) {
			t.Errorf("%+v", m)
		}
		w.leftBehind("1 complaint.mail_unmarked")
		w.OK(o.user.Create("Done", nil))
		o.stubborn.Store(true)
		o.lies("INBOX", w.Now(), eml(2))
		if m := w.fetches(); m.Detail != "" || m.Failures != 2 || !m.Since.Equal(since) {
			t.Errorf("%+v", m)
		}
		w.hasMailed("text 1", "text 2")
		w.leftBehind("2 complaint.mail_unmarked", "1 complaint.mail_unmarked")
		w.Clean(Room())
		o.stubborn.Store(false)
		if m := w.fetches(); m.Failure != "" || !m.Since.IsZero() {
			t.Errorf("%+v", m)
		}
		o.holds("INBOX", 0, 0)
		o.holds("Done", 2, 2)
		w.hasMailed("text 1", "text 2")
		w.leftBehind()
	})
}

// TestAServerThatCannotMoveIsNotAsked: it would throw away what others marked as
// deleted.
func TestAServerThatCannotMoveIsNotAsked(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		w.OK(o.user.Create("Done", nil))
		o.spec.MoveTo = "Done"
		w.reads(o)
		o.lies("INBOX", w.Now(), eml(1))
		if m := w.fetches(); m.Failure != MailboxMark || m.Detail != "the server knows neither MOVE nor UIDPLUS" {
			t.Errorf("%+v", m)
		}
		o.holds("INBOX", 1, 1)
		o.holds("Done", 0, 0)
	})
}

// TestABadEmailIsLeftAndListed: hostile, malformed and huge ones stay in the
// mailbox, flagged; the others are taken, and one that is gone is forgotten.
func TestABadEmailIsLeftAndListed(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		w.reads(o)
		huge := append(from("big@example.com", "big", "", ""), bytes.Repeat([]byte("large "), MaxMail/6+1)...)
		for _, raw := range [][]byte{
			[]byte("no e-mail"), {}, []byte("\x00\xff\r\n\r\n\x00"), huge, []byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + strings.Repeat("--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n", 40)),
			eml(6),
		} {
			o.lies("INBOX", w.Now(), raw)
		}
		if m := w.fetches(); m.Failure != "" {
			t.Errorf("%+v", m)
		}
		w.hasMailed("text 6")
		left := w.leftBehind("5 mail_unreadable", "4 mail_large", "3 mail_unreadable", "2 mail_unreadable", "1 mail_unreadable")
		if big := left[1]; big.Size != int64(len(huge)) || big.Received.IsZero() || !big.Again.IsZero() || big.Taken || fmt.Sprint(big.Why.Args["most"]) != "25" {
			t.Errorf("%+v", big)
		}
		o.holds("INBOX", 6, 5)
		w.fetches()
		w.leftBehind("5 mail_unreadable", "4 mail_large", "3 mail_unreadable", "2 mail_unreadable", "1 mail_unreadable")
		w.Clean(Room())
		w.OK(o.user.Delete("INBOX"))
		w.OK(o.user.Create("INBOX", nil))
		w.fetches()
		w.leftBehind()
	})
}

// TestASenderWithoutEndIsTriedAgain: what is refused for now comes in later, or
// when a person says so.
func TestASenderWithoutEndIsTriedAgain(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		w.reads(o)
		for n := range mailsOfDay + 2 {
			o.lies("INBOX", w.Now(), from("loop@example.com", fmt.Sprint("l", n), "", fmt.Sprint("text ", n)))
		}
		w.fetches()
		left := w.leftBehind("12 mail_many", "11 mail_many")
		if len(w.mailed()) != mailsOfDay || !left[0].Again.Equal(w.Now().Add(mailRetry)) {
			t.Errorf("%d cases, %+v", len(w.mailed()), left)
		}
		w.fetches()
		w.leftBehind("12 mail_many", "11 mail_many")
		w.Pass(25 * time.Hour)
		w.OK(w.RetryMails(w.Context(), boss, w.Programme.ID))
		w.looks()
		w.leftBehind()
		if n := len(w.mailed()); n != mailsOfDay+2 {
			t.Errorf("%d cases", n)
		}
		w.Clean(Room())
	})
}

// TestMoreThanARoundIsTakenInSeveral: and a server that answers with all numbers
// there are is not believed.
func TestMoreThanARoundIsTakenInSeveral(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		w.reads(o)
		for range mailsInRound + 5 {
			o.lies("INBOX", w.Now(), []byte("no e-mail"))
		}
		o.lies("INBOX", w.Now(), eml(1))
		w.looks()
		w.hasMailed()
		w.looks()
		w.hasMailed("text 1")
		o.forgetful.Store(true)
		w.fetches()
		w.hasMailed("text 1")
		w.Clean(Room())
	})
}

// TestAMailboxThatFails shows since when and why, is left alone for longer and
// longer, and comes back.
func TestAMailboxThatFails(t *testing.T) {
	each(t, func(w *town) {
		o := opensOffice(w.T, MailboxTLS)
		w.reads(o)
		w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, o.spec, MailboxSecrets{Password: "wrong"}))
		m := w.looks()
		since := w.Now()
		if m.Failure != MailboxLogin || m.Detail != "Authentication failed" || !m.Since.Equal(since) || !m.Next.Equal(since.Add(2*mailboxEvery)) || m.secret != "" {
			t.Errorf("%+v", m)
		}
		w.Clean(Room())
		for range 8 {
			m = w.fetches()
		}
		if m.Failures != 9 || !m.Since.Equal(since) || !m.Next.Equal(w.Now().Add(mailboxPause)) {
			t.Errorf("%+v", m)
		}
		for what, change := range map[MailboxFailure]func(*MailboxSpec){
			MailboxFolder: func(s *MailboxSpec) { s.Folder = "Nowhere" },
			MailboxMoveTo: func(s *MailboxSpec) { s.MoveTo = "Nowhere" },
			MailboxNoHost: func(s *MailboxSpec) { s.Host = "nobody.invalid" },
			MailboxUnsafe: func(s *MailboxSpec) { s.Host = "localhost" }, // whom the certificate does not name
			"":            func(*MailboxSpec) {},
		} {
			spec := o.spec
			change(&spec)
			w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, spec, MailboxSecrets{Password: secretWord}))
			trial, err := w.TryMailbox(w.Context(), boss, w.Programme.ID)
			w.OK(err)
			if trial.Failure != what && (what != MailboxNoHost || trial.Failure != MailboxUnreachable) {
				t.Errorf("%q: %+v", what, trial)
			}
		}
		w.reads(o)
		o.close()
		if m := w.looks(); m.Failure != MailboxUnreachable || m.Failures != 1 {
			t.Errorf("%+v", m)
		}
	})
}

// TestASafeLineOrNone: a server without STARTTLS, one whose certificate nobody
// vouches for, and one that breaks off get no password.
func TestASafeLineOrNone(t *testing.T) {
	each(t, func(w *town) {
		plain := opensOffice(w.T, MailboxPlain)
		spec := plain.spec
		spec.Security = MailboxTLS // of a server that speaks plainly
		w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, spec, MailboxSecrets{Password: secretWord}))
		if m := w.looks(); m.Failure != MailboxUnsafe || plain.signIns.Load() != 0 {
			t.Errorf("%+v", m)
		}
		strange := opensOffice(w.T, MailboxStartTLS)
		w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, strange.spec, MailboxSecrets{Password: secretWord})) // without its root
		if m := w.looks(); m.Failure != MailboxUnsafe || m.Detail == "" || strange.signIns.Load() != 0 {
			t.Errorf("%+v", m)
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		w.OK(err)
		defer func() { _ = ln.Close() }()
		go func() {
			for {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Write([]byte("* OK [CAPABILITY IMAP4rev1] hello\r\n* {99999999999}\r\n"))
				_ = conn.Close()
			}
		}()
		spec = plain.spec
		spec.Port = ln.Addr().(*net.TCPAddr).Port
		w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, spec, MailboxSecrets{Password: secretWord}))
		if m := w.looks(); m.Failure != MailboxBroken && m.Failure != MailboxLogin {
			t.Errorf("%+v", m)
		}
	})
}
