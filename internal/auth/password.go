package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
)

const (
	minPassword = 10    // characters
	maxPassword = 1_000 // bytes, so that nobody has us hash a book
	saltBytes   = 16
	hashBytes   = 32
	// hashingAtOnce bounds the memory that sign-ins take together.
	hashingAtOnce = 2
)

// Hashing is the cost of a password hash by argon2id (RFC 9106).
type Hashing struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultHashing returns the cost for new hashes: above the least that OWASP's
// Password Storage Cheat Sheet asks for (19 MiB, 2 passes, 1 thread).
func DefaultHashing() Hashing { return Hashing{Memory: 32 * 1024, Passes: 3, Threads: 1} }

// rises reports whether h costs more than o in any way, so that what was
// hashed by o should be hashed anew.
func (h Hashing) rises(o Hashing) bool {
	return h.Memory > o.Memory || h.Passes > o.Passes || h.Threads > o.Threads
}

// hasher makes and checks password hashes, a few at a time.
type hasher struct {
	cost  Hashing
	slots chan struct{}
	// decoy is checked where there is no hash, so that an unknown e-mail takes
	// as long as a wrong password. It is no hash of anything.
	decoy string
}

func newHasher(cost Hashing) *hasher {
	h := &hasher{cost: cost, slots: make(chan struct{}, hashingAtOnce)}
	h.decoy = encode(cost, randomBytes(saltBytes), randomBytes(hashBytes))
	return h
}

// hash returns the hash of a password in the usual text form
// ($argon2id$v=19$m=…,t=…,p=…$salt$hash), which keeps its own cost.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := randomBytes(saltBytes)
	sum, err := h.derive(ctx, h.cost, password, salt, hashBytes)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, sum), nil
}

// verify reports whether the password is the hashed one, and whether its hash
// should be made anew at today's cost. An empty hash fits no password and
// takes as long as any.
func (h *hasher) verify(ctx context.Context, password, hash string) (ok, stale bool, err error) {
	if hash == "" {
		hash = h.decoy
	}
	cost, salt, want, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	sum, err := h.derive(ctx, cost, password, salt, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(sum, want) == 1, h.cost.rises(cost), nil
}

func (h *hasher) derive(ctx context.Context, cost Hashing, password string, salt []byte, size uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to check a password: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(composed(password)), salt, cost.Passes, cost.Memory, cost.Threads, size), nil
}

// composed makes one password of the several ways in which keyboards send й
// and ó.
func composed(password string) string { return norm.NFC.String(password) }

func encode(c Hashing, salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b64(salt), b64(sum))
}

func decode(hash string) (c Hashing, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("reading a password hash: it is not argon2id version %d", argon2.Version)
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, fmt.Errorf("reading the cost of a password hash: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("reading the salt of a password hash: %w", err)
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return c, nil, nil, fmt.Errorf("reading a password hash: %w", err)
	}
	if c.Passes == 0 || c.Threads == 0 || len(sum) == 0 {
		return c, nil, nil, fmt.Errorf("reading the cost of a password hash: %s is no cost", parts[3])
	}
	return c, salt, sum, nil
}

// checkPassword returns what is wrong with a new password.
func checkPassword(password, email string) error {
	if len(password) > maxPassword {
		return fault.Invalid("password_too_long", "the password is longer than %d bytes", maxPassword).At("/password")
	}
	if !utf8.ValidString(password) || utf8.RuneCountInString(composed(password)) < minPassword {
		return fault.Invalid("password_too_short", "the password takes at least %d characters; a few unrelated words are easy to remember", minPassword).
			At("/password").With("min", minPassword)
	}
	name, _, _ := strings.Cut(fold(email), "@")
	if p := fold(password); p == fold(email) || p == name {
		return fault.Invalid("password_is_email", "the password must not be the e-mail address").At("/password")
	}
	return nil
}
