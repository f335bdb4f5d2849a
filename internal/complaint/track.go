package complaint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"

	"regulars/internal/checkcode"
	"regulars/internal/id"
)

const (
	trackLetters = 8 // random ones; then the check
	pinDigits    = 6
)

// NormaliseTrack returns a tracking code as it is kept, out of what somebody
// typed.
func NormaliseTrack(text string) string { return checkcode.Normalise(text) }

// ShowTrack returns a tracking code as people are shown it.
func ShowTrack(track string) string { return checkcode.Groups(track, 4) }

// trackFits reports whether a code can be one, so that a slip is told before
// anything is looked for.
func trackFits(track string) bool { return checkcode.Fits(track, trackLetters) }

func newTrack() string { return checkcode.Draw(trackLetters) }

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
