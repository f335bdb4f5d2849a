package survey

import (
	"slices"
	"strings"

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

// feelingNumber returns the number of a feeling that is named by its code, or the
// text.
func feelingNumber(text string) string {
	if i := slices.Index(feelings, strings.ToLower(strings.TrimSpace(text))); i >= 0 {
		return string(rune('0' + worstFeeling + i))
	}
	return text
}
