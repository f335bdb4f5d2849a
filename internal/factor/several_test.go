package factor

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestSettingsTellAllThatIsWrong: who wrote them mends all at once.
func TestSettingsTellAllThatIsWrong(t *testing.T) {
	s := DefaultSettings()
	s.Factors[0].Names = map[string]string{"de": "Auswahl"}
	s.Factors[2].Hints = map[string]string{"en": "a\nb"}
	s.Answers = map[string]Code{"Price!": Value}
	s.Reasons = map[string]Code{"slow": "moon"}
	s.Causes = map[string]Code{"late": "moon"}
	s.Ratings = []Rating{{Factor: "moon"}}
	want := "/factors/0/names /factors/2/hints/en /answers /reasons /causes /ratings/0/factor"
	got := told(s.Check())
	for _, at := range strings.Fields(want) {
		if !strings.Contains(got, at) {
			t.Errorf("nothing is told of %s: %s", at, got)
		}
	}
	if n := len(strings.Fields(got)); n != 6 {
		t.Errorf("told of %d: %s", n, got)
	}
}

// TestAnActionTellsAllThatIsWrong, too.
func TestAnActionTellsAllThatIsWrong(t *testing.T) {
	set := DefaultSettings()
	n := Spec{Factor: "moon", Effort: "ages", Cost: -1, Expected: strings.Repeat("x", maxStory+1)}
	if got, want := told(n.check(&set)), "/title /why /owner /due /factor /effort /cost /expected"; got != want {
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
