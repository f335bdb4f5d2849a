package member

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Łukasz Żółć": "lukasz zolc", "ЁЛКИН": "елкин", "Ёлкин": "елкин", "Straße": "strasse", "ÅSE": "ase",
		"Ðuro": "duro", "Sørensen": "sorensen", "Чайковский": "чаиковскии", "ﬁnn": "finn", "Ⅷ": "viii", "İstanbul": "istanbul",
	} {
		if got := fold(in); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSoundBringsScriptsTogether(t *testing.T) {
	for _, same := range [][]string{
		{"Иванов", "Ivanov", "Iwanow"},
		{"Ковальский", "Kowalski", "Kovalsky"},
		{"Юлия", "Yulia", "Julia", "Iuliia"},
		{"Щербаков", "Shcherbakov"},
		{"Чайковский", "Tchaikovsky", "Chaykovskiy"},
		{"Евгений", "Yevgeny", "Evgenii"},
		{"Фёдоров", "Федоров", "Fyodorov", "Fedorov"},
		{"Хрущёв", "Khrushchyov", "Khrushchev"},
		{"Цой", "Tsoi", "Tsoy"},
		{"Ян", "Jan", "Yan"},
		{"Татьяна", "Tatyana", "Tatiana"},
		{"Филипп", "Filip", "Philip"},
		{"Алексей", "Aleksey", "Alexei"},
		{"Пётр", "Petr", "Pyotr"},
		{"Дмитрий", "Dmitry", "Dmitrii", "Dmitrij"},
		{"Анна", "Anna", "Ana"},
		{"Шевченко", "Shevchenko", "Szewczenko"},
		{"Жуков", "Zhukov"},
	} {
		want := sound(fold(same[0]))
		if want == "" || strings.ContainsFunc(want, func(r rune) bool { return r < 'a' || r > 'z' }) {
			t.Errorf("sound(%q) = %q is not Latin", same[0], want)
		}
		for _, name := range same[1:] {
			if got := sound(fold(name)); got != want {
				t.Errorf("%s sounds %q, but %s sounds %q", name, got, same[0], want)
			}
		}
	}
}

func TestSoundKeepsNamesApart(t *testing.T) {
	names := []string{"Иванов", "Петров", "Сидоров", "Kowalski", "Nowak", "Smith", "Jones", "Мария", "Марина", "Анна", "Нина"}
	heard := map[string]string{}
	for _, n := range names {
		s := sound(fold(n))
		if other, twice := heard[s]; twice {
			t.Errorf("%s and %s both sound %q", n, other, s)
		}
		heard[s] = n
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string][]string{
		"":                            nil,
		"  — ":                        nil,
		"Anna-Maria O'Neil":           {"anna", "maria", "oneil"},
		"Анна  анна":                  {"анна"},
		"de la Cruz, Jr.":             {"de", "la", "cruz", "jr"},
		"R2 D2":                       {"r2", "d2"},
		strings.Repeat("я", 50):       {strings.Repeat("я", maxWord)},
		"a b c d e f g h i j k l m n": {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"},
	} {
		if diff := cmp.Diff(want, split(in)); diff != "" {
			t.Errorf("split(%q): %s", in, diff)
		}
	}
}

func TestSpoken(t *testing.T) {
	if diff := cmp.Diff([]string{"anna", "ana", "иванова", "ivanova"}, spoken("Anna", "Иванова"), cmp.Transformer("set", set)); diff != "" {
		t.Error(diff)
	}
	if got := spoken("Ян", "Ян"); len(got) != 2 {
		t.Errorf("one word and its sound are %q", got)
	}
}

func set(list []string) map[string]bool {
	s := map[string]bool{}
	for _, v := range list {
		s[v] = true
	}
	return s
}

// Whatever is typed or stored, folding is stable and words can be compared as
// bytes below 255.
func TestFoldIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := fold(s)
		if twice := fold(once); twice != once {
			t.Fatalf("fold(%q) = %q, then %q", s, once, twice)
		}
		for _, w := range spoken(s) {
			if !utf8.ValidString(w) || w == "" || utf8.RuneCountInString(w) > maxWord || w >= string(after(w)) {
				t.Fatalf("spoken(%q) gives %q", s, w)
			}
		}
	})
}
