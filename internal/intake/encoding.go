package intake

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"regulars/internal/fault"
)

// Encoding names how a file writes letters as bytes.
type Encoding string

// The encodings that are read.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1250 Encoding = "windows-1250" // Polish and other Central European
	Windows1251 Encoding = "windows-1251" // Cyrillic
	Windows1252 Encoding = "windows-1252" // Western European, with the pound sign
)

// Encodings returns every encoding that is read.
func Encodings() []Encoding {
	return []Encoding{UTF8, UTF16LE, UTF16BE, Windows1250, Windows1251, Windows1252}
}

// decoder returns nil for UTF-8, which is read as it is.
func (e Encoding) decoder() (*encoding.Decoder, error) {
	switch e {
	case UTF8:
		return nil, nil
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), nil
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder(), nil
	case Windows1250:
		return charmap.Windows1250.NewDecoder(), nil
	case Windows1251:
		return charmap.Windows1251.NewDecoder(), nil
	case Windows1252:
		return charmap.Windows1252.NewDecoder(), nil
	}
	return nil, fault.Invalid("import_encoding", "%q is not an encoding that is read; use utf-8, utf-16le, utf-16be, windows-1250, windows-1251 or windows-1252", clip(string(e))).
		At("/format/encoding").With("encoding", clip(string(e)))
}

var byteOrderMark = []byte("\ufeff")

func bom(start []byte) []byte {
	if bytes.HasPrefix(start, byteOrderMark) {
		return byteOrderMark
	}
	return nil
}

// sniff guesses the encoding from the beginning of a file. A byte order mark
// decides; then zero bytes tell UTF-16; then a file that is UTF-8 but for a
// few places is UTF-8, so that those rows are named instead of every letter
// being read wrongly.
func sniff(start []byte) Encoding {
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}):
		return UTF16LE
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return UTF16BE
	}
	even, odd := zeros(start)
	switch least := len(start) / 8; {
	case odd > least && even <= odd/8:
		return UTF16LE
	case even > least && odd <= even/8:
		return UTF16BE
	}
	if good, bad := sequences(start); good >= bad {
		return UTF8
	}
	return sniffWindows(start)
}

// zeros counts the zero bytes at even and odd places; Latin letters, digits
// and separators in UTF-16 have one each.
func zeros(start []byte) (even, odd int) {
	for i, b := range start {
		switch {
		case b == 0 && i%2 == 0:
			even++
		case b == 0:
			odd++
		}
	}
	return even, odd
}

// sequences counts well-formed sequences of several bytes, and bytes that
// belong to none. A sequence cut off by the end counts for neither.
func sequences(start []byte) (good, bad int) {
	for i := 0; i < len(start); {
		r, size := utf8.DecodeRune(start[i:])
		switch {
		case r == utf8.RuneError && size == 1 && !utf8.FullRune(start[i:]):
			return good, bad
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		i += size
	}
	return good, bad
}

// sniffWindows tells the three code pages apart: Cyrillic words are runs of
// high bytes, while accented letters stand singly among ASCII; a pound sign
// before a digit is one only in windows-1252.
func sniffWindows(start []byte) Encoding {
	const pound = 0xa3
	high, paired, pounds := 0, 0, 0
	for i, b := range start {
		if b < utf8.RuneSelf {
			continue
		}
		high++
		before, after := byte(0), byte(0)
		if i > 0 {
			before = start[i-1]
		}
		if i+1 < len(start) {
			after = start[i+1]
		}
		if before >= utf8.RuneSelf || after >= utf8.RuneSelf {
			paired++
		}
		if b == pound && after >= '0' && after <= '9' {
			pounds++
		}
	}
	switch {
	case paired*2 > high:
		return Windows1251
	case pounds > 0:
		return Windows1252
	}
	return Windows1250
}

// unused returns the name, numbered if it is taken already.
func unused(taken []string, name string) string {
	for n, one := 2, name; ; n++ {
		if !slices.Contains(taken, one) {
			return one
		}
		one = name + " (" + strconv.Itoa(n) + ")"
	}
}
