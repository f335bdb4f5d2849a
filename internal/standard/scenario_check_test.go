package standard

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestAScenarioTellsAllThatIsMissing at once.
func TestAScenarioTellsAllThatIsMissing(t *testing.T) {
	p := Plot{Deed: "sing", Budget: -1}
	var fields []string
	for _, f := range fault.All(p.Check("en")) {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); !strings.HasPrefix(got, "/deed /budget /names") {
		t.Errorf("told of %s", got)
	}
}
