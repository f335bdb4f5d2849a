package condition_test

import (
	"testing"

	"regulars/internal/condition"
)

func TestCompileTellsWhatDoesNotFit(t *testing.T) {
	for _, c := range []struct{ raw, code, at string }{
		{`{"field":"shopp","op":"eq","value":"a"}`, "condition_unknown_field", "/field"},
		{`{"field":"attr","op":"eq","value":"a"}`, "condition_unknown_field", "/field"},
		{`{"field":"attr.","op":"eq","value":"a"}`, "condition_unknown_field", "/field"},
		{`{"field":"shop.x","op":"eq","value":"a"}`, "condition_unknown_field", "/field"},
		{`{"all":[{"cel":"true"},{"field":"shop","op":"gte","value":"a"}]}`, "condition_op_unfit", "/all/1/op"},
		{`{"field":"shop","value":"a"}`, "condition_op_unfit", "/op"},
		{`{"not":{"field":"shop","op":"eq"}}`, "condition_no_value", "/not/value"},
		{`{"field":"shop","op":"eq","value":1}`, "json_wrong_kind", "/value"},
		{`{"field":"shop","op":"eq","value":["a"]}`, "json_wrong_kind", "/value"},
		{`{"field":"shop","op":"in","value":"a"}`, "json_wrong_kind", "/value"},
		{`{"any":[{"field":"shop","op":"in","value":["a",2]}]}`, "json_wrong_kind", "/any/0/value/1"},
		{`{"field":"sale.total","op":"gte","value":"20.00"}`, "json_wrong_kind", "/value"},
		{`{"field":"sale.total","op":"gte","value":1125899906842625}`, "json_number_range", "/value"},
		{`{"field":"sale.total","op":"between","value":[3,2]}`, "condition_range", "/value"},
		{`{"field":"sale.total","op":"between","value":[3]}`, "condition_range", "/value"},
		{`{"field":"sale.total","op":"between","value":[1,2,3]}`, "json_list_too_long", "/value"},
		{`{"field":"weekday","op":"eq","value":0}`, "json_number_range", "/value"},
		{`{"field":"weekday","op":"in","value":[1,8]}`, "json_number_range", "/value/1"},
		{`{"field":"clock","op":"lt","value":"24:00"}`, "json_wrong_kind", "/value"},
		{`{"field":"clock","op":"lt","value":"9:30"}`, "json_wrong_kind", "/value"},
		{`{"field":"date","op":"eq","value":"2011-02-29"}`, "json_wrong_kind", "/value"},
		{`{"field":"first","op":"eq","value":"true"}`, "json_wrong_kind", "/value"},
		{`{"field":"shop","op":"exists","value":1}`, "json_wrong_kind", "/value"},
		{`{"field":"attr.score","op":"lt","value":"9"}`, "json_wrong_kind", "/value"},
		{`{"all":[{"cel":"shop >"}]}`, "condition_formula", "/all/0/cel"},
		{`{"cel":"shopp == 'a'"}`, "condition_formula", "/cel"},
		{`{"cel":"shop > 3"}`, "condition_formula", "/cel"},
		{`{"cel":"sale.total"}`, "condition_formula_kind", "/cel"},
		{`{"cel":"((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((true))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))"}`, "condition_formula", "/cel"},
	} {
		t.Run(c.code, func(t *testing.T) {
			parsed, err := condition.Parse([]byte(c.raw))
			if err != nil {
				t.Fatalf("%s: %v", c.raw, err)
			}
			_, err = condition.Compile(parsed, catalog(t))
			refusal(t, err, c.code, c.at)
		})
	}
}

// A condition that was built in Go passes the same checks as one that was
// read.
func TestCompileChecksTheForm(t *testing.T) {
	both := condition.Condition{CEL: "true", All: []condition.Condition{{CEL: "true"}}}
	_, err := condition.Compile(both, catalog(t))
	refusal(t, err, "condition_form", "")
	_, err = condition.Compile(condition.Condition{Any: []condition.Condition{{}}}, catalog(t))
	refusal(t, err, "condition_form", "/any/0")
}
