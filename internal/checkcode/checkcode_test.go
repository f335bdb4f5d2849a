package checkcode

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCodesAreReadHoweverTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{
		"abcd-efgh": "ABCDEFGH", " o0iIlL\u00a0\u20111 ": "0011111", "x\u2013y\u202fz\t": "XYZ", "Ж-u": "ЖU", "": "",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if got := Groups("ABCDEFGHJ", 4); got != "ABCD-EFGH-J" {
		t.Errorf("it is shown as %s", got)
	}
}

// TestCheckTellsSlips: any one letter that is another, and any two that changed
// places, however far apart.
func TestCheckTellsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rapid.IntRange(5, 15).Draw(t, "letters")
		code := Draw(random)
		if !Fits(code, random) || Fits(code, random+1) || strings.Trim(code, Letters) != "" || Normalise(Groups(code, 3)) != code {
			t.Fatalf("%q does not fit itself", code)
		}
		i, j := rapid.IntRange(0, random).Draw(t, "place"), rapid.IntRange(0, random).Draw(t, "other place")
		wrong, turned := []byte(code), []byte(code)
		wrong[i] = rapid.SampledFrom([]byte(Letters+"U!")).Draw(t, "letter")
		turned[i], turned[j] = turned[j], turned[i]
		for _, slip := range []string{string(wrong), string(turned)} {
			if slip != code && Fits(slip, random) {
				t.Fatalf("%q passes for %q", slip, code)
			}
		}
	})
}
