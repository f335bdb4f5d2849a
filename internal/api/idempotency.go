package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"strings"
	"time"
	"unicode"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	// keyHeader names a request, so that it can be sent again without being
	// done twice.
	keyHeader = "Idempotency-Key"
	maxKey    = 200 // bytes

	// keyKept is how long a key is remembered.
	keyKept = 24 * time.Hour
	// keyLease is how long the first request of a key may take. After that its
	// server is thought to be gone.
	keyLease = 2 * time.Minute
)

// once does the work of a request that names a key only if no request did so
// before, and returns what that changed. Of two at once one is sent away. A
// request that was cut off by the end of its server is never done again by
// itself, for nobody can know how far it came.
func (s *server) once(ctx context.Context, c *call, body []byte, work func() (string, error)) (subject string, repeated bool, err error) {
	key := c.r.Header.Get(keyHeader)
	if key == "" {
		subject, err = work()
		return subject, false, err
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) {
		return "", false, param(keyHeader, fault.Invalid("malformed_request_key", "the key takes 1–%d plain letters", maxKey).With("limit", maxKey))
	}
	claim := claim{programme: c.programme(), key: key, hash: hashOf(c.actor, c.r, body)}
	before, err := s.claim(ctx, claim)
	if err != nil || before != nil {
		return before.subjectOf(), before != nil, err
	}
	subject, err = work()
	s.settle(context.WithoutCancel(ctx), c, claim, subject, err)
	return subject, false, err
}

// settle keeps what the work changed, or lets the key go when it changed
// nothing. Where nobody can know, the key stays taken.
func (s *server) settle(ctx context.Context, c *call, cl claim, subject string, failure error) {
	end := func() error { return s.endClaim(ctx, cl, cmp.Or(subject, noSubject)) }
	if f := fault.As(failure); f != nil && f.Code != lostDatabase {
		end = func() error { return s.dropClaim(ctx, cl) }
	}
	if err := end(); err != nil {
		s.Log.ErrorContext(ctx, "settling an idempotency key", "error", err, "request", c.request)
	}
}

// noSubject is kept of work on what needs no name, such as settings: without any
// the key would look as if nobody knew what came of it.
const noSubject = "-"

// lostDatabase is the failure after which a commit may have been made or not.
const lostDatabase = "database_unavailable"

// hashOf tells requests under one key apart: by who sends it, method, address
// and body. So no API key learns what another has done.
func hashOf(who auth.Actor, r *http.Request, body []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(who.String()), []byte(r.Method), []byte(r.URL.RequestURI()), body} {
		h.Write(binary.AppendUvarint(nil, uint64(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}

// claim is a request's claim to a key.
type claim struct {
	programme id.ID
	key       string
	hash      []byte
}

// kept is what stands of a key already.
type kept struct {
	hash    []byte
	subject string
	leased  time.Time
}

func (k *kept) subjectOf() string {
	if k == nil {
		return ""
	}
	return k.subject
}

// judge refuses a key that is in use or means something else.
func (k *kept) judge(cl claim, now time.Time) error {
	switch {
	case string(k.hash) != string(cl.hash):
		return param(keyHeader, fault.Conflict("key_reused", "another request was sent under this key; give every request a key of its own"))
	case k.subject != "":
		return nil
	case now.Before(k.leased):
		return inUse()
	}
	return param(keyHeader, fault.Conflict("key_unsettled",
		"the first request under this key was cut off and nobody knows whether it was done; look, then send it under another key if it was not"))
}

func inUse() error {
	return param(keyHeader, fault.Conflict("key_in_use", "the first request under this key is being worked on; ask again in a second").With(retryArg, 1))
}
