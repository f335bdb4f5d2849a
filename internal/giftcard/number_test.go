package giftcard

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
)

func TestNumbersAreCheckedAndShown(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		n := newNumber()
		if err := CheckNumber(n); err != nil || seen[n] {
			t.Fatalf("%s: %v, seen before: %v", n, err, seen[n])
		}
		seen[n] = true
		shown := ShowNumber(n)
		if strings.Count(shown, "-") != 3 || len(shown) != 19 {
			t.Errorf("%s is shown as %s", n, shown)
		}
		for _, typed := range []string{shown, strings.ToLower(shown), " " + strings.ReplaceAll(shown, "-", " ") + "\u00a0", strings.ReplaceAll(strings.ReplaceAll(n, "0", "o"), "1", "l")} {
			if got := NormaliseNumber(typed); got != n {
				t.Errorf("%q is read as %s, want %s", typed, got, n)
			}
		}
		if masked := MaskNumber(n); !strings.HasSuffix(masked, n[12:]) || strings.Contains(masked, n[:12]) {
			t.Errorf("%s is masked as %s", n, masked)
		}
	}
}

// TestSlipsOfThePenAreFound changes one letter, or swaps two.
func TestSlipsOfThePenAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := []byte(newNumber())
		i, j := rapid.IntRange(0, 15).Draw(t, "place"), rapid.IntRange(0, 15).Draw(t, "other place")
		wrong := string(n)
		if rapid.Bool().Draw(t, "swap") {
			n[i], n[j] = n[j], n[i]
		} else {
			n[i] = checkcode.Letters[rapid.IntRange(0, 31).Draw(t, "letter")]
		}
		f := fault.As(CheckNumber(string(n)))
		if same := string(n) == wrong; same != (f == nil) {
			t.Fatalf("%s instead of %s: %v", n, wrong, f)
		}
	})
	for _, text := range []string{"", "0", strings.Repeat("0", 15), strings.Repeat("0", 17), strings.Repeat("U", 16), "Жжжжжжжжжжжжжжжж"} {
		if CheckNumber(NormaliseNumber(text)) == nil {
			t.Errorf("%q is taken for a number", text)
		}
	}
}
