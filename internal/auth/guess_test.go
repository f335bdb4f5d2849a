package auth

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/fault"
)

// guess is an API key that does not exist.
func guess(n int) string { return fmt.Sprintf("%s%08d_%052d", keyMark, n, n) }

func TestGuessedKeysCostABoundedNumberOfQueries(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		_, met := h.key("members:read")
		_, fresh := h.key("members:read")
		const here, there = "192.0.2.7:40123", "198.51.100.9:40123"
		must(h.Authenticate(ctx(t), met, here))(t)
		before := h.d.Statements()
		for n := range 100 {
			_, err := h.Authenticate(ctx(t), guess(n), here[:len(here)-1]+fmt.Sprint(n%10)) // from any port
			want := "key_refused"
			if n >= 20 {
				want = "too_many_keys"
			}
			wantCode(t, fmt.Sprint("guess ", n), err, want)
		}
		if n := h.d.Statements() - before; n != 20 {
			t.Errorf("100 guesses sent %d queries, want 20", n)
		}
		_, err := h.Authenticate(ctx(t), fresh, here)
		if f := fault.As(err); f == nil || f.Code != "too_many_keys" || f.Args["seconds"] != 3 {
			t.Errorf("a key never met, from where many were guessed: %v", err)
		}
		h.clock.advance(keyFresh)
		must(h.Authenticate(ctx(t), met, here))(t) // though what was read of it is too old
		must(h.Authenticate(ctx(t), fresh, there))(t)
		must(h.Authenticate(ctx(t), fresh, here))(t)
		// The five seconds have paid for one more; 12 from then pay for four.
		for _, c := range []struct {
			after time.Duration
			more  int
		}{{0, 1}, {12 * time.Second, 4}, {time.Hour, 20}} {
			h.clock.advance(c.after)
			for n := range c.more + 3 {
				_, err := h.Authenticate(ctx(t), guess(1000+n), here)
				wantCode(t, fmt.Sprintf("%v later, guess %d", c.after, n), err, map[bool]string{true: "key_refused", false: "too_many_keys"}[n < c.more])
			}
		}
	})
}

// A key that is there and does not open costs its address nothing: it is known.
func TestOldKeysAreNotGuesses(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, text := h.key("members:read")
		wantCode(t, "revoking", h.RevokeKey(ctx(t), h.owner.Staff.Actor(), here, k.ID), "")
		for range 60 {
			_, err := h.Authenticate(ctx(t), text, "192.0.2.7:1")
			wantCode(t, "revoked", err, "key_refused")
			_, err = h.Authenticate(ctx(t), "no key at all", "192.0.2.7:1")
			wantCode(t, "malformed", err, "key_refused")
			h.clock.advance(keyFresh)
		}
	})
}
