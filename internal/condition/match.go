package condition

import (
	"slices"
	"strconv"
	"strings"
)

// Match reports whether the condition holds for the facts. Only a CEL
// expression can fail, by asking for what is not known, by an overflow or by
// its cost; the typed forms never do.
func (p *Program) Match(f Facts) (bool, error) { return p.root.match(f) }

func (always) match(Facts) (bool, error) { return true, nil }

func (list allOf) match(f Facts) (bool, error) {
	for _, t := range list {
		if ok, err := t.match(f); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (list anyOf) match(f Facts) (bool, error) {
	for _, t := range list {
		if ok, err := t.match(f); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (n not) match(f Facts) (bool, error) {
	ok, err := n.of.match(f)
	return !ok && err == nil, err
}

func (t *test) match(f Facts) (bool, error) {
	v, known := f.Fact(t.field.Name)
	if t.field.Type == Attributes && known {
		v.Text, known = v.Texts[t.attribute]
	}
	switch t.op {
	case Exists:
		return known == t.flag, nil
	case Ne, NotIn:
		return !known || !t.holds(v), nil
	}
	return known && t.holds(v), nil
}

// holds reports whether a known value passes; for Ne and NotIn whether it
// passes their opposite.
func (t *test) holds(v Value) bool {
	switch t.field.Type {
	case Flag:
		return v.Flag == t.flag
	case Set:
		return slices.ContainsFunc(v.Set, func(s string) bool { return slices.Contains(t.texts, s) })
	}
	if t.textual() {
		return t.holdsText(v.Text)
	}
	if t.field.Type == Attributes {
		n, err := strconv.ParseInt(v.Text, 10, 64)
		return err == nil && t.holdsInt(n)
	}
	return t.holdsInt(v.Int)
}

func (t *test) holdsText(s string) bool {
	if t.op == Contains {
		return strings.Contains(s, t.texts[0])
	}
	return slices.Contains(t.texts, s)
}

func (t *test) holdsInt(n int64) bool {
	switch t.op {
	case Lt:
		return n < t.ints[0]
	case Lte:
		return n <= t.ints[0]
	case Gt:
		return n > t.ints[0]
	case Gte:
		return n >= t.ints[0]
	case Between:
		low, high := t.ints[0], t.ints[1]
		if low > high {
			return n >= low || n <= high
		}
		return n >= low && n <= high
	}
	return slices.Contains(t.ints, n)
}
