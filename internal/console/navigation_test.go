package console

import (
	"testing"

	"regulars/internal/web"
)

// TestEveryPlaceHasAnIconOfItsOwn: rows of the rail are told apart by it before they are read.
func TestEveryPlaceHasAnIconOfItsOwn(t *testing.T) {
	drawn := map[web.Icon]string{}
	for _, part := range places {
		for _, p := range part {
			if other, taken := drawn[p.icon]; taken {
				t.Errorf("%s and %s share the icon %s", other, p.key, p.icon)
			}
			drawn[p.icon] = p.key
		}
	}
}
