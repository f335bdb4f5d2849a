package complaint

import (
	"fmt"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
)

// TestWhoSetsAMailbox: who may change the settings of complaints; the password is
// not shown, nor given to another server than the one that it was written for.
func TestWhoSetsAMailbox(t *testing.T) {
	each(t, func(w *town) {
		agent, manager := w.hires("ann", auth.Agent), w.hires("max", auth.Manager)
		good := MailboxSpec{Host: " IMAP.Example.com ", Port: 993, Security: MailboxTLS, User: "help"}
		set := func(a auth.Actor, password string, change func(*MailboxSpec)) error {
			spec := good
			change(&spec)
			return w.SetMailbox(w.Context(), a, w.Programme.ID, spec, MailboxSecrets{Password: password})
		}
		same := func(*MailboxSpec) {}
		w.Refuses(set(agent, "secret", same), "not_permitted")
		w.Refuses(set(manager, "", same), "mailbox_no_password")
		w.OK(set(manager, "secret", same))
		for code, change := range map[string]func(*MailboxSpec){
			"mailbox_host": func(s *MailboxSpec) { s.Host = "imap://x" }, "mailbox_port": func(s *MailboxSpec) { s.Port = 0 },
			"mailbox_security": func(s *MailboxSpec) { s.Security = "none" }, "mailbox_plain": func(s *MailboxSpec) { s.Security = MailboxPlain },
			"mailbox_user": func(s *MailboxSpec) { s.User = "" }, "mailbox_same": func(s *MailboxSpec) { s.MoveTo = "inbox" },
			"case_text_line":      func(s *MailboxSpec) { s.Folder = "a\r\nb" },
			"mailbox_no_password": func(s *MailboxSpec) { s.Host = "evil.example.com" },
		} {
			w.Refuses(set(manager, "", change), code)
		}
		w.Refuses(set(manager, "a\nb", same), "mailbox_password")
		w.OK(set(manager, "", func(s *MailboxSpec) { s.Folder, s.MoveTo, s.On = "Skargi ąę", "Done", true }))
		m, _, err := w.Mailbox(w.Context(), agent, w.Programme.ID)
		w.OK(err)
		if m.Host != "imap.example.com" || m.Folder != "Skargi ąę" || m.secret != "" {
			t.Errorf("%+v", m)
		}
		if kept, err := loadMailbox(w.Context(), w.DB.Reader(), w.Programme.ID, ""); err != nil || kept.secret != "secret" {
			t.Errorf("%+v %v", kept, err)
		}
		_, err = w.TryMailbox(w.Context(), agent, w.Programme.ID)
		w.Refuses(err, "not_permitted")
		w.Refuses(w.RetryMails(w.Context(), agent, w.Programme.ID), "not_permitted")
		w.Refuses(w.RemoveMailbox(w.Context(), agent, w.Programme.ID), "not_permitted")
		w.OK(w.RemoveMailbox(w.Context(), manager, w.Programme.ID))
		w.Refuses(w.RemoveMailbox(w.Context(), manager, w.Programme.ID), "no_mailbox")
		w.Refuses(w.RetryMails(w.Context(), manager, w.Programme.ID), "no_mailbox")
		w.secretIsNowhere("secret")
		w.Clean(Room())
	})
}

// secretIsNowhere looks for a password in the audit and in the export.
func (w *town) secretIsNowhere(secret string) {
	w.Helper()
	rows, err := w.auth.Audit(w.Context(), boss, auth.AuditFilter{ProgrammeID: w.Programme.ID, Limit: 100})
	w.OK(err)
	if text := fmt.Sprintf("%+v", rows); strings.Contains(text, secret) || !strings.Contains(text, "case.mailbox") {
		w.Errorf("the audit has %s", text)
	}
	w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
		return Room().Dump(w.Context(), q, w.Programme.ID, func(_ string, row any) error {
			if strings.Contains(fmt.Sprintf("%+v", row), secret) {
				w.Error("the export has the password")
			}
			return nil
		})
	}))
}

// TestTheCheckLooksAtMailboxes finds what contradicts itself.
func TestTheCheckLooksAtMailboxes(t *testing.T) {
	each(t, func(w *town) {
		for _, spoil := range []string{
			`UPDATE complaint_mailbox SET failure = 'login' WHERE programme_id = $1`,
			`INSERT INTO complaint_mail_left (programme_id, uid, taken, received, size, why, first, again) VALUES ($1, 7, FALSE, 0, 0, '{}', 0, 0)`,
			`DELETE FROM complaint_mailbox WHERE programme_id = $1`,
		} {
			w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, MailboxSpec{Host: "a.example", Port: 993, Security: MailboxTLS, User: "help"}, MailboxSecrets{Password: "x"}))
			if strings.HasPrefix(spoil, "DELETE") {
				w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(w.Context(), `INSERT INTO complaint_mail_left (programme_id, uid, taken, received, size, why, first, again) VALUES ($1, 7, FALSE, 0, 0, '{}', 0, 0)`, w.Programme.ID)
					return err
				}))
			}
			w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(w.Context(), spoil, w.Programme.ID)
				return err
			}))
			if len(w.Faults(Room())) != 1 {
				t.Errorf("%s: %q", spoil, w.Faults(Room()))
			}
			w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return dropLeft(w.Context(), tx, w.Programme.ID) }))
			_ = w.RemoveMailbox(w.Context(), boss, w.Programme.ID)
		}
	})
}
