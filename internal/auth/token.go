package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// tokenHash is what the database keeps of a token, in hexadecimal. The tokens
// are 32 random bytes, which nobody can guess, so SHA-256 guards them as well
// as a slow hash would.
type tokenHash string

const tokenBytes = 32

// newToken returns a token of 43 letters that may stand in an address, and its
// hash.
func newToken() (string, tokenHash) {
	token := base64.RawURLEncoding.EncodeToString(randomBytes(tokenBytes))
	return token, hashToken(token)
}

func hashToken(token string) tokenHash {
	sum := sha256.Sum256([]byte(token))
	return tokenHash(hex.EncodeToString(sum[:]))
}

func (h tokenHash) same(o tokenHash) bool {
	return subtle.ConstantTimeCompare([]byte(h), []byte(o)) == 1
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: the runtime stops the process instead
	return b
}
