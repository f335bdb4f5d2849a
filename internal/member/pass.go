package member

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// A pass is what a customer's page shows as a QR code: who it is, the minute in
// which it was made, and a proof that we made it. It is good for a minute or
// two, so that a photograph of it is worth nothing, and in capitals and digits
// only, so that the code stays small.
const (
	passPrefix = "RG"
	passStep   = time.Minute
	passMAC    = 10 // bytes: 2^80 guesses within two minutes
	passBytes  = 8 + 4 + passMAC
)

var passText = base32.NewEncoding(checkcode.Letters).WithPadding(base32.NoPadding)

// SignPass returns the text of a member's pass as of a moment. The secret is
// the programme's own.
func SignPass(secret []byte, m id.ID, at time.Time) string {
	b := make([]byte, 0, passBytes)
	b = binary.BigEndian.AppendUint64(b, uint64(m))
	b = binary.BigEndian.AppendUint32(b, passMinute(at))
	return passPrefix + passText.EncodeToString(append(b, passProof(secret, b)...))
}

// IsPass reports whether a scanned text looks like a pass.
func IsPass(text string) bool {
	return strings.HasPrefix(text, passPrefix) && len(text) == len(passPrefix)+passText.EncodedLen(passBytes)
}

// ReadPass returns whose pass a text is. It refuses one that we did not make
// ("pass_refused") and one of another time ("pass_expired"): the pass is good
// in its minute and the next, and a minute early for clocks that differ.
func ReadPass(secret []byte, text string, at time.Time) (id.ID, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if !IsPass(text) {
		return 0, passRefused()
	}
	b, err := passText.DecodeString(text[len(passPrefix):])
	if err != nil || subtle.ConstantTimeCompare(b[12:], passProof(secret, b[:12])) != 1 {
		return 0, passRefused()
	}
	made, now := int64(binary.BigEndian.Uint32(b[8:])), int64(passMinute(at))
	if made < now-1 || made > now+1 {
		return 0, fault.Refused("pass_expired", "the code on the screen is of another time; let the customer open the page again")
	}
	return id.ID(binary.BigEndian.Uint64(b)), nil
}

func passMinute(at time.Time) uint32 { return uint32(at.Unix() / int64(passStep/time.Second)) }

func passProof(secret, b []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("pass"))
	h.Write(b)
	return h.Sum(nil)[:passMAC]
}

func passRefused() *fault.Error {
	return fault.Refused("pass_refused", "this is not a code of a customer of this programme")
}
