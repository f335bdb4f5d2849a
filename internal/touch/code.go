package touch

import (
	"strings"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
)

const (
	codeLetters = 8 // random ones; then the check
	// codeSpace is how many codes there are: 32⁸.
	codeSpace = int64(1) << 40
)

// NormaliseCode returns a card's code as it is kept, out of what somebody typed
// or scanned: the code alone or the whole address. It does not say whether there
// can be such a code; see CheckCode.
func NormaliseCode(text string) string {
	text = strings.TrimSpace(text)
	// Not within capitals of the text: those of some letters take other bytes.
	if at := max(strings.LastIndex(text, "/T/"), strings.LastIndex(text, "/t/")); at >= 0 {
		text = strings.TrimRight(text[at+len("/T/"):], "/")
	}
	return checkcode.Normalise(text)
}

// CheckCode returns a fault ("malformed_touch_code") when a normalised code
// cannot be that of a card.
func CheckCode(code string) error {
	if !checkcode.Fits(code, codeLetters) {
		return fault.Invalid("malformed_touch_code", "this is no code of a card; compare its %d letters and digits with the card", codeLetters+1).With("letters", codeLetters+1)
	}
	return nil
}

// ShowCode returns a code in groups of three, as people read it.
func ShowCode(code string) string { return checkcode.Groups(code, 3) }

func newCode() string { return checkcode.Draw(codeLetters) }

// fits refuses cards that would fill more than half of the space, so that a code
// which somebody makes up is more often none than one.
func fits(used, more, space int64) error {
	if used > space/2-more {
		return fault.Conflict("touch_codes_used_up", "there are too few codes left for so many cards")
	}
	return nil
}
