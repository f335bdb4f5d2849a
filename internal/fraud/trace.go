package fraud

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// traced are the attributes of events by which accounts are compared.
var traced = []struct {
	attribute string
	kind      Kind
}{{"device", SharedDevice}, {"phone", SharedPhone}, {"address", SharedAddress}}

// hashBytes is enough that two values never come out alike by chance.
const hashBytes = 16

// traceOf hashes a value under the programme's salt, letters and digits alone.
// Too short a value tells nothing: empty.
func traceOf(salt string, k Kind, value string) string {
	value = strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || k != SharedPhone && unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
	if k == SharedPhone {
		value = strings.TrimLeft(value, "0")
	}
	if len(value) < 3 {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte("fraud\x00" + string(k) + "\x00" + value))
	return hex.EncodeToString(mac.Sum(nil)[:hashBytes])
}
