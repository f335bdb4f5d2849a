package i18n

import (
	"fmt"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// Printer says messages to one reader. It is safe for concurrent use.
type Printer struct {
	lang     Lang
	zone     *time.Location
	currency money.Currency
	style    *style
	messages map[string]message
}

// Lang returns the printer's language.
func (p *Printer) Lang() Lang { return p.lang }

// Zone returns the zone that times are shown in.
func (p *Printer) Zone() *time.Location { return p.zone }

// Currency returns the currency of sums that name none.
func (p *Printer) Currency() money.Currency { return p.currency }

// T says the message of the key; args are names and values in turn. It never
// fails: an unknown key prints itself, a missing argument its name in braces.
func (p *Printer) T(key string, args ...any) string {
	if len(args) == 0 {
		return p.Say(Text{Key: key})
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return p.Say(Text{Key: key, Args: m})
}

// Say says a kept message. It never fails, as T.
func (p *Printer) Say(t Text) string { return p.say(t, 0) }

// deepest bounds how far Texts may be nested within arguments.
const deepest = 8

func (p *Printer) say(t Text, depth int) string {
	m, ok := p.messages[t.Key]
	if !ok || depth > deepest {
		return t.Key
	}
	var b strings.Builder
	p.write(&b, m.parts, t.Args, nil, depth)
	return b.String()
}

// Has reports whether there is a message of the key.
func (p *Printer) Has(key string) bool {
	_, ok := p.messages[key]
	return ok
}

// Fault says what is wrong and how to mend it, from the message
// fault.<code>; a code without one is said in English.
func (p *Printer) Fault(e *fault.Error) string {
	if key := "fault." + e.Code; p.Has(key) {
		return p.Say(Text{Key: key, Args: e.Args})
	}
	return e.Message
}

func (p *Printer) write(b *strings.Builder, parts []part, args map[string]any, counted any, depth int) {
	for i := range parts {
		ph := &parts[i]
		value, given := args[ph.name]
		switch {
		case ph.name == "":
			b.WriteString(afterStop(b.String(), ph.text))
		case ph.name == hash:
			b.WriteString(p.value("number", counted, depth))
		case !given:
			b.WriteString("{" + ph.name + "}")
		case ph.format == "plural":
			p.write(b, p.plural(ph, value).body, args, value, depth)
		case ph.format == "select":
			p.write(b, chosen(ph, fmt.Sprint(value)).body, args, counted, depth)
		default:
			b.WriteString(p.value(ph.format, value, depth))
		}
	}
}

// afterStop returns what is to follow what has been said: an argument that ends
// with a full stop, as Russian dates do, ends the sentence too.
func afterStop(said, text string) string {
	if strings.HasSuffix(said, ".") {
		return strings.TrimPrefix(text, ".")
	}
	return text
}

// plural returns the form for the number: an exact one first.
func (p *Printer) plural(ph *part, value any) *arm {
	n, ok := number(value)
	if !ok {
		return ph.arm("other")
	}
	if n.fraction == "" {
		if a := ph.arm("=" + n.whole); a != nil && !n.negative {
			return a
		}
	}
	return chosen(ph, p.style.form(n))
}

func chosen(ph *part, label string) *arm {
	if a := ph.arm(label); a != nil {
		return a
	}
	return ph.arm("other")
}

// value prints an argument in a format; one that does not fit the format is
// printed plainly.
func (p *Printer) value(format string, v any, depth int) string {
	switch format {
	case "number":
		if n, ok := number(v); ok {
			return p.operand(n)
		}
	case "money":
		if n, ok := integer(v); ok {
			return p.Money(n, "")
		}
	case "date", "datetime":
		if t, day, ok := moment(v); ok {
			return p.moment(t, day, format == "date")
		}
	}
	return p.plain(v, depth)
}

// plain prints an argument whose message names no format.
func (p *Printer) plain(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return v
	case Text:
		return p.say(v, depth+1)
	case *Text:
		if v != nil {
			return p.say(*v, depth+1)
		}
	case map[string]any:
		if key, ok := v["key"].(string); ok {
			args, _ := v["args"].(map[string]any)
			return p.say(Text{key, args}, depth+1)
		}
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case []string:
		return p.List(v)
	case []Text:
		return p.List(each(v, func(t Text) string { return p.say(t, depth+1) }))
	case []any:
		return p.List(each(v, func(e any) string { return p.plain(e, depth+1) }))
	}
	if n, ok := number(v); ok && isNumber(v) {
		return p.operand(n)
	}
	return fmt.Sprint(v)
}

func each[T any](in []T, say func(T) string) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = say(v)
	}
	return out
}
