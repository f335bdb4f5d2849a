package member

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold brings text to what search compares: no accents, no case, one letter
// for each letter that people type in its place (ł → l, ё → е).
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToLower(r)
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainLetters are the folded letters that have no decomposition in Unicode
// and yet are typed as others.
var plainLetters = map[rune]string{
	'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ŀ': "l",
	'ħ': "h", 'ŧ': "t", 'ß': "ss", 'ς': "σ",
}

// cyrillic says each folded Cyrillic letter in Latin ones, in the plainest of
// the customary ways; sound then brings the other ways to the same.
var cyrillic = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'к': "k",
	'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f",
	'х': "h", 'ц': "c", 'ч': "ch", 'ш': "sh", 'щ': "sch", 'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "iu",
	'я': "ia", 'і': "i", 'є': "ie", 'ґ': "g", 'ј': "i", 'љ': "l", 'њ': "n", 'ћ': "ch", 'ђ': "d", 'џ': "dzh",
}

// spellings brings the ways in which one sound is spelt in English, Polish and
// transliterated Russian to one. Where several begin alike the longer stands
// first, as the first that fits is taken.
var spellings = strings.NewReplacer(
	"shch", "sch", "szcz", "sch", "tch", "ch", "sz", "sh", "cz", "ch", "rz", "zh", "kh", "h", "ts", "c",
	"tz", "c", "ph", "f", "ck", "k", "ie", "e", "ye", "e", "je", "e", "yo", "e",
	"w", "v", "x", "ks", "q", "k", "y", "i", "j", "i",
)

// sound returns how a folded word is heard, in Latin letters, so that Ivanov
// and Иванов, Kowalski and Ковальский are one; doubled letters count once. It
// errs towards finding too many.
func sound(word string) string {
	var b strings.Builder
	for _, r := range word {
		if latin, ok := cyrillic[r]; ok {
			b.WriteString(latin)
		} else {
			b.WriteRune(r)
		}
	}
	return string(slices.Compact([]rune(spellings.Replace(b.String()))))
}

const (
	maxWord  = 40 // letters of a word that search looks at
	maxWords = 12 // words of a name that are kept, of each kind
)

// split returns the distinct folded words of a text: runs of letters, digits
// and apostrophes, which are dropped (O'Neil is oneil).
func split(text string) []string {
	text = strings.NewReplacer("'", "", "’", "", "ʼ", "").Replace(fold(text))
	var words []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		w = clip(w, maxWord)
		if !slices.Contains(words, w) && len(words) < maxWords {
			words = append(words, w)
		}
	}
	return words
}

// spoken returns the words of names as they are kept for search: as written
// and as heard.
func spoken(names ...string) []string {
	var words []string
	for _, name := range names {
		for _, w := range split(name) {
			words = append(words, w)
			if heard := clip(sound(w), maxWord); heard != "" {
				words = append(words, heard)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// leastPart is how many letters of a word are looked for within it, as written;
// leastHeardPart, as heard, which would else find nearly everybody. Fewer are
// looked for at its beginning.
const (
	leastPart      = 2
	leastHeardPart = 3
)

// parts returns the ends of a word, the whole word first, so that whatever
// stands within it begins one of them.
func parts(word string) []string {
	letters := []rune(word)
	list := []string{word}
	for from := 1; from+leastPart <= len(letters); from++ {
		list = append(list, string(letters[from:]))
	}
	return list
}

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}
