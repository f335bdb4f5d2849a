package referral

import (
	"crypto/rand"
	"strings"

	"regulars/internal/fault"
)

const (
	// letters are those of Crockford's base 32.
	letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// drawn is how many letters of a code are random: 40 bits.
	drawn = 8
)

// NormaliseCode returns a code as it is kept, out of what somebody typed:
// capitals, no spaces and dashes, O read as 0, I and L as 1. The last letter is
// a check on the others; a text that cannot be a code is refused with
// "malformed_referral_code".
func NormaliseCode(text string) (string, error) {
	code := strings.Map(fold, text)
	if len(code) != drawn+1 || remainder(code) != 0 {
		return "", fault.Invalid("malformed_referral_code", "this is no code of an invitation; compare its %d letters and digits", drawn+1).
			With("letters", drawn+1)
	}
	return code, nil
}

func fold(r rune) rune {
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
}

// ShowCode returns a code in groups of three, as it is read out.
func ShowCode(code string) string {
	var groups []string
	for ; len(code) > 3; code = code[3:] {
		groups = append(groups, code[:3])
	}
	return strings.Join(append(groups, code), "-")
}

func newCode() string {
	var random [drawn]byte
	_, _ = rand.Read(random[:]) // crypto/rand never fails
	var b [drawn + 1]byte
	for i, r := range random {
		b[i] = letters[r%byte(len(letters))]
	}
	b[drawn] = letters[double(remainder(string(b[:drawn])))]
	return string(b[:])
}

// remainder reads the letters as a polynomial over the field of 32 elements at
// the field's generator: 0 for whole codes, -1 where a letter is none of ours.
// The letters have different weights, so one wrong letter or two that changed
// places never leave it as it was.
func remainder(code string) int {
	sum := 0
	for _, c := range []byte(code) {
		v := strings.IndexByte(letters, c)
		if v < 0 {
			return -1
		}
		sum = double(sum) ^ v
	}
	return sum
}

// double multiplies by the generator: x in the field modulo x⁵+x²+1.
func double(v int) int {
	v <<= 1
	if v >= len(letters) {
		v ^= 0b100101
	}
	return v
}
