package referral

import (
	"regulars/internal/checkcode"
	"regulars/internal/fault"
)

// drawn is how many letters of a code are random: 40 bits; then the check.
const drawn = 8

// NormaliseCode returns a code as it is kept, out of what somebody typed; a text
// that cannot be a code is refused with "malformed_referral_code".
func NormaliseCode(text string) (string, error) {
	code := checkcode.Normalise(text)
	if !checkcode.Fits(code, drawn) {
		return "", fault.Invalid("malformed_referral_code", "this is no code of an invitation; compare its %d letters and digits", drawn+1).
			With("letters", drawn+1)
	}
	return code, nil
}

// ShowCode returns a code in groups of three, as it is read out.
func ShowCode(code string) string { return checkcode.Groups(code, 3) }

func newCode() string { return checkcode.Draw(drawn) }
