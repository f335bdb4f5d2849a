package complaint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/mail"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reads letters of other alphabets than UTF-8
	letters "github.com/emersion/go-message/mail"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/lexicon"
	"regulars/internal/photo"
)

// Mail is what an e-mail says, taken apart. Nothing in it is proven: anybody can
// write any sender.
type Mail struct {
	// Name tells it from others: the hash of its Message-ID, or of all of it.
	Name string
	// Replies are the names of those that it answers.
	Replies []string
	// From is the sender's address, in small letters; empty where none stands.
	From    string
	Subject string
	// Text is what was written, without what it quotes and without a signature.
	Text   string
	Photos [][]byte
	// Refused are the names of what was attached and is not taken.
	Refused []string
	// Machine says by which mark no person wrote it, empty where none does.
	Machine string
}

const (
	// MaxMail is how many bytes an e-mail has at most.
	MaxMail = 25 << 20
	// mailParts and mailLayers bound what is looked at in one.
	mailParts, mailLayers = 50, 30
	mailReferences        = 50
	maxHops               = 50
	maxRefused            = 20
	// fewestBytes is how large a picture within the text must be to be a photo
	// and no decoration of a signature.
	fewestBytes = 16 << 10
)

// ReadMail takes an e-mail apart.
func ReadMail(raw []byte) (*Mail, error) {
	unreadable := fault.Invalid("mail_unreadable", "this is no e-mail as RFC 5322 has it: heads, an empty line, and the text")
	switch {
	case len(raw) > MaxMail:
		return nil, tooLarge()
	case bytes.Count(bytes.ToLower(raw), []byte("multipart/")) > mailLayers:
		return nil, unreadable
	}
	r, err := letters.CreateReader(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) || r == nil {
		return nil, unreadable.Because(err)
	}
	defer func() { _ = r.Close() }()
	m := &Mail{Name: mailName(strings.TrimSpace(r.Header.Get("Message-Id"))), From: senderOf(&r.Header), Machine: machineOf(&r.Header)}
	if r.Header.Get("Message-Id") == "" {
		m.Name = mailName(string(raw))
	}
	if m.From == "" && m.Machine == "" {
		return nil, unreadable
	}
	for _, head := range []string{"In-Reply-To", "References"} {
		for id := range strings.FieldsSeq(r.Header.Get(head)) {
			if len(m.Replies) < mailReferences {
				m.Replies = append(m.Replies, mailName(id))
			}
		}
	}
	subject, _ := r.Header.Subject()
	m.Subject = cutText(strings.Join(strings.Fields(i18n.Tidy(subject)), " "), maxShort*2)
	m.read(r)
	return m, nil
}

func tooLarge() error {
	return fault.Invalid("mail_large", "an e-mail has %d MB at most", MaxMail>>20).With("most", MaxMail>>20)
}

func mailName(id string) string {
	sum := sha256.Sum256([]byte(strings.Trim(id, "<> ")))
	return hex.EncodeToString(sum[:])
}

// senderOf returns the one address that an answer goes to.
func senderOf(h *letters.Header) string {
	list, err := h.AddressList("From")
	if err != nil || len(list) == 0 {
		one, err := mail.ParseAddress(h.Get("From"))
		if err != nil {
			return ""
		}
		return strings.ToLower(one.Address)
	}
	return strings.ToLower(list[0].Address)
}

// machines are what addresses begin with behind which nobody sits.
var machines = []string{"mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "donotreply@", "do-not-reply@", "bounce@", "bounces@"}

// machineOf returns the mark by which a message was not written by a person
// (RFC 3834 and what came before it), or nothing.
func machineOf(h *letters.Header) string {
	auto, _, _ := strings.Cut(strings.ToLower(h.Get("Auto-Submitted")), ";")
	kind, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	from := strings.ToLower(h.Get("From"))
	for mark, met := range map[string]bool{
		"Auto-Submitted": strings.TrimSpace(auto) != "" && strings.TrimSpace(auto) != "no",
		"Precedence":     slices.Contains([]string{"bulk", "list", "junk", "auto_reply"}, strings.ToLower(strings.TrimSpace(h.Get("Precedence")))),
		"List-Id":        h.Get("List-Id") != "",
		"Return-Path":    h.Has("Return-Path") && strings.Trim(h.Get("Return-Path"), " <>") == "",
		"X-Autoreply":    h.Get("X-Autoreply") != "" || h.Get("X-Autorespond") != "" || h.Get("X-Loop") != "",
		"Content-Type":   kind == "multipart/report" && params["report-type"] != "",
		"From": slices.ContainsFunc(machines, func(m string) bool {
			return strings.Contains("<"+from, "<"+m) || strings.HasPrefix(from, m) || strings.Contains(from, "<"+m)
		}),
		"Received": h.FieldsByKey("Received").Len() > maxHops,
	} {
		if met {
			return mark
		}
	}
	return ""
}

// read takes the parts: plain text before HTML, photos as they came, the names
// of everything else.
func (m *Mail) read(r *letters.Reader) {
	var plain, markup []string
	for range mailParts {
		p, err := r.NextPart()
		if p == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			break // the end, or broken off: what was read counts
		}
		kind, name, attached := partOf(p)
		body, err := io.ReadAll(p.Body)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && len(body) == 0 {
			continue
		}
		switch {
		case kind == "text/plain" && !attached:
			plain = append(plain, i18n.Tidy(string(body)))
		case kind == "text/html" && !attached:
			markup = append(markup, string(body))
		case strings.HasPrefix(kind, "image/") && (attached || len(body) >= fewestBytes):
			m.picture(name, body)
		case attached && len(m.Refused) < maxRefused:
			m.Refused = append(m.Refused, name)
		}
	}
	text := strings.TrimSpace(strings.Join(plain, "\n\n"))
	if text == "" {
		text = markupText(strings.Join(markup, "\n"))
	}
	m.Text = cutText(fresh(text), MaxText)
}

// picture takes a photo that can be drawn, or refuses it by its name.
func (m *Mail) picture(name string, body []byte) {
	if len(m.Photos) < MaxPhotos {
		if _, err := photo.Redraw(body); err == nil {
			m.Photos = append(m.Photos, body)
			return
		}
	}
	if len(m.Refused) < maxRefused {
		m.Refused = append(m.Refused, name)
	}
}

// partOf says what a part is, what it is called, and whether it is attached.
func partOf(p *letters.Part) (kind, name string, attached bool) {
	switch h := p.Header.(type) {
	case *letters.AttachmentHeader:
		kind, _, _ = h.ContentType()
		name, _ = h.Filename()
		attached = true
	case *letters.InlineHeader:
		var params map[string]string
		kind, params, _ = h.ContentType()
		name = params["name"]
	}
	name = path.Base(strings.ReplaceAll(strings.Join(strings.Fields(i18n.Tidy(name)), " "), `\`, "/"))
	if name == "." || name == "/" {
		name = kind
	}
	return strings.ToLower(kind), cutText(name, maxShort), attached
}

// markupText returns the words of HTML without what is quoted in it; where
// nothing is left, with it.
func markupText(markup string) string {
	quoted := regexp.MustCompile(`gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|OutlookMessageHeader|moz-signature|gmail_signature`)
	text := lexicon.FromHTML(markup, func(tag, class string) bool { return tag == "blockquote" || quoted.MatchString(class) })
	if text == "" {
		text = lexicon.FromHTML(markup, nil)
	}
	return i18n.Tidy(text)
}

// introductions are lines by which mail programs begin what they quote, or a
// signature that nobody typed.
var introductions = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^-{2,}\s*(original message|исходное сообщение|пересылаемое сообщение|пересланное сообщение|wiadomość oryginalna|forwarded message|wiadomość przekazana).*$`),
	regexp.MustCompile(`(?i)^_{10,}$`),
	regexp.MustCompile(`(?i)^on .{4,200} wrote:$`),
	regexp.MustCompile(`(?i)^(w dniu |dnia |.{2,12}, \d).{3,200}(napisał\(a\)|napisała?|pisze):$`),
	regexp.MustCompile(`^.{0,80}\d{4}.{0,120}<[^<>\s]+@[^<>\s]+>\s*:$`),
	regexp.MustCompile(`(?i)^.{3,200}(написал\(а\)|написала?|пишет|писал\(а\)|писала?)\s*:$`),
	regexp.MustCompile(`(?i)^(sent from my|get outlook for|отправлено (с|из)|wysłane z|pobierz outlook).{0,100}$`),
}

// heads begin quoted letters of programs that put their heads in front.
var heads = regexp.MustCompile(`(?i)^\*?(from|от|od|von)\*?:\s.{0,200}$`)

// nextHead stands below such a line.
var nextHead = regexp.MustCompile(`(?i)^\*?(sent|date|to|subject|отправлено|дата|кому|тема|wysłano|data|do|temat)\*?:`)

// fresh returns what is new in a text: nothing below a signature or below the
// line that begins the letter before, and no quoted lines. Where nothing is left,
// as in a letter passed on, all of it counts.
func fresh(text string) string {
	lines := strings.Split(text, "\n")
	var kept []string
	for i, line := range lines {
		line = strings.TrimRight(line, " \t\r")
		bare := strings.TrimSpace(line)
		if line == "--" || strings.TrimRight(lines[i], "\r") == "-- " || begins(bare, lines[i+1:]) {
			break
		}
		if !strings.HasPrefix(bare, ">") {
			kept = append(kept, line)
		}
	}
	if left := strings.TrimSpace(strings.Join(kept, "\n")); left != "" {
		return left
	}
	return strings.TrimSpace(text)
}

// begins reports whether a line begins the letter before. Programs break long
// lines, so that the next one counts with it.
func begins(line string, below []string) bool {
	if heads.MatchString(line) && len(below) > 0 && nextHead.MatchString(strings.TrimSpace(below[0])) {
		return true
	}
	both := line
	if len(below) > 0 {
		both += " " + strings.TrimSpace(below[0])
	}
	return slices.ContainsFunc(introductions, func(r *regexp.Regexp) bool {
		return r.MatchString(line) || len(line) > 20 && line != both && startsQuote.MatchString(line) && r.MatchString(both)
	})
}

// startsQuote is how an introduction begins that was broken in two.
var startsQuote = regexp.MustCompile(`(?i)^(on |w dniu |dnia |\S{2,4}, \d|\d{1,2}[./ ])`)

// cutText shortens a text to so many letters.
func cutText(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
