package console

import (
	"testing"

	"regulars/internal/auth"
)

// TestAMailboxIsSetAndTested: by who may approve compensations; the password is
// shown nowhere, and a mailbox that fails says so above the cases.
func TestAMailboxIsSetAndTested(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	at := "/p/bean/complaints/mailbox"
	b.get(at).is(t, 200).shows(t, "Mailbox", "Encryption", "never shown again").hides(t, "Test the connection")
	fields := func(change ...string) []string {
		list := []string{"security", "tls", "port", "1", "user", "help@example.com", "folder", "INBOX", "move_to", "Taken", "on", "yes"}
		for i := 0; i < len(list); i += 2 {
			if list[i] != change[0] {
				change = append(change, list[i], list[i+1])
			}
		}
		return change
	}
	b.post(at, fields("host", "127.0.0.1")...).is(t, 422).holds(t, `id="f-password-error"`)
	for _, wrong := range [][2]string{{"port", "many"}, {"port", "99999999999"}, {"security", "plain"}, {"move_to", "inbox"}, {"user", ""}} {
		b.post(at, append(fields(wrong[0], wrong[1]), "host", "imap.example.com", "password", "correct horse")...).is(t, 422).
			hides(t, "correct horse").holds(t, `id="f-`+wrong[0]+`-error"`)
	}
	b.post(at, append(fields("host", "127.0.0.1"), "password", "correct horse")...).is(t, 200).
		shows(t, "The mailbox is set.", "Not read yet.", "A password is kept and not shown.", "Test the connection").hides(t, "correct horse")
	b.post(at+"/test").is(t, 200).shows(t, "The test failed", "The server does not answer at this port.")
	check(t, w.console.Complaints.FetchMails(ctx))
	b.get(at).is(t, 200).shows(t, "Trouble with the mailbox since", "1 try so far")
	b.get("/p/bean/complaints").is(t, 200).shows(t, "Trouble with the mailbox since", "To the mailbox")
	b.post(at+"/again").is(t, 200).shows(t, "They are tried with the next round.")
	agent := w.as(auth.Agent)
	agent.get(at).is(t, 200).shows(t, "Only who may approve compensations changes this.").hides(t, "Test the connection")
	agent.post(at, fields("host", "127.0.0.1")...).is(t, 403)
	agent.post(at+"/test").is(t, 403)
	open := append(fields("login", "oauth"), "host", "127.0.0.1", "client_id", "regulars", "scope", "mail")
	b.post(at, append(open, "token_url", "http://example.com/token", "refresh_token", "battery")...).is(t, 422).hides(t, "battery").holds(t, `id="f-token_url-error"`)
	open = append(open, "token_url", "https://login.example.com/token")
	b.post(at, open...).is(t, 422).holds(t, `id="f-client_secret-error"`)
	b.post(at, append(open, "refresh_token", "battery", "client_secret", "staple")...).is(t, 200).
		shows(t, "What was written is kept and not shown.").hides(t, "battery", "staple").holds(t, `value="https://login.example.com/token"`)
	b.post(at+"/remove").is(t, 200).shows(t, "The mailbox is removed.").hides(t, "Test the connection")
	b.post(at+"/test").is(t, 404)
}
