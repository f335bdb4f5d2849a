package condition

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"regulars/internal/fault"
)

// Limits of one condition.
const (
	// MaxBytes bounds the JSON of a condition.
	MaxBytes = 64 << 10
	// MaxDepth bounds how deep conditions may stand within conditions.
	MaxDepth = 12
	// MaxParts bounds the groups, tests and expressions of a condition.
	MaxParts = 400
	// MaxList bounds the values that one test names.
	MaxList = 1000

	maxName    = 100
	maxText    = 500
	maxFormula = 2000
)

// Parse reads a condition strictly: unknown and repeated names, wrong kinds of
// value and whatever passes the limits are refused with the JSON pointer of
// the place. {} is the condition that always holds. json.Marshal of what it
// returns is canonical: reading that gives the same again. Whether fields
// exist and values fit them is for Compile to say.
func Parse(raw []byte) (Condition, error) {
	n, err := Read(raw, MaxBytes)
	if err != nil {
		return Condition{}, err
	}
	p := parser{left: MaxParts}
	return p.condition(n, 1)
}

type parser struct{ left int }

func (p *parser) condition(n Node, depth int) (Condition, error) {
	var c Condition
	if p.left--; p.left < 0 {
		return c, fault.Invalid("condition_too_many_parts", "the condition has more than %d parts; make it simpler", MaxParts).At(n.at).With("limit", MaxParts)
	}
	if depth > MaxDepth {
		return c, fault.Invalid("condition_too_deep", "conditions stand within each other more than %d deep; make it simpler", MaxDepth).At(n.at).With("limit", MaxDepth)
	}
	m, err := n.Object("all", "any", "not", "field", "op", "value", "cel")
	if err != nil {
		return c, err
	}
	for _, name := range []string{"all", "any", "not", "field", "op", "value", "cel"} {
		if member, given := m[name]; given {
			if err := p.member(&c, name, member, depth); err != nil {
				return c, err
			}
		}
	}
	_, err = c.checkForm(n.at)
	return c, err
}

// member reads one member of the condition's object.
func (p *parser) member(c *Condition, name string, n Node, depth int) (err error) {
	switch name {
	case "all":
		c.All, err = p.group(n, depth)
	case "any":
		c.Any, err = p.group(n, depth)
	case "not":
		var inner Condition
		inner, err = p.condition(n, depth+1)
		c.Not = &inner
	case "field":
		c.Field, err = n.Text(maxName)
	case "op":
		c.Op, err = parseOp(n)
	case "value":
		c.Value, err = canonical(n)
	case "cel":
		c.CEL, err = n.Text(maxFormula)
	}
	return err
}

func (p *parser) group(n Node, depth int) ([]Condition, error) {
	list, err := n.List(MaxParts)
	if err != nil {
		return nil, err
	}
	parts := make([]Condition, len(list))
	for i, e := range list {
		if parts[i], err = p.condition(e, depth+1); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// allOps lists the comparisons as messages name them.
var allOps = []Op{Eq, Ne, Lt, Lte, Gt, Gte, Between, In, NotIn, Contains, Exists}

func parseOp(n Node) (Op, error) {
	s, err := n.Text(maxName)
	if err != nil {
		return "", err
	}
	if !slices.Contains(allOps, Op(s)) {
		return "", fault.Invalid("condition_unknown_op", "%q is not a comparison; known are %s", clip(s), names(allOps)).
			At(n.at).With("op", clip(s)).With("known", names(allOps))
	}
	return Op(s), nil
}

// canonical writes a value, or a list of values, in the one way it is kept.
func canonical(n Node) (json.RawMessage, error) {
	if !n.is('[') {
		return scalar(n)
	}
	list, err := n.List(MaxList)
	if err != nil {
		return nil, err
	}
	out := []byte{'['}
	for i, e := range list {
		one, err := scalar(e)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, one...)
	}
	return append(out, ']'), nil
}

func scalar(n Node) (json.RawMessage, error) {
	switch {
	case n.is('"'):
		s, err := n.Text(maxText)
		if err != nil {
			return nil, err
		}
		return quoted(s), nil
	case n.is('t'), n.is('f'):
		return n.raw, nil
	case n.is('{'), n.is('['), n.is('n'):
		return nil, n.wrong("scalar")
	}
	v, err := n.Int(math.MinInt64, math.MaxInt64)
	return json.RawMessage(strconv.AppendInt(nil, v, 10)), err
}
