package giftcard

import (
	"regulars/internal/checkcode"
	"regulars/internal/fault"
)

const (
	numberLetters = 15 // 75 random bits, so that no number can be guessed; then the check
	tailChars     = 4
	groupChars    = 4
)

// NormaliseNumber returns a card's number as it is kept, out of what somebody
// typed or scanned. It does not say whether there can be such a number; see
// CheckNumber.
func NormaliseNumber(text string) string { return checkcode.Normalise(text) }

// CheckNumber returns a fault when a normalised number cannot be that of a
// card. It tells any one wrong letter and any two that changed places.
func CheckNumber(number string) error {
	if !checkcode.Fits(number, numberLetters) {
		return fault.Invalid("malformed_card_number", "this is no number of a gift card; compare its %d letters and digits with the card", numberLetters+1).
			With("letters", numberLetters+1)
	}
	return nil
}

// ShowNumber returns a number in groups of four, as it is printed.
func ShowNumber(number string) string { return checkcode.Groups(number, groupChars) }

// MaskNumber returns what may be shown of a number to those who may not spend
// it: the last four letters.
func MaskNumber(number string) string { return "•••• " + tailOf(number) }

func tailOf(number string) string { return number[max(0, len(number)-tailChars):] }

func newNumber() string { return checkcode.Draw(numberLetters) }
