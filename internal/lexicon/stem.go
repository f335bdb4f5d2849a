package lexicon

import (
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"
)

// Stems returns the stems of the distinct words of a text, sorted: Russian ones
// by their letters, others both as English and as Polish words, as many cannot
// be told apart. Words of less than three letters are left out.
func Stems(text string) []string {
	var list []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(w)) < 3 {
			continue
		}
		if cyrillic(w) {
			list = append(list, "ru:"+russianStem(w))
			continue
		}
		list = append(list, "en:"+english.Stem(w, true), "pl:"+polishStem(w))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func cyrillic(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

func russianStem(w string) string { return russian.Stem(strings.ReplaceAll(w, "ё", "е"), true) }

// polishEndings are cut from words, the longest first; it is the light kind of
// stemming, which takes off cases and numbers and leaves what words are made of.
var polishEndings = strings.Fields(
	"iejszymi iejszych owania eniami owymi iemu iego ymi imi ego emu ami ach owi ych ich ową owa owe owy ość ści iem ów em om ie ią ej ym im ą ę y i a e o u")

func polishStem(w string) string {
	for _, ending := range polishEndings {
		if rest, cut := strings.CutSuffix(w, ending); cut && len([]rune(rest)) >= 3 {
			return rest
		}
	}
	return w
}
