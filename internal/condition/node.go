package condition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
)

// Node is a piece of JSON that is read strictly, and the place where it
// stands. Whoever keeps conditions within larger settings reads those with it
// too, so that every mistake is told with its JSON pointer.
type Node struct {
	raw json.RawMessage
	at  string
}

// Read checks that raw is one JSON value in UTF-8 of at most so many bytes.
func Read(raw []byte, most int) (Node, error) {
	if len(raw) > most {
		return Node{}, fault.Invalid("json_too_large", "the text has %d bytes; at most %d are taken", len(raw), most).With("limit", most)
	}
	if !utf8.Valid(raw) {
		return Node{}, fault.Invalid("json_not_utf8", "the text is not valid UTF-8; send it in UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		offset := int64(len(raw))
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			offset = syntax.Offset
		}
		return Node{}, fault.Invalid("json_malformed", "this is not JSON: look at letter %d", offset).With("offset", offset).Because(err)
	}
	return Node{raw: whole}, nil
}

// Pointer returns the JSON pointer of the node; empty for the whole.
func (n Node) Pointer() string { return n.at }

// Object returns the members of an object. It refuses names that are not known
// and names that stand twice.
func (n Node) Object(known ...string) (map[string]Node, error) {
	return n.members(func(child Node, name string) error {
		if slices.Contains(known, name) {
			return nil
		}
		return fault.Invalid("json_unknown_name", "there is nothing called %q here; known are %s", clip(name), strings.Join(known, ", ")).
			At(child.at).With("name", clip(name)).With("known", strings.Join(known, ", "))
	})
}

// Members returns the members of an object whose names are data: at least one
// and at most so many.
func (n Node) Members(most int) (map[string]Node, error) {
	m, err := n.members(func(child Node, name string) error {
		_, err := Node{raw: quoted(name), at: child.at}.Text(maxName)
		return err
	})
	if err == nil && len(m) > most {
		err = n.tooLong(most)
	}
	if err == nil && len(m) == 0 {
		err = n.empty()
	}
	return m, err
}

// members reads an object, asking check about each name.
func (n Node) members(check func(child Node, name string) error) (map[string]Node, error) {
	d, err := n.open('{', "object")
	if err != nil {
		return nil, err
	}
	members := make(map[string]Node)
	for d.More() {
		token, err := d.Token()
		name, isText := token.(string)
		if err != nil || !isText {
			return nil, n.broken(err)
		}
		child := n.child(escaper.Replace(name))
		if err := check(child, name); err != nil {
			return nil, err
		}
		if _, twice := members[name]; twice {
			return nil, fault.Invalid("json_name_twice", "the name %q stands twice; leave one", clip(name)).At(child.at).With("name", clip(name))
		}
		if err := d.Decode(&child.raw); err != nil {
			return nil, n.broken(err)
		}
		members[name] = child
	}
	return members, nil
}

// List returns the elements of an array of at least one and at most so many.
func (n Node) List(most int) ([]Node, error) {
	d, err := n.open('[', "list")
	if err != nil {
		return nil, err
	}
	var list []Node
	for d.More() {
		child := n.child(strconv.Itoa(len(list)))
		if err := d.Decode(&child.raw); err != nil {
			return nil, n.broken(err)
		}
		if list = append(list, child); len(list) > most {
			return nil, n.tooLong(most)
		}
	}
	if len(list) == 0 {
		return nil, n.empty()
	}
	return list, nil
}

// Text returns a text of at least one and at most so many bytes, without
// control characters.
func (n Node) Text(most int) (string, error) {
	var s string
	if !n.is('"') || json.Unmarshal(n.raw, &s) != nil {
		return "", n.wrong("text")
	}
	switch {
	case s == "":
		return "", fault.Invalid("json_text_empty", "the text is empty").At(n.at)
	case len(s) > most:
		return "", fault.Invalid("json_text_too_long", "the text has %d bytes; at most %d are taken", len(s), most).At(n.at).With("limit", most)
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", fault.Invalid("json_text_control", "the text holds control characters, such as a line break or a tab").At(n.at)
	}
	return s, nil
}

// Int returns a whole number between the two bounds, both included. It takes
// plain digits only: no point, no exponent.
func (n Node) Int(least, most int64) (int64, error) {
	v, err := strconv.ParseInt(string(n.raw), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, n.wrong("number")
	}
	if err != nil || v < least || v > most {
		return 0, fault.Invalid("json_number_range", "the number must be between %d and %d", least, most).
			At(n.at).With("least", least).With("most", most)
	}
	return v, nil
}

// Flag returns true or false.
func (n Node) Flag() (bool, error) {
	switch string(n.raw) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, n.wrong("flag")
}

// Raw returns the JSON of the node, to be decoded by a type that reads itself.
func (n Node) Raw() json.RawMessage { return n.raw }

// In returns the failure with the place of the node before it, so that a
// reader of a part need not know where the part stands.
func (n Node) In(err error) error {
	return fault.At(n.at, err)
}

func (n Node) tooLong(most int) error {
	return fault.Invalid("json_list_too_long", "at most %d entries are taken here", most).At(n.at).With("limit", most)
}

func (n Node) empty() error {
	return fault.Invalid("json_list_empty", "the list is empty; give an entry or leave the list out").At(n.at)
}

func (n Node) open(bracket byte, wanted string) (*json.Decoder, error) {
	if !n.is(bracket) {
		return nil, n.wrong(wanted)
	}
	d := json.NewDecoder(bytes.NewReader(n.raw))
	if _, err := d.Token(); err != nil {
		return nil, n.broken(err)
	}
	return d, nil
}

func (n Node) is(first byte) bool { return len(n.raw) > 0 && n.raw[0] == first }

func (n Node) child(name string) Node { return Node{at: n.at + "/" + name} }

// kinds names what may be wanted in English; the translated texts select by
// the code.
var kinds = map[string]string{
	"object": "an object in braces", "list": "a list in brackets", "text": "a text in quotation marks",
	"number": "a whole number without quotation marks", "flag": "true or false", "scalar": "a text, a whole number, true or false",
	"clock": "a time of day like \"09:30\"", "date": "a date like \"2011-12-09\"",
}

// wrong reports that the node is of another kind than what is wanted.
func (n Node) wrong(wanted string) error {
	return fault.Invalid("json_wrong_kind", "%s must stand here", kinds[wanted]).At(n.at).With("wanted", wanted)
}

// broken reports what Read has let pass and a decoder has not.
func (n Node) broken(err error) error { return fmt.Errorf("reading JSON at %q: %w", n.at, err) }

// escaper writes a name as a part of a JSON pointer (RFC 6901).
var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// quoted writes a text as JSON.
func quoted(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // never fails for a string
	return raw
}

func clip(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:60], "") + "…"
}
