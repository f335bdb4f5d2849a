package console

import (
	"encoding/json"
	"strconv"
	"strings"

	"regulars/internal/condition"
	"regulars/internal/fault"
	"regulars/internal/money"
)

// ruleTest is one row of a rule's condition as the form holds it: a fact, how
// it is compared, and with what, as typed.
type ruleTest struct {
	Field string
	// Name is which attribute, where Field is a family of them.
	Name   string
	Op     string
	Values []string
}

// ruleItem is a test, or a group of several.
type ruleItem struct {
	Group bool
	Join  string
	Tests []ruleTest
}

// The words by which parts of a condition are joined.
const (
	joinAll = "all"
	joinAny = "any"
)

// Comparisons of the form that stand for one with a fixed value.
const (
	opYes     = "yes"
	opNo      = "no"
	opKnown   = "known"
	opUnknown = "unknown"
)

// opsFor returns the comparisons that the form offers for a field.
func opsFor(t condition.Type) []string {
	if t == condition.Flag {
		return []string{opYes, opNo}
	}
	var ops []string
	for _, op := range t.Ops() {
		if op == condition.Exists {
			ops = append(ops, opKnown, opUnknown)
			continue
		}
		ops = append(ops, string(op))
	}
	return ops
}

// severalValues reports whether a comparison names a list.
func severalValues(op string) bool {
	return op == string(condition.In) || op == string(condition.NotIn)
}

// valueType is what the values of a comparison are: attributes are texts, but
// numbers where they are put in order.
func valueType(t condition.Type, op string) condition.Type {
	if t != condition.Attributes {
		return t
	}
	switch condition.Op(op) {
	case condition.Lt, condition.Lte, condition.Gt, condition.Gte, condition.Between:
		return condition.Number
	}
	return condition.Text
}

// build turns a row into a condition. The field is the one that it names; a
// row without values is left to the compiler to refuse.
func (t ruleTest) build(f condition.Field, decimals int, typed figures) (condition.Condition, error) {
	c := condition.Condition{Field: t.Field, Op: condition.Op(t.Op)}
	if f.Type == condition.Attributes {
		c.Field += "." + strings.TrimSpace(t.Name)
	}
	var err error
	switch t.Op {
	case opYes, opNo:
		c.Op, c.Value = condition.Eq, json.RawMessage(strconv.FormatBool(t.Op == opYes))
	case opKnown, opUnknown:
		c.Op, c.Value = condition.Exists, json.RawMessage(strconv.FormatBool(t.Op == opKnown))
	default:
		c.Value, err = t.value(valueType(f.Type, t.Op), decimals, typed)
	}
	return c, err
}

func (t ruleTest) value(of condition.Type, decimals int, typed figures) (json.RawMessage, error) {
	list := t.Values
	if severalValues(t.Op) && len(list) == 1 {
		list = splitList(list[0])
	}
	var values []any
	for _, s := range list {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		v, err := readValue(s, of, decimals, typed)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return nil, nil
	}
	if severalValues(t.Op) || t.Op == string(condition.Between) {
		return json.Marshal(values)
	}
	return json.Marshal(values[0])
}

func readValue(s string, of condition.Type, decimals int, typed figures) (any, error) {
	switch of {
	case condition.Money:
		return typed.read(s, decimals)
	case condition.Number, condition.Weekday:
		return typed.read(s, 0)
	}
	return s, nil
}

// showTest returns the row that stands for a condition; ok is false when the
// form has none.
func showTest(c condition.Condition, fields []condition.Field, cur money.Currency, typed figures) (t ruleTest, ok bool) {
	f, name, found := findField(fields, c.Field)
	if !found || c.Op == "" {
		return ruleTest{}, false
	}
	t = ruleTest{Field: f.Name, Name: name, Op: string(c.Op)}
	var flag bool
	if json.Unmarshal(c.Value, &flag) == nil {
		t.Op = map[bool]string{true: opNo, false: opUnknown}[f.Type == condition.Flag]
		if flag {
			t.Op = map[bool]string{true: opYes, false: opKnown}[f.Type == condition.Flag]
		}
		return t, true
	}
	var values []json.RawMessage
	if json.Unmarshal(c.Value, &values) != nil {
		values = []json.RawMessage{c.Value}
	}
	for _, v := range values {
		t.Values = append(t.Values, showValue(v, valueType(f.Type, t.Op), cur.Decimals(), typed))
	}
	if severalValues(t.Op) && valueType(f.Type, t.Op) != condition.Weekday {
		joined, parts := joinList(t.Values)
		t.Values, ok = []string{joined}, parts
		return t, ok
	}
	return t, true
}

// showValue writes a value of a condition as it stands in the form.
func showValue(raw json.RawMessage, of condition.Type, decimals int, typed figures) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err == nil && of == condition.Money {
		return typed.show(n, decimals)
	}
	return string(raw)
}

// chosen returns the values one by one, however they were typed.
func (t ruleTest) chosen() []string {
	if severalValues(t.Op) && len(t.Values) == 1 {
		return splitList(t.Values[0])
	}
	return t.Values
}

// at returns the n-th value as typed.
func (t ruleTest) at(n int) string {
	if n < len(t.Values) {
		return t.Values[n]
	}
	return ""
}

// findField returns the field that a test names and, of a family, which.
func findField(fields []condition.Field, name string) (f condition.Field, attribute string, ok bool) {
	family, attribute, _ := strings.Cut(name, ".")
	for _, f := range fields {
		if f.Type == condition.Attributes && f.Name == family && attribute != "" {
			return f, attribute, true
		}
		if f.Type != condition.Attributes && f.Name == name {
			return f, "", true
		}
	}
	return condition.Field{}, "", false
}

// showCondition fills the form's rows from a condition; ok is false when it
// has a shape that the form does not.
func showCondition(c condition.Condition, fields []condition.Field, cur money.Currency, typed figures) (join string, items []ruleItem, formula string, ok bool) {
	join = joinAll
	parts := []condition.Condition{c}
	switch {
	case c.IsZero():
		return join, nil, "", true
	case len(c.All) > 0:
		parts = c.All
	case len(c.Any) > 0:
		join, parts = joinAny, c.Any
	}
	if last := parts[len(parts)-1]; last.CEL != "" && join == joinAll {
		formula, parts = last.CEL, parts[:len(parts)-1]
		if len(parts) == 1 && len(parts[0].Any) > 0 {
			join, parts = joinAny, parts[0].Any
		}
	}
	for _, part := range parts {
		item, fits := showItem(part, fields, cur, typed)
		if !fits {
			return join, nil, "", false
		}
		items = append(items, item)
	}
	return join, items, formula, true
}

func showItem(c condition.Condition, fields []condition.Field, cur money.Currency, typed figures) (ruleItem, bool) {
	item := ruleItem{Join: joinAll}
	list := []condition.Condition{c}
	switch {
	case len(c.All) > 0:
		item.Group, list = true, c.All
	case len(c.Any) > 0:
		item.Group, item.Join, list = true, joinAny, c.Any
	}
	for _, one := range list {
		t, ok := showTest(one, fields, cur, typed)
		if !ok {
			return item, false
		}
		item.Tests = append(item.Tests, t)
	}
	return item, true
}

// unknownField is what a row is told that asks for something that events of
// the trigger do not have.
func unknownField(name string) error {
	return fault.Invalid("condition_unknown_field", "there is no field %q", clip(name)).With("field", clip(name)).With("known", "…")
}
