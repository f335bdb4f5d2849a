package i18n

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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
