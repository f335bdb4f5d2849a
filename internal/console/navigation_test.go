package console

import (
	"strings"
	"testing"

	"regulars/internal/auth"
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

// TestLongNavigationsFold: an owner has more places than fit on a screen, somebody
// at a till has few and sees them all.
func TestLongNavigationsFold(t *testing.T) {
	w := newTown(t)
	fold := func(role auth.Role, path string) (folded, open int) {
		page := w.as(role).get(path).is(t, 200).body
		return strings.Count(page, `<summary class="rail-label">`), strings.Count(page, `<details class="rail-group" open>`)
	}
	if folded, open := fold(auth.Owner, "/p/bean"); folded != len(places)-1 || open != 0 {
		t.Errorf("on the overview %d groups fold and %d of them are open", folded, open)
	}
	if _, open := fold(auth.Owner, "/p/bean/standards"); open != 1 {
		t.Errorf("among the standards %d groups are open", open)
	}
	if folded, _ := fold(auth.Till, lessonsAt); folded != 0 {
		t.Errorf("at a till %d groups fold", folded)
	}
}
