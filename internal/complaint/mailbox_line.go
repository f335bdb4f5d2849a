package complaint

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"regulars/internal/i18n"
)

const (
	// mailboxDial bounds each step of reaching a server, mailboxRound all that is
	// done there at once.
	mailboxDial  = 15 * time.Second
	mailboxRound = 5 * time.Minute
)

// brokenMailbox is why a mailbox could not be read, as its page shows it.
type brokenMailbox struct {
	what   MailboxFailure
	detail string
	err    error
}

// Error says it for the log.
func (b *brokenMailbox) Error() string {
	return "reading a mailbox: " + string(b.what) + " " + cmp.Or(b.detail, "("+errText(b.err)+")")
}

// Unwrap returns the cause.
func (b *brokenMailbox) Unwrap() error { return b.err }

func errText(err error) string {
	if err == nil {
		return "no cause"
	}
	return err.Error()
}

// broke tells what went wrong, with what the server said of it. A line that broke
// off is not the fault of what was asked.
func broke(what MailboxFailure, err error) *brokenMailbox {
	said, is := errors.AsType[*imap.Error](err)
	if !is {
		return &brokenMailbox{what: MailboxBroken, err: err}
	}
	return &brokenMailbox{what, cutText(strings.Join(strings.Fields(i18n.Tidy(said.Text)), " "), maxDetail), err}
}

// mailLine is a conversation with the server of a mailbox.
type mailLine struct {
	*imapclient.Client
	box *Mailbox
}

// reach opens the line to a mailbox and signs in. Nothing is said before the line
// is safe, and the line ends with the context.
func (s *Service) reach(ctx context.Context, box *Mailbox) (*mailLine, error) {
	conn, err := dialMailbox(ctx, &box.MailboxSpec)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	client, err := s.secure(ctx, conn, &box.MailboxSpec)
	if err != nil {
		_ = conn.Close()
		return nil, &brokenMailbox{MailboxUnsafe, cutText(i18n.Tidy(err.Error()), maxDetail), err}
	}
	l := &mailLine{client, box}
	if err := s.signIn(ctx, l); err != nil {
		l.leave()
		return nil, err
	}
	return l, nil
}

// dialMailbox connects to the server. One without TLS must be on this machine,
// whatever its name leads to.
func dialMailbox(ctx context.Context, spec *MailboxSpec) (net.Conn, error) {
	d := &net.Dialer{Timeout: mailboxDial}
	if spec.Security == MailboxPlain {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			return onlyHere(address)
		}
	}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(spec.Host, strconv.Itoa(spec.Port)))
	if unknown, is := errors.AsType[*net.DNSError](err); is && unknown.IsNotFound {
		return nil, &brokenMailbox{what: MailboxNoHost, err: err}
	}
	if err != nil {
		return nil, &brokenMailbox{what: MailboxUnreachable, err: err}
	}
	return conn, nil
}

// secure makes the line safe.
func (s *Service) secure(ctx context.Context, conn net.Conn, spec *MailboxSpec) (*imapclient.Client, error) {
	settings := &tls.Config{ServerName: spec.Host, RootCAs: s.MailRoots, MinVersion: tls.VersionTLS12}
	options := &imapclient.Options{TLSConfig: settings}
	switch spec.Security {
	case MailboxPlain:
		return imapclient.New(conn, options), nil
	case MailboxStartTLS:
		return imapclient.NewStartTLS(conn, options)
	}
	settings.NextProtos = []string{"imap"}
	ctx, cancel := context.WithTimeout(ctx, mailboxDial)
	defer cancel()
	safe := tls.Client(conn, settings)
	if err := safe.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return imapclient.New(safe, options), nil
}

// signIn says who we are.
func (s *Service) signIn(ctx context.Context, l *mailLine) error {
	if err := l.WaitGreeting(); err != nil {
		return broke(MailboxBroken, err)
	}
	if l.box.Login == MailboxByOAuth {
		return s.signInByToken(ctx, l)
	}
	var err error
	if caps := l.Caps(); caps.Has(imap.AuthCap(sasl.Plain)) {
		err = l.Authenticate(sasl.NewPlainClient("", l.box.User, l.box.secret))
	} else {
		err = l.Login(l.box.User, l.box.secret).Wait()
	}
	if err != nil {
		return broke(MailboxLogin, err)
	}
	return nil
}

// leave ends the conversation.
func (l *mailLine) leave() {
	_ = l.Close()
}

// open opens the folder, for reading only where nothing is to be marked.
func (l *mailLine) open(reading bool) (*imap.SelectData, error) {
	data, err := l.Select(l.box.Folder, &imap.SelectOptions{ReadOnly: reading}).Wait()
	if err != nil {
		return nil, broke(MailboxFolder, err)
	}
	return data, nil
}

// find returns the uids that a search finds within a span, the lowest first, so
// many at most.
func (l *mailLine) find(within imap.UIDSet, since time.Time, most int) ([]imap.UID, error) {
	data, err := l.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{within}, Since: since}, nil).Wait()
	if err != nil {
		return nil, broke(MailboxBroken, err)
	}
	found, is := data.All.(imap.UIDSet)
	if !is {
		return nil, nil
	}
	return spread(found, within, most), nil
}

// spread writes out a set, as far as it lies within what was asked for: a server
// may answer more, or all numbers there are.
func spread(set, within imap.UIDSet, most int) (list []imap.UID) {
	for _, w := range within {
		for _, r := range set {
			if r.Start == 0 || r.Stop == 0 {
				continue // a star is no answer
			}
			for n := uint64(max(r.Start, w.Start)); n <= uint64(min(r.Stop, w.Stop)) && len(list) < most; n++ {
				list = append(list, imap.UID(n))
			}
		}
	}
	return list
}

// envelope is what is known of an e-mail before it is read.
type envelope struct {
	uid      imap.UID
	received time.Time
	size     int64
}

// envelopes tells of e-mails when they came and how large they are.
func (l *mailLine) envelopes(uids []imap.UID) (map[imap.UID]envelope, error) {
	cmd := l.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true})
	found := map[imap.UID]envelope{}
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		var n envelope
		for item := m.Next(); item != nil; item = m.Next() {
			switch v := item.(type) {
			case imapclient.FetchItemDataUID:
				n.uid = v.UID
			case imapclient.FetchItemDataInternalDate:
				n.received = v.Time
			case imapclient.FetchItemDataRFC822Size:
				n.size = v.Size
			}
		}
		if len(found) < maxLeft+mailsInRound {
			found[n.uid] = n
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, broke(MailboxBroken, err)
	}
	return found, nil
}

// fetch reads an e-mail, one byte more than it may have at most; nil when it is
// gone. It does not mark it as read.
func (l *mailLine) fetch(uid imap.UID) ([]byte, error) {
	cmd := l.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true, Partial: &imap.SectionPartial{Size: MaxMail + 1}}}})
	var raw []byte
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			body, is := item.(imapclient.FetchItemDataBodySection)
			if !is || body.Literal == nil || raw != nil {
				continue
			}
			var err error
			if raw, err = io.ReadAll(io.LimitReader(body.Literal, MaxMail+1)); err != nil {
				return nil, broke(MailboxBroken, err)
			}
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, broke(MailboxBroken, err)
	}
	return raw, nil
}

// mark marks e-mails as read, or moves them. A server that can only move by
// throwing away everything in the folder that somebody marked as deleted is not
// asked to.
func (l *mailLine) mark(set imap.UIDSet) error {
	if l.box.MoveTo == "" {
		return l.flag(set, imap.FlagSeen)
	}
	if caps := l.Caps(); !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "the server knows neither MOVE nor UIDPLUS"}
	}
	_, err := l.Move(set, l.box.MoveTo).Wait()
	return err
}

func (l *mailLine) flag(set imap.UIDSet, flag imap.Flag) error {
	return l.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
}

// MailboxTrial is what came of a test of the connection.
type MailboxTrial struct {
	// Failure is empty when all went well.
	Failure MailboxFailure
	Detail  string
	// Messages is how many e-mails lie in the folder.
	Messages int64
}

// Text says what came of it.
func (t *MailboxTrial) Text() i18n.Text {
	if t.Failure != "" {
		return t.Failure.Text()
	}
	return i18n.Text{Key: "complaint.mailbox_fine", Args: map[string]any{"n": t.Messages}}
}

// try looks whether a mailbox can be read, and changes nothing there.
func (s *Service) try(ctx context.Context, box *Mailbox) (t MailboxTrial, err error) {
	l, err := s.reach(ctx, box)
	if err != nil {
		return t, err
	}
	defer l.leave()
	data, err := l.open(true)
	if err != nil {
		return t, err
	}
	t.Messages = int64(data.NumMessages)
	if box.MoveTo != "" {
		if _, err := l.Status(box.MoveTo, &imap.StatusOptions{NumMessages: true}).Wait(); err != nil {
			return t, broke(MailboxMoveTo, err)
		}
	}
	return t, nil
}
