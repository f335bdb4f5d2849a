// Package link makes personal links: addresses with a secret that opens one thing
// for whoever holds it. The secret is made of a programme's salt when it is needed;
// kept is a hash of it alone. It imports only id.
package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"regulars/internal/id"
)

// Letters are those of secrets: small ones and digits, none mistaken for another.
var Letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Kind is a kind of links.
type Kind struct {
	// Name is in every secret and hash: another name, and links that were sent open
	// nothing.
	Name string
	// Path is where the page is; the secret follows.
	Path string
	// Opens is the prefix of what such a link opens.
	Opens id.Prefix
	// Bytes is the length of a secret before it is written in letters.
	Bytes int
}

// Secret returns the secret of the link that opens one thing.
func (k Kind) Secret(salt string, n id.ID) string {
	mac := hmac.New(sha256.New, []byte(k.Name+" link "+salt))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return Letters.EncodeToString(mac.Sum(nil)[:k.Bytes])
}

// Hash returns what is kept of a secret; empty for what cannot be one.
func (k Kind) Hash(secret string) string {
	secret = strings.ToLower(secret)
	if len(secret) != Letters.EncodedLen(k.Bytes) {
		return ""
	}
	sum := sha256.Sum256([]byte(k.Name + " token " + secret))
	return hex.EncodeToString(sum[:])
}

// To returns the path of the page of one thing by its shown id, for messages;
// empty for the id of anything else.
func (k Kind) To(salt, shown string) string {
	n, err := id.Parse(k.Opens, shown)
	if err != nil {
		return ""
	}
	return k.Path + k.Secret(salt, n)
}
