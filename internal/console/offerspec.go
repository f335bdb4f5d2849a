package console

import (
	"encoding/json"
	"fmt"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// offerBuilder turns a form into a spec.
type offerBuilder struct {
	readings
	*offerForm
	spec promo.Spec
}

// offerPlaces say which field of the form each part of a spec comes from.
func offerPlaces() map[string]string {
	return map[string]string{
		"/name": "name", "/audience": "audience", "/benefit": "kind", "/benefit/percent": "percent", "/benefit/amount": "amount", "/benefit/price": "price",
		"/benefit/buy": "buy", "/benefit/get": "get", "/benefit/sku": "sku", "/benefit/most": "most", "/benefit/rate": "rate", "/benefit/wallet": "wallet", "/benefit/tiers": "tier.0.from",
		"/lines": "skus", "/lines/categories": "categories", "/brands": "brands", "/condition": "formula", "/minimum": "minimum",
		"/per_member": "cap.0.times", "/budget": "budget.uses", "/budget/amount": "budget.amount",
		"/priority": "priority", "/group": "group", "/together": "together", "/most_off": "most_off", "/with_code": "with_code", "/restore_code": "restore_code", "/after_return": "recompute",
	}
}

// build returns the spec that the form stands for; what cannot be taken is in
// the errors, by field.
func (f *offerForm) build(cur money.Currency, typed figures, pg *web.Page) (promo.Spec, web.FormErrors) {
	b := &offerBuilder{offerForm: f, readings: readings{typed: typed, currency: cur, places: offerPlaces(), faults: map[string]error{}}}
	b.spec = promo.Spec{
		Audience: promo.Audience(f.Audience), Minimum: b.amount("minimum", f.Minimum), WithCode: f.WithCode, RestoreCode: f.WithCode && f.RestoreCode,
		Priority: int(b.count("priority", f.Priority)), Group: f.Group, Exclusive: f.Exclusive, AtCost: f.AtCost,
		Budget: promo.Budget{Uses: b.count("budget.uses", f.BudgetUses), Amount: b.amount("budget.amount", f.BudgetAmount)},
	}
	if f.Together != "" {
		b.spec.Together = int(b.count("together", f.Together))
	}
	if !b.isAny(promo.Gift, promo.PointsMultiplier) {
		b.discounts()
	}
	if b.spec.Audience == promo.Regulars {
		b.spec.Audience = ""
	}
	b.benefit()
	b.goods()
	b.caps()
	b.shops()
	before := len(b.faults)
	if when := b.condition(&f.If, earn.Catalog(earn.Purchase).Fields()); len(b.faults) == before {
		b.spec.Condition = when
	}
	b.check()
	return b.spec, b.errors(pg)
}

// discounts reads what only makes sense of an offer that takes something off.
func (b *offerBuilder) discounts() {
	if b.Recompute {
		b.spec.AfterReturn = promo.Recompute
	}
	if b.MostOff != "" {
		b.spec.MostOff = b.rate("most_off", b.MostOff)
	}
}

// benefit reads only what the kind has.
func (b *offerBuilder) benefit() {
	out := promo.Benefit{Kind: b.kind()}
	if b.isAny(promo.Percent, promo.BuyGet) {
		out.Percent = b.rate("percent", b.Percent)
	}
	switch out.Kind {
	case promo.Amount:
		out.Amount = b.amount("amount", b.Amount)
	case promo.FixedPrice:
		out.Price = b.amount("price", b.Price)
	case promo.CheapestFree, promo.BuyGet:
		out.Buy, out.Get = b.figure("buy", b.Buy, unitDecimals), b.figure("get", b.Get, unitDecimals)
	case promo.Tiered:
		out.Tiers = b.tiers()
	case promo.Gift:
		out.SKU = b.SKU
	case promo.PointsMultiplier:
		out.Rate, out.Wallet = b.rate("rate", b.Rate), b.Wallet
	}
	if b.mayCap() {
		out.Most = b.amount("most", b.Most)
	}
	b.spec.Benefit = out
}

// unitDecimals are those of quantities.
const unitDecimals = 3

// mayCap reports whether the discount can be bounded.
func (f *offerForm) mayCap() bool {
	return !f.isAny("", promo.Amount, promo.Gift, promo.PointsMultiplier)
}

func (b *offerBuilder) tiers() []promo.Tier {
	var tiers []promo.Tier
	for i, t := range b.Tiers {
		from, off := rowField("tier", i, "from"), rowField("tier", i, "off")
		at := fmt.Sprintf("/benefit/tiers/%d", i)
		b.places[at], b.places[at+"/from"] = off, from
		one := promo.Tier{From: b.amount(from, t.From)}
		if t.Unit == unitAmount {
			one.Amount = b.amount(off, t.Off)
		} else {
			one.Percent = b.rate(off, t.Off)
		}
		if one.Amount == 0 && one.Percent.IsZero() && b.faults[off] == nil {
			b.faults[off] = needed()
		}
		tiers = append(tiers, one)
	}
	return tiers
}

func (b *offerBuilder) goods() {
	if !b.ofFees() {
		b.spec.Brands = splitList(b.Brands)
	}
	if b.Goods != goodsChosen && b.Goods != goodsExcept {
		return
	}
	lines := &earn.Lines{SKUs: splitList(b.SKUs), Except: b.Goods == goodsExcept}
	if !b.ofFees() {
		lines.Categories = splitList(b.Categories)
	}
	if len(lines.SKUs)+len(lines.Categories) == 0 {
		b.faults["skus"] = fault.Invalid("rule_no_goods", "name product codes or categories")
	}
	b.spec.Lines = lines
}

func (b *offerBuilder) caps() {
	for i, c := range b.Caps {
		times, amount := rowField("cap", i, "times"), rowField("cap", i, "amount")
		at := fmt.Sprintf("/per_member/%d", i)
		b.places[at], b.places[at+"/period"], b.places[at+"/amount"] = times, rowField("cap", i, "period"), amount
		b.spec.PerMember = append(b.spec.PerMember, promo.Cap{Period: earn.Period(c.Period), Times: b.count(times, c.Times), Amount: b.amount(amount, c.Amount)})
	}
}

func (b *offerBuilder) shops() {
	for i, s := range b.Shops {
		uses, amount := rowField("shop", i, "uses"), rowField("shop", i, "amount")
		at := fmt.Sprintf("/per_shop/%d", i)
		b.places[at], b.places[at+"/uses"], b.places[at+"/period"] = uses, uses, rowField("shop", i, "period")
		b.spec.PerShop = append(b.spec.PerShop, promo.ShopBudget{
			Shop: s.Shop, Period: earn.Period(s.Period), Budget: promo.Budget{Uses: b.count(uses, s.Uses), Amount: b.amount(amount, s.Amount)},
		})
	}
}

// check asks the room whether the spec can be taken as a whole.
func (b *offerBuilder) check() {
	raw, err := json.Marshal(b.spec)
	if err == nil {
		_, err = promo.ParseSpec(raw)
		err = fault.Gather(err, b.spec.Check())
	}
	if err != nil {
		b.failed(err)
	}
}

// showOffer returns the form that stands for a version of an offer.
func showOffer(v *promo.Version, cur money.Currency, typed figures) (*offerForm, error) {
	s, minor := &v.Spec, cur.Decimals()
	sum := func(n int64) string {
		if n == 0 {
			return ""
		}
		return typed.show(n, minor)
	}
	f := &offerForm{
		Name: v.Name, Audience: string(s.Audience), Kind: string(s.Benefit.Kind), Amount: sum(s.Benefit.Amount), Price: sum(s.Benefit.Price),
		Buy: typed.optional(s.Benefit.Buy, unitDecimals), Get: typed.optional(s.Benefit.Get, unitDecimals), SKU: s.Benefit.SKU, Most: sum(s.Benefit.Most),
		Minimum: sum(s.Minimum), WithCode: s.WithCode, RestoreCode: s.RestoreCode, Recompute: s.AfterReturn == promo.Recompute,
		BudgetUses: typed.optional(s.Budget.Uses, 0), BudgetAmount: sum(s.Budget.Amount),
		Priority: typed.optional(int64(s.Priority), 0), Group: s.Group, Exclusive: s.Exclusive, AtCost: s.AtCost, Goods: goodsAll,
		Together: typed.optional(int64(s.Together), 0),
	}
	if !s.MostOff.IsZero() {
		f.MostOff = typed.rate(s.MostOff)
	}
	if f.Audience == "" {
		f.Audience = string(promo.Regulars)
	}
	if !s.Benefit.Percent.IsZero() {
		f.Percent = typed.rate(s.Benefit.Percent)
	}
	for _, t := range s.Benefit.Tiers {
		one := offerTier{From: sum(t.From), Off: sum(t.Amount), Unit: unitAmount}
		if t.Amount == 0 {
			one.Off, one.Unit = typed.rate(t.Percent), unitPercent
		}
		f.Tiers = append(f.Tiers, one)
	}
	if !s.Benefit.Rate.IsZero() {
		f.Rate, f.Wallet = typed.rate(s.Benefit.Rate), s.Benefit.Wallet
	}
	for _, b := range s.PerShop {
		f.Shops = append(f.Shops, offerShop{b.Shop, string(b.Period), typed.optional(b.Uses, 0), sum(b.Amount)})
	}
	for _, c := range s.PerMember {
		f.Caps = append(f.Caps, offerCap{string(c.Period), typed.optional(c.Times, 0), sum(c.Amount)})
	}
	f.showGoods(s)
	var err error
	f.If, err = conditionFormOf(s.Condition, earn.Catalog(earn.Purchase).Fields(), cur, typed)
	return f, err
}

func (f *offerForm) showGoods(s *promo.Spec) {
	f.Brands, _ = joinList(s.Brands)
	if s.Lines == nil {
		return
	}
	f.Goods = goodsChosen
	if s.Lines.Except {
		f.Goods = goodsExcept
	}
	f.SKUs, _ = joinList(s.Lines.SKUs)
	f.Categories, _ = joinList(s.Lines.Categories)
}

// offerStarts are the beginnings that a new offer is offered, the usual one
// first.
var offerStarts = []string{"percent", "bundle", "newcomers", "code", "tiers", "delivery", "points"}

// newOffer returns a form filled with one of the starts.
func newOffer(start string, cur money.Currency, typed figures) *offerForm {
	sum := func(units int64) string { return typed.show(units*cur.Unit(), cur.Decimals()) }
	f := &offerForm{Audience: string(promo.Regulars), Kind: string(promo.Percent), Percent: "10", Goods: goodsAll, If: conditionForm{Join: joinAll}}
	switch start {
	case "bundle":
		f.Kind, f.Percent, f.Buy, f.Get, f.Goods = string(promo.CheapestFree), "", "2", "1", goodsChosen
	case "newcomers":
		f.Audience, f.Percent = string(promo.Newcomers), "15"
	case "code":
		f.Kind, f.Percent, f.Amount, f.Minimum, f.WithCode = string(promo.Amount), "", sum(5), sum(30), true
		f.Caps = []offerCap{{Period: string(earn.Ever), Times: "1"}}
	case "tiers":
		f.Kind, f.Percent = string(promo.Tiered), ""
		f.Tiers = []offerTier{{sum(50), "5", unitPercent}, {sum(100), "10", unitPercent}}
	case "points":
		f.Kind, f.Percent, f.Rate = string(promo.PointsMultiplier), "", "2"
	case "delivery":
		f.Kind, f.Percent, f.Minimum = string(promo.FreeDelivery), "", sum(50)
	}
	return f
}
