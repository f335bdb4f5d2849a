package fraud

import (
	"testing"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	s := Spec{Rules: []Rule{{Kind: "moods"}, {Kind: PointsDay, Action: "shout", More: -1}, {Kind: PointsDay, Action: Flag, Times: 2}}}
	if got, want := faulttest.Places(s.Check()), "fraud_kind /rules/0/kind, fraud_action /rules/1/action, fraud_more /rules/1/more, fraud_twice /rules/2/kind, fraud_times /rules/2/times"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}
