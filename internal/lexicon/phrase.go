package lexicon

import (
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
)

// Mentions reports whether a phrase, as a brand's name, stands in a text: its
// words in their order, in any form of theirs and in capitals or not.
func Mentions(text, phrase string) bool {
	want := parts(phrase)
	if len(want) == 0 {
		return false
	}
	have := parts(text)
	for i := 0; i+len(want) <= len(have); i++ {
		if slices.EqualFunc(have[i:i+len(want)], want, alike) {
			return true
		}
	}
	return false
}

// parts are the words and numbers of a text, in small letters.
func parts(text string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "ё", "е")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// alike reports whether two words are forms of one; short ones have no forms.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	if len([]rune(a)) < 3 || len([]rune(b)) < 3 {
		return false
	}
	if cyrillic(a) || cyrillic(b) {
		return russianStem(a) == russianStem(b)
	}
	return english.Stem(a, true) == english.Stem(b, true) || polishStem(a) == polishStem(b)
}
