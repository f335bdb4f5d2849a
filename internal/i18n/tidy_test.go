package i18n

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/fault"
)

func TestTidy(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		" \n tea \t\r\n":         "tea",
		"one\r\ntwo\tthree":      "one\ntwo\tthree",
		"a\x00b\x1bc\u0085d\x7f": "abcd",
		"cafe\u0301":             "café",
		"bad\xff":                "bad�",
		"  a\r\nb\x00\x07 ":      "a\nb",
		"zażółć 🫖":               "zażółć 🫖",
		"\u200fעברית":            "\u200fעברית",
	} {
		if got := Tidy(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	got := TidyWords(map[string]string{"en": " tea ", "ru": " \x00 ", "pl": "herbata"})
	if diff := cmp.Diff(map[string]string{"en": "tea", "pl": "herbata"}, got); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}

// TestWordsAreHeldAgainstTheirBounds in letters, by language, all at once.
func TestWordsAreHeldAgainstTheirBounds(t *testing.T) {
	type words map[string]string
	for _, c := range []struct {
		words  words
		needed bool
		want   string
	}{
		{words{"en": "żółw"}, true, ""},
		{nil, false, ""},
		{words{"pl": "kot"}, true, "words_needed /names/en"},
		{words{"de": "Hund", "ru": "котик", "pl": "kocię"}, true, "words_needed /names/en, words_language /names, words_long /names/pl, words_long /names/ru"},
	} {
		var got []string
		for _, f := range fault.All(CheckWords("/names", c.words, "en", c.needed, 4)) {
			got = append(got, f.Code+" "+f.Field)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v: %q, want %q", c.words, got, c.want)
		}
	}
}
