package console

import "strings"

// trail is the way through a long list: the mark with which each page after the
// first begins, the present one last. It stands in the address, so that the way
// back is known without asking for it.
type trail []string

// trailName is the name under which it stands there; marks hold no tilde.
const (
	trailName = "page"
	trailSep  = "~"
	maxTrail  = 50 // marks; from farther one goes back to the first page at once
)

func (v *visit) trail() trail {
	marks := v.field(trailName)
	if marks == "" {
		return nil
	}
	return strings.Split(marks, trailSep)
}

// mark is where the present page begins; empty on the first.
func (t trail) mark() string {
	if len(t) == 0 {
		return ""
	}
	return t[len(t)-1]
}

// forth returns the trail of the page that begins at a mark.
func (t trail) forth(mark string) string {
	if len(t) >= maxTrail {
		t = t[len(t)-maxTrail+1:]
	}
	return strings.Join(append(t[:len(t):len(t)], mark), trailSep)
}

// back returns the trail of the page before.
func (t trail) back() string {
	if len(t) == 0 {
		return ""
	}
	return strings.Join(t[:len(t)-1], trailSep)
}
