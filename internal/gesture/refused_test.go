package gesture

import (
	"testing"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	s := Spec{Kind: Favour, Names: Words{}, Does: Words{}, Currency: "PLN", Cost: -1, EveryDays: 1, CalmDays: -1, MonthMost: -1, Withhold: -1}
	if got, want := faulttest.Places(s.Check("en", "GBP")), "words_needed /names/en, words_needed /does/en, gesture_currency /currency, gesture_cost /cost, gesture_every /every_days, gesture_days /calm_days, gesture_month /month_most, gesture_withhold /withhold"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}
