package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// editor is what the editors of rules and of offers share: how they ask, and
// the rows in which a condition is written.
type editor struct {
	*visit
	errs     web.FormErrors
	cond     *conditionForm
	fields   []condition.Field // that the condition may ask for
	post     string            // the address of the form
	currency money.Currency
	shops    []program.Shop
	ranks    []tier.Rank
}

// furnish reads what conditions name.
func (c *Console) furnish(e *editor) (err error) {
	e.currency = e.programme.Currency
	if e.shops, err = c.Programmes.Shops(e.ctx(), e.actor, e.programme.ID); err != nil {
		return err
	}
	e.ranks, err = c.ranks(e.visit)
	return err
}

// look asks for the editor anew when an answer changes which questions follow.
func (e *editor) look() templ.Attributes {
	return templ.Attributes{
		"hx-post": e.post + "?do=look", "hx-trigger": "change", "hx-target": "#editor", "hx-sync": "closest #editor:replace",
	}
}

// does is a button of the editor that changes its rows.
func (e *editor) does(what, label string, icon web.Icon) web.Button {
	return web.Button{
		Label: label, Icon: icon, Kind: web.Quiet, Small: true, Name: "do", Value: what,
		Attrs: templ.Attributes{"hx-post": e.post, "hx-target": "#editor", "hx-sync": "closest #editor:replace"},
	}
}

// drops is a button that removes a row; its icon says so.
func (e *editor) drops(what, label string) web.Button {
	b := e.does(what, label, web.IconDelete)
	b.IconOnly = true
	return b
}

// field is a question of the editor with the error that belongs to it.
func (e *editor) field(name, label, value string) web.Field {
	return web.Field{Name: name, Label: label, Value: value, Error: e.errs[name]}
}

// figure is a question for a number.
func (e *editor) figure(name, label, value, suffix string) web.Field {
	f := e.field(name, label, value)
	f.Suffix, f.Width = suffix, web.Short
	f.Attrs = templ.Attributes{"inputmode": "decimal", "autocomplete": "off"}
	return f
}

func (e *editor) periodOptions(chosen string) []web.Option {
	var list []string
	for _, p := range earn.Periods() {
		list = append(list, string(p))
	}
	return web.Choose(e.options("console.rule.period.", list...), chosen)
}

// listField asks for a list of codes, one to a line.
func listField(e *editor, f web.Field) web.Field {
	f.Width, f.Help = web.Medium, e.T("console.rule.several")
	f.Attrs = templ.Attributes{"rows": "2", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
	return f
}

func unitField(e *editor, name string) web.Field {
	f := e.field(name, e.T("console.rule.unit"), "")
	f.Width = web.Short
	return f
}

func (e *editor) periodField(i int) web.Field {
	f := e.field(rowField("cap", i, "period"), e.T("console.rule.period"), "")
	f.Width = web.Short
	return f
}

// fieldID is the id of a field whose name is taken by another.
func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, ".", "-") }
