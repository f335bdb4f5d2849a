package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// sumField asks for an amount of money.
func (e *offerEditor) sumField(name, key, value string) web.Field {
	return e.figure(name, e.T(key), value, string(e.currency))
}

// mayField is a question that may stay without an answer.
func mayField(f web.Field, help string) web.Field {
	f.Optional, f.Help = true, help
	return f
}

func (e *offerEditor) nameField() web.Field {
	f := e.field("name", e.T("console.rule.name"), e.form.Name)
	f.Help, f.Width = e.T("console.offer.name_help"), web.Full
	f.Attrs = templ.Attributes{"maxlength": "100", "autocomplete": "off"}
	return f
}

func (e *offerEditor) kindField() web.Field {
	f := e.field("kind", e.T("console.offer.kind"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func (e *offerEditor) kindOptions() []web.Option {
	var kinds []string
	for _, k := range promo.Kinds() {
		kinds = append(kinds, string(k))
	}
	if e.form.Kind != "" && !slices.Contains(kinds, e.form.Kind) {
		return append(web.Choose(e.options("console.offer.kind.", kinds...)), web.Option{Value: e.form.Kind, Label: e.form.Kind, Chosen: true})
	}
	return web.Choose(e.options("console.offer.kind.", kinds...), e.form.Kind)
}

func (e *offerEditor) audienceOptions() []web.Option {
	list := e.options("console.offer.audience.", string(promo.Regulars), string(promo.Newcomers))
	for i := range list {
		list[i].Help = e.T("console.offer.audience_help." + list[i].Value)
	}
	chosen := e.form.Audience
	if chosen == "" {
		chosen = string(promo.Regulars)
	}
	return web.Choose(list, chosen)
}

// goodsField asks what the offer is about; the answer decides which lists
// follow.
func (e *offerEditor) goodsField() web.Field {
	f := e.field("goods", e.T("console.offer.goods"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func (e *offerEditor) goodsOptions() []web.Option {
	prefix := "console.offer.goods."
	if e.form.ofFees() {
		prefix = "console.offer.fees."
	}
	return web.Choose(e.options(prefix, goodsAll, goodsChosen, goodsExcept), e.form.Goods)
}

func (e *offerEditor) listField(name, key, value string, optional bool) web.Field {
	f := listField(&e.editor, e.field(name, e.T(key), value))
	f.Attrs["rows"] = "3"
	f.Optional = optional
	return f
}

// skusField asks for product codes, or of fees for theirs.
func (e *offerEditor) skusField() web.Field {
	key := "console.rule.skus"
	if e.form.ofFees() {
		key = "console.offer.fee_codes"
	}
	return e.listField("skus", key, e.form.SKUs, !e.form.ofFees())
}

func (e *offerEditor) mostField() web.Field {
	return mayField(e.sumField("most", "console.offer.most", e.form.Most), "")
}

func (e *offerEditor) minimumField() web.Field {
	return mayField(e.sumField("minimum", "console.offer.minimum", e.form.Minimum), e.T("console.offer.minimum_help"))
}

func (e *offerEditor) giftField() web.Field {
	f := e.field("sku", e.T("console.offer.gift"), e.form.SKU)
	f.Width, f.Help = web.Medium, e.T("console.offer.gift_help")
	f.Attrs = templ.Attributes{"autocomplete": "off", "spellcheck": "false"}
	return f
}

func (e *offerEditor) tierUnitField(i int) web.Field {
	return unitField(&e.editor, rowField("tier", i, "unit"))
}

func (e *offerEditor) tierUnits(chosen string) []web.Option {
	list := []web.Option{{Value: unitPercent, Label: "%"}, {Value: unitAmount, Label: string(e.currency)}}
	return web.Choose(list, chosen)
}

func (e *offerEditor) capTimesField(i int, c offerCap) web.Field {
	return mayField(e.figure(rowField("cap", i, "times"), e.T("console.offer.cap_times"), c.Times, ""), "")
}

func (e *offerEditor) capAmountField(i int, c offerCap) web.Field {
	return mayField(e.sumField(rowField("cap", i, "amount"), "console.offer.cap_amount", c.Amount), "")
}

// stacked reports whether the folded part of the form holds anything.
func (e *offerEditor) stacked() bool {
	f := e.form
	for _, name := range []string{"priority", "group", "together", "most_off"} {
		if e.errs[name] != "" {
			return true
		}
	}
	return f.Priority != "" || f.Group != "" || f.Together != "" || f.MostOff != "" || f.Exclusive || f.AtCost
}

func (e *offerEditor) groupField() web.Field {
	f := e.field("group", e.T("console.rule.group"), e.form.Group)
	f.Optional, f.Width, f.Help = true, web.Medium, e.T("console.offer.group_help")
	return f
}

func (e *offerEditor) togetherField() web.Field {
	return mayField(e.figure("together", e.T("console.offer.together"), e.form.Together, ""), e.T("console.offer.together_help"))
}

func (e *offerEditor) mostOffField() web.Field {
	return mayField(e.figure("most_off", e.T("console.offer.most_off"), e.form.MostOff, "%"), e.T("console.offer.most_off_help"))
}

func (e *offerEditor) priorityField() web.Field {
	return mayField(e.figure("priority", e.T("console.rule.priority"), e.form.Priority, ""), e.T("console.offer.priority_help"))
}

// rateField asks by what points are multiplied.
func (e *offerEditor) rateField() web.Field {
	f := e.figure("rate", e.T("console.offer.rate"), e.form.Rate, "")
	f.Help = e.T("console.offer.rate_help")
	return f
}

// walletOptions are the wallets whose points are multiplied.
func (e *offerEditor) walletOptions() []web.Option {
	list := []web.Option{{Label: e.T("console.offer.every_wallet")}}
	for i := range e.wallets {
		list = append(list, web.Option{Value: e.wallets[i].ID.In(id.Wallet), Label: e.wallets[i].Name})
	}
	return web.Choose(list, e.form.Wallet)
}

// shopOptions are each shop alike, and every one of them.
func (e *offerEditor) shopOptions(chosen string) []web.Option {
	list := []web.Option{{Label: e.T("console.offer.each_shop")}}
	for _, s := range e.shops {
		list = append(list, web.Option{Value: s.Code, Label: s.Name})
	}
	return web.Choose(list, chosen)
}
