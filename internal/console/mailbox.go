package console

import (
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/web"
)

// mailboxPage is the mailbox from which complaints are fetched, nil where there
// is none.
type mailboxPage struct {
	*visit
	kept *complaint.Mailbox
	left []complaint.LeftMail
	spec complaint.MailboxSpec
	port string
	// trial is what came of a test, nil where none was made.
	trial *complaint.MailboxTrial
	errs  web.FormErrors
}

func (c *Console) mailboxRoutes() []route {
	const path = casesPath + "/mailbox"
	return []route{
		{pattern: "GET " + path, permission: auth.CasesRead, do: c.mailbox},
		{pattern: "POST " + path, permission: auth.CasesApprove, do: c.saveMailbox},
		{pattern: "POST " + path + "/test", permission: auth.CasesApprove, do: c.testMailbox},
		{pattern: "POST " + path + "/again", permission: auth.CasesApprove, do: c.retryMails},
		{pattern: "POST " + path + "/remove", permission: auth.CasesApprove, do: c.removeMailbox},
	}
}

func (c *Console) meetMailbox(v *visit) (*mailboxPage, error) {
	p := &mailboxPage{visit: v, spec: complaint.MailboxSpec{Port: 993, Security: complaint.MailboxTLS, Login: complaint.MailboxByPassword, Folder: "INBOX", On: true}}
	var err error
	if p.kept, p.left, err = c.Complaints.Mailbox(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.kept != nil {
		p.spec = p.kept.MailboxSpec
	}
	p.port = strconv.Itoa(p.spec.Port)
	return p, nil
}

func (c *Console) mailbox(v *visit) error {
	p, err := c.meetMailbox(v)
	if err != nil {
		return err
	}
	return v.render(mailboxView(p))
}

func (c *Console) saveMailbox(v *visit) error {
	p, err := c.meetMailbox(v)
	if err != nil {
		return err
	}
	p.typed()
	// Spaces at the ends of a password are part of it.
	secrets := complaint.MailboxSecrets{Password: v.r.FormValue("password"), ClientSecret: p.field("client_secret"), RefreshToken: p.field("refresh_token")}
	if err := c.Complaints.SetMailbox(v.ctx(), v.actor, v.programme.ID, p.spec, secrets); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return mailboxView(p)
		})
	}
	return v.done(v.at("/complaints/mailbox"), "console.mailbox.saved")
}

// typed is what the form says.
func (p *mailboxPage) typed() {
	p.port = p.field("port")
	port, _ := strconv.ParseInt(p.port, 10, 32) // what is no number is no port
	p.spec = complaint.MailboxSpec{
		Host: p.field("host"), Port: int(port), Security: complaint.MailboxSecurity(p.field("security")), User: p.field("user"),
		Login: complaint.MailboxSignIn(p.field("login")), TokenURL: p.field("token_url"), ClientID: p.field("client_id"), Scope: p.field("scope"),
		Folder: p.field("folder"), MoveTo: p.field("move_to"), On: p.field("on") != "",
	}
}

func (c *Console) testMailbox(v *visit) error {
	p, err := c.meetMailbox(v)
	if err != nil {
		return err
	}
	t, err := c.Complaints.TryMailbox(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return err
	}
	p.trial = &t
	return v.render(mailboxView(p))
}

func (c *Console) retryMails(v *visit) error {
	if err := c.Complaints.RetryMails(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.done(v.at("/complaints/mailbox"), "console.mailbox.retried")
}

func (c *Console) removeMailbox(v *visit) error {
	if err := c.Complaints.RemoveMailbox(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.done(v.at("/complaints/mailbox"), "console.mailbox.removed")
}

func (p *mailboxPage) securities() []web.Option {
	var list []web.Option
	for _, s := range complaint.MailboxSecurities() {
		list = append(list, web.Option{Value: string(s), Label: p.Say(s.Text())})
	}
	return web.Choose(list, string(p.spec.Security))
}

func (p *mailboxPage) signIns() []web.Option {
	var list []web.Option
	for _, s := range complaint.MailboxSignIns() {
		list = append(list, web.Option{Value: string(s), Label: p.Say(s.Text())})
	}
	return web.Choose(list, string(p.spec.Login))
}

// keeps reports whether there are secrets of this way of signing in.
func (p *mailboxPage) keeps(way complaint.MailboxSignIn) bool {
	return p.kept != nil && p.kept.Login == way
}

func (p *mailboxPage) secretHelp() string {
	if p.keeps(complaint.MailboxByOAuth) {
		return p.T("console.mailbox.secret_kept")
	}
	return p.T("console.mailbox.secret_help")
}

func (p *mailboxPage) passwordHelp() string {
	if p.keeps(complaint.MailboxByPassword) {
		return p.T("console.mailbox.password_kept")
	}
	return p.T("console.mailbox.password_help")
}

// table are the e-mails that need somebody's eye.
func (p *mailboxPage) table() web.Table {
	t := web.Table{Caption: p.T("console.mailbox.left"), Columns: []web.Column{
		{Head: p.T("console.mailbox.received")}, {Head: p.T("console.mailbox.size"), Figures: true}, {Head: p.T("console.mailbox.why")}, {Head: p.T("console.mailbox.again")},
	}}
	for _, m := range p.left {
		again := p.T("console.mailbox.never")
		switch {
		case m.Taken:
			again = p.T("console.mailbox.next_round")
		case !m.Again.IsZero():
			again = p.DateTime(m.Again)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.DateTime(m.Received)), web.Words(p.T("console.mailbox.kilobytes", "n", (m.Size+1023)/1024)), web.Words(p.Say(m.Why)), web.Words(again),
		}})
	}
	return t
}
