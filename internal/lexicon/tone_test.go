package lexicon

import (
	_ "embed"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"regulars/internal/i18n"
)

// TestToneOf holds what the lists, the negation and the abstaining are for.
func TestToneOf(t *testing.T) {
	for text, want := range map[string]Tone{
		"":                                    Unsure,
		"12345 !!!":                           Unsure,
		"Good":                                Positive,
		"not good":                            Negative,
		"Not very good.":                      Negative,
		"It isn't good":                       Negative,
		"It isn’t helpful":                    Negative,
		"not only good but great":             Positive,
		"Never a problem.":                    Positive,
		"No, good":                            Positive, // the comma ends the negation
		"Is the shop good?":                   Unsure,
		"The coffee was good, the staff rude": Unsure, // both
		"Great place, great staff, great prices, one mistake": Positive,
		"не очень":                      Negative,
		"Хорошо":                        Positive,
		"нехорошо, плохо":               Negative,
		"Не понравилось":                Negative,
		"Добрый день, скажите адрес":    Unsure,
		"Без проблем":                   Positive,
		"Обычный магазин":               Neutral,
		"nie polecam":                   Negative,
		"Polecam!":                      Positive,
		"Nie jest źle, ale drogo":       Unsure,
		"super":                         Positive,
		"Dzień dobry, gdzie jest sklep": Unsure,
		"Average place":                 Neutral,
		"Xyzzy plugh":                   Unsure,
	} {
		if got := ToneOf(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestLangOf(t *testing.T) {
	for text, want := range map[string]i18n.Lang{
		"": i18n.English, "Good tea": i18n.English, "Хороший чай": i18n.Russian, "Good чай": i18n.Russian,
		"polecam sklep": i18n.Polish, "Kawa była zimna": i18n.Polish, "świetnie": i18n.Polish, "I do not mind": i18n.English,
	} {
		if got := LangOf(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestToneIsOneOfFour throws any text at it.
func TestToneIsOneOfFour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if tone := ToneOf(text); tone != Unsure && tone != Negative && tone != Neutral && tone != Positive {
			t.Fatalf("%q is %q", text, tone)
		}
		if !utf8.ValidString(strings.Join(Stems(text), "")) && utf8.ValidString(text) {
			t.Fatalf("%q has stems that are no text", text)
		}
	})
}

//go:embed testdata/known.tsv
var known string

//go:embed testdata/fresh.tsv
var fresh string

// TestToneIsAsGoodAsDocumented measures the suggestion on sentences: the known
// ones were written with the lists, the fresh ones after them, and no list was
// changed since. docs/cards-and-reviews.md names the figures; where they change,
// it changes too.
func TestToneIsAsGoodAsDocumented(t *testing.T) {
	for _, set := range []struct {
		name, text               string
		all, answered, right     int
		negatives, negativeRight int
	}{
		{"known", known, 90, 84, 84, 35, 35},
		{"fresh", fresh, 60, 11, 11, 4, 4},
	} {
		t.Run(set.name, func(t *testing.T) {
			var all, answered, right, negatives, negativeRight int
			for line := range strings.Lines(set.text) {
				f := strings.Split(strings.TrimSpace(line), "\t")
				got := ToneOf(f[2])
				all++
				if got == Unsure {
					continue
				}
				answered++
				if got == Negative {
					negatives++
				}
				if string(got) == f[1] {
					right++
				} else {
					t.Logf("%s, and is %s: %s", got, f[1], f[2])
				}
				if got == Negative && f[1] == "negative" {
					negativeRight++
				}
			}
			if all != set.all || answered != set.answered || right != set.right || negatives != set.negatives || negativeRight != set.negativeRight {
				t.Errorf("of %d sentences %d were answered, %d rightly; %d were called negative, %d rightly", all, answered, right, negatives, negativeRight)
			}
		})
	}
}
