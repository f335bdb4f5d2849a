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

func checkText(text, field string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return fault.Invalid("case_text_long", "the text takes at most %d letters", most).At(field).With("most", most)
	}
	return nil
}

func checkLine(text, field string, most int) error {
	if !oneLine(text) {
		return fault.Invalid("case_text_line", "write it on one line").At(field)
	}
	return checkText(text, field, most)
}

func oneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// wordsHash is the same for the same words, whatever their case and spaces.
func wordsHash(text string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(strings.Fields(text), " "))))
	return hex.EncodeToString(sum[:16])
}
