package intake

import (
	"strings"
	"testing"
)

func TestFileNamesAreTidied(t *testing.T) {
	for _, tc := range []struct{ sent, want string }{
		{"sales.csv", "sales.csv"}, {`C:\a\b.csv`, "b.csv"}, {"../../etc/passwd", "passwd"}, {"a\x00b\n.csv", "ab.csv"}, {strings.Repeat("я", 160), strings.Repeat("я", 100) + "…"},
	} {
		if got := plainName(tc.sent); got != tc.want {
			t.Errorf("%q: got %q", tc.sent, got)
		}
	}
}
