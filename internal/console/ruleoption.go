package console

import (
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// look asks for the editor anew when an answer changes which questions follow.
func (e *ruleEditor) look() templ.Attributes {
	return templ.Attributes{
		"hx-post": e.action() + "?do=look", "hx-trigger": "change", "hx-target": "#rule-editor", "hx-sync": "closest #rule-editor:replace",
	}
}

// does is a button of the editor that changes its rows.
func (e *ruleEditor) does(what, label string, icon web.Icon) web.Button {
	return web.Button{
		Label: label, Icon: icon, Kind: web.Quiet, Small: true, Name: "do", Value: what,
		Attrs: templ.Attributes{"hx-post": e.action(), "hx-target": "#rule-editor", "hx-sync": "closest #rule-editor:replace"},
	}
}

// drops is a button that removes a row; its icon says so.
func (e *ruleEditor) drops(what, label string) web.Button {
	b := e.does(what, label, web.IconDelete)
	b.IconOnly = true
	return b
}

// field is a question of the editor with the error that belongs to it.
func (e *ruleEditor) field(name, label, value string) web.Field {
	return web.Field{Name: name, Label: label, Value: value, Error: e.errs[name]}
}

// figure is a question for a number.
func (e *ruleEditor) figure(name, label, value, suffix string) web.Field {
	f := e.field(name, label, value)
	f.Suffix, f.Width = suffix, web.Short
	f.Attrs = templ.Attributes{"inputmode": "decimal", "autocomplete": "off"}
	return f
}

// words returns the options of the given values, named by keys below prefix.
func (v *visit) options(prefix string, values ...string) []web.Option {
	list := make([]web.Option, len(values))
	for i, value := range values {
		list[i] = web.Option{Value: value, Label: v.T(prefix + value)}
	}
	return list
}

func (e *ruleEditor) triggerOptions() []web.Option {
	return web.Choose(e.options("console.rule.trigger.",
		string(earn.Purchase), string(earn.Return), string(earn.SignUp), string(earn.Birthday), customTrigger), e.form.Trigger)
}

func (e *ruleEditor) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range e.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, e.form.Wallet)
}

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
func (e *ruleEditor) factOptions(chosen string) []web.Option {
	list := []web.Option{{Label: e.T("console.rule.choose")}}
	fields := earn.Catalog(e.form.trigger()).Fields()
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
func (e *ruleEditor) fact(t ruleTest) condition.Field {
	for _, f := range earn.Catalog(e.form.trigger()).Fields() {
		if f.Name == t.Field {
			return f
		}
	}
	return condition.Field{}
}

// opOptions lists the comparisons of a field, in words that fit its type.
func (e *ruleEditor) opOptions(t ruleTest) []web.Option {
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
func (e *ruleEditor) valueOptions(t ruleTest) []web.Option {
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
func (e *ruleEditor) oneOf(options []web.Option, value string) []web.Option {
	list := append([]web.Option{{Label: e.T("console.rule.choose")}}, options...)
	known := func(o web.Option) bool { return o.Value == value }
	if !slices.ContainsFunc(list, known) {
		list = append(list, web.Option{Value: value, Label: value})
	}
	return web.Choose(list, value)
}

func (e *ruleEditor) effectOptions(chosen string) []web.Option {
	kinds := []string{givesFixed, givesTimes}
	if e.form.ofSales() {
		kinds = []string{givesPerAmount, givesFixed, givesTimes, givesUnits, givesBonus}
	}
	if !slices.Contains(kinds, chosen) {
		kinds = append(kinds, chosen)
	}
	return web.Choose(e.options("console.rule.effect.", kinds...), chosen)
}

func (e *ruleEditor) basisOptions(chosen string) []web.Option {
	return web.Choose(e.options("console.rule.basis.", string(earn.Goods), string(earn.Total), string(earn.MatchingLines)), chosen)
}

func (e *ruleEditor) roundingOptions() []web.Option {
	chosen := e.form.Rounding
	if chosen == "" {
		chosen = string(money.Floor)
	}
	return web.Choose(e.options("console.rule.round.",
		string(money.Floor), string(money.Ceil), string(money.HalfUp), string(money.HalfEven)), chosen)
}

func (e *ruleEditor) periodOptions(chosen string) []web.Option {
	var list []string
	for _, p := range earn.Periods() {
		list = append(list, string(p))
	}
	return web.Choose(e.options("console.rule.period.", list...), chosen)
}

// rankRows returns the ranks that a multiplier can tell apart: those of the
// ladder, and codes of the effect that it no longer has.
func (e *ruleEditor) rankRows(effect ruleEffect) []tier.Rank {
	rows := slices.Clone(e.ranks)
	for _, code := range slices.Sorted(maps.Keys(effect.Ranks)) {
		if effect.Ranks[code] != "" && !slices.ContainsFunc(rows, func(r tier.Rank) bool { return r.Code == code }) {
			rows = append(rows, tier.Rank{Code: code, Name: code})
		}
	}
	return rows
}

// placeholder is the rate of a rank that is not told: that of everybody else.
func (e ruleEffect) placeholder() string {
	if e.Rate == "" {
		return "1"
	}
	return e.Rate
}
