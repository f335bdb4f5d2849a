// Package checkcode makes the codes that people read off paper and type: letters
// and digits that are not mistaken for one another, the last of which checks the
// others. It knows nothing of what a code is for and imports nothing of ours.
package checkcode

import (
	"crypto/rand"
	"strings"
)

// Letters are those of Crockford's base 32. All of them fit into the
// alphanumeric mode of QR codes, which keeps a symbol small.
const Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Draw returns a code of so many random letters and the check after them.
func Draw(random int) string {
	code := Random(random)
	return code + string(Letters[double(remainder(code))])
}

// Random returns so many random letters, five bits each, without a check.
func Random(letters int) string {
	b := make([]byte, letters)
	_, _ = rand.Read(b) // crypto/rand never fails
	for i, r := range b {
		b[i] = Letters[r%byte(len(Letters))]
	}
	return string(b)
}

// Normalise returns a code as it is kept, out of what somebody typed or
// scanned: capitals, no spaces and dashes, O read as 0, I and L as 1. It does
// not say whether there can be such a code; see Fits.
func Normalise(text string) string {
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

// Fits reports whether a normalised text can be a code of so many random
// letters. It tells any one wrong letter and any two that changed places.
func Fits(code string, random int) bool { return len(code) == random+1 && remainder(code) == 0 }

// Groups returns a code in groups of so many letters, as it is printed and read
// out.
func Groups(code string, letters int) string {
	var b strings.Builder
	n := 0
	for _, letter := range code { // what is no code may have letters of several bytes
		if n > 0 && n%letters == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(letter)
		n++
	}
	return b.String()
}

// remainder reads the letters as the coefficients of a polynomial over the
// field of 32 elements and returns its value at the field's generator. It is 0
// for whole codes, and -1 where a letter is none of ours. Letters at different
// places are multiplied by different powers, so that no single error and no
// exchange of two letters goes unseen.
func remainder(text string) int {
	sum := 0
	for i := range len(text) {
		v := strings.IndexByte(Letters, text[i])
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
