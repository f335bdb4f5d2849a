package outreach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// SMTP is the channel of mail by a server that speaks SMTP.
type SMTP struct {
	host    string
	options []mail.Option
	// encrypted says that TLS begins with the first byte.
	encrypted bool
	now       func() time.Time
}

// smtpTimeout bounds each step of a conversation with the server.
const smtpTimeout = 15 * time.Second

// NewSMTP reads the address of a mail server: smtp://user:password@host:port,
// with ?tls=required (the default), ?tls=opportunistic or ?tls=none for
// STARTTLS, or smtps:// for TLS from the first byte. The ports are 587 and 465
// unless told. It refuses others with "smtp_url", without repeating them.
func NewSMTP(address string, now func() time.Time) (*SMTP, error) {
	malformed := fault.Invalid("smtp_url", "write the mail server as smtp://user:password@host:587?tls=required, or smtps://user:password@host:465")
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" {
		return nil, malformed
	}
	options := []mail.Option{mail.WithTimeout(smtpTimeout), mail.WithoutNoop()}
	policy, known := map[string]mail.TLSPolicy{"": mail.TLSMandatory, "required": mail.TLSMandatory, "opportunistic": mail.TLSOpportunistic, "none": mail.NoTLS}[u.Query().Get("tls")]
	port := 587
	switch {
	case !known:
		return nil, malformed
	case u.Scheme == "smtps":
		port = 465
		options = append(options, mail.WithSSL())
	default:
		options = append(options, mail.WithTLSPolicy(policy))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, malformed
		}
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(password))
	}
	s := &SMTP{u.Hostname(), append(options, mail.WithPort(port)), u.Scheme == "smtps", now}
	if _, err := mail.NewClient(s.host, s.options...); err != nil {
		return nil, malformed.Because(err)
	}
	return s, nil
}

// Send hands a message to the server. A refusal with a code of 500 or above is
// for good. Failures tell the server's code and no address.
func (s *SMTP) Send(ctx context.Context, m Message) (string, error) {
	letter, err := s.letter(m)
	if err != nil {
		return "", Rejected(err)
	}
	client, hangUp, err := s.client()
	if err != nil {
		return "", errors.New("the mail server's address cannot be used")
	}
	defer hangUp()
	talk, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", smtpFailure(err)
	}
	if err := client.SendWithSMTPClient(talk, letter); err != nil {
		return "", smtpFailure(err)
	}
	// What the server has taken is sent, whatever it answers to goodbye.
	_ = client.CloseWithSMTPClient(talk)
	return messageID(m), nil
}

// client returns one for a letter, and what ends its connection: the library
// leaves it open where the server is not let through, as one without STARTTLS.
// With TLS from the first byte the library must dial by itself to know of it;
// there a connection to a server that does not let us in is left to the garbage
// collector.
func (s *SMTP) client() (*mail.Client, func(), error) {
	var line net.Conn
	options := s.options
	if !s.encrypted {
		options = append(slices.Clip(options), mail.WithDialContextFunc(func(ctx context.Context, network, address string) (conn net.Conn, err error) {
			line, err = (&net.Dialer{}).DialContext(ctx, network, address)
			return line, err
		}))
	}
	client, err := mail.NewClient(s.host, options...)
	return client, func() {
		if line != nil {
			_ = line.Close()
		}
	}, err
}

func (s *SMTP) letter(m Message) (*mail.Msg, error) {
	letter := mail.NewMsg()
	if err := letter.FromFormat(m.FromName, m.FromAddress); err != nil {
		return nil, errors.New("the sender's address is not one; set it in the contact policy or by --mail-from")
	}
	if err := letter.To(m.To); err != nil {
		return nil, errors.New("the member's address is not one")
	}
	if m.ReplyTo != "" {
		if err := letter.ReplyTo(m.ReplyTo); err != nil {
			return nil, errors.New("the address for answers is not one")
		}
	}
	letter.Subject(m.Subject)
	letter.SetDateWithValue(s.now())
	letter.SetMessageIDWithValue(messageID(m))
	letter.SetGenHeader(mail.HeaderContentLang, string(m.Lang))
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != "" {
		letter.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		letter.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	letter.SetBodyString(mail.TypeTextPlain, m.Text)
	letter.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return letter, nil
}

// messageID is the same however often a contact is sent, so that a mailbox can
// tell a repetition.
func messageID(m Message) string {
	_, domain, _ := strings.Cut(m.FromAddress, "@")
	return m.ContactID.In(id.Contact) + "@" + domain
}

func smtpFailure(err error) error {
	sent, is := errors.AsType[*mail.SendError](err)
	if !is {
		return errors.New("the mail server cannot be reached or does not let us in")
	}
	said := fmt.Errorf("the mail server answered %d", sent.ErrorCode())
	if code := sent.EnhancedStatusCode(); code != "" {
		said = fmt.Errorf("%w (%s)", said, code)
	}
	if !sent.IsTemp() && sent.ErrorCode() >= 500 {
		return Rejected(said)
	}
	return said
}
