package i18n

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
)

// Tidy readies a text that somebody wrote: valid, in one form (NFC), its ends
// trimmed, lines and tabs kept, other signs of control dropped.
func Tidy(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\r\n", "\n")
	return strings.TrimSpace(norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)))
}

// TidyWords readies the words of each language, and leaves out those that are
// none.
func TidyWords[W ~map[string]string](words W) W {
	tidied := W{}
	for lang, said := range words {
		if said = Tidy(said); said != "" {
			tidied[lang] = said
		}
	}
	return tidied
}

// CheckWords refuses words that are missing in the first language though they are
// needed ("words_needed"), in a language that is none of ours ("words_language"), or
// of more than so many letters ("words_long"). It returns all that is wrong.
func CheckWords[W ~map[string]string](at string, words W, first string, needed bool, most int) error {
	var wrong []error
	if needed && words[first] == "" {
		wrong = append(wrong, fault.Invalid("words_needed", "words in the programme's first language (%s) are needed", first).At(at+"/"+first).With("lang", first))
	}
	for _, lang := range slices.Sorted(maps.Keys(words)) {
		switch {
		case !slices.Contains(Langs(), Lang(lang)):
			wrong = append(wrong, fault.Invalid("words_language", "%q is not a language of ours; use en, ru or pl", lang).At(at).With("lang", lang))
		case utf8.RuneCountInString(words[lang]) > most:
			wrong = append(wrong, fault.Invalid("words_long", "the text takes at most %d letters", most).At(at+"/"+lang).With("most", most))
		}
	}
	return fault.Gather(wrong...)
}

// CheckText refuses a text of the input that is missing though it is needed
// ("required"), longer than so many bytes ("too_long"), or not valid UTF-8 or with
// signs of control other than the ends of lines ("malformed_text").
func CheckText(at, text string, needed bool, most int) error {
	return check(at, text, needed, most, func(r rune) bool { return unicode.IsControl(r) && r != '\n' })
}

// CheckLine is CheckText for a text of one line.
func CheckLine(at, text string, needed bool, most int) error {
	return check(at, text, needed, most, unicode.IsControl)
}

func check(at, text string, needed bool, most int, wrong func(rune) bool) error {
	switch {
	case needed && strings.TrimSpace(text) == "":
		return fault.Invalid("required", "a value is needed").At(at)
	case len(text) > most:
		return fault.Invalid("too_long", "the text has %d bytes; at most %d are taken", len(text), most).At(at).With("limit", most)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, wrong):
		return fault.Invalid("malformed_text", "the text is not valid UTF-8 or holds control characters").At(at)
	}
	return nil
}
