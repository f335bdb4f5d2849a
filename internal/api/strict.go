package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
)

// maxMistakes bounds how many mistakes of one request are told.
const maxMistakes = 20

// decode reads a body strictly into v, which the shape fits. It tells every
// mistake, with its pointer below at.
func decode(body []byte, sh *shape, at string, v any) error {
	if err := checkText(body); err != nil {
		return err
	}
	err := json.Unmarshal(body, v)
	if syntax, is := errors.AsType[*json.SyntaxError](err); is {
		return malformed(body, syntax)
	}
	r := reader{b: body, at: at}
	r.value(sh)
	if len(r.mistakes) > 0 {
		return r.mistakes
	}
	if err != nil { // nothing that the shape knows of
		return fault.Invalid("json_wrong_kind", "this cannot be read here").At(at).With("wanted", "other").Because(err)
	}
	return nil
}

// checkText refuses what is no text at all.
func checkText(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return fault.Invalid("body_missing", "send a JSON body")
	}
	if !utf8.Valid(body) {
		return fault.Invalid("json_not_utf8", "the text is not valid UTF-8; send it in UTF-8")
	}
	return nil
}

func malformed(body []byte, err *json.SyntaxError) error {
	offset := min(err.Offset, int64(len(body)))
	return fault.Invalid("json_malformed", "this is not JSON: look at letter %d", offset).With("offset", offset).Because(err)
}

// reader walks through JSON that is known to be well-formed and holds it
// against a shape. It costs next to nothing until something is wrong.
type reader struct {
	b []byte
	i int
	// at is where the whole stands, way the names and numbers from there.
	at       string
	way      []part
	mistakes fault.Several
}

// part is a name of an object, or a place in a list where it is nil.
type part struct {
	name  []byte
	index int
}

func (r *reader) wrong(f *fault.Error) {
	if len(r.mistakes) < maxMistakes {
		r.mistakes = append(r.mistakes, f.At(r.pointer()))
	}
}

// pointer returns the JSON pointer of the place where the reader is.
func (r *reader) pointer() string {
	var b strings.Builder
	b.WriteString(r.at)
	for _, p := range r.way {
		b.WriteByte('/')
		if p.name == nil {
			b.WriteString(strconv.Itoa(p.index))
		} else {
			b.WriteString(escaper.Replace(string(p.name)))
		}
	}
	return b.String()
}

func (r *reader) enter(p part) { r.way = append(r.way, p) }
func (r *reader) leave()       { r.way = r.way[:len(r.way)-1] }

func (r *reader) space() {
	for r.i < len(r.b) && (r.b[r.i] == ' ' || r.b[r.i] == '\n' || r.b[r.i] == '\t' || r.b[r.i] == '\r') {
		r.i++
	}
}

// next returns the letter of the next token without passing it.
func (r *reader) next() byte {
	r.space()
	return r.b[r.i]
}

// value reads one value of the shape, or passes over one that does not fit.
func (r *reader) value(sh *shape) {
	kind := kindOf(r.next())
	switch {
	case kind&sh.kinds == 0 && (kind != whole || sh.kinds&decimal == 0):
		r.wrong(wrongKind(sh))
		r.skip()
	case sh.kinds == anything:
		r.skip()
	case kind == object:
		r.object(sh)
	case kind == list:
		r.list(sh)
	case kind == text:
		r.text(sh)
	case kind == whole:
		r.number(sh)
	default:
		r.skip()
	}
}

// kindOf returns the kind of the value that begins with a letter; whole for
// every number.
func kindOf(first byte) kinds {
	switch first {
	case '{':
		return object
	case '[':
		return list
	case '"':
		return text
	case 't', 'f':
		return flag
	case 'n':
		return null
	}
	return whole
}

func wrongKind(sh *shape) *fault.Error {
	return fault.Invalid("json_wrong_kind", "another kind of value must stand here").With("wanted", sh.wanted())
}

func (r *reader) object(sh *shape) {
	var seen uint64     // the fields that stood already
	var others []string // and those that are data
	for r.i++; r.next() != '}'; {
		if r.b[r.i] == ',' {
			r.i++
			continue
		}
		name := r.string()
		r.space()
		r.i++ // the colon
		r.enter(part{name: name})
		if f, known := sh.fields[string(name)]; known {
			r.once(f.shape, seen&f.bit != 0)
			seen |= f.bit
		} else if sh.others != nil {
			r.once(sh.others, slices.Contains(others, string(name)))
			others = append(others, string(name))
		} else {
			r.unknown(sh)
		}
		r.leave()
	}
	r.i++
	r.complete(sh, seen)
	if len(others) > sh.mostMembers {
		r.wrong(tooLong(sh.mostMembers))
	}
}

// once reads a member, unless it stands there for the second time.
func (r *reader) once(sh *shape, again bool) {
	if again {
		name := clip(string(r.way[len(r.way)-1].name))
		r.wrong(fault.Invalid("json_name_twice", "the name %q stands twice; leave one", name).With("name", name))
		r.skip()
		return
	}
	r.value(sh)
}

func (r *reader) unknown(sh *shape) {
	name := clip(string(r.way[len(r.way)-1].name))
	r.wrong(fault.Invalid("json_unknown_name", "there is nothing called %q here; known are %s", name, sh.known).With("name", name).With("known", sh.known))
	r.skip()
}

// complete tells which fields are missing.
func (r *reader) complete(sh *shape, seen uint64) {
	for _, f := range sh.required {
		if seen&f.bit == 0 {
			r.enter(part{name: []byte(f.name)})
			r.wrong(fault.Invalid("required", "a value is needed"))
			r.leave()
		}
	}
}

func (r *reader) list(sh *shape) {
	n := 0
	for r.i++; r.next() != ']'; {
		if r.b[r.i] == ',' {
			r.i++
			continue
		}
		if n++; n > sh.mostItems {
			r.skip()
			continue
		}
		r.enter(part{index: n - 1})
		r.value(sh.items)
		r.leave()
	}
	r.i++
	switch {
	case n > sh.mostItems:
		r.wrong(tooLong(sh.mostItems))
	case n < sh.leastItems:
		r.wrong(fault.Invalid("json_list_empty", "the list is empty; give an entry or leave the list out"))
	}
}

func tooLong(most int) *fault.Error {
	return fault.Invalid("json_list_too_long", "at most %d entries are taken here", most).With("limit", most)
}

func (r *reader) text(sh *shape) {
	s := r.string()
	switch n := utf8.RuneCount(s); {
	case bytes.ContainsFunc(s, unprintable):
		r.wrong(fault.Invalid("malformed_text", "the text is not valid UTF-8 or holds control characters"))
	case n > sh.most:
		r.wrong(fault.Invalid("text_too_long", "the text has %d letters; at most %d are taken", n, sh.most).With("limit", sh.most))
	case n < sh.leastText:
		r.wrong(fault.Invalid("required", "a value is needed"))
	case len(sh.enum) > 0 && !slices.Contains(sh.enum, string(s)):
		word, known := clip(string(s)), strings.Join(sh.enum, ", ")
		r.wrong(fault.Invalid("unknown_word", "%q is not known here; choose one of %s", word, known).With("word", word).With("known", known))
	case sh.format != "":
		if err := checkFormat(sh.format, string(s)); err != nil {
			r.wrong(err)
		}
	}
}

// unprintable reports whether a letter has no place in a text.
func unprintable(c rune) bool {
	return c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == lone
}

// lone stands for half of a surrogate pair, which is no letter.
const lone = '\uFFFF'

// checkFormat refuses a text that is not of the schema's format.
func checkFormat(format, s string) *fault.Error {
	switch format {
	case "date-time":
		var t time.Time
		if t.UnmarshalText([]byte(s)) != nil {
			return fault.Invalid("malformed_time", "%q is not a time as 2011-12-09T12:50:00Z (RFC 3339)", clip(s)).With("value", clip(s))
		}
		if t.IsZero() { // everywhere else that means that none was told
			return fault.Invalid("absurd_time", "%s is before 1990 or in the future; send the time at which it happened", s).With("time", s)
		}
	case formatDecimal:
		if _, err := parseQuantity(s); err != nil {
			return fault.As(err)
		}
	}
	return nil
}

// number reads a number: whole where the shape says so, with plain digits.
func (r *reader) number(sh *shape) {
	from := r.i
	r.skip()
	digits := string(r.b[from:r.i])
	if sh.kinds&decimal != 0 {
		if _, err := parseQuantity(digits); err != nil {
			r.wrong(fault.As(err))
		}
		return
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		r.wrong(wrongKind(sh))
	case err != nil || n < sh.lowest || n > sh.highest:
		r.wrong(fault.Invalid("json_number_range", "the number must be between %d and %d", sh.lowest, sh.highest).
			With("least", sh.lowest).With("most", sh.highest))
	}
}

// string reads a text, which stays valid as long as the body. Half of a
// surrogate pair is read as lone.
func (r *reader) string() []byte {
	from := r.i + 1
	for r.i++; r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			return r.escaped(from)
		}
	}
	r.i++
	return r.b[from : r.i-1]
}

// escaped reads a text with escapes from its first letter on.
func (r *reader) escaped(from int) []byte {
	r.i = from - 1
	r.skipString()
	raw := r.b[from-1 : r.i]
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return []byte(string(lone))
	}
	honest := bytes.Count(raw, []byte("\uFFFD")) + bytes.Count(bytes.ToLower(raw), []byte(`\ufffd`))
	if strings.Count(s, "\uFFFD") > honest {
		return []byte(string(lone))
	}
	return []byte(s)
}

// skip passes over one value.
func (r *reader) skip() {
	for depth := 0; ; {
		switch c := r.next(); {
		case c == '{' || c == '[':
			depth++
			r.i++
		case c == '}' || c == ']':
			depth--
			r.i++
		case c == ',' || c == ':':
			r.i++
		case c == '"':
			r.skipString()
		default:
			for r.i < len(r.b) && !ends(r.b[r.i]) {
				r.i++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// ends reports whether a letter ends a number or a word.
func ends(c byte) bool { return c <= ' ' || c == ',' || c == ':' || c == ']' || c == '}' }

func (r *reader) skipString() {
	for r.i++; r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			r.i++
		}
	}
	r.i++
}

// escaper writes a name as a part of a JSON pointer.
var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// maxShown bounds what is shown of the caller's own words.
const maxShown = 60

func clip(s string) string {
	if letters := []rune(s); len(letters) > maxShown {
		return string(letters[:maxShown]) + "…"
	}
	return s
}
