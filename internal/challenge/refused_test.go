package challenge

import (
	"testing"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	s := Spec{
		Names: map[string]string{"en": " "}, Form: Streak, Counts: Visits, Span: Fixed, Unit: "decade", Gaps: -1, Minimum: -1, PerMember: -1,
		Steps: []Step{{At: 0, Reward: Reward{Kind: Points, Months: -1}}, {At: 2, Reward: Reward{Kind: "hug"}}},
	}
	if got, want := faulttest.Places(s.Check()), "challenge_name /names/en, challenge_unit /unit, challenge_gaps /gaps, challenge_minimum /minimum, challenge_step /steps/0/at, challenge_points /steps/0/reward/points, absurd_amount /steps/0/reward/months, challenge_reward /steps/1/reward/kind, challenge_limit /per_member"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}
