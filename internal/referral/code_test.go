package referral

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/checkcode"
)

// TestCodesTellMistakes changes one letter, or two beside each other.
func TestCodesTellMistakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := newCode()
		got, err := NormaliseCode(strings.ToLower(ShowCode(code)))
		if err != nil || got != code {
			t.Fatalf("%s is read as %s: %v", code, got, err)
		}
		at := rapid.IntRange(0, len(code)-1).Draw(t, "at")
		other := checkcode.Letters[rapid.IntRange(0, len(checkcode.Letters)-1).Draw(t, "letter")]
		if wrong := code[:at] + string(other) + code[at+1:]; wrong != code {
			if _, err := NormaliseCode(wrong); err == nil {
				t.Fatalf("%s passes for %s", wrong, code)
			}
		}
		if at > 0 && code[at] != code[at-1] {
			wrong := code[:at-1] + string(code[at]) + string(code[at-1]) + code[at+1:]
			if _, err := NormaliseCode(wrong); err == nil {
				t.Fatalf("%s passes for %s", wrong, code)
			}
		}
	})
}

func TestTracesOfOnePerson(t *testing.T) {
	for _, c := range []struct {
		kind, one, other string
		same             bool
	}{
		{"email", "Ann+shop@example.com", "ann@example.com", true}, {"email", "a.nn@gmail.com", "ann@googlemail.com", true},
		{"email", "a.nn@example.com", "ann@example.com", false}, {"phone", "+44 20 7946 0000", "442079460000", true},
		{"address", "ul. Długa 5/3, Kraków", "UL DŁUGA 5 3 KRAKÓW", true}, {"device", "abc-1", "abc-2", false},
	} {
		one, _ := traceOf("salt", c.kind, c.one)
		other, ok := traceOf("salt", c.kind, c.other)
		if !ok || (one == other) != c.same {
			t.Errorf("%s: %q and %q are the same: %t", c.kind, c.one, c.other, one == other)
		}
	}
	one, _ := traceOf("salt", "device", "abc")
	if other, _ := traceOf("pepper", "device", "abc"); one == other {
		t.Error("two programmes have one hash")
	}
	if _, ok := traceOf("salt", "address", " - "); ok {
		t.Error("an empty address leaves a trace")
	}
}
