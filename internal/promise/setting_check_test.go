package promise

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestASettingTellsAllThatIsWrong at once, in the order of its form.
func TestASettingTellsAllThatIsWrong(t *testing.T) {
	s := Setting{WarnHours: -1, GraceMinutes: -1, LateHelp: map[string]string{"de": "", "en": strings.Repeat("x", 2001)}}
	var fields []string
	for _, f := range fault.All(s.Check()) {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "/warn_hours /grace_minutes /late_help /late_help/en" {
		t.Errorf("told of %s", got)
	}
}
