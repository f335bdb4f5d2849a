package console

import (
	"path/filepath"
	"strings"

	"regulars/internal/id"
	"regulars/internal/shelf"
)

func (c *Console) simulationShelf() shelf.Shelf {
	return shelf.Shelf{Dir: filepath.Join(c.Dir, "simulations"), Prefix: id.Simulation}
}

// fileName is the last part of a name that a browser sent, short enough to be
// shown.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	return clip(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s))
}
