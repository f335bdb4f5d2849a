package outreach

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"regulars/internal/flow"
	"regulars/internal/i18n"
)

// compose makes the message of a contact as the person reads it, with the
// address that they have now.
func (s *Service) compose(p *person, c *Contact) Message {
	m := Message{
		ProgrammeID: p.programme.ID, MemberID: c.MemberID, ContactID: c.ID, Class: c.Class, Lang: p.langOf(),
		FromName: cmp.Or(p.policy.SenderName, p.programme.Name), FromAddress: cmp.Or(p.policy.SenderAddress, s.From), ReplyTo: p.policy.ReplyTo,
	}
	for _, way := range channelOrder {
		if way.channel == c.Channel {
			m.To = p.address(way.kind)
		}
	}
	say := s.Texts.Printer(m.Lang, p.ZoneOr(p.programme.Zone), p.programme.Currency)
	w := s.words(p, c, say, &m)
	m.Subject = strings.Join(strings.Fields(w.Subject), " ")
	l := sheet{Brand: p.programme.Name, Hue: p.programme.Hue, Lang: string(m.Lang), Subject: m.Subject, Link: s.link(s.path(p, c.Content.Path)), Open: say.T("outreach.open")}
	if c.Message != "" && say.Has("message."+c.Message+".open") {
		l.Open = say.T("message." + c.Message + ".open")
	}
	if c.Class != flow.ServiceContact {
		m.Unsubscribe = s.link(UnsubscribePath + sign(p.programme, p.ID, purposeOf(c.Class), c.Channel))
		l.Unsubscribe, l.Leave = m.Unsubscribe, say.T("outreach.unsubscribe")
	}
	l.Foot = say.T("outreach.foot", "programme", p.programme.Name)
	l.Paragraphs = paragraphs(w.Body)
	m.Text, m.HTML = l.text(), l.html()
	return m
}

// words are those of the shop in the person's language, or else in the
// programme's or any; or those of a message of ours.
func (s *Service) words(p *person, c *Contact, say *i18n.Printer, m *Message) Words {
	if c.Message != "" {
		args := []any{"name", cmp.Or(p.GivenName, p.programme.Name), "programme", p.programme.Name}
		for name, value := range c.Content.args() {
			args = append(args, name, value)
		}
		return Words{say.T("message."+c.Message+".subject", args...), say.T("message."+c.Message+".body", args...)}
	}
	for _, tag := range slices.Concat([]string{string(m.Lang)}, p.programme.Languages, []string{string(i18n.English)}, langs(c.Content.Words)) {
		l, _ := i18n.ParseLang(tag)
		if w, has := c.Content.Words[l]; has {
			m.Lang = l
			return w
		}
	}
	return Words{}
}

func langs(words map[i18n.Lang]Words) []string {
	var tags []string
	for _, l := range slices.Sorted(maps.Keys(words)) {
		tags = append(tags, string(l))
	}
	return tags
}

// path is the path of a contact with its secret, if it has one.
func (s *Service) path(p *person, path string) string {
	scheme, subject, secret := strings.Cut(path, ":")
	if of := s.Paths[scheme]; secret && of != nil {
		return of(p.programme.Salt, subject)
	}
	return path
}

// link makes a whole address of a path of ours.
func (s *Service) link(path string) string {
	if strings.HasPrefix(path, "/") {
		return strings.TrimSuffix(s.Base, "/") + path
	}
	return path
}

func paragraphs(body string) []string {
	var list []string
	for line := range strings.Lines(strings.ReplaceAll(body, "\r\n", "\n")) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// sheet is what the text and the HTML of a message are made of.
type sheet struct {
	Brand, Lang, Subject     string
	Hue                      int
	Paragraphs               []string
	Link, Open               string
	Foot, Unsubscribe, Leave string
}

func (l *sheet) text() string {
	var b strings.Builder
	b.WriteString(strings.Join(l.Paragraphs, "\n\n") + "\n")
	if l.Link != "" {
		fmt.Fprintf(&b, "\n%s: %s\n", l.Open, l.Link)
	}
	fmt.Fprintf(&b, "\n-- \n%s\n", l.Foot)
	if l.Unsubscribe != "" {
		fmt.Fprintf(&b, "%s: %s\n", l.Leave, l.Unsubscribe)
	}
	return b.String()
}

// page lays a message out in one column, with styles inline as mail programs
// want it.
var page = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="margin:0;background:#f4f4f2;color:#1c1c1a;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px">
<p style="margin:0 0 16px;font-weight:600;color:hsl({{.Hue}},45%,30%)">{{.Brand}}</p>
<div style="background:#fff;border-radius:12px;padding:24px">
{{range .Paragraphs}}<p style="margin:0 0 16px">{{.}}</p>
{{end}}{{if .Link}}<p style="margin:24px 0 0"><a href="{{.Link}}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:hsl({{.Hue}},45%,30%);color:#fff;text-decoration:none">{{.Open}}</a></p>
{{end}}</div>
<p style="margin:16px 0 0;font-size:13px;color:#5c5c58">{{.Foot}}{{if .Unsubscribe}} <a href="{{.Unsubscribe}}" style="color:#5c5c58">{{.Leave}}</a>{{end}}</p>
</div></body></html>
`))

func (l *sheet) html() string {
	var b strings.Builder
	if err := page.Execute(&b, l); err != nil {
		return "" // the sheet has every field of the page, and a builder takes all
	}
	return b.String()
}
