package console

import (
	"maps"
	"slices"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/tier"
	"regulars/internal/web"
)

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
		string(earn.Purchase), string(earn.Return), string(earn.SignUp), string(earn.Birthday), string(earn.Profile), customTrigger), e.form.Trigger)
}

func (e *ruleEditor) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range e.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, e.form.Wallet)
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
