package console

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/condition"
	"regulars/internal/web"
)

// factGroups order the facts as the form offers them.
var factGroups = []string{"sale", "place", "person", "event"}

func factGroup(name string) string {
	switch {
	case strings.HasPrefix(name, "sale."):
		return "sale"
	case name == "rank" || name == "tags" || name == "member":
		return "person"
	case name == "attr":
		return "event"
	}
	return "place"
}

// factOptions lists what a row can ask for, in groups.
func (e *editor) factOptions(chosen string) []web.Option {
	list := []web.Option{{Label: e.T("console.rule.choose")}}
	fields := e.fields
	for _, group := range factGroups {
		for _, f := range fields {
			if factGroup(f.Name) == group {
				list = append(list, web.Option{Value: f.Name, Label: e.T(factKey(f.Name)), Group: e.T("console.rule.facts." + group)})
			}
		}
	}
	return web.Choose(list, chosen)
}

func factKey(name string) string { return "console.rule.fact." + strings.ReplaceAll(name, ".", "_") }

// fact returns the field that a row asks for; its type is 0 when it asks for
// none.
func (e *editor) fact(t ruleTest) condition.Field {
	for _, f := range e.fields {
		if f.Name == t.Field {
			return f
		}
	}
	return condition.Field{}
}

// opOptions lists the comparisons of a field, in words that fit its type.
func (e *editor) opOptions(t ruleTest) []web.Option {
	f := e.fact(t)
	var list []web.Option
	for _, op := range opsFor(f.Type) {
		key := "console.rule.op." + f.Type.String() + "." + op
		if !e.Has(key) {
			key = "console.rule.op." + op
		}
		list = append(list, web.Option{Value: op, Label: e.T(key)})
	}
	return web.Choose(list, t.Op)
}

// valueOptions lists the values of a field that can be counted on fingers; nil
// for any other.
func (e *editor) valueOptions(t ruleTest) []web.Option {
	var list []web.Option
	switch t.Field {
	case "weekday":
		for day := 1; day <= 7; day++ {
			list = append(list, web.Option{Value: string(rune('0' + day)), Label: e.Weekday(day)})
		}
	case "shop":
		for _, s := range e.shops {
			list = append(list, web.Option{Value: s.Code, Label: s.Name})
		}
	case "rank":
		for _, r := range e.ranks {
			list = append(list, web.Option{Value: r.Code, Label: r.Name})
		}
	}
	if t.Op == string(condition.Contains) {
		return nil
	}
	return list
}

// oneOf returns the options of a select, with a first one that chooses nothing
// and any code that is not known any more.
func (e *editor) oneOf(options []web.Option, value string) []web.Option {
	list := append([]web.Option{{Label: e.T("console.rule.choose")}}, options...)
	known := func(o web.Option) bool { return o.Value == value }
	if !slices.ContainsFunc(list, known) {
		list = append(list, web.Option{Value: value, Label: value})
	}
	return web.Choose(list, value)
}

// ask is how the form asks for what a test compares with.
type ask uint8

const (
	askNothing ask = iota
	askText
	askList
	askRange
	askOne
	askRangeOf
	askMany
)

// asks returns how to ask for the values of a test.
func (e *editor) asks(t ruleTest) ask {
	listed := len(e.valueOptions(t)) > 0
	switch {
	case !slices.Contains(opsFor(e.fact(t).Type), t.Op):
		return askNothing
	case slices.Contains([]string{opYes, opNo, opKnown, opUnknown}, t.Op):
		return askNothing
	case severalValues(t.Op) && listed:
		return askMany
	case t.Op == string(condition.Between) && listed:
		return askRangeOf
	case t.Op == string(condition.Between):
		return askRange
	case listed:
		return askOne
	case severalValues(t.Op):
		return askList
	}
	return askText
}

func formulaField(e *editor) web.Field {
	f := e.field("formula", e.T("console.rule.formula"), e.cond.Formula)
	f.Help, f.Optional = e.T("console.rule.formula_help"), true
	f.Attrs = templ.Attributes{"rows": "3", "spellcheck": "false", "autocapitalize": "off"}
	return f
}

func (e *editor) factField(i, j int) web.Field {
	f := e.field(rowField("if", i, j, "field"), e.T("console.rule.fact"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func (e *editor) attributeField(i, j int, t ruleTest) web.Field {
	f := e.field(rowField("if", i, j, "name"), e.T("console.rule.attribute"), t.Name)
	f.Width = web.Short
	return f
}

func (e *editor) opField(i, j int) web.Field {
	f := e.field(rowField("if", i, j, "op"), e.T("console.rule.op"), "")
	f.Attrs, f.Width = e.look(), web.Short
	return f
}

func (e *editor) manyField(i, j int) web.Field {
	return e.field(rowField("if", i, j, "value"), e.T("console.rule.value"), "")
}

// valueField asks for the n-th value of a test, in the way its type is written.
func (e *editor) valueField(i, j int, t ruleTest, n int) web.Field {
	f := e.field(rowField("if", i, j, "value"), e.T("console.rule.value"), t.at(n))
	f.Width, f.Attrs = web.Short, templ.Attributes{"autocomplete": "off"}
	if t.Op == string(condition.Between) {
		f.Label = e.T([]string{"console.rule.from", "console.rule.to"}[n])
	}
	if n > 0 {
		f.ID, f.Error = fieldID(rowField("if", i, j, "upto")), ""
	}
	kind := valueType(e.fact(t).Type, t.Op)
	switch kind {
	case condition.Clock:
		f.Type = "time"
	case condition.Date:
		f.Type = "date"
	case condition.Money:
		f.Suffix, f.Attrs["inputmode"] = string(e.currency), "decimal"
	case condition.Number:
		f.Attrs["inputmode"] = "numeric"
	case condition.Text, condition.Set:
		f.Width = web.Medium
		if severalValues(t.Op) {
			return listField(e, f)
		}
	}
	return f
}
