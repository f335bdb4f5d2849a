package condition

import (
	"strings"

	"regulars/internal/fault"
)

// Binder takes the arguments of a statement and returns their places, as $3;
// db.Args is one.
type Binder interface {
	Add(v any) string
}

// SQL returns the condition as an SQL expression that is true or false, never
// NULL, and agrees with Match for both databases. A condition that asks for a
// field without a column, or uses CEL, cannot be selected by and is refused.
func (p *Program) SQL(b Binder) (string, error) {
	return p.root.sql(&selector{b})
}

type selector struct{ Binder }

func (always) sql(*selector) (string, error) { return "TRUE", nil }

func (list allOf) sql(s *selector) (string, error) { return s.joined(list, " AND ") }

func (list anyOf) sql(s *selector) (string, error) { return s.joined(list, " OR ") }

func (n not) sql(s *selector) (string, error) {
	inner, err := n.of.sql(s)
	if err != nil {
		return "", err
	}
	return "(NOT " + inner + ")", nil
}

func (e *formula) sql(*selector) (string, error) {
	return "", fault.Refused("condition_not_selectable", "people cannot be selected by a formula; use fields instead").With("field", "CEL")
}

func (s *selector) joined(list []term, word string) (string, error) {
	parts := make([]string, len(list))
	for i, t := range list {
		part, err := t.sql(s)
		if err != nil {
			return "", err
		}
		parts[i] = part
	}
	return "(" + strings.Join(parts, word) + ")", nil
}

func (t *test) sql(s *selector) (string, error) {
	if t.field.Column == "" {
		return "", fault.Refused("condition_not_selectable", "people cannot be selected by %s", t.field.Name).With("field", t.field.Name)
	}
	column := "(" + t.field.Column + ")"
	if t.op == Exists {
		return "(" + column + map[bool]string{true: " IS NOT NULL)", false: " IS NULL)"}[t.flag], nil
	}
	expr := "COALESCE(" + t.compared(s, column) + ", FALSE)"
	if t.op == Ne || t.op == NotIn {
		return "(NOT " + expr + ")", nil
	}
	return expr, nil
}

// compared returns the comparison for a column that is known; for Ne and NotIn
// their opposite.
func (t *test) compared(s *selector, column string) string {
	switch {
	case t.field.Type == Flag && t.flag:
		return column
	case t.field.Type == Flag:
		return "NOT " + column
	case t.field.Type == Set:
		return s.any(t.texts, func(place string) string { return "CAST(" + place + " AS TEXT) IN " + column })
	case t.op == Contains:
		// LIKE heeds letter case on one database only.
		return "REPLACE(" + column + ", " + s.Add(t.texts[0]) + ", '') <> " + column
	case t.textual():
		return column + " IN " + places(s, t.texts)
	}
	return t.comparedInt(s, column)
}

var operators = map[Op]string{Lt: " < ", Lte: " <= ", Gt: " > ", Gte: " >= "}

func (t *test) comparedInt(s *selector, column string) string {
	if operator, ok := operators[t.op]; ok {
		return column + operator + s.Add(t.ints[0])
	}
	if t.op != Between {
		return column + " IN " + places(s, t.ints)
	}
	word := " AND "
	if t.ints[0] > t.ints[1] {
		word = " OR "
	}
	return "(" + column + " >= " + s.Add(t.ints[0]) + word + column + " <= " + s.Add(t.ints[1]) + ")"
}

func (s *selector) any(texts []string, one func(place string) string) string {
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = one(s.Add(text))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func places[T any](s *selector, values []T) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = s.Add(v)
	}
	return "(" + strings.Join(list, ", ") + ")"
}
