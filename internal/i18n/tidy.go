package i18n

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
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
