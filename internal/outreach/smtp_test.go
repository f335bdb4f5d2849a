package outreach

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// mailServer is a server of our own that speaks as much SMTP as a client needs,
// on a real connection.
type mailServer struct {
	t        *testing.T
	listener net.Listener
	mu       sync.Mutex
	letters  []string
	// answer is what it says to a recipient; empty takes the letter.
	answer string
	// rude servers hang up instead of saying goodbye.
	rude  bool
	talks sync.WaitGroup
}

func serveMail(t *testing.T) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{t: t, listener: l}
	s.talks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.talks.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.talks.Wait()
	})
	return s
}

func (s *mailServer) says(answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *mailServer) url() string { return "smtp://" + s.listener.Addr().String() + "?tls=none" }

func (s *mailServer) talk(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "EHLO":
			say("250-test")
			say("250-ENHANCEDSTATUSCODES")
			say("250 8BITMIME")
		case "RCPT":
			s.mu.Lock()
			answer := s.answer
			s.mu.Unlock()
			if answer == "" {
				answer = "250 2.1.5 ok"
			}
			say(answer)
		case "DATA":
			say("354 go on")
			s.take(in)
			say("250 2.0.0 taken")
		case "QUIT":
			if s.rude {
				return
			}
			say("221 bye")
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

func (s *mailServer) take(in *bufio.Reader) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, b.String())
}

// taken is how many letters it took.
func (s *mailServer) taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.letters)
}

func smtpTo(t *testing.T, s *mailServer) *SMTP {
	t.Helper()
	c, err := NewSMTP(s.url(), func() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func letterTo(to string) Message {
	return Message{
		ProgrammeID: 1, MemberID: 2, ContactID: 265_000_000_000_000_000, Class: flow.StimulusContact, Lang: i18n.Polish, To: to,
		FromName: "Kawiarnia „Róg”", FromAddress: "points@example.com", ReplyTo: "desk@example.com",
		Subject: "Tydzień herbaty", Text: "Zażółć gęślą jaźń.\n.kropka\n", HTML: "<p>Zażółć gęślą jaźń.</p>", Unsubscribe: "https://points.example.com/u/" + strings.Repeat("abc123", 12),
	}
}

func TestAMailAsItArrives(t *testing.T) {
	s := serveMail(t)
	m := letterTo("ann@example.com")
	provider, err := smtpTo(t, s).Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mail.ReadMessage(strings.NewReader(s.letters[0]))
	if err != nil {
		t.Fatal(err)
	}
	words := new(mime.WordDecoder)
	for name, want := range map[string]string{
		"Subject": m.Subject, "To": "<ann@example.com>", "Reply-To": "<desk@example.com>", "Message-Id": "<" + m.ContactID.In(id.Contact) + "@example.com>",
		"List-Unsubscribe": "<" + m.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Date": "Thu, 01 Jan 2026 12:00:00 +0000", "Auto-Submitted": "auto-generated",
	} {
		if said, err := words.DecodeHeader(got.Header.Get(name)); err != nil || said != want {
			t.Errorf("%s is %q, want %q", name, said, want)
		}
	}
	from, err := got.Header.AddressList("From")
	if err != nil || from[0].Name != m.FromName || from[0].Address != m.FromAddress || provider != m.ContactID.In(id.Contact)+"@example.com" {
		t.Errorf("it comes from %v, %v; the provider calls it %s", from, err, provider)
	}
	kind, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("it is %s, %v", kind, err)
	}
	parts := multipart.NewReader(got.Body, params["boundary"])
	for _, want := range []struct{ kind, body string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if said := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimSpace(said) != strings.TrimSpace(want.body) || !strings.HasPrefix(part.Header.Get("Content-Type"), want.kind) {
			t.Errorf("a part of %s says %q", part.Header.Get("Content-Type"), said)
		}
	}
}

// TestAnswersOfAMailServer: 4xx is tried again, 5xx is not, and no answer tells
// whose address it was.
func TestAnswersOfAMailServer(t *testing.T) {
	s := serveMail(t)
	c := smtpTo(t, s)
	for answer, want := range map[string]struct {
		said     string
		rejected bool
	}{
		"451 4.3.0 ann@example.com: try later": {"the mail server answered 451 (4.3.0)", false},
		"550 5.1.1 ann@example.com: unknown":   {"the mail server answered 550 (5.1.1)", true},
	} {
		s.says(answer)
		_, err := c.Send(t.Context(), letterTo("ann@example.com"))
		if err == nil || err.Error() != want.said || IsRejected(err) != want.rejected {
			t.Errorf("%s: got %v, for good %v", answer, err, IsRejected(err))
		}
	}
	if _, err := c.Send(t.Context(), letterTo("no address")); !IsRejected(err) {
		t.Errorf("an address that is none: %v", err)
	}
	_ = s.listener.Close()
	if _, err := c.Send(t.Context(), letterTo("ann@example.com")); err == nil || IsRejected(err) || strings.Contains(err.Error(), "ann@") {
		t.Errorf("a server that is away: %v", err)
	}
}

// TestAMailServerWithoutAGoodbye: the letter was taken and is not sent again.
func TestAMailServerWithoutAGoodbye(t *testing.T) {
	s := serveMail(t)
	s.rude = true
	if _, err := smtpTo(t, s).Send(t.Context(), letterTo("ann@example.com")); err != nil {
		t.Errorf("a letter that was taken: %v", err)
	}
	if n := s.taken(); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// TestAMailServerThatIsNotTrusted: without STARTTLS, where it is asked for,
// nothing is sent, and the connection ends.
func TestAMailServerThatIsNotTrusted(t *testing.T) {
	s := serveMail(t)
	c, err := NewSMTP(strings.Replace(s.url(), "tls=none", "tls=required", 1), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), letterTo("ann@example.com")); err == nil || IsRejected(err) {
		t.Errorf("got %v", err)
	}
	_ = s.listener.Close()
	ended := make(chan struct{})
	go func() {
		s.talks.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the connection stays open")
	}
	if n := s.taken(); n != 0 {
		t.Errorf("%d letters", n)
	}
}

// TestMailThroughTheWholeRoom: a contact is deferred by the server, sent later,
// and refused for good another time.
func TestMailThroughTheWholeRoom(t *testing.T) {
	each(t, func(w *town) {
		s := serveMail(w.T)
		w.Channels[member.ByEmail] = smtpTo(w.T, s)
		ann := w.joins("ann@example.com", nil, member.Marketing)
		c := w.wants(ann, flow.RelationshipContact, "thanks")
		s.says("451 4.3.0 later")
		c, err := w.delivers(c, 1)
		if err == nil || c.State != Queued {
			t.Errorf("after 451: %s, %v", c.State, err)
		}
		s.says("")
		c, err = w.delivers(c, 2)
		w.ok(err)
		if c.State != Sent || c.Attempts != 2 || c.Failure != "" || len(s.letters) != 1 {
			t.Errorf("then: %+v", c)
		}
		s.says("550 5.1.1 no such user ann@example.com")
		c, err = w.delivers(w.wants(ann, flow.ServiceContact, "other"), 1)
		w.ok(err)
		if c.State != Failed || strings.Contains(c.Failure, "ann") {
			t.Errorf("after 550: %+v", c)
		}
		w.sound()
	})
}

func TestAddressesOfMailServers(t *testing.T) {
	for _, good := range []string{"smtp://mail.example.com", "smtp://shop:s%40cret@mail.example.com:2525?tls=opportunistic", "smtps://mail.example.com"} {
		if _, err := NewSMTP(good, time.Now); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://a:99999", "smtp://a?tls=maybe", "smtp://a/path", "smtp://secret@ b"} {
		_, err := NewSMTP(bad, time.Now)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
