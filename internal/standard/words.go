package standard

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Words are the manager's own words by language tag.
type Words map[string]string

// In returns the words in the language, else in English, else in any.
func (w Words) In(lang string) string { return w.Said(lang).Text }

// Said is In with the language that the words are really in.
func (w Words) Said(lang string) i18n.Said { return i18n.Pick(w, lang) }

// Bounds of what somebody writes, in letters.
const (
	MaxWords   = 1000 // of a manager, in one language
	MaxComment = 500  // on one criterion
	MaxRemark  = 2000 // on the whole visit, and of a reply
	maxShort   = 100
)

var code = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,39}$`)

// check refuses words that are missing in the programme's first language where
// they are needed, and what is no language of ours.
func (w Words) check(lang, field string, needed bool) error {
	if needed && w[lang] == "" {
		return fault.Invalid("standard_words", "words in the programme's first language (%s) are needed", lang).At(field).With("lang", lang)
	}
	for l, said := range w {
		if !slices.Contains(i18n.Langs(), i18n.Lang(l)) {
			return fault.Invalid("standard_lang", "%q is not a language of ours; use en, ru or pl", l).At(field).With("lang", l)
		}
		if err := short(said, field, MaxWords); err != nil {
			return err
		}
	}
	return nil
}

func short(text, field string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return fault.Invalid("standard_text_long", "the text takes at most %d letters", most).At(field).With("most", most)
	}
	return nil
}

// line readies a text that stands on one line.
func line(text string) string { return strings.Join(strings.Fields(i18n.Tidy(text)), " ") }
