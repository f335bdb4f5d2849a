package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// maxParameter bounds the bytes of one parameter.
const maxParameter = 500

// checkQuery refuses parameters that the operation does not know and those
// that stand twice, so that a slip of the pen never means "all of them"; and an
// address that is no text.
func checkQuery(u *url.URL, known []string) error {
	if !utf8.ValidString(u.Path) || strings.ContainsFunc(u.Path, unicode.IsControl) {
		return fault.Invalid("malformed_text", "the text is not valid UTF-8 or holds control characters")
	}
	if u.RawQuery == "" {
		return nil
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fault.Invalid("malformed_query", "the query cannot be read; write special letters as %%20 and so on").Because(err)
	}
	for _, name := range sortedKeys(values) {
		if err := checkParameter(name, values[name], known); err != nil {
			return param(clip(strings.ToValidUTF8(name, "�")), err)
		}
	}
	return nil
}

func checkParameter(name string, values, known []string) error {
	switch {
	case !slices.Contains(known, name):
		return fault.Invalid("unknown_parameter", "there is no such parameter here; known are %s", strings.Join(known, ", ")).
			With("known", strings.Join(known, ", "))
	case len(values) > 1:
		return fault.Invalid("parameter_twice", "the parameter stands twice; leave one")
	case len(values[0]) > maxParameter:
		return fault.Invalid("text_too_long", "the text is too long; at most %d letters are taken", maxParameter).With("limit", maxParameter)
	case !utf8.ValidString(values[0]) || strings.ContainsFunc(values[0], unicode.IsControl):
		return fault.Invalid("malformed_text", "the text is not valid UTF-8 or holds control characters")
	}
	return nil
}

// parseID reads an identifier out of a parameter.
func parseID(p id.Prefix, name, s string) (id.ID, error) {
	n, err := id.Parse(p, s)
	if err != nil {
		return 0, param(name, err)
	}
	return n, nil
}

// shown describes an identifier for the document.
func shown(p id.Prefix, text string) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Description: text, Pattern: "^" + string(p) + "_[0-9a-hjkmnp-tv-z]{13}$", Examples: []any{id.ID(exampleID).In(p)},
	}
}

// exampleID is shown in examples: an event of January 2026.
const exampleID = 265_000_000_000_000_000

// memberID is a member's identifier in an address.
type memberID string

// Schema describes it for the document.
func (memberID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Member, "The member, also by the id of a profile that was merged into theirs.")
}

func (m memberID) id() (id.ID, error) {
	if err := needed("member", string(m)); err != nil {
		return 0, err
	}
	return parseID(id.Member, "member", string(m))
}

// needed refuses a parameter that was left out.
func needed(name, s string) error {
	if s == "" {
		return param(name, fault.Invalid("required", "a value is needed"))
	}
	return nil
}

// memberIn is the input of operations on one member. (What huma fills stands
// in every input itself, as it passes over what is embedded.)
type memberIn struct {
	Member memberID `path:"member"`
}

// limit is how many entries a page has at most.
type limit string

const (
	usualPage = 50
	maxPage   = 200
)

// Schema describes it for the document.
func (limit) Schema(huma.Registry) *huma.Schema {
	least, most := 1.0, float64(maxPage)
	return &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most, Default: usualPage, Description: "How many entries the page has at most."}
}

func (l limit) size() (int, error) {
	if l == "" {
		return usualPage, nil
	}
	n, err := strconv.Atoi(string(l))
	if err != nil || n < 1 || n > maxPage {
		return 0, param("limit", fault.Invalid("json_number_range", "the number must be between 1 and %d", maxPage).With("least", 1).With("most", maxPage))
	}
	return n, nil
}

// instant is a time in a query.
type instant string

// Schema describes it for the document.
func (instant) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Examples: []any{"2011-12-01T00:00:00Z"}}
}

func (i instant) time(name string) (time.Time, error) {
	var t time.Time
	if i == "" {
		return t, nil
	}
	if err := checkFormat("date-time", string(i)); err != nil {
		return t, param(name, err)
	}
	return t, t.UnmarshalText([]byte(i))
}

// moment returns a time as answers show it, nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	utc := t.UTC()
	return &utc
}

// oneOf refuses a parameter that is not one of the words.
func oneOf[T ~string](name, s string, words []T) error {
	if s == "" || slices.Contains(words, T(s)) {
		return nil
	}
	known := make([]string, len(words))
	for i, w := range words {
		known[i] = string(w)
	}
	list := strings.Join(known, ", ")
	return param(name, fault.Invalid("unknown_word", "%q is not known here; choose one of %s", clip(s), list).With("word", clip(s)).With("known", list))
}

// matched returns the version that If-Match names; 0 for any.
func matched(header string) (int64, error) {
	s := strings.Trim(strings.TrimPrefix(strings.TrimSpace(header), "W/"), `"`)
	if s == "*" {
		return 0, nil
	}
	version, err := strconv.ParseInt(s, 10, 64)
	if err != nil || version < 1 {
		return 0, param("If-Match", fault.Invalid("malformed_etag", "send the ETag as you got it, or leave the header out"))
	}
	return version, nil
}
