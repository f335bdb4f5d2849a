package complaint

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
)

// Bounds of what somebody writes, in letters.
const (
	MaxText    = 4000
	maxContact = 200
	maxShort   = 100
	maxName    = 200 // bytes
)

// tooLong is what is wrong with a text of more letters than a field takes, nil for
// nothing; tooWide is it for a line.
func tooLong(text, field string, most int) []*fault.Error {
	if utf8.RuneCountInString(text) > most {
		return []*fault.Error{fault.Invalid("case_text_long", "the text takes at most %d letters", most).At(field).With("most", most)}
	}
	return nil
}

func tooWide(text, field string, most int) []*fault.Error {
	if !oneLine(text) {
		return []*fault.Error{fault.Invalid("case_text_line", "write it on one line").At(field)}
	}
	return tooLong(text, field, most)
}

func checkText(text, field string, most int) error {
	return fault.Join(tooLong(text, field, most)...)
}

func oneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// wordsHash is the same for the same words, whatever their case and spaces.
func wordsHash(text string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(strings.Fields(text), " "))))
	return hex.EncodeToString(sum[:16])
}
