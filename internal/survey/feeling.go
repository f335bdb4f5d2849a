package survey

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/i18n"
)

// feelings are the answers to a question of the form Emotion by their code, from
// the worst to the best; the first is the number 1.
var feelings = []string{"anger", "disappointment", "indifference", "pleasure", "delight"}

// Bounds of what a feeling is.
const (
	worstFeeling = 1
	bestFeeling  = 5
	// badFeeling is the best of the negative ones, goodFeeling the worst of the
	// positive.
	badFeeling  = 2
	goodFeeling = 4
)

// Feelings returns the numbers of the feelings, from the worst to the best.
func Feelings() []int { return []int{1, 2, 3, 4, 5} }

// Feeling names the feeling of a number from 1 to 5 in words.
func Feeling(number int) i18n.Text {
	return i18n.Text{Key: "survey.feeling." + feelings[number-worstFeeling]}
}

// feelingWords are what people write for each feeling on paper and in tables, from
// the worst to the best: our own words in every language, as the pages show
// them, what means the same, and Polish without its marks.
var feelingWords = [][]string{
	{"злость", "гнев", "złość", "zlosc", "gniew"},
	{"разочарование", "rozczarowanie"},
	{"безразличие", "равнодушие", "obojętność", "obojetnosc"},
	{"удовольствие", "przyjemność", "przyjemnosc"},
	{"восторг", "восхищение", "zachwyt"},
}

// feelingNumber returns the number of a feeling that is named by its code or in
// words, in any case; or the text.
func feelingNumber(text string) string {
	word := strings.ToLower(norm.NFC.String(strings.TrimSpace(text)))
	for i, code := range feelings {
		if word == code || slices.Contains(feelingWords[i], word) {
			return strconv.Itoa(worstFeeling + i)
		}
	}
	return text
}
