package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
)

func (s *server) addCaseMailbox() {
	const path = "/v1/case-mailbox"
	show := func(ctx context.Context, c *call, a auth.Actor) (caseMailbox, error) {
		m, left, err := s.Complaints.Mailbox(ctx, a, c.programme())
		if err == nil && m == nil {
			err = fault.Missing("no_mailbox", "the programme has no mailbox from which complaints are fetched")
		}
		if err != nil {
			return caseMailbox{}, err
		}
		return c.caseMailbox(m, left), nil
	}
	watch := func(ctx context.Context, c *call, _ string) (caseMailbox, error) { return show(ctx, c, watcher) }
	read(s, operation{
		id: "get-case-mailbox", method: http.MethodGet, path: path, tag: tagCases, needs: needs(auth.CasesRead),
		summary: "Get the mailbox from which complaints are fetched, how it is, and the e-mails in it that need a person's eye",
	}, func(ctx context.Context, c *call, _ *nothing) (caseMailbox, error) { return show(ctx, c, c.actor) })
	write(s, operation{
		id: "set-case-mailbox", method: http.MethodPut, path: path, tag: tagCases, needs: needs(auth.CasesApprove),
		summary: "Say from which mailbox complaints are fetched, over IMAP",
		text: "It is read every two minutes; what comes in is taken as POST /v1/mails takes it, once. The password, the client secret and the refresh token are never shown again; " +
			"left out, those that are kept stay, unless the server, the name, the login, token_url or client_id is another. Of another mailbox or folder what lies there already is left alone.",
		example: exampleCaseMailbox,
	}, func(ctx context.Context, c *call, _ *nothing, b *caseMailboxSet) (string, error) {
		spec := complaint.MailboxSpec{Host: b.Host, Port: b.Port, Security: complaint.MailboxSecurity(b.Security), User: b.User,
			Login: complaint.MailboxSignIn(b.Login), TokenURL: b.TokenURL, ClientID: b.ClientID, Scope: b.Scope, Folder: b.Folder, MoveTo: b.MoveTo, On: b.On}
		return "", s.Complaints.SetMailbox(ctx, c.actor, c.programme(), spec,
			complaint.MailboxSecrets{Password: b.Password, ClientSecret: b.ClientSecret, RefreshToken: b.RefreshToken})
	}, watch)
	write(s, operation{
		id: "remove-case-mailbox", method: http.MethodDelete, path: path, tag: tagCases, needs: needs(auth.CasesApprove),
		summary: "Forget the mailbox and its secrets", text: "The cases stay, and so do the e-mails on the server.",
	}, func(ctx context.Context, c *call, _ *nothing, _ *nothing) (string, error) {
		return "", s.Complaints.RemoveMailbox(ctx, c.actor, c.programme())
	}, func(context.Context, *call, string) (removedMailbox, error) { return removedMailbox{true}, nil })
	write(s, operation{
		id: "retry-case-mailbox", method: http.MethodPost, path: path + "/retry", tag: tagCases, needs: needs(auth.CasesApprove),
		summary: "Have the mailbox read soon, and every e-mail tried again that was left in it",
	}, func(ctx context.Context, c *call, _ *nothing, _ *nothing) (string, error) {
		return "", s.Complaints.RetryMails(ctx, c.actor, c.programme())
	}, watch)
	read(s, operation{
		id: "test-case-mailbox", method: http.MethodPost, path: path + "/test", tag: tagCases, needs: needs(auth.CasesApprove),
		summary: "Look whether the mailbox can be read as it is set", text: "Nothing is changed there. A failure is answered with 200 and its name.",
	}, func(ctx context.Context, c *call, _ *nothing) (mailboxTrial, error) {
		t, err := s.Complaints.TryMailbox(ctx, c.actor, c.programme())
		return mailboxTrial{string(t.Failure), c.print.Say(t.Text()), t.Detail, t.Messages}, err
	})
}

const exampleCaseMailbox = `{"host": "imap.example.com", "port": 993, "security": "tls", "user": "help@example.com", "password": "an-app-password", "folder": "INBOX", "move_to": "Taken", "on": true}`

// MailboxPlace says where a mailbox is and what is done with it.
type MailboxPlace struct {
	Host     string `json:"host" maxLength:"250" example:"imap.example.com"`
	Port     int    `json:"port" minimum:"1" maximum:"65535" example:"993"`
	Security string `json:"security" enum:"tls,starttls,plain" doc:"plain only for a server on the same machine."`
	User     string `json:"user" maxLength:"250" example:"help@example.com"`
	Login    string `json:"login,omitempty" enum:"password,oauth" doc:"How we sign in, by password when left out. With oauth by an access token of the refresh token, or without one of client credentials."`
	TokenURL string `json:"token_url,omitempty" maxLength:"500" doc:"With oauth, the https address at which access tokens are given." example:"https://oauth2.googleapis.com/token"`
	ClientID string `json:"client_id,omitempty" maxLength:"250" doc:"With oauth, the client ID of the application that is registered there."`
	Scope    string `json:"scope,omitempty" maxLength:"1000" doc:"With oauth, what is asked for, with spaces between; left out, what the server gives by itself."`
	Folder   string `json:"folder,omitempty" maxLength:"250" doc:"INBOX when left out." example:"INBOX"`
	MoveTo   string `json:"move_to,omitempty" maxLength:"250" doc:"The folder to which what was taken is moved; left out, it stays and is marked as read." example:"Taken"`
	On       bool   `json:"on" doc:"Whether it is read."`
}

type caseMailboxSet struct {
	MailboxPlace
	Password string `json:"password,omitempty" maxLength:"250" doc:"Never shown again; left out, the one that is kept stays." example:"an-app-password"`
	// The secrets of OAuth.
	ClientSecret string `json:"client_secret,omitempty" maxLength:"8192" doc:"With oauth. Never shown again; left out, the one that is kept stays."`
	RefreshToken string `json:"refresh_token,omitempty" maxLength:"8192" doc:"With oauth. Never shown again; left out, the one that is kept stays. A newer one that the server gives takes its place."`
}

type caseMailbox struct {
	MailboxPlace
	Looked   *time.Time     `json:"looked,omitempty" doc:"When it was last read well."`
	Next     time.Time      `json:"next" doc:"When it is due again."`
	Failure  string         `json:"failure,omitempty" enum:"host,unreachable,unsafe,login,folder,move_to,broken,mark,token_server,token_private,token_refused,token,no_oauth" doc:"What went wrong with the last look; left out for nothing. With mark e-mails are taken, and cannot be marked or moved."`
	Words    string         `json:"words,omitempty" doc:"The same in words."`
	Detail   string         `json:"detail,omitempty" doc:"What the server said of it."`
	Since    *time.Time     `json:"since,omitempty" doc:"Since when it goes wrong."`
	Failures int64          `json:"failures" doc:"How often in a row it went wrong."`
	Left     []caseMailLeft `json:"left" nullable:"false" doc:"The e-mails in the folder that need a person's eye."`
}

type caseMailLeft struct {
	UID      int64      `json:"uid" doc:"Its number in the folder." example:"17"`
	Taken    bool       `json:"taken" doc:"It was taken and only could not be marked or moved."`
	Received time.Time  `json:"received"`
	Size     int64      `json:"size" doc:"In bytes." example:"48213"`
	Words    string     `json:"words" doc:"Why it was left." example:"An e-mail has 25 MB at most."`
	Again    *time.Time `json:"again,omitempty" doc:"When it is tried again; left out for never by itself."`
}

type removedMailbox struct {
	Removed bool `json:"removed"`
}

type mailboxTrial struct {
	Failure  string `json:"failure,omitempty" enum:"host,unreachable,unsafe,login,folder,move_to,broken,token_server,token_private,token_refused,token,no_oauth" doc:"What went wrong; left out for nothing."`
	Words    string `json:"words" doc:"What came of it, in words."`
	Detail   string `json:"detail,omitempty" doc:"What the server said of it."`
	Messages int64  `json:"messages" doc:"How many e-mails lie in the folder." example:"12"`
}

func (c *call) caseMailbox(m *complaint.Mailbox, left []complaint.LeftMail) caseMailbox {
	v := caseMailbox{
		MailboxPlace: MailboxPlace{m.Host, m.Port, string(m.Security), m.User, string(m.Login), m.TokenURL, m.ClientID, m.Scope, m.Folder, m.MoveTo, m.On},
		Looked:       moment(m.Looked), Next: m.Next, Failure: string(m.Failure), Detail: m.Detail, Since: moment(m.Since), Failures: m.Failures, Left: []caseMailLeft{},
	}
	if m.Failure != "" {
		v.Words = c.print.Say(m.Failure.Text())
	}
	for _, n := range left {
		v.Left = append(v.Left, caseMailLeft{int64(n.UID), n.Taken, n.Received, n.Size, c.print.Say(n.Why), moment(n.Again)})
	}
	return v
}
