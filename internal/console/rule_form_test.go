package console

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/web"
)

func englishPage(t testing.TB) *web.Page {
	t.Helper()
	texts, err := i18n.New()
	check(t, err)
	return &web.Page{Printer: texts.Printer(i18n.English, nil, "GBP")}
}

func desk(lang i18n.Lang) ruleDesk { return ruleDesk{figures{lang}, "GBP", 0} }

func TestFiguresAreReadAsTheyAreTyped(t *testing.T) {
	for _, tc := range []struct {
		lang     i18n.Lang
		typed    string
		decimals int
		want     int64
		code     string
	}{
		{"en", "", 2, 0, ""}, {"en", " 12.50 ", 2, 1250, ""}, {"en", "12,5", 2, 1250, ""}, {"en", "1,250", 2, 125000, ""},
		{"en", "1,250.5", 2, 125050, ""}, {"en", "1.250,5", 2, 125050, ""}, {"en", "1 250", 0, 1250, ""}, {"en", "1,250,000", 0, 1250000, ""},
		{"en", "-3", 0, -3, ""}, {"en", "−3", 0, -3, ""}, {"pl", "1,25", 2, 125, ""}, {"pl", "1.25", 2, 125, ""}, {"pl", "1 250,50", 2, 125050, ""},
		{"ru", "1\u00a0250,5", 1, 12505, ""}, {"ru", "1.250.000", 0, 1250000, ""}, {"pl", "1,250", 2, 125, ""}, {"pl", "1,255", 2, 0, "figure_too_fine"},
		{"en", "1.5", 0, 0, "figure_too_fine"}, {"en", "lots", 0, 0, "not_a_figure"}, {"en", "1e5", 0, 0, "not_a_figure"}, {"en", "1-2", 0, 0, "not_a_figure"},
		{"en", "--1", 0, 0, "not_a_figure"}, {"en", "99999999999999999999", 0, 0, "figure_too_large"}, {"en", strings.Repeat("9", 100), 0, 0, "not_a_figure"},
	} {
		got, err := figures{tc.lang}.read(tc.typed, tc.decimals)
		code := ""
		if f := fault.As(err); f != nil {
			code = f.Code
		}
		if got != tc.want || code != tc.code {
			t.Errorf("%s %q: got %d, %v; want %d, %q", tc.lang, tc.typed, got, err, tc.want, tc.code)
		}
	}
}

func TestFiguresAreReadAsTheyAreShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := figures{rapid.SampledFrom(i18n.Langs()).Draw(t, "lang")}
		n, decimals := rapid.Int64Range(-money.MaxMinor, money.MaxMinor).Draw(t, "n"), rapid.IntRange(0, 4).Draw(t, "decimals")
		for _, shown := range []string{f.show(n, decimals), f.trim(n, decimals)} {
			// Three decimals look like thousands in English.
			if f.lang == i18n.English && strings.Contains(shown, ",") {
				t.Fatalf("%q has a comma", shown)
			}
			if got, err := f.read(shown, decimals); got != n || err != nil {
				t.Fatalf("%q was read as %d, %v; want %d", shown, got, err, n)
			}
		}
	})
}

// version returns a rule's version with the spec, as the store would give it.
func version(t testing.TB, trigger earn.Trigger, spec string) *earn.Version {
	t.Helper()
	s, err := earn.ParseSpec([]byte(spec))
	check(t, err)
	check(t, s.Check(trigger))
	return &earn.Version{Rule: earn.Rule{Name: "A rule", Trigger: trigger}, Spec: s}
}

var wallet = id.ID(1 << 30).In(id.Wallet)

// specs are rules that the form can show whole.
var specs = map[string]string{
	"plain":                `{"wallet":"W","effects":[{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}]}`,
	"multiply":             `{"wallet":"W","effects":[{"kind":"fixed","points":5},{"kind":"multiplier","rate":"3/2","per_rank":{"gold":"1.25","old":"2"}}]}`,
	"goods":                `{"wallet":"W","effects":[{"kind":"points_per_amount","points":2,"per":150,"basis":"matching_lines","lines":{"skus":["A,1","B;\"2\""],"except":true}},{"kind":"product_bonus","points":3,"lines":{"categories":["tea"]}},{"kind":"product_bonus","rate":"2","lines":{"skus":["A"]}}],"rounding":"half_up"}`,
	"limits":               `{"wallet":"W","priority":-3,"group":"g","effects":[{"kind":"fixed","points":5}],"activation":{"hours":5},"expiry":{"days":30},"caps":[{"period":"day","times":2},{"period":"ever","points":50}],"budget":{"points":1000}}`,
	"one test":             `{"wallet":"W","condition":{"field":"weekday","op":"in","value":[6,7]},"effects":[{"kind":"fixed","points":5}],"expiry":{"months":12,"end_of_day":true}}`,
	"one formula":          `{"wallet":"W","condition":{"cel":"sale.goods > 5"},"effects":[{"kind":"fixed","points":5}]}`,
	"all":                  `{"wallet":"W","condition":{"all":[{"field":"sale.goods","op":"between","value":[100,2550]},{"field":"shop","op":"eq","value":"leeds"},{"field":"clock","op":"gte","value":"09:30"}]},"effects":[{"kind":"fixed","points":5}]}`,
	"any and formula":      `{"wallet":"W","condition":{"all":[{"any":[{"field":"sale.first","op":"eq","value":true},{"field":"sale.nth","op":"eq","value":10}]},{"cel":"sale.goods > 5"}]},"effects":[{"kind":"fixed","points":5}]}`,
	"all and formula":      `{"wallet":"W","condition":{"all":[{"field":"sale.first","op":"eq","value":false},{"field":"date","op":"lt","value":"2026-12-24"},{"cel":"sale.goods > 5"}]},"effects":[{"kind":"fixed","points":5}]}`,
	"groups":               `{"wallet":"W","condition":{"any":[{"all":[{"field":"tags","op":"contains","value":"vip"},{"field":"sale.skus","op":"not_in","value":["A,1","B"]}]},{"field":"member.size","op":"gte","value":4},{"field":"attr.till","op":"exists","value":false},{"field":"rank","op":"in","value":["gold","silver"]}]},"effects":[{"kind":"fixed","points":5}]}`,
	"one test and formula": `{"wallet":"W","condition":{"all":[{"field":"channel","op":"contains","value":"app"},{"cel":"sale.goods > 5"}]},"effects":[{"kind":"fixed","points":5}]}`,
}

// TestRulesSurviveTheForm shows rules in the form and reads them back, in every
// language.
func TestRulesSurviveTheForm(t *testing.T) {
	for name, raw := range specs {
		for _, lang := range i18n.Langs() {
			t.Run(name+"/"+string(lang), func(t *testing.T) {
				v := version(t, earn.Purchase, strings.Replace(raw, `"W"`, `"`+wallet+`"`, 1))
				form, err := showRule(v, desk(lang))
				check(t, err)
				if form.If.Kept != "" {
					t.Fatalf("the form has no shape for %s", form.If.Kept)
				}
				back := readRuleForm(form.values())
				if diff := cmp.Diff(form, back); diff != "" {
					t.Errorf("the form was not read as it was sent:\n%s", diff)
				}
				spec, errs := back.build(desk(lang), englishPage(t))
				if len(errs) > 0 {
					t.Fatalf("got %v", errs)
				}
				want, err := json.Marshal(v.Spec)
				check(t, err)
				got, err := json.Marshal(spec)
				check(t, err)
				if diff := cmp.Diff(withFloor(string(want)), withFloor(string(got))); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// withFloor drops the rounding that is the default.
func withFloor(s string) string { return strings.Replace(s, `"rounding":"floor",`, "", 1) }

// values are what a browser would send of the form.
func (f *ruleForm) values() url.Values {
	v := url.Values{
		"name": {f.Name}, "trigger": {f.Trigger}, "custom": {f.Custom}, "wallet": {f.Wallet}, "join": {f.If.Join}, "formula": {f.If.Formula},
		"rounding": {f.Rounding}, "wait": {f.Wait}, "wait.unit": {f.WaitUnit}, "lasts": {f.Lasts}, "lasts.unit": {f.LastsUnit},
		"budget": {f.Budget}, "priority": {f.Priority}, "group": {f.Group}, "kept": {f.If.Kept},
	}
	if f.EndOfDay {
		v.Set("end_of_day", "on")
	}
	for i, item := range f.If.Items {
		v.Set(rowField("if", i, "kind"), map[bool]string{true: "group", false: "test"}[item.Group])
		v.Set(rowField("if", i, "join"), item.Join)
		for j, test := range item.Tests {
			v.Set(rowField("if", i, j, "field"), test.Field)
			v.Set(rowField("if", i, j, "name"), test.Name)
			v.Set(rowField("if", i, j, "op"), test.Op)
			if test.Values != nil {
				v[rowField("if", i, j, "value")] = test.Values
			}
		}
	}
	for i, e := range f.Effects {
		for name, value := range map[string]string{"kind": e.Kind, "points": e.Points, "per": e.Per, "basis": e.Basis, "skus": e.SKUs, "categories": e.Categories, "rate": e.Rate} {
			v.Set(rowField("do", i, name), value)
		}
		if e.Except {
			v.Set(rowField("do", i, "except"), "on")
		}
		for code, rate := range e.Ranks {
			v.Set(rowField("do", i, "rank", code), rate)
		}
	}
	for i, c := range f.Caps {
		v.Set(rowField("cap", i, "period"), c.Period)
		v.Set(rowField("cap", i, "unit"), c.Unit)
		v.Set(rowField("cap", i, "limit"), c.Limit)
	}
	return v
}

func TestDeeperConditionsAreKept(t *testing.T) {
	for name, c := range map[string]string{
		"not":             `{"not":{"field":"shop","op":"eq","value":"leeds"}}`,
		"two storeys":     `{"all":[{"any":[{"all":[{"field":"shop","op":"eq","value":"a"},{"field":"channel","op":"eq","value":"b"}]},{"field":"channel","op":"eq","value":"c"}]},{"field":"channel","op":"eq","value":"d"}]}`,
		"twice in a list": `{"field":"sale.skus","op":"in","value":["A","A"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			v := version(t, earn.Purchase, `{"wallet":"`+wallet+`","condition":`+c+`,"effects":[{"kind":"fixed","points":5}]}`)
			form, err := showRule(v, desk(i18n.English))
			check(t, err)
			spec, errs := readRuleForm(form.values()).build(desk(i18n.English), englishPage(t))
			if len(errs) > 0 || form.If.Kept == "" || len(form.If.Items) > 0 {
				t.Fatalf("kept %q, items %v, errors %v", form.If.Kept, form.If.Items, errs)
			}
			want, err := condition.Parse([]byte(c))
			check(t, err)
			if diff := cmp.Diff(want, spec.Condition); diff != "" {
				t.Error(diff)
			}
			form.change("drop-kept")
			if spec, _ := form.build(desk(i18n.English), englishPage(t)); !spec.Condition.IsZero() {
				t.Errorf("left %v", spec.Condition)
			}
		})
	}
}

// TestMistakesStandBesideTheirFields breaks one field at a time.
func TestMistakesStandBesideTheirFields(t *testing.T) {
	for _, tc := range []struct {
		name, field, want string
		spoil             func(f *ruleForm)
	}{
		{"no wallet", "wallet", "", func(f *ruleForm) { f.Wallet = "" }},
		{"points", "do.0.points", "is not a number", func(f *ruleForm) { f.Effects[0].Points = "many" }},
		{"no points", "do.0.points", "needed", func(f *ruleForm) { f.Effects[0].Points = "" }},
		{"negative points", "do.0.points", "between", func(f *ruleForm) { f.Effects[0].Points = "-1" }},
		{"half a point", "do.0.points", "must be a whole number", func(f *ruleForm) { f.Effects[0].Points = "0.5" }},
		{"no amount", "do.0.per", "needed", func(f *ruleForm) { f.Effects[0].Per = "" }},
		{"no effect", "do.0.kind", "needed", func(f *ruleForm) { f.Effects = nil }},
		{"no goods", "do.0.skus", "", func(f *ruleForm) { f.Effects[0] = ruleEffect{Kind: givesUnits, Points: "1"} }},
		{"no rate", "do.1.rate", "needed", func(f *ruleForm) { f.Effects = append(f.Effects, ruleEffect{Kind: givesBonus, SKUs: "A"}) }},
		{"rate of a rank", "do.1.rank.gold", "", func(f *ruleForm) {
			f.Effects = append(f.Effects, ruleEffect{Kind: givesTimes, Ranks: map[string]string{"gold": "x"}})
		}},
		{"huge rate of a rank", "do.1.rank.gold", "", func(f *ruleForm) {
			f.Effects = append(f.Effects, ruleEffect{Kind: givesTimes, Ranks: map[string]string{"gold": "5000"}})
		}},
		{"no value", "if.0.0.value", "Give the value", func(f *ruleForm) { f.If.Items = tests(ruleTest{Field: "sale.goods", Op: "gte"}) }},
		{"half a range", "if.0.0.value", "two values", func(f *ruleForm) {
			f.If.Items = tests(ruleTest{Field: "sale.goods", Op: "between", Values: []string{"5", ""}})
		}},
		{"second row", "if.1.0.value", "not a number", func(f *ruleForm) {
			f.If.Items = tests(ruleTest{Field: "sale.first", Op: opYes}, ruleTest{Field: "sale.nth", Op: "eq", Values: []string{"x"}})
		}},
		{"an op that does not fit", "if.0.0.op", "cannot be compared", func(f *ruleForm) { f.If.Items = tests(ruleTest{Field: "shop", Op: "lt", Values: []string{"x"}}) }},
		{"a fact of another trigger", "if.0.0.field", "There is no field", func(f *ruleForm) {
			f.Trigger, f.Effects = "birthday", []ruleEffect{{Kind: givesFixed, Points: "1"}}
			f.If.Items = tests(ruleTest{Field: "sale.goods", Op: "gte", Values: []string{"1"}})
		}},
		{"in a group", "if.0.1.value", "Give the value", func(f *ruleForm) {
			f.If.Items = []ruleItem{{Group: true, Join: joinAny, Tests: []ruleTest{{Field: "sale.first", Op: opYes}, {Field: "shop", Op: "eq"}}}}
			f.If.Formula = "sale.goods > 1"
		}},
		{"formula", "formula", "The formula is wrong", func(f *ruleForm) { f.If.Formula = "sale.goods >" }},
		{"formula beside rows", "formula", "The formula is wrong", func(f *ruleForm) {
			f.If.Items, f.If.Join = tests(ruleTest{Field: "sale.first", Op: opYes}, ruleTest{Field: "shop", Op: opKnown}), joinAny
			f.If.Formula = "sale.goods >"
		}},
		{"goods on a birthday", "do.0.kind", "have goods", func(f *ruleForm) { f.Trigger = "birthday" }},
		{"no time", "lasts", "needed", func(f *ruleForm) { f.Lasts = "" }},
		{"never usable", "lasts", "expire before", func(f *ruleForm) { f.Wait, f.Lasts, f.LastsUnit = "40", "30", unitDays }},
		{"negative wait", "wait", "between", func(f *ruleForm) { f.Wait = "-1" }},
		{"no limit", "cap.0.limit", "needed", func(f *ruleForm) { f.Caps = []ruleCap{{"month", unitPoints, ""}} }},
		{"limit twice", "cap.1.limit", "already", func(f *ruleForm) { f.Caps = []ruleCap{{"month", unitPoints, "5"}, {"month", unitPoints, "6"}} }},
		{"budget", "budget", "not a number", func(f *ruleForm) { f.Budget = "all" }},
		{"priority", "priority", "between", func(f *ruleForm) { f.Priority = "5000" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newRule("purchase", 1<<30, desk(i18n.English))
			tc.spoil(f)
			_, errs := f.build(desk(i18n.English), englishPage(t))
			if said, ok := errs[tc.field]; !ok || !strings.Contains(said, tc.want) || len(errs) != 1 {
				t.Errorf("got %v, want something of %q at %s", errs, tc.want, tc.field)
			}
		})
	}
}

func tests(list ...ruleTest) []ruleItem {
	var items []ruleItem
	for _, one := range list {
		items = append(items, ruleItem{Join: joinAll, Tests: []ruleTest{one}})
	}
	return items
}

func TestStartsCanBeSaved(t *testing.T) {
	for _, start := range append(slices.Clone(starts), "unknown") {
		f := newRule(start, 1<<30, desk(i18n.Polish))
		if start == "product" {
			f.Effects[0].SKUs = "A-17"
		}
		if _, errs := f.build(desk(i18n.Polish), englishPage(t)); len(errs) > 0 {
			t.Errorf("%s: %v", start, errs)
		}
	}
}

func TestRowsOfTheForm(t *testing.T) {
	f := newRule("purchase", 1<<30, desk(i18n.English))
	for _, what := range []string{"add-test", "add-group", "add-test.1", "add-effect", "add-cap", "add-cap"} {
		f.change(what)
	}
	if len(f.If.Items) != 2 || len(f.If.Items[1].Tests) != 3 || len(f.Effects) != 2 || len(f.Caps) != 2 {
		t.Fatalf("got %+v", f)
	}
	for _, what := range []string{"drop-if.1.0", "drop-if.1.0", "drop-if.1.0", "drop-if.0", "drop-do.0", "drop-cap.1", "drop-cap.9", "drop-do.-1", "drop-if", "drop-if.x", "nonsense"} {
		f.change(what)
	}
	if len(f.If.Items) != 0 || len(f.Effects) != 1 || f.Effects[0].Kind != givesTimes || len(f.Caps) != 1 {
		t.Errorf("got %+v", f)
	}
}

// TestTheFormReadsAnything sends arbitrary names and values.
func TestTheFormReadsAnything(t *testing.T) {
	pg := englishPage(t)
	parts := rapid.SampledFrom([]string{"if", "do", "cap", "0", "1", "-1", "kind", "field", "op", "value", "rank", "gold", "points", "test", "group", "fixed", "multiplier", "weekday", "in", "between", "9", "x", "", "sale.goods", "join", "formula", "lasts.unit", "months"})
	rapid.Check(t, func(t *rapid.T) {
		in := url.Values{}
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			in.Add(strings.Join(rapid.SliceOfN(parts, 1, 4).Draw(t, "name"), "."), parts.Draw(t, "value"))
		}
		f := readRuleForm(in)
		f.change(parts.Draw(t, "verb") + "." + parts.Draw(t, "at"))
		f.build(desk(i18n.English), pg)
	})
}
