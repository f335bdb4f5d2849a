package lexicon

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/kljensen/snowball/english"

	"regulars/internal/i18n"
)

// Tone is how words are meant.
type Tone string

// The tones. Unsure says that the words do not tell, or tell two things.
const (
	Negative Tone = "negative"
	Neutral  Tone = "neutral"
	Positive Tone = "positive"
	Unsure   Tone = "unsure"
)

// Tones returns what a person may say of words; unsure is none of them.
func Tones() []Tone { return []Tone{Negative, Neutral, Positive} }

// Text names the tone in words.
func (t Tone) Text() i18n.Text { return i18n.Text{Key: "lexicon.tone." + string(t)} }

//go:embed words/*.txt
var files embed.FS

// values are what a line of the lists may say.
const (
	plain  = 0
	negate = 10 // turns what follows
	skip   = 11 // says nothing, although its words would
)

// entry is a word, or several as they follow each other, by their stems.
type entry struct {
	stems []string
	value int
}

// tongue is a language's lists.
type tongue struct {
	stem func(string) string
	// of are the entries by their first stem, the longest first.
	of map[string][]entry
}

// tongues are read once and never written.
var tongues = sync.OnceValue(func() map[i18n.Lang]*tongue {
	return map[i18n.Lang]*tongue{
		i18n.English: readTongue("en", func(w string) string { return english.Stem(w, true) }),
		i18n.Russian: readTongue("ru", russianStem),
		i18n.Polish:  readTongue("pl", polishStem),
	}
})

// readTongue reads a list of the binary's own; one that cannot be read is a
// fault of the build, which every test meets.
func readTongue(name string, stem func(string) string) *tongue {
	raw, err := files.ReadFile("words/" + name + ".txt")
	if err != nil {
		panic(fmt.Sprintf("reading words of tone: %v", err))
	}
	t := &tongue{stem: stem, of: map[string][]entry{}}
	for line := range strings.Lines(string(raw)) {
		label, list, _ := strings.Cut(strings.TrimSpace(line), ":")
		if label == "" || strings.HasPrefix(label, "#") {
			continue
		}
		value, named := map[string]int{"not": negate, "skip": skip}[label]
		if !named {
			if value, err = strconv.Atoi(label); err != nil {
				panic(fmt.Sprintf("reading words of tone: %s.txt: %v", name, err))
			}
		}
		for words := range strings.SplitSeq(list, ",") {
			t.add(words, value)
		}
	}
	for _, list := range t.of {
		slices.SortStableFunc(list, func(a, b entry) int { return len(b.stems) - len(a.stems) })
	}
	return t
}

func (t *tongue) add(words string, value int) {
	var e entry
	for _, w := range strings.Fields(words) {
		e.stems = append(e.stems, t.stem(w))
	}
	e.value = value
	first := e.stems[0]
	t.of[first] = append(t.of[first], e)
}

// match returns the longest entry that stands at the beginning of words.
func (t *tongue) match(stems []string) (entry, bool) {
	if len(stems) == 0 {
		return entry{}, false
	}
	for _, e := range t.of[stems[0]] {
		if len(e.stems) <= len(stems) && slices.Equal(e.stems, stems[:len(e.stems)]) {
			return e, true
		}
	}
	return entry{}, false
}

// reach is how many words after a negation it turns.
const reach = 3

// sums are what words said, by direction.
type sums struct {
	good, bad int
	plain     bool
}

// weigh adds up one clause.
func (t *tongue) weigh(clause string, s *sums) {
	var stems []string
	for _, w := range words(clause) {
		stems = append(stems, t.stem(w))
	}
	turned := 0 // how many words a negation still reaches
	for len(stems) > 0 {
		e, met := t.match(stems)
		step := max(1, len(e.stems))
		stems = stems[step:]
		switch {
		case met && e.value == negate:
			turned = reach + 1
		case met && e.value == skip:
		case met && e.value == plain:
			s.plain = true
		case met:
			s.add(e.value, turned > 0)
		}
		turned = max(0, turned-step)
	}
}

// add counts a word; what is turned weighs one at most, as "not awful" is no
// praise.
func (s *sums) add(value int, turned bool) {
	if turned {
		value = max(-1, min(1, -value))
	}
	if value > 0 {
		s.good += value
	} else {
		s.bad -= value
	}
}

// outweighs is by how much one direction must outweigh the other.
const outweighs = 3

// ToneOf suggests how words are meant. It counts words of praise and of blame,
// turned by a negation that stands up to three words before, and abstains as
// Unsure where it knows none of the words, or where neither side outweighs the
// other by three to one. Questions say nothing. Irony is beyond it.
func ToneOf(text string) Tone {
	t := tongues()[LangOf(text)]
	var s sums
	for _, c := range clauses(text) {
		t.weigh(c, &s)
	}
	switch {
	case s.bad > 0 && s.bad >= outweighs*s.good:
		return Negative
	case s.good > 0 && s.good >= outweighs*s.bad:
		return Positive
	case s.good == 0 && s.bad == 0 && s.plain:
		return Neutral
	}
	return Unsure
}

// clauses parts a text where a negation ends, and leaves out questions.
func clauses(text string) []string {
	var list []string
	var sentence []string
	from := 0
	for i, r := range text {
		switch r {
		case ',', ';', ':', '(', ')', '—', '–':
			sentence = append(sentence, text[from:i])
			from = i
		case '.', '!', '?', '\n', '…':
			sentence = append(sentence, text[from:i])
			if r != '?' {
				list = append(list, sentence...)
			}
			sentence, from = nil, i
		}
	}
	return append(append(list, sentence...), text[from:])
}

// words returns the words of a text in small letters; what stands behind an
// apostrophe belongs to its word, so that "don't" is "dont".
func words(text string) []string {
	text = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

// small words of Polish that are none of English.
var polishWords = strings.Fields("nie jest się na za od jak już tak bardzo przez przy też czy dla pod są był była było mam jego jej które który która")

// LangOf guesses the language of a text among ours: Russian by its letters,
// Polish by its own letters or small words, English otherwise.
func LangOf(text string) i18n.Lang {
	if cyrillic(text) {
		return i18n.Russian
	}
	low := strings.ToLower(text)
	if strings.ContainsAny(low, "ąćęłńśźż") {
		return i18n.Polish
	}
	for _, w := range words(low) {
		if slices.Contains(polishWords, w) {
			return i18n.Polish
		}
	}
	for _, w := range words(low) {
		if _, met := tongues()[i18n.Polish].match([]string{polishStem(w)}); met {
			if _, too := tongues()[i18n.English].match([]string{english.Stem(w, true)}); !too {
				return i18n.Polish
			}
		}
	}
	return i18n.English
}
