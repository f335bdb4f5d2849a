package auth

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/id"
)

func TestCreateKey(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("manager@example.com", Assignment{here, Manager}).Staff.Actor()
		narrow := Actor{Kind: KindKey, ID: 4, ProgrammeID: here, Scopes: []Scope{"keys:write", "members:read"}}
		read := []Scope{"members:read"}
		for _, c := range []struct {
			name  string
			actor Actor
			in    NewKey
			code  string
		}{
			{"without a programme", h.owner.Staff.Actor(), NewKey{Name: "x", Scopes: read}, "no_programme"},
			{"in another programme", manager, NewKey{ProgrammeID: there, Name: "x", Scopes: read}, "not_permitted"},
			{"by an agent", staffWith(Assignment{here, Agent}), NewKey{ProgrammeID: here, Name: "x", Scopes: read}, "not_permitted"},
			{"without a name", manager, NewKey{ProgrammeID: here, Name: " ", Scopes: read}, "malformed_key_name"},
			{"with a broken name", manager, NewKey{ProgrammeID: here, Name: "x\xff", Scopes: read}, "malformed_key_name"},
			{"without a scope", manager, NewKey{ProgrammeID: here, Name: "x"}, "no_scope"},
			{"with an unknown scope", manager, NewKey{ProgrammeID: here, Name: "x", Scopes: []Scope{"staff:write"}}, "unknown_scope"},
			{"already expired", manager, NewKey{ProgrammeID: here, Name: "x", Scopes: read, Expires: h.clock.now()}, "expiry_in_past"},
			{"by a key beyond itself", narrow, NewKey{ProgrammeID: here, Name: "x", Scopes: []Scope{"members:write"}}, "not_permitted"},
			{"by a key within itself", narrow, NewKey{ProgrammeID: here, Name: "x", Scopes: read}, ""},
			{"by a manager", manager, NewKey{ProgrammeID: here, Name: " y ", Scopes: []Scope{"points:read", "members:read", "points:read"}}, ""},
		} {
			_, text, err := h.CreateKey(ctx(t), c.actor, c.in)
			wantCode(t, c.name, err, c.code)
			if (text != "") != (c.code == "") {
				t.Errorf("%s: got key %q", c.name, text)
			}
		}
		keys := must(h.Keys(ctx(t), manager, here))(t)
		if len(keys) != 2 || keys[0].Name != "y" || !cmp.Equal(keys[0].Scopes, []Scope{"members:read", "points:read"}) {
			t.Errorf("the keys are %+v", keys)
		}
		_, err := h.Keys(ctx(t), manager, there)
		wantCode(t, "listing another programme's", err, "not_permitted")
	})
}

func TestAuthenticate(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, text := h.key("members:read", "events:write")
		want := Actor{Kind: KindKey, ID: k.ID, Name: "till", ProgrammeID: here, Scopes: []Scope{"events:write", "members:read"}}
		for range 2 { // once read, once remembered
			got, err := h.Authenticate(ctx(t), text, "192.0.2.1:5000")
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
		}
		_, other := h.key("members:read")
		for name, bad := range map[string]string{
			"nothing":               "",
			"without its end":       text[:len(text)-1],
			"with a letter changed": text[:len(text)-1] + map[bool]string{true: "0", false: "g"}[text[len(text)-1] != '0'],
			"another key's secret":  text[:len(keyMark)+prefixChars] + other[len(keyMark)+prefixChars:],
			"an unknown prefix":     keyMark + "00000000" + text[len(keyMark)+prefixChars:],
			"in capitals":           "RG_" + text[3:],
			"with a space":          text + " ",
			"broken letters":        text[:20] + "\xff\x00" + text[22:],
		} {
			_, err := h.Authenticate(ctx(t), bad, "192.0.2.1:5000")
			wantCode(t, name, err, "key_refused")
		}
		if n := h.count(`SELECT COUNT(*) FROM api_key WHERE hash = $1 OR hash = $2`, text, text[len(keyMark)+prefixChars+1:]); n != 0 {
			t.Error("the database keeps a secret as it is")
		}
	})
}

func TestRevokeKey(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, text := h.key("members:read")
		other := h.process()
		authenticate := func(s *Service) error { _, err := s.Authenticate(ctx(t), text, "192.0.2.1:5000"); return err }
		wantCode(t, "before, here", authenticate(h.Service), "")
		wantCode(t, "before, in the other process", authenticate(other), "")
		owner := h.owner.Staff.Actor()
		wantCode(t, "as another programme's", h.RevokeKey(ctx(t), owner, there, k.ID), "unknown_key")
		wantCode(t, "by an agent", h.RevokeKey(ctx(t), staffWith(Assignment{here, Agent}), here, k.ID), "not_permitted")
		wantCode(t, "still good", authenticate(h.process()), "")
		at := h.clock.now()
		wantCode(t, "revoking", h.RevokeKey(ctx(t), owner, here, k.ID), "")
		wantCode(t, "here, at once", authenticate(h.Service), "key_refused")
		h.clock.advance(5*time.Second - time.Microsecond)
		wantCode(t, "in the other process, which may lag", authenticate(other), "")
		h.clock.advance(time.Microsecond)
		wantCode(t, "in the other process, after five seconds", authenticate(other), "key_refused")
		wantCode(t, "revoking again", h.RevokeKey(ctx(t), owner, here, k.ID), "")
		if got := must(h.Keys(ctx(t), owner, here))(t)[0].Revoked; !got.Equal(at) {
			t.Errorf("revoked at %v, want %v", got, at)
		}
	})
}

func TestKeysExpire(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		_, text, err := h.CreateKey(ctx(t), System("test"), NewKey{ProgrammeID: here, Name: "short", Scopes: []Scope{"members:read"}, Expires: h.clock.now().Add(time.Second)})
		wantCode(t, "making", err, "")
		_, err = h.Authenticate(ctx(t), text, "192.0.2.1:5000")
		wantCode(t, "before", err, "")
		h.clock.advance(time.Second)
		_, err = h.Authenticate(ctx(t), text, "192.0.2.1:5000") // remembered still, and yet refused
		wantCode(t, "after", err, "key_refused")
	})
}

// What was read of a key before its revocation must not be remembered after.
func TestCacheForgetsWhatWasReadBeforeADrop(t *testing.T) {
	var c keyCache
	now := newClock().now()
	reads := 0
	read := func() (Key, error) { reads++; return Key{ID: id.ID(reads)}, nil }
	_, err := c.get("p", now, func() (Key, error) { c.drop("p"); return read() })
	if k := must(c.get("p", now, read))(t); err != nil || k.ID != 2 {
		t.Errorf("the key read before the drop is served: %+v, %v", k, err)
	}
	if k := must(c.get("p", now, read))(t); k.ID != 2 {
		t.Errorf("the key read after the drop is not remembered: %+v", k)
	}
}

func TestUnknownKeysAreNotRemembered(t *testing.T) {
	var c keyCache
	for range 3 {
		if k := must(c.get("p", time.Time{}, func() (Key, error) { return Key{}, nil }))(t); k.ID != 0 {
			t.Errorf("got %+v", k)
		}
	}
	if len(c.keys) != 0 {
		t.Error("strangers fill the cache")
	}
}

func TestLastUseOfKeys(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, text := h.key("members:read")
		used := func() time.Time { return db.Time(int64(h.count(`SELECT used FROM api_key WHERE id = $1`, k.ID))) }
		sent := h.d.Statements()
		must(h.Authenticate(ctx(t), text, "192.0.2.1:5000"))(t)
		if n := h.d.Statements() - sent; n != 1 || !used().IsZero() {
			t.Errorf("the first use sent %d statements and wrote %v", n, used())
		}
		first := h.clock.now()
		sent = h.d.Statements()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { must(h.Authenticate(ctx(t), text, "192.0.2.1:5000"))(t) })
		}
		all.Wait()
		if n := h.d.Statements() - sent; n != 0 {
			t.Errorf("50 further uses sent %d statements", n)
		}
		wantCode(t, "writing last use", h.Flush(ctx(t)), "")
		if !used().Equal(first) {
			t.Errorf("last use is %v, want %v", used(), first)
		}
		sent = h.d.Statements()
		wantCode(t, "writing nothing", h.Flush(ctx(t)), "")
		if n := h.d.Statements() - sent; n != 0 {
			t.Errorf("nothing to write sent %d statements", n)
		}
	})
}

func FuzzSplitKey(f *testing.F) {
	for _, s := range []string{"", "rg_", "rg__", "rg_01234567_", "rg_01234567_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		prefix, secret, ok := splitKey(s)
		if !ok {
			return
		}
		if keyMark+prefix+"_"+secret != s || len(prefix) != prefixChars || len(secret) != secretChars {
			t.Errorf("%q is read as %q and %q", s, prefix, secret)
		}
		if _, err := keyLetters.DecodeString(secret); err != nil {
			t.Errorf("%q has a secret that is none: %v", s, err)
		}
	})
}
