package lexicon

import "slices"

// Topics suggests one of several things that words are about.
type Topics struct {
	// of are the codes by the stem of a hint.
	of map[string][]string
}

// NewTopics returns an empty collection.
func NewTopics() *Topics { return &Topics{of: map[string][]string{}} }

// Add teaches words that hint at a code, parted by anything but letters. They
// are met in every form of theirs.
func (t *Topics) Add(code, hints string) {
	for _, stem := range Stems(hints) {
		if !slices.Contains(t.of[stem], code) {
			t.of[stem] = append(t.of[stem], code)
		}
	}
}

// Suggest returns the one code that the words hint at most. It abstains, by an
// empty one, when they hint at none, or at two alike.
func (t *Topics) Suggest(words string) string {
	votes := map[string]int{}
	for _, stem := range Stems(words) {
		for _, c := range t.of[stem] {
			votes[c]++
		}
	}
	best, most, shared := "", 0, false
	for c, n := range votes {
		switch {
		case n > most:
			best, most, shared = c, n, false
		case n == most:
			shared = true
		}
	}
	if shared {
		return ""
	}
	return best
}
