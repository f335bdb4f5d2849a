package trust

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State says what becomes of a known issue.
type State string

// The states. The first two are open.
const (
	Looking State = "looking"
	Mending State = "mending"
	Mended  State = "mended"
	Wont    State = "wont"
)

// States returns every state, in the order in which they are offered.
func States() []State { return []State{Looking, Mending, Mended, Wont} }

// Text names the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "trust.state." + string(s)} }

// Open reports whether something is still to be done.
func (s State) Open() bool { return s == Looking || s == Mending }

// Limits of an issue, in letters and in entries of a list.
const (
	MaxTitle = 120
	MaxText  = 2000
	maxList  = 100
	maxEntry = 200
)

// Words are in the shop's own language or languages: text by language.
type Words map[string]string

// In returns the words in the first of the languages that has any, or in any
// that has.
func (w Words) In(langs ...string) string { return w.Said(langs...).Text }

// Said is In with the language that the words are really in.
func (w Words) Said(langs ...string) i18n.Said { return i18n.Pick(w, langs...) }

// Spec is what the shop says of an issue. Days are written as 2026-11-22, in
// the programme's zone.
type Spec struct {
	Title Words `json:"title"`
	// What happens, and how to live with it meanwhile.
	What       Words `json:"what"`
	Workaround Words `json:"workaround,omitempty"`
	// Reason is why it will not be mended.
	Reason Words `json:"reason,omitempty"`
	// Products, Shops and Channels are whom it concerns, by SKU and code; an
	// empty list is everybody.
	Products []string `json:"products,omitempty"`
	Shops    []string `json:"shops,omitempty"`
	Channels []string `json:"channels,omitempty"`
	// Causes are codes of what lies behind complaints, Actions what is done about
	// them.
	Causes  []string `json:"causes,omitempty"`
	Actions []id.ID  `json:"actions,omitempty"`
	State   State    `json:"state"`
	// Published issues are read by everybody.
	Published bool `json:"published"`
	// Tell has those who complained of it told when it is mended.
	Tell bool `json:"tell"`
	// Since is the day from which it is known, Expected the one by which it is to
	// be mended, or empty, and MendedOn the one on which it was.
	Since    string `json:"since"`
	Expected string `json:"expected,omitempty"`
	MendedOn string `json:"mended_on,omitempty"`
}

// Issue is something that is not perfect.
type Issue struct {
	ID, ProgrammeID id.ID
	Spec
	// Version grows with every change.
	Version       int64
	Made, Changed time.Time
}

// Overdue reports whether the day by which it was to be mended is over.
func (n *Issue) Overdue(today string) bool {
	return n.State.Open() && n.Expected != "" && n.Expected < today
}

// concerns reports whether a purchase of one of its products, at a shop and by
// a channel, is concerned.
func (n *Spec) concerns(shop, channel string) bool {
	return (len(n.Shops) == 0 || slices.Contains(n.Shops, shop)) && (len(n.Channels) == 0 || slices.Contains(n.Channels, channel))
}

// Change is what one version of an issue says of its fate.
type Change struct {
	Version   int64
	At        time.Time
	Actor     string
	State     State
	Expected  string
	Published bool
	// Words says that the texts or whom it concerns changed, too.
	Words bool
}

// check readies a spec and returns all that keeps it from being kept, of each text
// and list the first thing. The first language is the programme's own; title and
// what happens are needed in it.
func (n *Spec) check(langs []string, today string) error {
	var wrong []error
	for _, part := range []struct {
		at     string
		words  *Words
		needed bool
		most   int
		lines  bool
	}{
		{"/title", &n.Title, true, MaxTitle, false}, {"/what", &n.What, true, MaxText, true},
		{"/workaround", &n.Workaround, false, MaxText, true}, {"/reason", &n.Reason, n.State == Wont, MaxText, true},
	} {
		wrong = append(wrong, part.words.check(part.at, langs[0], part.needed, part.most, part.lines))
	}
	for _, part := range []struct {
		at   string
		list *[]string
	}{{"/products", &n.Products}, {"/shops", &n.Shops}, {"/channels", &n.Channels}, {"/causes", &n.Causes}} {
		var err error
		*part.list, err = tidyList(part.at, *part.list)
		wrong = append(wrong, err)
	}
	if len(n.Actions) == 0 {
		n.Actions = nil // as it is read back
	}
	if !slices.Contains(States(), n.State) {
		wrong = append(wrong, fault.Invalid("issue_state", "an issue is looking, mending, mended or wont").At("/state"))
	}
	return fault.Gather(append(wrong, n.checkDays(today))...)
}

func (n *Spec) checkDays(today string) error {
	if n.State == Mended && n.MendedOn == "" {
		n.MendedOn = today
	}
	if n.State != Mended {
		n.MendedOn = ""
	}
	if !isDay(n.Since) || n.Since > today { // the others are held against it
		return fault.Invalid("issue_since", "write since when it is known, as 2026-11-22; a day that has begun").At("/since")
	}
	var wrong []error
	if n.Expected != "" && (!isDay(n.Expected) || n.Expected < n.Since) {
		wrong = append(wrong, fault.Invalid("issue_expected", "write by when it is to be mended, as 2026-12-24; not before it was known").At("/expected"))
	}
	if n.MendedOn != "" && (!isDay(n.MendedOn) || n.MendedOn < n.Since || n.MendedOn > today) {
		wrong = append(wrong, fault.Invalid("issue_mended", "write when it was mended, as 2026-11-22; not before it was known and not in the future").At("/mended_on"))
	}
	return fault.Gather(wrong...)
}

// isDay reports whether a text is a day such as 2026-11-22.
func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// spoken are the languages in which words may be written.
var spoken = []string{"en", "ru", "pl"}

func (w *Words) check(at, first string, needed bool, most int, lines bool) error {
	var kept Words
	for _, lang := range slices.Sorted(maps.Keys(*w)) {
		text := (*w)[lang]
		if !slices.Contains(spoken, lang) {
			return fault.Invalid("trust_language", "the languages are en, ru and pl").At(at)
		}
		if text = tidy(text); text == "" {
			continue
		}
		if utf8.RuneCountInString(text) > most {
			return fault.Invalid("trust_text_long", "the text takes at most %d letters", most).At(at+"/"+lang).With("most", most)
		}
		if !lines && strings.Contains(text, "\n") {
			return fault.Invalid("trust_text_line", "write it on one line").At(at + "/" + lang)
		}
		if kept == nil {
			kept = Words{}
		}
		kept[lang] = text
	}
	if needed && kept[first] == "" {
		return fault.Invalid("trust_text_needed", "write it at least in the programme's own language, %s", first).At(at+"/"+first).With("language", first)
	}
	*w = kept
	return nil
}

// tidy readies a text: valid, ends trimmed, lines kept, other signs of control
// dropped.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text))
}

// tidyList trims the entries and drops empty and repeated ones.
func tidyList(at string, list []string) ([]string, error) {
	var kept []string
	for _, one := range list {
		if one = strings.TrimSpace(one); one == "" || slices.Contains(kept, one) {
			continue
		}
		if len(one) > maxEntry || tidy(one) != one || strings.Contains(one, "\n") {
			return nil, fault.Invalid("trust_entry", "an entry takes at most %d bytes, on one line", maxEntry).At(at).With("most", maxEntry)
		}
		kept = append(kept, one)
	}
	if len(kept) > maxList {
		return nil, fault.Invalid("trust_list", "a list takes at most %d entries", maxList).At(at).With("most", maxList)
	}
	return kept, nil
}

// Unknown is the fault of an id that is no issue's, "unknown_issue".
func Unknown() *fault.Error {
	return fault.Missing("unknown_issue", "the programme has no such known issue")
}
