package plan

import "regulars/internal/fault"

// Numbers of payment cards have 13 to 19 digits (ISO/IEC 7812-1).
const (
	leastCard = 13
	mostCard  = 19
)

// refuseCards refuses text that holds what looks like the number of a payment
// card, in groups or not: 13–19 digits that pass the Luhn check.
func refuseCards(at, text string) error {
	var run []byte
	gap := false
	for i := 0; i <= len(text); i++ {
		switch {
		case i < len(text) && text[i] >= '0' && text[i] <= '9':
			run, gap = append(run, text[i]-'0'), false
			continue
		case i < len(text) && (text[i] == ' ' || text[i] == '-') && len(run) > 0 && !gap:
			gap = true
			continue
		}
		if holdsCard(run) {
			return fault.Invalid("card_data", "this looks like the number of a payment card, which is never taken; send the provider's own reference").At(at)
		}
		run, gap = run[:0], false
	}
	return nil
}

// holdsCard reports whether digits that stand together could be a card's number.
func holdsCard(digits []byte) bool {
	return len(digits) >= leastCard && len(digits) <= mostCard && luhn(digits)
}

// luhn reports whether the last digit checks the others (ISO/IEC 7812-1, annex
// B).
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i])
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
