package member

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/fault"
	"regulars/internal/id"
)

var passTime = time.Date(2026, 6, 1, 12, 0, 30, 0, time.UTC)

func TestPassIsGoodForTwoMinutes(t *testing.T) {
	secret := []byte("salt of the programme")
	text := SignPass(secret, 42, passTime)
	for _, c := range []struct {
		later time.Duration
		code  string
	}{
		{0, ""}, {89 * time.Second, ""}, {-time.Minute, ""}, {90 * time.Second, "pass_expired"}, {-2 * time.Minute, "pass_expired"},
	} {
		m, err := ReadPass(secret, text, passTime.Add(c.later))
		switch f := fault.As(err); {
		case c.code == "" && (err != nil || m != 42):
			t.Errorf("after %s the pass is %v's: %v", c.later, m, err)
		case c.code != "" && (f == nil || f.Code != c.code):
			t.Errorf("after %s: %v, want %s", c.later, err, c.code)
		}
	}
	if _, err := ReadPass([]byte("of another"), text, passTime); fault.As(err).Code != "pass_refused" {
		t.Errorf("another programme takes it: %v", err)
	}
}

// TestPassIsSmallInAQRCode: capitals and digits, which a QR code packs densely.
func TestPassIsSmallInAQRCode(t *testing.T) {
	text := SignPass([]byte("s"), id.ID(1)<<62, passTime)
	if !IsPass(text) || len(text) > 40 || strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		t.Errorf("the pass is %q", text)
	}
}

// TestNobodyForgesAPass: whatever is changed in one, it is refused.
func TestNobodyForgesAPass(t *testing.T) {
	secret := []byte("salt")
	rapid.Check(t, func(t *rapid.T) {
		m := id.ID(rapid.Int64Range(1, 1<<62).Draw(t, "member"))
		text := SignPass(secret, m, passTime)
		if got, err := ReadPass(secret, strings.ToLower(text), passTime); err != nil || got != m {
			t.Fatalf("the pass of %d is that of %d: %v", m, got, err)
		}
		at := rapid.IntRange(0, len(text)-2).Draw(t, "at") // the last sign holds spare bits
		forged := []byte(text)
		forged[at] = rapid.SampledFrom([]byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ!?Ä")).
			Filter(func(sign byte) bool { return sign != text[at] }).Draw(t, "sign")
		if got, err := ReadPass(secret, string(forged), passTime); err == nil {
			t.Fatalf("%q passes for %q of %d", forged, text, got)
		}
	})
}
