package touch

import (
	"crypto/rand"
	"strings"

	"regulars/internal/fault"
)

const (
	// letters are those of Crockford's base 32; all of them fit into the
	// alphanumeric mode of QR codes, which keeps the symbol small.
	letters   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeChars = 9 // eight random ones and the check
	// codeSpace is how many codes there are: 32⁸.
	codeSpace = int64(1) << 40
)

// NormaliseCode returns a card's code as it is kept, out of what somebody typed
// or scanned: the code alone or the whole address, capital letters, no spaces
// and dashes, O read as 0 and I and L as 1. It does not say whether there can be
// such a code; see CheckCode.
func NormaliseCode(text string) string {
	text = strings.TrimSpace(text)
	if at := strings.LastIndex(strings.ToUpper(text), "/T/"); at >= 0 {
		text = strings.TrimRight(text[at+len("/T/"):], "/")
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\u00a0', '\u2011', '\u2013':
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

// CheckCode returns a fault ("malformed_touch_code") when a normalised code
// cannot be that of a card. The last letter is a check on the others: it tells
// any one wrong letter and any two that changed places.
func CheckCode(code string) error {
	if len(code) != codeChars || remainder(code) != 0 {
		return fault.Invalid("malformed_touch_code", "this is no code of a card; compare its %d letters and digits with the card", codeChars).With("letters", codeChars)
	}
	return nil
}

// ShowCode returns a code in groups of three, as people read it.
func ShowCode(code string) string {
	if len(code) != codeChars {
		return code
	}
	return code[:3] + "-" + code[3:6] + "-" + code[6:]
}

// newCode draws a code of 40 random bits.
func newCode() string {
	var random [codeChars - 1]byte
	_, _ = rand.Read(random[:]) // crypto/rand never fails
	var b [codeChars]byte
	for i, r := range random {
		b[i] = letters[r%byte(len(letters))]
	}
	b[codeChars-1] = letters[double(remainder(string(b[:codeChars-1])))]
	return string(b[:])
}

// fits refuses cards that would fill more than half of the space, so that a code
// which somebody makes up is more often none than one.
func fits(used, more, space int64) error {
	if used > space/2-more {
		return fault.Conflict("touch_codes_used_up", "there are too few codes left for so many cards")
	}
	return nil
}

// remainder reads the letters as the coefficients of a polynomial over the field
// of 32 elements and returns its value at the field's generator: 0 for whole
// codes, −1 where a letter is none of ours.
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
