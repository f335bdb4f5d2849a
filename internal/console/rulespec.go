package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/web"
)

// ruleDesk is what the editor knows of the programme.
type ruleDesk struct {
	figures
	currency money.Currency
	// decimals are those of the wallet's points.
	decimals int
}

// builder turns a form into a spec, noting what cannot be read, and which field
// each part of the spec came from.
type builder struct {
	ruleDesk
	*ruleForm
	spec   earn.Spec
	places map[string]string // field by JSON pointer
	faults map[string]error  // by field
}

// build returns the spec that the form stands for; what cannot be taken is in
// the errors, by field.
func (f *ruleForm) build(desk ruleDesk, pg *web.Page) (earn.Spec, web.FormErrors) {
	b := &builder{ruleDesk: desk, ruleForm: f, places: map[string]string{
		"/trigger": "trigger", "/name": "name", "/wallet": "wallet", "/condition": "formula", "/rounding": "rounding",
		"/activation": "wait", "/expiry": "lasts", "/budget": "budget", "/priority": "priority", "/group": "group",
		"/caps": "cap.0.limit", "/effects": "do.0.kind",
	}, faults: map[string]error{}}
	if f.Trigger == customTrigger {
		b.places["/trigger"] = "custom"
	}
	b.head()
	b.effects()
	b.times()
	b.caps()
	b.conditions()
	if len(b.faults) == 0 {
		b.check()
	}
	errs := web.FormErrors{}
	for field, err := range b.faults {
		errs.Add(field, pg.Fault(fault.As(err)))
	}
	return b.spec, errs
}

// failed notes a fault beside the field that its pointer leads to.
func (b *builder) failed(err error) {
	f := fault.As(err)
	if f == nil {
		f = fault.Invalid("not_a_rule", "the rule cannot be read").Because(err)
	}
	b.faults[b.place(f.Field)] = f
}

// place returns the field of the nearest part around a JSON pointer.
func (b *builder) place(pointer string) string {
	for at := pointer; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
		if field, known := b.places[at]; known {
			return field
		}
	}
	return ""
}

// check asks the rules whether the spec can be taken as a whole.
func (b *builder) check() {
	if len(b.spec.Effects) == 0 {
		b.faults["do.0.kind"] = needed()
		return
	}
	raw, err := json.Marshal(b.spec)
	if err == nil {
		_, err = earn.ParseSpec(raw)
	}
	if err == nil {
		err = b.spec.Check(b.trigger())
	}
	if err != nil {
		b.failed(err)
	}
}

// points reads points, amount money, and count a whole number; each notes what
// cannot be read beside the field.
func (b *builder) points(field, typed string) int64 { return b.figure(field, typed, b.decimals) }

func (b *builder) amount(field, typed string) int64 {
	return b.figure(field, typed, b.currency.Decimals())
}

func (b *builder) count(field, typed string) int64 { return b.figure(field, typed, 0) }

func (b *builder) figure(field, typed string, decimals int) int64 {
	n, err := b.read(typed, decimals)
	if err != nil {
		b.faults[field] = err
	}
	return n
}

func (b *builder) rate(field, typed string) money.Rate {
	r, err := b.readRate(typed)
	if err != nil {
		b.faults[field] = err
	}
	return r
}

func needed() error { return fault.Invalid("rule_required", "a value is needed here") }

func (b *builder) head() {
	wallet, err := id.Parse(id.Wallet, b.Wallet)
	if err != nil {
		b.faults["wallet"] = err
	}
	b.spec.WalletID = wallet
	b.spec.Rounding = money.Rounding(b.Rounding)
	b.spec.Priority = int(b.count("priority", b.Priority))
	b.spec.Group = b.Group
	b.spec.Budget.Points = b.points("budget", b.Budget)
}

func (b *builder) times() {
	wait := int(b.count("wait", b.Wait))
	if b.WaitUnit == unitDays {
		wait *= 24
	}
	b.spec.Activation.Hours = wait
	lasts := int(b.count("lasts", b.Lasts))
	switch b.LastsUnit {
	case unitMonths:
		b.spec.Expiry.Months = lasts
	case unitDays:
		b.spec.Expiry.Days = lasts
	default:
		return
	}
	b.spec.Expiry.EndOfDay = b.EndOfDay
	if lasts <= 0 {
		b.faults["lasts"] = needed()
	}
}

func (b *builder) caps() {
	for i, c := range b.Caps {
		at, field := fmt.Sprintf("/caps/%d", i), rowField("cap", i, "limit")
		b.places[at], b.places[at+"/period"] = field, rowField("cap", i, "period")
		one := earn.Cap{Period: earn.Period(c.Period)}
		if c.Unit == unitTimes {
			one.Times = b.count(field, c.Limit)
		} else {
			one.Points = b.points(field, c.Limit)
		}
		if one.Points+one.Times == 0 && b.faults[field] == nil {
			b.faults[field] = needed()
		}
		b.spec.Caps = append(b.spec.Caps, one)
	}
}

func (b *builder) effects() {
	for i, e := range b.Effects {
		at := fmt.Sprintf("/effects/%d", i)
		for _, name := range []string{"kind", "points", "per", "basis", "rate"} {
			b.places[at+"/"+name] = rowField("do", i, name)
		}
		b.places[at], b.places[at+"/per_rank"] = rowField("do", i, "kind"), rowField("do", i, "rate")
		b.places[at+"/lines"], b.places[at+"/lines/categories"] = rowField("do", i, "skus"), rowField("do", i, "categories")
		b.spec.Effects = append(b.spec.Effects, b.effect(i, e))
	}
}

// effect reads of an effect only what its kind has.
func (b *builder) effect(i int, e ruleEffect) earn.Effect {
	points := func() int64 { return b.points(rowField("do", i, "points"), e.Points) }
	switch e.Kind {
	case givesPerAmount:
		out := earn.Effect{Kind: earn.PerAmount, Points: points(), Per: b.amount(rowField("do", i, "per"), e.Per), Basis: earn.Basis(e.Basis)}
		if out.Basis == earn.MatchingLines {
			out.Lines = b.lines(i, e)
		}
		return out
	case givesTimes:
		return earn.Effect{Kind: earn.Multiplier, Rate: b.rate(rowField("do", i, "rate"), e.Rate), PerRank: b.ranks(i, e)}
	case givesUnits:
		return earn.Effect{Kind: earn.ProductBonus, Points: points(), Lines: b.lines(i, e)}
	case givesBonus:
		r := b.rate(rowField("do", i, "rate"), e.Rate)
		if r.IsZero() && b.faults[rowField("do", i, "rate")] == nil {
			b.faults[rowField("do", i, "rate")] = needed()
		}
		return earn.Effect{Kind: earn.ProductBonus, Rate: r, Lines: b.lines(i, e)}
	}
	return earn.Effect{Kind: earn.EffectKind(e.Kind), Points: points()}
}

func (b *builder) ranks(i int, e ruleEffect) map[string]money.Rate {
	var ranks map[string]money.Rate
	for _, code := range slices.Sorted(maps.Keys(e.Ranks)) {
		field := rowField("do", i, "rank", code)
		b.places[fmt.Sprintf("/effects/%d/per_rank/%s", i, code)] = field
		r := b.rate(field, e.Ranks[code])
		if r.IsZero() {
			continue
		}
		if ranks == nil {
			ranks = map[string]money.Rate{}
		}
		ranks[code] = r
	}
	return ranks
}

// lines returns the goods that an effect chooses, and notes a choice that was
// left empty.
func (b *builder) lines(i int, e ruleEffect) *earn.Lines {
	lines := &earn.Lines{SKUs: splitList(e.SKUs), Categories: splitList(e.Categories), Except: e.Except}
	if len(lines.SKUs)+len(lines.Categories) == 0 {
		b.faults[rowField("do", i, "skus")] = fault.Invalid("rule_no_goods", "name product codes or categories")
	}
	return lines
}

// conditions joins the rows and the formula into one condition.
func (b *builder) conditions() {
	if b.Kept != "" {
		c, err := condition.Parse([]byte(b.Kept))
		if err != nil {
			b.failed(err)
		}
		b.spec.Condition = c
		return
	}
	var parts []condition.Condition
	var fields []func(at string)
	for i, item := range b.Items {
		c, where := b.item(i, item)
		if !c.IsZero() {
			parts, fields = append(parts, c), append(fields, where)
		}
	}
	c, where := join(b.Join, parts, fields)
	if b.Formula != "" {
		formula := func(at string) { b.places[at] = "formula" }
		c, where = join(joinAll, nonZero(c, condition.Condition{CEL: b.Formula}), slices.DeleteFunc([]func(string){where, formula}, func(f func(string)) bool { return f == nil }))
		if b.Join == joinAll && len(parts) > 1 {
			c, where = join(joinAll, append(parts, condition.Condition{CEL: b.Formula}), append(fields, formula))
		}
	}
	b.spec.Condition = c
	if where != nil {
		where("/condition")
	}
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
func (b *builder) item(i int, item ruleItem) (condition.Condition, func(string)) {
	var parts []condition.Condition
	var fields []func(string)
	for j, t := range item.Tests {
		if t.Field == "" {
			continue
		}
		c, where := b.test(i, j, t)
		parts, fields = append(parts, c), append(fields, where)
	}
	return join(item.Join, parts, fields)
}

func (b *builder) test(i, j int, t ruleTest) (condition.Condition, func(string)) {
	where := func(at string) {
		b.places[at] = rowField("if", i, j, "value")
		b.places[at+"/field"], b.places[at+"/op"] = rowField("if", i, j, "field"), rowField("if", i, j, "op")
	}
	fields := earn.Catalog(b.trigger()).Fields()
	at := slices.IndexFunc(fields, func(f condition.Field) bool { return f.Name == t.Field })
	if at < 0 {
		b.faults[rowField("if", i, j, "field")] = unknownField(t.Field)
		return condition.Condition{Field: t.Field}, where
	}
	c, err := t.build(fields[at], b.currency.Decimals(), b.figures)
	if err != nil {
		b.faults[rowField("if", i, j, "value")] = err
	}
	return c, where
}
