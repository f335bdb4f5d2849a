package complaint

import (
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// MailboxSecurity is how the line to a mailbox is kept from others.
type MailboxSecurity string

// The ways: TLS from the first byte, TLS by STARTTLS before anything is said, and
// none, which is only for a server on the same machine.
const (
	MailboxTLS      MailboxSecurity = "tls"
	MailboxStartTLS MailboxSecurity = "starttls"
	MailboxPlain    MailboxSecurity = "plain"
)

// MailboxSecurities returns the ways, the usual one first.
func MailboxSecurities() []MailboxSecurity {
	return []MailboxSecurity{MailboxTLS, MailboxStartTLS, MailboxPlain}
}

// Text names the way in words.
func (n MailboxSecurity) Text() i18n.Text {
	return i18n.Text{Key: "complaint.mailbox_security." + string(n)}
}

// MailboxSpec is what the manager says of a mailbox.
type MailboxSpec struct {
	Host     string
	Port     int
	Security MailboxSecurity
	User     string
	// Login is how we sign in, by password when empty. By OAuth, TokenURL is where
	// access tokens are asked for, with ClientID and Scope; empty asks for no scope.
	Login                     MailboxSignIn
	TokenURL, ClientID, Scope string
	Folder                    string
	// MoveTo is the folder to which what was taken is moved; empty leaves it where
	// it is, marked as read.
	MoveTo string
	On     bool
}

// Mailbox is the mailbox from which complaints are fetched. Its secrets are
// not shown.
type Mailbox struct {
	ProgrammeID id.ID
	MailboxSpec
	// Looked is when it was last read well, Next when it is due again.
	Looked, Next time.Time
	// Failure says what went wrong with the last look, empty for nothing; Detail
	// is what the server or the line said of it, Since when it first went wrong, Failures how often
	// in a row.
	Failure  MailboxFailure
	Detail   string
	Since    time.Time
	Failures int64

	secret, clientSecret, refreshToken string
	// spoken are secrets of this look that are not kept.
	spoken           []string
	changed, started time.Time
	validity         uint32
	last, newer      uint32
}

// MailboxFailure is what went wrong with a mailbox.
type MailboxFailure string

// The failures of a mailbox.
const (
	MailboxNoHost      MailboxFailure = "host"
	MailboxUnreachable MailboxFailure = "unreachable"
	MailboxUnsafe      MailboxFailure = "unsafe"
	MailboxLogin       MailboxFailure = "login"
	MailboxFolder      MailboxFailure = "folder"
	MailboxMoveTo      MailboxFailure = "move_to"
	MailboxBroken      MailboxFailure = "broken"
	MailboxMark        MailboxFailure = "mark"
	// With OAuth: the server of access tokens cannot be asked, is not public, or
	// gives none; the mail server takes not the one that it gave, or none at all.
	MailboxTokenServer  MailboxFailure = "token_server"
	MailboxTokenPrivate MailboxFailure = "token_private"
	MailboxTokenRefused MailboxFailure = "token_refused"
	MailboxToken        MailboxFailure = "token"
	MailboxNoOAuth      MailboxFailure = "no_oauth"
)

// Text says what went wrong.
func (n MailboxFailure) Text() i18n.Text {
	return i18n.Text{Key: "complaint.mailbox_failure." + string(n)}
}

// LeftMail is an e-mail that lies in the mailbox and needs somebody's eye: it was
// not taken, or was taken and could not be marked.
type LeftMail struct {
	UID      uint32
	Taken    bool
	Received time.Time
	// Size is in bytes.
	Size int64
	Why  i18n.Text
	// First is when it was first tried, Again when it is next; zero for never.
	First, Again time.Time
}

const (
	// mailboxEvery is how often a mailbox is read, mailboxPause how long one that
	// fails is left alone at most.
	mailboxEvery = 2 * time.Minute
	mailboxPause = 2 * time.Hour
	// mailRetry is how long an e-mail waits that could not be taken for now, and
	// mailGiveUp for how long it is tried.
	mailRetry, mailGiveUp = time.Hour, 72 * time.Hour
	// mailsInRound are taken from a mailbox at once, the others with the next
	// round.
	mailsInRound = 100
	// maxLeft is how many e-mails are remembered that were left.
	maxLeft        = 500
	maxMailboxName = 250
	maxDetail      = 200
)

// Check refuses all that cannot be, each pointing at its field, and readies the rest.
func (m *MailboxSpec) Check() error {
	return fault.Join(m.check()...)
}

func (m *MailboxSpec) check() (wrong []*fault.Error) {
	m.Host, m.User = strings.ToLower(strings.TrimSpace(m.Host)), strings.TrimSpace(m.User)
	m.Folder, m.MoveTo = strings.TrimSpace(m.Folder), strings.TrimSpace(m.MoveTo)
	if m.Folder == "" || strings.EqualFold(m.Folder, "inbox") {
		m.Folder = "INBOX"
	}
	if strings.EqualFold(m.MoveTo, "inbox") {
		m.MoveTo = "INBOX"
	}
	if m.Host == "" || len(m.Host) > maxMailboxName || !oneLine(m.Host) || strings.ContainsAny(m.Host, " /@[]%") || strings.Contains(m.Host, ":") && !isAddress(m.Host) {
		wrong = append(wrong, fault.Invalid("mailbox_host", "write the name of the mail server alone, as imap.example.com").At("/host"))
	}
	if m.Port < 1 || m.Port > math.MaxUint16 {
		wrong = append(wrong, fault.Invalid("mailbox_port", "a port is a number from 1 to 65535; 993 is usual for TLS, 143 for STARTTLS").At("/port"))
	}
	switch m.Security {
	case MailboxTLS, MailboxStartTLS:
	case MailboxPlain:
		if !ownMachine(m.Host) {
			wrong = append(wrong, fault.Invalid("mailbox_plain", "without TLS only a server on this machine can be read; choose TLS or STARTTLS").At("/security"))
		}
	default:
		wrong = append(wrong, fault.Invalid("mailbox_security", "choose TLS or STARTTLS").At("/security"))
	}
	wrong = slices.Concat(wrong, tooWide(m.User, "/user", maxMailboxName), tooWide(m.Folder, "/folder", maxMailboxName), tooWide(m.MoveTo, "/move_to", maxMailboxName))
	if m.User == "" {
		wrong = append(wrong, fault.Invalid("mailbox_user", "write with which name we sign in to the mailbox").At("/user"))
	}
	if m.MoveTo == m.Folder {
		wrong = append(wrong, fault.Invalid("mailbox_same", "choose another folder than the one that is read").At("/move_to"))
	}
	return append(wrong, m.checkSignIn()...)
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// ownMachine reports whether a host is the machine on which we run.
func ownMachine(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.Unmap().IsLoopback()
}

// sameAs reports whether another is read at the same place with the same name and
// by the same way of signing in, so that our secrets may be shown there.
func (m *MailboxSpec) sameAs(o *MailboxSpec) bool {
	return m.Host == o.Host && m.Port == o.Port && m.Security == o.Security && m.User == o.User &&
		m.Login == o.Login && m.TokenURL == o.TokenURL && m.ClientID == o.ClientID
}

// fails notes a look that went wrong. The next is due later each time.
func (m *Mailbox) fails(what MailboxFailure, detail string, now time.Time) {
	if m.Failure == "" {
		m.Since = now
	}
	m.Failure, m.Detail = what, detail
	m.Failures++
	m.Next = now.Add(min(mailboxEvery<<min(m.Failures, 10), mailboxPause))
}

// reads notes a look that went well.
func (m *Mailbox) reads(now time.Time) {
	m.Failure, m.Detail, m.Failures, m.Since = "", "", 0, time.Time{}
	m.Looked, m.Next = now, now.Add(mailboxEvery)
}

// since says whether with other settings it is another mailbox, and since when
// what came there counts: from now on; of one that was never read since it was
// first set, as a slip was mended; by another door of the same server since it was
// last read.
func (m *Mailbox) since(spec *MailboxSpec, now time.Time) (time.Time, bool) {
	switch another := m.Host != spec.Host || m.User != spec.User || m.Folder != spec.Folder; {
	case m.changed.IsZero() || another && !m.Looked.IsZero():
		return now, true
	case another || m.Port != spec.Port && m.Looked.IsZero():
		return m.started, true
	case m.Port != spec.Port:
		return m.Looked, true
	}
	return time.Time{}, false
}

// begins has the mailbox read as one that we have not seen: what came to it before
// a moment is left alone.
func (m *Mailbox) begins(since time.Time) {
	m.started, m.validity, m.last, m.newer = since.Truncate(time.Second), 0, 0, 0
	m.Looked, m.Failure, m.Detail, m.Failures, m.Since = time.Time{}, "", "", 0, time.Time{}
}
