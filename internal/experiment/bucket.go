package experiment

import (
	"crypto/sha256"
	"encoding/binary"
)

// Buckets is the number of equally likely buckets; shares are counted in it,
// so that a share of 500 is 5 %.
const Buckets = 10_000

// Bucket draws a customer's bucket, 0 to Buckets-1, from the programme's salt
// and from where the customer was first seen. The same three texts always draw
// the same bucket. Each text is hashed with its length, so that no two triples
// run together.
func Bucket(salt, source, externalID string) int {
	h := sha256.New()
	for _, s := range []string{salt, source, externalID} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	// Out of 2^64 values the modulus favours the low buckets by less than one
	// part in 10^15.
	return int(binary.BigEndian.Uint64(h.Sum(nil)) % Buckets)
}

// Held reports whether the bucket belongs to the control group when that takes
// share of every Buckets customers. A group that grows keeps all it had.
func Held(bucket, share int) bool { return bucket < share }
