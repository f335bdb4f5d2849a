package touch

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestATouchpointTellsAllThatIsWrong at once, each link by itself.
func TestATouchpointTellsAllThatIsWrong(t *testing.T) {
	s := TouchpointSpec{Kind: "cellar", Name: " ", Links: []Link{{Platform: "nowhere"}, {Platform: Google}, {Platform: Google}}}
	var fields []string
	for _, f := range fault.All(s.Check()) {
		fields = append(fields, f.Field)
	}
	got := strings.Join(fields, " ")
	if !strings.HasPrefix(got, "/kind /name /links/0/platform") || !strings.HasSuffix(got, "/links/2/platform") {
		t.Errorf("told of %s", got)
	}
}
