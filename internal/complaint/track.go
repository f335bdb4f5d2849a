package complaint

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"regulars/internal/id"
)

const (
	letters    = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // of Crockford's base 32
	trackChars = 9                                  // eight drawn ones and the check
	pinDigits  = 6
)

// NormaliseTrack returns a tracking code as it is kept, out of what somebody
// typed: capital letters without spaces and dashes, O read as 0, I and L as 1.
func NormaliseTrack(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\u00a0', '\u2011', '\u2013':
			return -1
		case 'o', 'O':
			return '0'
		case 'i', 'I', 'l', 'L':
			return '1'
		}
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// ShowTrack returns a tracking code as people are shown it.
func ShowTrack(track string) string {
	if len(track) != trackChars {
		return track
	}
	return track[:4] + "-" + track[4:]
}

// trackFits reports whether a code can be one: its last letter checks the
// others, so that a slip is told before anything is looked for.
func trackFits(track string) bool { return len(track) == trackChars && remainder(track) == 0 }

func newTrack() string {
	var random [trackChars - 1]byte
	_, _ = rand.Read(random[:]) // crypto/rand never fails
	var b [trackChars]byte
	for i, r := range random {
		b[i] = letters[r%byte(len(letters))]
	}
	b[trackChars-1] = letters[double(remainder(string(b[:trackChars-1])))]
	return string(b[:])
}

// remainder is the value at the generator of the field of 32 elements of the
// polynomial whose coefficients the letters are; 0 for whole codes, -1 where a
// letter is none of ours.
func remainder(text string) int {
	sum := 0
	for i := range len(text) {
		v := strings.IndexByte(letters, text[i])
		if v < 0 {
			return -1
		}
		sum = double(sum) ^ v
	}
	return sum
}

// double multiplies by the generator, modulo x⁵ + x² + 1.
func double(v int) int {
	v <<= 1
	if v&32 != 0 {
		v ^= 0b100101
	}
	return v
}

// pinFor returns the PIN of a case that was opened under a name, so that the
// same request answers with the same PIN though it is kept nowhere.
func pinFor(salt, name string) string {
	m := hmac.New(sha256.New, []byte(salt))
	fmt.Fprintf(m, "complaint pin:%s", name)
	return fmt.Sprintf("%0*d", pinDigits, binary.BigEndian.Uint64(m.Sum(nil))%1_000_000)
}

// nameFor is a name as it is kept: nothing that tells the PIN.
func nameFor(salt, name string) string {
	m := hmac.New(sha256.New, []byte(salt))
	fmt.Fprintf(m, "complaint name:%s", name)
	return hex.EncodeToString(m.Sum(nil))
}

// The cost of a PIN's hash, in KiB and passes (RFC 9106). A PIN is short, so
// what keeps it is that tries are counted.
const (
	pinMemory = 8 * 1024
	pinPasses = 1
)

func hashPIN(pin string, c id.ID) []byte {
	salt := binary.BigEndian.AppendUint64([]byte("case pin"), uint64(c))
	return argon2.IDKey([]byte(pin), salt, pinPasses, pinMemory, 1, 32)
}

// Tries of a PIN: after so many wrong ones the case is shut for a while, which
// doubles with every further wrong one.
const (
	freeTries = 5
	firstShut = 5 * time.Minute
	longShut  = 24 * time.Hour
)

// shutFor returns for how long a case is shut after so many wrong tries.
func shutFor(tries int) time.Duration {
	if tries < freeTries {
		return 0
	}
	return min(longShut, firstShut<<min(tries-freeTries, 10))
}
