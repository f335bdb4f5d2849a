package guest

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
)

// digits is how long a code is that a customer types.
const digits = 6

// newToken returns a secret of 43 letters that may stand in an address.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: the runtime stops the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// newCode returns six digits, each number as likely as any other.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("drawing a code: %w", err)
	}
	return fmt.Sprintf("%0*d", digits, n.Int64()), nil
}

// hashOf is what the database keeps of secrets, in hexadecimal. At least one of
// the parts is a token that nobody can guess.
func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
