package lexicon

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFromHTML(t *testing.T) {
	for markup, want := range map[string]string{
		"":                               "",
		"plain & simple":                 "plain & simple",
		"a &lt;b&gt; &amp;nbsp; c":       "a <b> &nbsp; c",
		"<p>One</p><p>Two<br>three</p>":  "One\n\nTwo\nthree",
		"<b>Tea</b> <i>time</i>":         "Tea time",
		"a<script>alert('x')</script>b":  "ab",
		"<style>p{}</style>Hi":           "Hi",
		"<head><title>T</title></head>X": "X",
		"line\nbroken   by\tspaces":      "line broken by spaces",
		"<p>не<em>очень</em>":            "неочень",
		"<div><div>x</div":               "x",
		"<svg><text>in</text></svg>out":  "out",
	} {
		if got := FromHTML(markup, nil); got != want {
			t.Errorf("%q: %q, want %q", markup, got, want)
		}
	}
	quoted := FromHTML(`New words<div class="gmail_quote">old <div>deeper</div> words</div> after`, func(_, class string) bool { return class == "gmail_quote" })
	if quoted != "New words\nafter" && quoted != "New words after" {
		t.Errorf("%q", quoted)
	}
	if got := FromHTML("<"+strings.Repeat("x", 2<<20), nil); len(got) > 2<<20 {
		t.Error("a mark without an end grows")
	}
}

func FuzzFromHTML(f *testing.F) {
	f.Add("<p>One</p><script>x</script>")
	f.Fuzz(func(t *testing.T, markup string) {
		if got := FromHTML(markup, nil); utf8.ValidString(markup) && !utf8.ValidString(got) {
			t.Fatalf("%q became %q", markup, got)
		}
	})
}

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		text, phrase string
		want         bool
	}{
		{"We drank at Bean & Leaf", "bean leaf", true},
		{"We drank at BEAN & LEAF's", "Bean & Leaf", true},
		{"Beans leave", "Bean & Leaf", false},
		{"В «Чайке» хороший чай", "Чайка", true},
		{"Отзывы о магазине Ёлочка", "елочки", true},
		{"W Żabce kupiłam kawę", "Żabka", false}, // an alternation is beyond light stems
		{"Kawiarnia Ziarno", "ziarna", true},
		{"leaflet", "leaf", false},
		{"anything", "", false},
		{"7eleven and 7-eleven", "7 eleven", true},
		{"Bean", "Bean Leaf", false},
	} {
		if got := Mentions(c.text, c.phrase); got != c.want {
			t.Errorf("%q in %q: %t", c.phrase, c.text, got)
		}
	}
}
