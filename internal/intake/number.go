package intake

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// Numbers says how numbers are written in a file.
type Numbers struct {
	// Decimal is the mark before the decimals: "point" (the default) or
	// "comma".
	Decimal Mark `json:"decimal,omitempty"`
	// Thousands is the mark between groups of three digits: none by default,
	// or "space" (of any width), "point", "comma" or "apostrophe".
	Thousands Mark `json:"thousands,omitempty"`
}

// Mark names a character within a number.
type Mark string

// The marks.
const (
	Point      Mark = "point"
	Comma      Mark = "comma"
	Space      Mark = "space"
	Apostrophe Mark = "apostrophe"
)

func (n Numbers) check() error {
	switch n.Decimal {
	case "", Point, Comma:
	default:
		return fault.Invalid("import_mark", "the decimal mark is point or comma").At("/numbers/decimal")
	}
	switch n.Thousands {
	case "", Space, Apostrophe, Point, Comma:
	default:
		return fault.Invalid("import_mark", "thousands are separated by space, point, comma or apostrophe").At("/numbers/thousands")
	}
	if n.Thousands == n.decimal() {
		return fault.Invalid("import_marks", "one character cannot separate both thousands and decimals").At("/numbers/thousands")
	}
	return nil
}

func (n Numbers) decimal() Mark {
	if n.Decimal == "" {
		return Point
	}
	return n.Decimal
}

func (m Mark) is(r rune) bool {
	switch m {
	case Point:
		return r == '.'
	case Comma:
		return r == ','
	case Space: // also no-break, narrow no-break and thin
		return r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\u2009'
	case Apostrophe:
		return r == '\'' || r == '’'
	}
	return false
}

// decimal is an exact number: digits ÷ 10^places.
type decimal struct {
	digits int64
	places int
}

const (
	maxDigits = 18
	maxPlaces = 12
	minus     = '\u2212'
)

// parse reads a number exactly. Groups must have three digits, so that 1,5
// never becomes fifteen.
func (n Numbers) parse(s string) (decimal, Reason) {
	digits, negative := sign(s)
	var d decimal
	count, group, places := 0, -1, -1 // digits of the group and of the part behind the mark; -1: none
	for _, r := range digits {
		switch {
		case r >= '0' && r <= '9':
			if count++; count > maxDigits {
				return decimal{}, AbsurdNumber
			}
			d.digits = d.digits*10 + int64(r-'0')
			group, places = grown(group), grown(places)
		case n.decimal().is(r) && places < 0 && whole3(group):
			places, group = 0, -1
		case n.Thousands.is(r) && places < 0 && (group == 3 || group < 0 && count >= 1 && count <= 3):
			group = 0
		default:
			return decimal{}, MalformedNumber
		}
	}
	if count == 0 || !whole3(group) {
		return decimal{}, MalformedNumber
	}
	d.places = max(places, 0)
	for d.places > 0 && d.digits%10 == 0 {
		d.digits /= 10
		d.places--
	}
	if negative {
		d.digits = -d.digits
	}
	return d, ""
}

func sign(s string) (digits string, negative bool) {
	switch r, size := utf8.DecodeRuneInString(s); r {
	case '-', minus:
		return strings.TrimLeft(s[size:], " "), true
	case '+':
		return s[size:], false
	}
	return s, false
}

func grown(n int) int {
	if n < 0 {
		return n
	}
	return n + 1
}

// whole3 reports whether a group is complete; before the first mark there is
// none to complete.
func whole3(group int) bool { return group < 0 || group == 3 }

// thousandths returns the number in thousandths, if it is whole in them.
func (d decimal) thousandths(limit int64) (int64, Reason) {
	if d.places > 3 {
		return 0, TooManyDecimals
	}
	factor := power(3 - d.places)
	if abs(d.digits) > limit/factor {
		return 0, AbsurdNumber
	}
	return d.digits * factor, ""
}

// product returns quantity × price in minor units of a currency with so many
// decimals. The quantity is in thousandths. The sum is exact but for a part
// of the minor unit: that is rounded to the nearest, a half away from zero,
// and told.
func product(quantity int64, price decimal, decimals int) (minor int64, rounded bool, why Reason) {
	if price.places > maxPlaces {
		return 0, false, TooManyDecimals
	}
	den := uint64(power(3 + price.places))
	hi, lo := bits.Mul64(uint64(abs(quantity)), uint64(abs(price.digits)))
	if hi >= den/uint64(power(decimals)) {
		return 0, false, AbsurdNumber
	}
	over, lo := bits.Mul64(lo, uint64(power(decimals)))
	hi = hi*uint64(power(decimals)) + over
	if hi >= den {
		return 0, false, AbsurdNumber
	}
	q, rest := bits.Div64(hi, lo, den)
	if rest*2 >= den {
		q++
	}
	if q > uint64(money.MaxMinor) {
		return 0, false, AbsurdNumber
	}
	minor = int64(q)
	if (quantity < 0) != (price.digits < 0) {
		minor = -minor
	}
	return minor, rest != 0, ""
}

func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func abs(n int64) int64 { return max(n, -n) }
