package console

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestListsAreReadAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string][]string{
		"":                               nil,
		" \r\n, ;":                       nil,
		"A":                              {"A"},
		"A, B;C\r\n D \r\n\r\nA":         {"A", "B", "C", "D"},
		`"RED,L"` + "\r\n" + `"BLUE;S" `: {"RED,L", "BLUE;S"},
		`"say ""hi"", you", B`:           {`say "hi", you`, "B"},
		`12" PLATE, "quoted" more`:       {`12" PLATE`, `"quoted" more`},
		`"never closed, B`:               {`"never closed`, "B"},
		`"", A`:                          {"A"},
		`" A "`:                          {" A "},
	} {
		if diff := cmp.Diff(want, splitList(typed)); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
	}
}

// TestListsAreReadAsTheyAreShown: whatever a code is made of, the form gives
// back the same codes, with the line ends that browsers send.
func TestListsAreReadAsTheyAreShown(t *testing.T) {
	code := rapid.StringOf(rapid.SampledFrom([]rune(`AB1,; "'é` + "\t"))).Filter(func(s string) bool { return s != "" })
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(code, rapid.ID).Draw(t, "list")
		shown, ok := joinList(list)
		if got := splitList(strings.ReplaceAll(shown, "\n", "\r\n")); !ok || !slices.Equal(got, list) {
			t.Fatalf("%q was shown as %q and read as %q", list, shown, got)
		}
	})
}
