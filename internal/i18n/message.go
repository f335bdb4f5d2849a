package i18n

import (
	"fmt"
	"slices"
	"strings"
)

// part is one piece of a message: plain text, or a placeholder.
type part struct {
	text   string
	name   string // the argument; empty for plain text
	format string // "", number, money, date, datetime, plural, select
	arms   []arm  // of plural and select
}

type arm struct {
	label string // a plural form, =N, or a value to select by
	body  []part
}

// hash is the name of the placeholder that # becomes within a plural.
const hash = "#"

var formats = []string{"", "number", "money", "date", "datetime", "plural", "select"}

// parse reads a message. It returns what is wrong and after which letter.
func parse(s string) ([]part, error) {
	p := parser{src: s}
	parts, err := p.parts(false, false)
	if err != nil {
		return nil, fmt.Errorf("after %q: %w", p.src[:min(p.at, len(p.src))], err)
	}
	return parts, nil
}

type parser struct {
	src string
	at  int
}

// parts reads up to the end, or up to the brace that closes an arm.
func (p *parser) parts(inArm, inPlural bool) ([]part, error) {
	var out []part
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, part{text: text.String()})
			text.Reset()
		}
	}
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == '\'' && p.quotes():
			text.WriteString(p.quoted())
		case c == '{':
			flush()
			ph, err := p.placeholder(inPlural)
			if err != nil {
				return nil, err
			}
			out = append(out, ph)
		case c == '}' && inArm:
			flush()
			return out, nil
		case c == '}':
			return nil, fmt.Errorf("a brace closes that was never opened")
		case c == '#' && inPlural:
			flush()
			out = append(out, part{name: hash, format: "number"})
			p.at++
		default:
			text.WriteByte(c)
			p.at++
		}
	}
	if inArm {
		return nil, fmt.Errorf("a form is not closed")
	}
	flush()
	return out, nil
}

// quotes reports whether the apostrophe here begins a quotation.
func (p *parser) quotes() bool {
	return p.at+1 < len(p.src) && strings.IndexByte("{}#", p.src[p.at+1]) >= 0
}

func (p *parser) quoted() string {
	body, _, closed := strings.Cut(p.src[p.at+1:], "'")
	p.at += 1 + len(body)
	if closed {
		p.at++
	}
	return body
}

// placeholder reads from an opening brace to its closing one.
func (p *parser) placeholder(inPlural bool) (part, error) {
	p.at++
	ph := part{name: p.word()}
	if !isName(ph.name) {
		return ph, fmt.Errorf("%q is not the name of an argument", ph.name)
	}
	if p.take(',') {
		ph.format = p.word()
	}
	if !slices.Contains(formats, ph.format) {
		return ph, fmt.Errorf("unknown format %q", ph.format)
	}
	if ph.format == "plural" || ph.format == "select" {
		if !p.take(',') {
			return ph, fmt.Errorf("%s without forms", ph.format)
		}
		if err := p.arms(&ph, inPlural || ph.format == "plural"); err != nil {
			return ph, err
		}
	}
	if !p.take('}') {
		return ph, fmt.Errorf("placeholder %q is not closed", ph.name)
	}
	return ph, nil
}

func (p *parser) arms(ph *part, inPlural bool) error {
	for {
		label := p.word()
		if label == "" {
			break
		}
		if !p.take('{') {
			return fmt.Errorf("form %q has no text in braces", label)
		}
		body, err := p.parts(true, inPlural)
		if err != nil {
			return err
		}
		p.at++ // the closing brace
		if ph.arm(label) != nil {
			return fmt.Errorf("form %q twice", label)
		}
		ph.arms = append(ph.arms, arm{label, body})
	}
	if ph.arm("other") == nil {
		return fmt.Errorf("%s of %q has no form other", ph.format, ph.name)
	}
	return nil
}

// arm returns the form with the label, or nil.
func (ph *part) arm(label string) *arm {
	for i := range ph.arms {
		if ph.arms[i].label == label {
			return &ph.arms[i]
		}
	}
	return nil
}

func (p *parser) space() {
	p.at += len(p.src[p.at:]) - len(strings.TrimLeft(p.src[p.at:], " \t\n"))
}

// word reads letters up to a space, comma or brace, with space around them.
func (p *parser) word() string {
	p.space()
	rest := p.src[p.at:]
	n := strings.IndexAny(rest, " \t\n,{}")
	if n < 0 {
		n = len(rest)
	}
	p.at += n
	p.space()
	return rest[:n]
}

func (p *parser) take(c byte) bool {
	if p.at < len(p.src) && p.src[p.at] == c {
		p.at++
		return true
	}
	return false
}

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
