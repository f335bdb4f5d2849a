package household

import (
	"testing"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	s := Spec{Members: 1, Pooling: true, MinDays: -1, PerTransfer: -1, Transfers: "mars"}
	if got, want := faulttest.Places(s.Check()), "household_number /members, household_number /min_days, household_limit /per_transfer, household_reach /transfers, household_pooling_off /pooling"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}
