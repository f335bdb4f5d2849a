package lesson

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/fault"
)

// TestALessonTellsAllThatIsWrong: who wrote it mends all at once.
func TestALessonTellsAllThatIsWrong(t *testing.T) {
	s := Spec{Titles: Words{"pl": "Lekcja"}, Pass: 101, Days: -1}
	if got, want := told(s.Check("en")), "/titles /text /pass /days /roles /questions"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	words := Words{"en": "What?"}
	yes, no := Option{Code: "yes", Words: words, Right: true}, Option{Code: "no", Words: words}
	s = Spec{Titles: words, Text: words, Pass: 80, Roles: []auth.Role{auth.Manager, "juggler"}, Questions: []Question{
		{Code: "Bad!", Words: words, Options: []Option{yes, no}}, {Code: "a", Options: []Option{yes, no}}, {Code: "b", Words: words, Options: []Option{yes}},
		{Code: "c", Words: words, Options: []Option{no, {Code: "not", Words: words}}}, {Code: "d", Words: words, Options: []Option{yes, no}, Why: Words{"de": "Darum"}},
		{Code: "e", Words: words, Options: []Option{yes, {Code: "no"}}}, {Code: "f", Words: words, Options: []Option{yes, no}},
	}}
	want := "/roles/1 /questions/0/code /questions/1/words /questions/2/options /questions/3/options /questions/4/why /questions/5/options/1/words"
	if got := told(s.Check("en")); got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
}

// told are the fields at which something is wrong, in their order.
func told(err error) string {
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	return strings.Join(at, " ")
}
