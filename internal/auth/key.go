package auth

import (
	"context"
	"encoding/base32"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Key is an API key of one programme, without its secret.
type Key struct {
	ID, ProgrammeID id.ID
	// PartnerID is the partner to whom the key is bound, 0 for a key of the
	// programme's own.
	PartnerID id.ID
	Name      string
	// Prefix begins the key and tells it from others: rg_<prefix>_….
	Prefix string
	Scopes []Scope
	// Expires is zero when it never does, Revoked and Used when it was not
	// yet; Used is true to the minute.
	Created, Expires, Revoked, Used time.Time

	hash tokenHash
}

// NewKey asks for an API key.
type NewKey struct {
	ProgrammeID id.ID
	// PartnerID binds the key to a partner for good; it may carry no scopes but
	// PartnerScopes. 0 makes a key of the programme's own.
	PartnerID id.ID
	Name      string
	Scopes    []Scope
	// Expires is zero for a key that never does.
	Expires time.Time
}

const (
	keyMark     = "rg_"
	prefixBytes = 5
	prefixChars = 8
	secretChars = 52

	// keyFresh is how long a process trusts what it read of a key: a key
	// revoked in another process is refused here within this time. In its own
	// process it is refused at once.
	keyFresh = 5 * time.Second
)

var keyLetters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Live reports whether the key opens anything at the time.
func (k Key) Live(now time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires))
}

// Actor returns the key as an actor.
func (k Key) Actor() Actor {
	return Actor{Kind: KindKey, ID: k.ID, Name: k.Name, ProgrammeID: k.ProgrammeID, PartnerID: k.PartnerID, Scopes: k.Scopes}
}

// splitKey reads rg_<prefix>_<secret>.
func splitKey(key string) (prefix, secret string, ok bool) {
	body, marked := strings.CutPrefix(key, keyMark)
	prefix, secret, _ = strings.Cut(body, "_")
	ok = marked && len(prefix) == prefixChars && len(secret) == secretChars && plain(prefix) && plain(secret)
	return prefix, secret, ok
}

func plain(s string) bool {
	_, err := keyLetters.DecodeString(s)
	return err == nil
}

// CreateKey makes an API key and returns it with its text, which is shown once
// and kept nowhere. It needs keys.write and the permission of every scope.
func (s *Service) CreateKey(ctx context.Context, a Actor, in NewKey) (Key, string, error) {
	if err := s.checkKey(a, &in); err != nil {
		return Key{}, "", err
	}
	prefix := keyLetters.EncodeToString(randomBytes(prefixBytes))
	secret := keyLetters.EncodeToString(randomBytes(tokenBytes))
	k := Key{ProgrammeID: in.ProgrammeID, PartnerID: in.PartnerID, Name: in.Name, Prefix: prefix, Scopes: in.Scopes, Expires: in.Expires, hash: hashToken(secret)}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		k.ID = tx.IDs().New()
		k.Created = k.ID.Time()
		if err := insertKey(ctx, tx, k); err != nil {
			return err
		}
		return Record(ctx, tx, a, keyEntry("key.create", k))
	})
	if err != nil {
		return Key{}, "", err
	}
	return k, keyMark + prefix + "_" + secret, nil
}

func (s *Service) checkKey(a Actor, in *NewKey) error {
	if in.ProgrammeID == 0 {
		return fault.Invalid("no_programme", "an API key belongs to one programme; name it").At("/programme")
	}
	if err := a.Can(in.ProgrammeID, KeysWrite); err != nil {
		return err
	}
	in.Name = strings.TrimSpace(in.Name)
	if in.Name == "" || !utf8.ValidString(in.Name) || utf8.RuneCountInString(in.Name) > maxName || strings.ContainsFunc(in.Name, unicode.IsControl) {
		return fault.Invalid("malformed_key_name", "name the key by what will use it, in 1–%d letters", maxName).At("/name").With("max", maxName)
	}
	if !in.Expires.IsZero() && !s.now().Before(in.Expires) {
		return fault.Invalid("expiry_in_past", "the key would be expired from the start; choose a later time").At("/expires")
	}
	return checkScopes(a, in)
}

func checkScopes(a Actor, in *NewKey) error {
	if len(in.Scopes) == 0 {
		return fault.Invalid("no_scope", "choose at least one scope").At("/scopes")
	}
	in.Scopes = slices.Compact(slices.Sorted(slices.Values(in.Scopes)))
	for _, scope := range in.Scopes {
		if !scope.Valid() {
			return fault.Invalid("unknown_scope", "there is no scope %q", clip(string(scope))).At("/scopes").With("scope", clip(string(scope)))
		}
		if in.PartnerID != 0 && !slices.Contains(PartnerScopes(), scope) {
			return fault.Invalid("not_for_partners", "a partner's key cannot carry the scope %s", scope).At("/scopes").With("scope", string(scope))
		}
		if err := a.Can(in.ProgrammeID, scope.permission()); err != nil {
			return err
		}
	}
	return nil
}

// clip keeps what a user sent short enough to be shown back.
func clip(s string) string {
	r := []rune(strings.ToValidUTF8(s, "�"))
	return string(r[:min(len(r), maxName)])
}

// Keys returns the keys of a programme, the latest first, revoked and expired
// ones included. It needs keys.read.
func (s *Service) Keys(ctx context.Context, a Actor, programme id.ID) ([]Key, error) {
	if err := a.Can(programme, KeysRead); err != nil {
		return nil, err
	}
	return selectKeys(ctx, s.d.Reader(), programme)
}

// RevokeKey ends a key of the programme for good: at once in this process, in
// others within five seconds. It needs keys.write.
func (s *Service) RevokeKey(ctx context.Context, a Actor, programme, key id.ID) error {
	if err := a.Can(programme, KeysWrite); err != nil {
		return err
	}
	var k Key
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		var err error
		if k, err = revokeKey(ctx, tx, programme, key, s.now()); err != nil {
			return err
		}
		return Record(ctx, tx, a, keyEntry("key.revoke", k))
	})
	if err != nil {
		return err
	}
	s.keys.drop(k.Prefix)
	return nil
}

// Authenticate returns the actor of an API key that was sent from an address,
// with or without its port. It refuses with "key_refused" whether the key is
// malformed, unknown, revoked or expired, and with "too_many_keys" while too
// many unknown ones came from there. It writes nothing and mostly reads nothing.
func (s *Service) Authenticate(ctx context.Context, key, address string) (Actor, error) {
	prefix, secret, ok := splitKey(key)
	if !ok {
		return Actor{}, keyRefused()
	}
	now := s.now()
	k, err := s.keys.get(prefix, now, func() (Key, error) { return s.lookUp(ctx, prefix, address) })
	if err != nil {
		return Actor{}, err
	}
	if !k.hash.same(hashToken(secret)) || !k.Live(now) {
		return Actor{}, keyRefused()
	}
	if now.Sub(k.Used) >= flushEvery {
		s.sightings.key(k.ID, now)
	}
	return k.Actor(), nil
}

func keyRefused() error {
	return fault.Refused("key_refused", "the API key is not good: it is mistyped, unknown, revoked or expired; make another under Staff and keys")
}

func unknownKey(key id.ID) error {
	shown := key.In(id.Key)
	return fault.Missing("unknown_key", "there is no API key %s in this programme", shown).With("key", shown)
}

func keyEntry(action string, k Key) Entry {
	scopes := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		scopes[i] = string(s)
	}
	e := Entry{ProgrammeID: k.ProgrammeID, Action: action, Subject: k.ID.In(id.Key), Detail: map[string]any{"scopes": scopes}}
	if k.PartnerID != 0 {
		e.Detail["partner"] = k.PartnerID.In(id.Partner)
	}
	return e
}

// keyCache remembers keys that exist, so it grows no larger than their table.
type keyCache struct {
	mu   sync.RWMutex
	keys map[string]cachedKey
	// drops counts invalidations: what was read before one is not kept after
	// it.
	drops int
}

type cachedKey struct {
	key  Key
	good time.Time
}

// get returns the key of a prefix, read anew when what is known is too old; the
// zero Key when there is none.
func (c *keyCache) get(prefix string, now time.Time, read func() (Key, error)) (Key, error) {
	c.mu.RLock()
	known, ok := c.keys[prefix]
	drops := c.drops
	c.mu.RUnlock()
	if ok && now.Before(known.good) {
		return known.key, nil
	}
	k, err := read()
	if err != nil || k.ID == 0 {
		return Key{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drops == drops {
		if c.keys == nil {
			c.keys = map[string]cachedKey{}
		}
		c.keys[prefix] = cachedKey{key: k, good: now.Add(keyFresh)}
	}
	return k, nil
}

// has reports whether a key of the prefix was met, however long ago.
func (c *keyCache) has(prefix string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	_, met := c.keys[prefix]
	return met
}

func (c *keyCache) drop(prefix string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.keys, prefix)
	c.drops++
}
