package giftcard

import (
	"crypto/rand"
	"strings"

	"regulars/internal/fault"
)

const (
	// letters are those of Crockford's base 32.
	letters     = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	numberChars = 16
	tailChars   = 4
	groupChars  = 4
)

// NormaliseNumber returns a card's number as it is kept, out of what somebody
// typed or scanned: capital letters, no spaces and dashes, O read as 0 and I
// and L as 1. It does not say whether there can be such a number; see
// CheckNumber.
func NormaliseNumber(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\u00a0', '\u2011', '\u2013', '\u202f':
			return -1
		case 'o', 'O':
			return '0'
		case 'i', 'I', 'l', 'L':
			return '1'
		}
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// CheckNumber returns a fault when a normalised number cannot be that of a
// card. The last letter is a check on the others: it tells any one wrong letter
// and any two that changed places.
func CheckNumber(number string) error {
	if len(number) != numberChars || remainder(number) != 0 {
		return fault.Invalid("malformed_card_number", "this is no number of a gift card; compare its %d letters and digits with the card", numberChars).
			With("letters", numberChars)
	}
	return nil
}

// ShowNumber returns a number in groups of four, as it is printed.
func ShowNumber(number string) string {
	var groups []string
	for ; len(number) > groupChars; number = number[groupChars:] {
		groups = append(groups, number[:groupChars])
	}
	return strings.Join(append(groups, number), "-")
}

// MaskNumber returns what may be shown of a number to those who may not spend
// it: the last four letters.
func MaskNumber(number string) string { return "•••• " + tailOf(number) }

func tailOf(number string) string { return number[max(0, len(number)-tailChars):] }

// newNumber draws a number of 75 random bits, so that none can be guessed.
func newNumber() string {
	var random [numberChars - 1]byte
	_, _ = rand.Read(random[:]) // crypto/rand never fails
	var b [numberChars]byte
	for i, r := range random {
		b[i] = letters[r%byte(len(letters))]
	}
	b[numberChars-1] = letters[double(remainder(string(b[:numberChars-1])))]
	return string(b[:])
}

// remainder reads the letters as the coefficients of a polynomial over the
// field of 32 elements and returns its value at the field's generator. It is 0
// for whole numbers, and -1 where a letter is none of ours. Letters at
// different places are multiplied by different powers, so that no single error
// and no exchange of two letters goes unseen.
func remainder(text string) int {
	sum := 0
	for i := range len(text) {
		v := strings.IndexByte(letters, text[i])
		if v < 0 {
			return -1
		}
		sum = double(sum) ^ v
	}
	return sum
}

// double multiplies by the generator, modulo x⁵ + x² + 1.
func double(v int) int {
	v <<= 1
	if v&32 != 0 {
		v ^= 0b100101
	}
	return v
}
