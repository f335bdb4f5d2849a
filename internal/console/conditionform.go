package console

import (
	"encoding/json"
	"net/url"
	"strings"

	"regulars/internal/condition"
	"regulars/internal/money"
)

// conditionForm is a condition as an editor holds it.
type conditionForm struct {
	Join    string
	Items   []ruleItem
	Formula string
	// Kept is the JSON of a condition that the form has no shape for; it stays
	// as it is until it is taken off.
	Kept string
}

func readConditionForm(in url.Values) conditionForm {
	return conditionForm{
		Join: joinOf(in.Get("join")), Items: readItems(in), Formula: strings.TrimSpace(in.Get("formula")), Kept: in.Get("kept"),
	}
}

// conditionFormOf returns the form that stands for a condition.
func conditionFormOf(c condition.Condition, fields []condition.Field, cur money.Currency, typed figures) (conditionForm, error) {
	join, items, formula, ok := showCondition(c, fields, cur, typed)
	f := conditionForm{Join: join, Items: items, Formula: formula}
	if ok {
		return f, nil
	}
	raw, err := json.Marshal(c)
	f.Kept = string(raw)
	return f, err
}

// change does what a button of the rows asks for: add-test, add-test.2 (to a
// group), add-group, drop-if.1, drop-if.1.0, drop-kept. It ignores anything
// else.
func (f *conditionForm) change(verb string, at []int) {
	switch verb {
	case "add-test":
		f.addTest(at)
	case "add-group":
		f.Items = append(f.Items, ruleItem{Group: true, Join: joinAny, Tests: []ruleTest{{}, {}}})
	case "drop-if":
		f.dropTest(at)
	case "drop-kept":
		f.Kept = ""
	}
}

func joinOf(s string) string {
	if s == joinAny {
		return joinAny
	}
	return joinAll
}

func readItems(in url.Values) []ruleItem {
	var items []ruleItem
	for i := 0; i < mostRows && in.Has(rowField("if", i, "kind")); i++ {
		item := ruleItem{Group: in.Get(rowField("if", i, "kind")) == "group", Join: joinOf(in.Get(rowField("if", i, "join")))}
		for j := 0; j < mostRows && in.Has(rowField("if", i, j, "field")); j++ {
			item.Tests = append(item.Tests, readTest(in, i, j))
		}
		items = append(items, item)
	}
	return items
}

func readTest(in url.Values, i, j int) ruleTest {
	return ruleTest{
		Field: in.Get(rowField("if", i, j, "field")), Name: strings.TrimSpace(in.Get(rowField("if", i, j, "name"))),
		Op: in.Get(rowField("if", i, j, "op")), Values: in[rowField("if", i, j, "value")],
	}
}

func (f *conditionForm) addTest(at []int) {
	if len(at) > 0 && at[0] >= 0 && at[0] < len(f.Items) {
		f.Items[at[0]].Tests = append(f.Items[at[0]].Tests, ruleTest{})
		return
	}
	f.Items = append(f.Items, ruleItem{Join: joinAll, Tests: []ruleTest{{}}})
}

// dropTest removes a test of a group, or a whole item; a group without tests
// goes too.
func (f *conditionForm) dropTest(at []int) {
	if len(at) == 2 && at[0] >= 0 && at[0] < len(f.Items) {
		item := &f.Items[at[0]]
		item.Tests = without(item.Tests, at[1:])
		if len(item.Tests) > 0 {
			return
		}
	}
	f.Items = without(f.Items, at)
}
