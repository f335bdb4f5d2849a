package promo

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
)

// Bounds of a code in letters, as it is normalised.
const (
	minCode = 3
	maxCode = 40
)

// NormaliseCode returns the text by which a code is known, however somebody
// typed it: in capitals, without spaces and dashes, O read as 0 and I and L as
// 1, as Crockford's base 32 reads them. It takes any text; only what CheckCode
// passes can be a code.
func NormaliseCode(text string) string {
	return norm.NFC.String(strings.Map(readLetter, strings.ToUpper(norm.NFC.String(text))))
}

func readLetter(r rune) rune {
	switch {
	case r == 'O':
		return '0'
	case r == 'I' || r == 'L':
		return '1'
	case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '_' || r == '\ufeff':
		return -1
	}
	return r
}

// CheckCode refuses a text that, normalised, cannot be a code: other signs
// than letters and digits, or too few or too many of them.
func CheckCode(text string) error {
	n := NormaliseCode(text)
	length := utf8.RuneCountInString(n)
	if !utf8.ValidString(n) || length < minCode || length > maxCode || strings.ContainsFunc(n, foreign) {
		return fault.Invalid("code_malformed", "a code takes %d–%d letters and digits; spaces and dashes between them do not count", minCode, maxCode).
			At("/code").With("least", minCode).With("most", maxCode)
	}
	return nil
}

func foreign(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }

// printed returns the code as people are shown it: as it was written, with
// spaces around and within made single.
func printed(text string) string { return strings.Join(strings.Fields(text), " ") }
