package condition_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/condition"
	"regulars/internal/fault"
)

func TestParseWritesCanonically(t *testing.T) {
	for raw, want := range map[string]string{
		` { } `: `{}`,
		`{"value": [ "b" , "a" ], "op":"in","field":"shop"}`:             `{"field":"shop","op":"in","value":["b","a"]}`,
		`{"all":[{"field":"nth","op":"eq","value":-0}]}`:                 `{"all":[{"field":"nth","op":"eq","value":0}]}`,
		`{"not":{"any":[{"cel":"true"},{"cel":"shop == 'x'"}]}}`:         `{"not":{"any":[{"cel":"true"},{"cel":"shop == 'x'"}]}}`,
		`{"field":"shop","op":"eq","value":"\u0041<é"}`:                  `{"field":"shop","op":"eq","value":"A\u003cé"}`,
		"{\"field\":\"first\",\n\t\"op\":\"eq\", \"value\" : true }\r\n": `{"field":"first","op":"eq","value":true}`,
	} {
		c, err := condition.Parse([]byte(raw))
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		got, err := json.Marshal(c)
		if err != nil || string(got) != want {
			t.Errorf("%s became %s (%v), want %s", raw, got, err, want)
		}
	}
}

func TestParseTellsWhereItIsWrong(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 12) + `{"cel":"true"}` + strings.Repeat(`}`, 12)
	wide := `{"any":[` + strings.Repeat(`{"cel":"true"},`, 400) + `{"cel":"true"}]}`
	half := `{"any":[` + strings.Repeat(`{"cel":"true"},`, 199) + `{"cel":"true"}]}`
	for _, c := range []struct{ raw, code, at string }{
		{``, "json_malformed", ""},
		{`{"all":[}`, "json_malformed", ""},
		{`{} {}`, "json_malformed", ""},
		{"{\"cel\":\"\xff\"}", "json_not_utf8", ""},
		{`{"cel":"` + strings.Repeat("x", condition.MaxBytes) + `"}`, "json_too_large", ""},
		{`[]`, "json_wrong_kind", ""},
		{`null`, "json_wrong_kind", ""},
		{`{"al/l~":1}`, "json_unknown_name", "/al~1l~0"},
		{`{"ALL":[{"cel":"true"}]}`, "json_unknown_name", "/ALL"},
		{`{"all":[{"cel":"true"},{"cel":"true","cel":"false"}]}`, "json_name_twice", "/all/1/cel"},
		{`{"all":[]}`, "json_list_empty", "/all"},
		{`{"all":{}}`, "json_wrong_kind", "/all"},
		{`{"all":[{}]}`, "condition_form", "/all/0"},
		{`{"any":[{"cel":"true"}],"not":{"cel":"true"}}`, "condition_form", ""},
		{`{"not":{"field":"shop","op":"eq","value":"a","cel":"true"}}`, "condition_form", "/not"},
		{`{"not":null}`, "json_wrong_kind", "/not"},
		{`{"field":"","op":"eq","value":1}`, "json_text_empty", "/field"},
		{`{"field":3,"op":"eq","value":1}`, "json_wrong_kind", "/field"},
		{`{"field":"shop","op":"like","value":1}`, "condition_unknown_op", "/op"},
		{`{"field":"shop","op":"eq","value":null}`, "json_wrong_kind", "/value"},
		{`{"field":"shop","op":"eq","value":{"a":1}}`, "json_wrong_kind", "/value"},
		{`{"field":"nth","op":"eq","value":1.5}`, "json_wrong_kind", "/value"},
		{`{"field":"nth","op":"eq","value":1e3}`, "json_wrong_kind", "/value"},
		{`{"field":"nth","op":"eq","value":99999999999999999999}`, "json_number_range", "/value"},
		{`{"field":"shop","op":"in","value":["a",["b"]]}`, "json_wrong_kind", "/value/1"},
		{`{"field":"shop","op":"in","value":["a","b\u0000"]}`, "json_text_control", "/value/1"},
		{`{"field":"shop","op":"eq","value":"` + strings.Repeat("x", 501) + `"}`, "json_text_too_long", "/value"},
		{`{"field":"nth","op":"in","value":[` + strings.Repeat("1,", 1000) + `1]}`, "json_list_too_long", "/value"},
		{`{"cel":"` + strings.Repeat("x", 2001) + `"}`, "json_text_too_long", "/cel"},
		{deep, "condition_too_deep", strings.Repeat("/not", 12)},
		{wide, "json_list_too_long", "/any"},
		{`{"all":[` + half + `,` + half + `]}`, "condition_too_many_parts", "/all/1/any/197"},
	} {
		t.Run(c.code, func(t *testing.T) {
			_, err := condition.Parse([]byte(c.raw))
			refusal(t, err, c.code, c.at)
		})
	}
}

func TestConditionReadsItselfStrictlyWithinOthers(t *testing.T) {
	var rule struct{ When condition.Condition }
	if err := json.Unmarshal([]byte(`{"When":{"cel":"true"}}`), &rule); err != nil || rule.When.CEL != "true" {
		t.Fatalf("got %+v, %v", rule, err)
	}
	err := json.Unmarshal([]byte(`{"When":{"cell":"true"}}`), &rule)
	refusal(t, err, "json_unknown_name", "/cell")
}

func FuzzParse(f *testing.F) {
	for _, raw := range []string{
		`{}`, `{"all":[{"field":"shop","op":"eq","value":"leeds"},{"not":{"cel":"shop == 'x'"}}]}`,
		`{"any":[{"field":"weekday","op":"between","value":[5,1]},{"field":"clock","op":"gte","value":"22:00"}]}`,
		`{"field":"attr.size","op":"exists","value":false}`, `{"field":"tags","op":"not_in","value":["a","б"]}`,
		`{"all":[[[[[[`, `{"value":"\ud800"}`, `{"field":"date","op":"eq","value":"2011-02-29"}`, `{"cel":"[1,2].all(x, x > 0)"}`,
	} {
		f.Add([]byte(raw))
	}
	known := catalog(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := condition.Parse(raw)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q failed as our fault: %v", raw, err)
			}
			return
		}
		first, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := condition.Parse(first)
		if err != nil {
			t.Fatalf("%s is not read again: %v", first, err)
		}
		second, err := json.Marshal(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s is read again as %s", first, second)
		}
		p, err := condition.Compile(c, known)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q fails to compile as our fault: %v", raw, err)
			}
			return
		}
		_, _ = p.Match(facts{})
	})
}

func TestParseIsTheInverseOfMarshal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCondition(4).Draw(t, "condition")
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := condition.Parse(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Fatalf("%s is read otherwise (-want +got):\n%s", raw, diff)
		}
	})
}
