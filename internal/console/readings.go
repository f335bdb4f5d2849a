package console

import (
	"fmt"
	"slices"
	"strings"

	"regulars/internal/condition"
	"regulars/internal/fault"
	"regulars/internal/money"
	"regulars/internal/web"
)

// readings turn a form into what it stands for: they note which field each part
// came from, and what cannot be read.
type readings struct {
	typed    figures
	currency money.Currency
	places   map[string]string // field by JSON pointer
	faults   map[string]error  // by field
}

// errors returns what is to be mended, by field.
func (r *readings) errors(pg *web.Page) web.FormErrors {
	errs := web.FormErrors{}
	for field, err := range r.faults {
		errs.Add(field, pg.Fault(fault.As(err)))
	}
	return errs
}

// failed notes each fault beside the field that its pointer leads to; what was
// found wrong with a field before stays.
func (r *readings) failed(err error) {
	list := fault.All(err)
	if len(list) == 0 {
		list = []*fault.Error{fault.Invalid("not_a_rule", "the rule cannot be read").Because(err)}
	}
	for _, f := range list {
		if field := r.place(f.Field); r.faults[field] == nil {
			r.faults[field] = f
		}
	}
}

// place returns the field of the nearest part around a JSON pointer.
func (r *readings) place(pointer string) string {
	for at := pointer; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
		if field, known := r.places[at]; known {
			return field
		}
	}
	return ""
}

// amount reads money, count a whole number; each notes what cannot be read
// beside the field.
func (r *readings) amount(field, typed string) int64 {
	return r.figure(field, typed, r.currency.Decimals())
}

func (r *readings) count(field, typed string) int64 { return r.figure(field, typed, 0) }

func (r *readings) figure(field, typed string, decimals int) int64 {
	n, err := r.typed.read(typed, decimals)
	if err != nil {
		r.faults[field] = err
	}
	return n
}

func (r *readings) rate(field, typed string) money.Rate {
	rate, err := r.typed.readRate(typed)
	if err != nil {
		r.faults[field] = err
	}
	return rate
}

// condition joins the rows and the formula into one condition.
func (r *readings) condition(form *conditionForm, known []condition.Field) condition.Condition {
	if form.Kept != "" {
		c, err := condition.Parse([]byte(form.Kept))
		if err != nil {
			r.failed(err)
		}
		return c
	}
	var parts []condition.Condition
	var fields []func(at string)
	for i, item := range form.Items {
		c, where := r.item(i, item, known)
		if !c.IsZero() {
			parts, fields = append(parts, c), append(fields, where)
		}
	}
	c, where := join(form.Join, parts, fields)
	if form.Formula != "" {
		formula := func(at string) { r.places[at] = "formula" }
		c, where = join(joinAll, nonZero(c, condition.Condition{CEL: form.Formula}), slices.DeleteFunc([]func(string){where, formula}, func(f func(string)) bool { return f == nil }))
		if form.Join == joinAll && len(parts) > 1 {
			c, where = join(joinAll, append(parts, condition.Condition{CEL: form.Formula}), append(fields, formula))
		}
	}
	if where != nil {
		where("/condition")
	}
	return c
}

func nonZero(list ...condition.Condition) []condition.Condition {
	return slices.DeleteFunc(list, condition.Condition.IsZero)
}

// join makes one condition of several and tells each its JSON pointer once that
// of the whole is known.
func join(how string, parts []condition.Condition, fields []func(string)) (condition.Condition, func(string)) {
	if len(parts) == 0 {
		return condition.Condition{}, nil
	}
	if len(parts) == 1 {
		return parts[0], fields[0]
	}
	c := condition.Condition{All: parts}
	if how == joinAny {
		c = condition.Condition{Any: parts}
	}
	return c, func(at string) {
		for i, tell := range fields {
			tell(fmt.Sprintf("%s/%s/%d", at, how, i))
		}
	}
}

// item returns the condition of one item; a row where no fact was chosen says
// nothing.
func (r *readings) item(i int, item ruleItem, known []condition.Field) (condition.Condition, func(string)) {
	var parts []condition.Condition
	var fields []func(string)
	for j, t := range item.Tests {
		if t.Field == "" {
			continue
		}
		c, where := r.test(i, j, t, known)
		parts, fields = append(parts, c), append(fields, where)
	}
	return join(item.Join, parts, fields)
}

func (r *readings) test(i, j int, t ruleTest, known []condition.Field) (condition.Condition, func(string)) {
	where := func(at string) {
		r.places[at] = rowField("if", i, j, "value")
		r.places[at+"/field"], r.places[at+"/op"] = rowField("if", i, j, "field"), rowField("if", i, j, "op")
	}
	at := slices.IndexFunc(known, func(f condition.Field) bool { return f.Name == t.Field })
	if at < 0 {
		r.faults[rowField("if", i, j, "field")] = unknownField(t.Field)
		return condition.Condition{Field: t.Field}, where
	}
	c, err := t.build(known[at], r.currency.Decimals(), r.typed)
	if err != nil {
		r.faults[rowField("if", i, j, "value")] = err
	}
	return c, where
}
