package condition_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/condition"
)

func TestMatch(t *testing.T) {
	sale := facts{
		"sale.total": {Int: 2000}, "nth": {Int: 5}, "weekday": {Int: 6}, "clock": {Int: 23 * 60}, "date": {Int: condition.Days(time.Date(2011, 12, 9, 23, 0, 0, 0, time.UTC))},
		"shop": {Text: "Leeds"}, "tags": {Set: []string{"vip", "north"}}, "first": {Flag: true},
		"attr": {Texts: map[string]string{"score": "9", "colour": "red", "empty": ""}},
	}
	for raw, want := range map[string]bool{
		`{}`: true,
		`{"field":"sale.total","op":"gte","value":2000}`:                         true,
		`{"field":"sale.total","op":"gt","value":2000}`:                          false,
		`{"field":"sale.total","op":"lt","value":2001}`:                          true,
		`{"field":"sale.total","op":"lte","value":1999}`:                         false,
		`{"field":"sale.total","op":"between","value":[2000,3000]}`:              true,
		`{"field":"nth","op":"in","value":[1,5,10]}`:                             true,
		`{"field":"nth","op":"not_in","value":[5]}`:                              false,
		`{"field":"nth","op":"ne","value":4}`:                                    true,
		`{"field":"weekday","op":"between","value":[5,1]}`:                       true,
		`{"field":"weekday","op":"between","value":[1,5]}`:                       false,
		`{"field":"clock","op":"between","value":["22:00","02:00"]}`:             true,
		`{"field":"clock","op":"between","value":["09:00","17:00"]}`:             false,
		`{"field":"clock","op":"gte","value":"23:00"}`:                           true,
		`{"field":"date","op":"eq","value":"2011-12-09"}`:                        true,
		`{"field":"date","op":"between","value":["2011-12-10","2012-01-01"]}`:    false,
		`{"field":"shop","op":"eq","value":"leeds"}`:                             false,
		`{"field":"shop","op":"contains","value":"eed"}`:                         true,
		`{"field":"shop","op":"exists","value":true}`:                            true,
		`{"field":"tags","op":"contains","value":"vip"}`:                         true,
		`{"field":"tags","op":"in","value":["south","north"]}`:                   true,
		`{"field":"tags","op":"not_in","value":["south","north"]}`:               false,
		`{"field":"first","op":"eq","value":true}`:                               true,
		`{"field":"attr.score","op":"gte","value":9}`:                            true,
		`{"field":"attr.score","op":"eq","value":9}`:                             true,
		`{"field":"attr.colour","op":"lt","value":9}`:                            false,
		`{"field":"attr.colour","op":"in","value":["red"]}`:                      true,
		`{"field":"attr.empty","op":"exists","value":true}`:                      true,
		`{"field":"attr.size","op":"exists","value":false}`:                      true,
		`{"field":"attr.size","op":"ne","value":"xl"}`:                           true,
		`{"not":{"field":"shop","op":"eq","value":"Leeds"}}`:                     false,
		`{"all":[{"field":"nth","op":"eq","value":5},{"cel":"shop == 'York'"}]}`: false,
		`{"any":[{"field":"nth","op":"eq","value":1},{"cel":"shop != 'York'"}]}`: true,
	} {
		if got, err := compiled(t, raw).Match(sale); got != want || err != nil {
			t.Errorf("%s is %v (%v), want %v", raw, got, err, want)
		}
	}
}

func TestWhatIsNotKnownMatchesOnlyOpposites(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"field":"nth","op":"eq","value":0}`:                  false,
		`{"field":"nth","op":"ne","value":0}`:                  true,
		`{"field":"nth","op":"lt","value":1}`:                  false,
		`{"field":"nth","op":"not_in","value":[0]}`:            true,
		`{"field":"nth","op":"exists","value":false}`:          true,
		`{"field":"first","op":"eq","value":false}`:            false,
		`{"field":"tags","op":"not_in","value":["vip"]}`:       true,
		`{"field":"tags","op":"contains","value":"vip"}`:       false,
		`{"not":{"field":"nth","op":"between","value":[0,9]}}`: true,
	} {
		if got, err := compiled(t, raw).Match(facts{}); got != want || err != nil {
			t.Errorf("%s is %v (%v), want %v", raw, got, err, want)
		}
	}
}

func TestNotIsTheOpposite(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, f := anyCondition(3).Draw(rt, "condition"), anyFacts().Draw(rt, "facts")
		known := catalog(t)
		one, err := condition.Compile(c, known)
		if err != nil {
			rt.Skip("two ends in the wrong order")
		}
		other, err := condition.Compile(condition.Condition{Not: &c}, known)
		if err != nil {
			rt.Fatal(err)
		}
		is, err1 := one.Match(f)
		isNot, err2 := other.Match(f)
		if is == isNot || err1 != nil || err2 != nil {
			rt.Fatalf("both are %v (%v, %v)", is, err1, err2)
		}
	})
}

func TestFormula(t *testing.T) {
	sale := facts{
		"sale.total": {Int: 2000}, "weekday": {Int: 6}, "clock": {Int: 9*60 + 5}, "date": {Int: 0}, "shop": {Text: "leeds"},
		"tags": {Set: []string{"vip"}}, "first": {Flag: true}, "attr": {Texts: map[string]string{"score": "9"}},
	}
	for text, want := range map[string]bool{
		`sale.total >= 2000 && shop == "leeds"`:           true,
		`sale.total % 100 == 0`:                           true,
		`weekday in [6, 7] && first`:                      true,
		`clock >= "09:00" && clock < "09:10"`:             true,
		`date == "1970-01-01"`:                            true,
		`"vip" in tags && !("staff" in tags)`:             true,
		`tags.exists(t, t.startsWith("v"))`:               true,
		`int(attr.score) > 8 && !has(attr.size)`:          true,
		`shop.matches("^l.*s$")`:                          true,
		`nth > 3 || shop == "leeds"`:                      true, // what is not known is absorbed
		`attr.score == "8"`:                               false,
		`sale.total > 2000 ? first : !first`:              false,
		`shop.size() == 5 && ["a", "b"].all(x, x < shop)`: true,
	} {
		raw := `{"cel":` + toJSON(text) + `}`
		if got, err := compiled(t, raw).Match(sale); got != want || err != nil {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
}

func TestFormulaFailsRatherThanGuess(t *testing.T) {
	long := facts{"tags": {Set: make([]string, 500)}, "shop": {Text: strings.Repeat("x", 500)}, "sale.total": {Int: 1 << 62}}
	for _, text := range []string{
		`nth > 3`, `first`, `sale.total * 4 > 0`, `int(shop) > 1`, `attr.size == "xl"`,
		`tags.all(a, tags.all(b, tags.all(c, a == b || c == "")))`,
	} {
		ok, err := compiled(t, `{"cel":`+toJSON(text)+`}`).Match(long)
		if ok || err == nil {
			t.Errorf("%s is %v and did not fail", text, ok)
		}
	}
}

func TestUnknownTextsAreEmptyInFormulas(t *testing.T) {
	for _, text := range []string{`shop == ""`, `tags.size() == 0`, `!has(attr.size)`} {
		if ok, err := compiled(t, `{"cel":`+toJSON(text)+`}`).Match(facts{}); !ok || err != nil {
			t.Errorf("%s is %v (%v)", text, ok, err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	sale := facts{"sale.total": {Int: 2000}, "shop": {Text: "leeds"}}
	for name, raw := range map[string]string{
		"typed": `{"all":[{"field":"sale.total","op":"gte","value":1000},{"field":"shop","op":"in","value":["york","leeds"]}]}`,
		"cel":   `{"cel":"sale.total >= 1000 && shop in ['york', 'leeds']"}`,
	} {
		p := compiled(b, raw)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := p.Match(sale); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
