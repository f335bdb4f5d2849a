package survey

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/fault"
)

// TestASurveyTellsAllThatIsWrong: who wrote it mends all at once.
func TestASurveyTellsAllThatIsWrong(t *testing.T) {
	s := Spec{Kind: "mood", Names: Words{"pl": "Ankieta"}, Thanks: Words{"de": "Danke"}}
	if got, want := told(s.Check("en")), "/kind /names /thanks /questions"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	words := Words{"en": "Why?"}
	s = Spec{Kind: NPS, Names: Words{"en": "Us"}, Questions: []Question{
		{Code: "main", Form: Scale, From: 1, To: 5, Words: words, Low: Words{"de": "nein"}, High: Words{"fr": "oui"}},
		{Code: "Main!", Form: Text, Words: words},
		{Code: "one", Form: Single, Words: words, Options: []Option{{Code: "a"}, {Code: "a", Words: words}, {Code: "b", Words: words}}},
		{Code: "two", Form: Single, Words: words, Options: []Option{{Code: "a", Words: words}, {Code: "b", Words: words}},
			Branches: []Branch{{Options: []string{"a"}, Then: "one"}, {Options: []string{"c"}, Then: End}}},
		{Code: "last", Form: "song"},
	}}
	want := "/questions/0 /questions/0/low /questions/0/high /questions/1/code /questions/2/options/0/words /questions/2/options/1/code " +
		"/questions/3/branches/0/then /questions/3/branches/1 /questions/4/words"
	if got := told(s.Check("en")); got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	if s = recommend(); s.Check("en") != nil {
		t.Error("a sound one is refused")
	}
}

// TestAPlanTellsAllThatIsWrong, of a draw and of a standing question.
func TestAPlanTellsAllThatIsWrong(t *testing.T) {
	p := Plan{Method: Random, By: "moon", Bought: -1, Days: 1000, Seed: -1, Tag: "a\x00", Touchpoint: "moon"}
	if got, want := told(p.Check()), "/wanted /by /bought /days /seed /tag /touchpoint"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	d := StandingPlan{Hour: 24, Rest: -1, Seed: -1, Days: -1, Touchpoint: "moon"}
	if got, want := told(d.Check()), "/after /wait /hour /most /rest /days /seed /touchpoint"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	d = StandingPlan{After: AfterPurchase, Wait: 1, Most: 5}
	if err := d.Check(); err != nil || d.Days != DefaultDays {
		t.Errorf("a sound one is refused: %v", err)
	}
}

// TestWhatIsBroughtTellsAllThatIsWrong: reasons and responses.
func TestWhatIsBroughtTellsAllThatIsWrong(t *testing.T) {
	each(t, func(w *town) {
		err := w.SetReasons(w.Context(), tester, w.Programme.ID, []Reason{{Code: "price", Names: Words{"en": "Price"}}, {Code: "price", Names: Words{"de": "Preis"}, Hints: Words{"fr": "prix"}}, {Code: "X"}})
		if got, want := told(err), "/reasons/1/code /reasons/1/names /reasons/1/hints /reasons/2/code /reasons/2/names"; got != want {
			w.Errorf("told of %s, want %s", got, want)
		}
		n := w.asks()
		b := bringing{Service: w.Service, survey: n, programme: w.Programme}
		_, err = b.read(&Brought{Source: "a\x00", Lang: "de", Mode: "mail", Shop: "moon", Occurred: w.Now().Add(48 * time.Hour), Weight: -1, Touchpoint: "moon",
			Answers: Answers{"nowhere": {Number: 1}, n.Questions[0].Code: {Number: 99}}})
		got := told(err)
		for _, at := range []string{"/source", "/external_id", "/mode", "/lang", "/occurred", "/weight", "/touchpoint", "/shop", "/answers/nowhere", "/answers/" + n.Questions[0].Code} {
			if !strings.Contains(got+" ", at+" ") {
				w.Errorf("nothing is told of %s: %s", at, got)
			}
		}
	})
}

// told are the fields at which something is wrong, in their order.
func told(err error) string {
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	return strings.Join(at, " ")
}
