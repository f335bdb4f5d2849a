package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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
	readings
	*ruleForm
	decimals int
	spec     earn.Spec
}

// build returns the spec that the form stands for; what cannot be taken is in
// the errors, by field.
func (f *ruleForm) build(desk ruleDesk, pg *web.Page) (earn.Spec, web.FormErrors) {
	b := &builder{ruleForm: f, decimals: desk.decimals, readings: readings{typed: desk.figures, currency: desk.currency, faults: map[string]error{}, places: map[string]string{
		"/trigger": "trigger", "/name": "name", "/wallet": "wallet", "/condition": "formula", "/rounding": "rounding",
		"/activation": "wait", "/expiry": "lasts", "/budget": "budget", "/priority": "priority", "/group": "group",
		"/caps": "cap.0.limit", "/effects": "do.0.kind",
	}}}
	if f.Trigger == customTrigger {
		b.places["/trigger"] = "custom"
	}
	b.head()
	b.effects()
	b.times()
	b.caps()
	b.spec.Condition = b.condition(&f.If, earn.Catalog(f.trigger()).Fields())
	if len(b.faults) == 0 {
		b.check()
	}
	return b.spec, b.errors(pg)
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

// points reads points of the wallet.
func (b *builder) points(field, typed string) int64 { return b.figure(field, typed, b.decimals) }

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
