package standard

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestAStandardTellsAllThatIsWrong: who wrote it mends all at once.
func TestAStandardTellsAllThatIsWrong(t *testing.T) {
	words := Words{"en": "Is it clean?"}
	s := Spec{Names: Words{"pl": "Standard"}, Intro: Words{"de": "Hallo"}}
	if got, want := told(s.Check("en")), "/names /intro /criteria"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	s = Spec{Names: Words{"en": "Ours"}, Criteria: []Criterion{
		{Code: "Clean!", Form: YesNo, Weight: 1, Words: words}, {Code: "a", Form: "song", Weight: 1, Words: words}, {Code: "b", Form: Scale, Top: 1, Weight: 1, Words: words},
		{Code: "c", Form: YesNo, Words: words}, {Code: "d", Form: Scale, Top: 4, Weight: 1, Least: 2, Words: words}, {Code: "e", Form: YesNo, Weight: 1},
		{Code: "f", Form: YesNo, Weight: 1, Words: words, Help: Words{"de": "Schau"}}, {Code: "g", Form: YesNo, Weight: 1, Words: words},
	}}
	want := "/criteria/0/code /criteria/1/form /criteria/2/top /criteria/3/weight /criteria/4/least /criteria/5/words /criteria/6/help"
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
