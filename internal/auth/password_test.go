package auth

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		name, password, email, code string
	}{
		{"ten letters", "abcdefghij", "o@example.com", ""},
		{"nine letters", "abcdefghi", "o@example.com", "password_too_short"},
		{"ten Cyrillic letters", "пароль-при", "o@example.com", ""},
		{"nine letters of two parts each", strings.Repeat("и\u0306", 9), "o@example.com", "password_too_short"},
		{"the e-mail in capitals", "OLGA@example.com", "olga@example.com", "password_is_email"},
		{"the e-mail's name", "olga.petrova", "Olga.Petrova@example.com", "password_is_email"},
		{"broken letters", "abcdefghij\xff", "o@example.com", "password_too_short"},
		{"a thousand bytes", strings.Repeat("a", 1_000), "o@example.com", ""},
		{"more", strings.Repeat("a", 1_001), "o@example.com", "password_too_long"},
	} {
		wantCode(t, c.name, checkPassword(c.password, c.email), c.code)
	}
}

func TestHashAndVerify(t *testing.T) {
	h := newHasher(quick)
	hash := must(h.hash(ctx(t), "Zażółć gęślą jaźń"))(t)
	for _, c := range []struct {
		name, password string
		ok             bool
	}{
		{"the same", "Zażółć gęślą jaźń", true},
		{"the same in parts", "Zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301", true},
		{"another", "zażółć gęślą jaźń", false},
		{"none", "", false},
	} {
		ok, stale, err := h.verify(ctx(t), c.password, hash)
		if ok != c.ok || stale || err != nil {
			t.Errorf("%s: got %v, stale %v, %v", c.name, ok, stale, err)
		}
	}
	if other := must(h.hash(ctx(t), "Zażółć gęślą jaźń"))(t); other == hash {
		t.Error("two hashes of one password are equal: the salt is not random")
	}
}

// The text form is the one that other tools write, so it must be read by what
// RFC 9106's function gives, not only by our own writer.
func TestVerifyReadsTheUsualForm(t *testing.T) {
	salt := []byte("0123456789abcdef")
	cost := Hashing{Memory: 64, Passes: 2, Threads: 2}
	hash := encode(cost, salt, argon2.IDKey([]byte(password), salt, 2, 64, 2, 24))
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$") {
		t.Errorf("unusual form: %s", hash)
	}
	if ok, _, err := newHasher(quick).verify(ctx(t), password, hash); !ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestHashesGoStaleWhenTheCostRises(t *testing.T) {
	hash := must(newHasher(quick).hash(ctx(t), password))(t)
	for _, c := range []struct {
		name  string
		cost  Hashing
		stale bool
	}{
		{"as before", quick, false},
		{"more memory", Hashing{Memory: 128, Passes: 1, Threads: 1}, true},
		{"more passes", Hashing{Memory: 64, Passes: 2, Threads: 1}, true},
		{"less memory", Hashing{Memory: 32, Passes: 1, Threads: 1}, false},
	} {
		ok, stale, err := newHasher(c.cost).verify(ctx(t), password, hash)
		if !ok || stale != c.stale || err != nil {
			t.Errorf("%s: got %v, stale %v, %v", c.name, ok, stale, err)
		}
	}
}

func TestNoHashFitsNoPassword(t *testing.T) {
	h := newHasher(quick)
	for _, p := range []string{"", password} {
		if ok, _, err := h.verify(ctx(t), p, ""); ok || err != nil {
			t.Errorf("%q: got %v, %v", p, ok, err)
		}
	}
	cost, _, sum, err := decode(h.decoy)
	if err != nil || cost != quick || len(sum) != hashBytes {
		t.Errorf("the decoy costs %v and not as much as a real hash: %v", cost, err)
	}
}

func TestBrokenHashesAreErrors(t *testing.T) {
	good := must(newHasher(quick).hash(ctx(t), password))(t)
	for _, hash := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$MDEy$MDEy", strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "m=64", "m=x", 1), good + "$", good + "!", good[:strings.LastIndex(good, "$")+1],
	} {
		if ok, _, err := newHasher(quick).verify(ctx(t), password, hash); ok || err == nil {
			t.Errorf("%s: got %v, %v", hash, ok, err)
		}
	}
}

func TestHashingWaitsForASlot(t *testing.T) {
	h := newHasher(quick)
	for range hashingAtOnce {
		h.slots <- struct{}{}
	}
	gone, cancel := context.WithCancel(ctx(t))
	cancel()
	if _, err := h.hash(gone, password); err == nil {
		t.Error("hashed though every slot was taken")
	}
	<-h.slots
	if _, err := h.hash(ctx(t), password); err != nil {
		t.Errorf("with a slot free: %v", err)
	}
}

func TestDefaultHashingIsAboveTheLeastAdvised(t *testing.T) {
	d := DefaultHashing()
	if d.Memory < 19*1024 || d.Passes < 2 || d.Threads < 1 {
		t.Errorf("the default %+v is below 19 MiB, 2 passes, 1 thread", d)
	}
}
