package promo

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"

	"regulars/internal/condition"
	"regulars/internal/i18n"
	"regulars/internal/money"
)

// reason is why an offer does not apply: a stable word, and the sentence.
type reason struct {
	why  string
	text i18n.Text
}

// refuse notes why the offer cannot apply.
func (o *offer) refuse(r reason) {
	o.refusal = &Refusal{OfferID: o.terms.offer, VersionID: o.id, Why: r.why, Reason: r.text}
	if o.code != nil {
		o.refusal.Code = o.code.Text
	}
}

// ofCode refuses a code itself.
func ofCode(why string, c *Presented) *Refusal {
	shown := cmp.Or(strings.TrimSpace(c.Typed), c.Text)
	r := &Refusal{Code: c.Text, Why: why, Reason: i18n.Text{Key: "promo.why." + why, Args: map[string]any{"code": shown}}}
	if c.Code != nil {
		r.OfferID = c.Code.OfferID
	}
	return r
}

// texts are the reasons of one version; those that are the same every time are
// made once.
type texts struct {
	name string

	enrolled, newcomer, condition, formula, goods, fees, cost, mostOff, nothing, budget, shopBudget, unearned reason
}

func newTexts(name string) texts {
	t := texts{name: name}
	for why, into := range map[string]*reason{
		"not_enrolled": &t.enrolled, "not_newcomer": &t.newcomer, "condition": &t.condition, "formula": &t.formula,
		"no_goods": &t.goods, "no_delivery": &t.fees, "at_cost": &t.cost, "most_off": &t.mostOff, "nothing_left": &t.nothing, "budget": &t.budget,
		"shop_budget": &t.shopBudget, "no_points": &t.unearned,
	} {
		*into = t.say(why, nil)
	}
	return t
}

func (t *texts) say(why string, args map[string]any) reason {
	all := map[string]any{"offer": t.name}
	maps.Copy(all, args)
	return reason{why, i18n.Text{Key: "promo.why." + why, Args: all}}
}

func (t *texts) noLines(k Kind) reason {
	if k == FreeDelivery {
		return t.fees
	}
	return t.goods
}

// minimum says how much more of the goods is needed.
func (t *texts) minimum(short int64) reason {
	return t.say("below_minimum", map[string]any{"more": short})
}

// units says how many more of the goods are needed.
func (t *texts) units(short int64) reason {
	return t.say("too_few", map[string]any{"more": thousandths(short)})
}

func (t *texts) cap(limit i18n.Text) reason {
	return t.say("cap", map[string]any{"limit": limit})
}

func (t *texts) beside(other string) reason {
	return t.say("exclusive", map[string]any{"other": other})
}

// together says how many offers apply already, which is as many as may.
func (t *texts) together(most int) reason {
	return t.say("together", map[string]any{"most": most})
}

func (t *texts) less(own, others int64) reason {
	return t.say("exclusive_less", map[string]any{"amount": own, "others": others})
}

func (t *texts) group(name, winner string) reason {
	return t.say("group", map[string]any{"group": name, "other": winner})
}

// applied says what an offer that applies has taken off.
func (o *offer) applied(t *taking) i18n.Text {
	args := map[string]any{"offer": o.name, "what": o.what, "amount": t.sum}
	switch {
	case o.spec.Benefit.Kind == Gift:
		delete(args, "amount")
		return i18n.Text{Key: "promo.applied_gift", Args: args}
	case o.spec.Benefit.Kind == PointsMultiplier:
		return o.raised(false)
	case t.cut:
		args["limit"] = o.limits[o.limit]
		return i18n.Text{Key: "promo.applied_cut", Args: args}
	}
	return i18n.Text{Key: "promo.applied", Args: args}
}

// said says a benefit without naming the goods.
func (b *Benefit) said() i18n.Text {
	args := map[string]any{}
	switch b.Kind {
	case Percent:
		args["percent"] = b.Percent.String()
	case Amount:
		args["amount"] = b.Amount
	case FixedPrice:
		args["price"] = b.Price
	case CheapestFree:
		args["units"], args["get"] = thousandths(b.Buy+b.Get), thousandths(b.Get)
	case BuyGet:
		args["units"], args["get"], args["percent"] = thousandths(b.Buy+b.Get), thousandths(b.Get), b.Percent.String()
	case Gift:
		args["sku"] = b.SKU
	case PointsMultiplier:
		args["rate"] = b.Rate.String()
	}
	return i18n.Text{Key: "promo.what." + string(b.Kind), Args: args}
}

// said says a cap: "twice a month", "£10.00 a month".
func (c Cap) said() i18n.Text {
	args := map[string]any{"period": string(c.Period)}
	key := "promo.limit.times"
	if c.Times > 0 {
		args["times"] = c.Times
	}
	if c.Amount > 0 {
		args["amount"] = c.Amount
		key = "promo.limit.amount"
	}
	if c.Times > 0 && c.Amount > 0 {
		key = "promo.limit.both"
	}
	return i18n.Text{Key: key, Args: args}
}

// thousandths writes a quantity as texts print it: a whole number of units, or
// a plain decimal.
func thousandths(n int64) any {
	if n%unit == 0 {
		return n / unit
	}
	return money.NewRate(n, unit).String()
}

// unmet says what is missing where a part of a condition does not hold. What is
// not a plain comparison is only named as the condition.
func unmet(offer string, c condition.Condition) i18n.Text {
	t := i18n.Text{Key: "promo.why.condition", Args: map[string]any{"offer": offer}}
	given := values(c.Value)
	field, known := missing[c.Field]
	equal := c.Op == condition.Eq || c.Op == condition.In || c.Op == condition.Contains
	switch {
	case len(given) == 0:
	case known && equal:
		t.Key += "." + field
		t.Args["n"], t.Args["values"] = len(given), given
	case c.Field == "weekday" && equal:
		t.Key += ".weekday"
		t.Args["values"] = i18n.Text{Key: "promo.days", Args: map[string]any{"days": days(given)}}
	case c.Op == condition.Gte && (c.Field == "sale.goods" || c.Field == "sale.total"):
		t.Key += ".amount"
		t.Args["amount"] = json.Number(given[0])
	}
	return t
}

// missing names the sentences for fields that are compared with one or several
// values.
var missing = map[string]string{
	"rank": "rank", "shop": "shop", "channel": "channel", "tags": "tags",
	"sale.skus": "goods", "sale.categories": "categories",
}

// values reads a value or a list of them as texts; nothing where there is none.
func values(raw json.RawMessage) []string {
	if len(raw) == 0 {
		return nil
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		many = []json.RawMessage{raw}
	}
	out := make([]string, len(many))
	for i, v := range many {
		if json.Unmarshal(v, &out[i]) != nil {
			out[i] = string(v) // a number
		}
	}
	return out
}

// days names days of the week, given as "1" for Monday to "7" for Sunday.
func days(numbers []string) []i18n.Text {
	out := make([]i18n.Text, len(numbers))
	for i, n := range numbers {
		out[i] = i18n.Text{Key: "promo.day", Args: map[string]any{"day": n}}
	}
	return out
}
