package promo

import (
	"strings"

	"regulars/internal/condition"
	"regulars/internal/i18n"
)

// Summary says what the version does in one sentence: what it takes off, of
// what, for whom, when, and within which limits. Names turns codes of shops,
// products, categories, brands, ranks and tags into the names that people know;
// it may be nil. It fails when the version does not pass Check.
func (v *Version) Summary(p *i18n.Printer, names condition.Names) (string, error) {
	t, err := compile(v)
	if err != nil {
		return "", err
	}
	return (&teller{p, t, orCodes(names)}).summary()
}

// orCodes names everything by its code where there are no names.
func orCodes(names condition.Names) condition.Names {
	if names == nil {
		return func(_, code string) string { return code }
	}
	return names
}

// Describe says in sentences what the version does: its summary, its limits
// over all members, and how it stands to other offers.
func (v *Version) Describe(p *i18n.Printer, names condition.Names) ([]string, error) {
	first, err := v.Summary(p, names)
	if err != nil {
		return nil, err
	}
	return append([]string{first}, v.Spec.rest(p, orCodes(names))...), nil
}

// rest says what the summary leaves out.
func (s *Spec) rest(p *i18n.Printer, names condition.Names) []string {
	var out []string
	say := func(when bool, key string, args ...any) {
		if when {
			out = append(out, p.T(key, args...))
		}
	}
	say(s.Budget.Uses > 0, "promo.say.budget_uses", "uses", s.Budget.Uses)
	say(s.Budget.Amount > 0, "promo.say.budget_amount", "amount", s.Budget.Amount)
	for _, b := range s.PerShop {
		limit := Cap{b.Period, b.Uses, b.Amount}.said()
		say(b.Shop == "", "promo.say.each_shop", "limit", limit)
		say(b.Shop != "", "promo.say.shop", "shop", names("shop", b.Shop), "limit", limit)
	}
	say(s.AtCost, "promo.say.at_cost")
	say(!s.MostOff.IsZero(), "promo.say.most_off", "percent", s.MostOff.String())
	say(s.Group != "", "promo.say.group", "group", s.Group)
	say(s.Exclusive, "promo.say.exclusive")
	say(s.Together > 0, "promo.say.together", "most", s.Together)
	say(s.Priority != 0, "promo.say.priority", "priority", s.Priority)
	say(s.AfterReturn == Recompute, "promo.say.recompute")
	say(s.RestoreCode, "promo.say.restore_code")
	return out
}

type teller struct {
	*i18n.Printer
	*terms
	names condition.Names
}

// summary puts the sentence together; the clauses begin with the space or the
// comma that joins them.
func (t *teller) summary() (string, error) {
	var b strings.Builder
	b.WriteString(t.benefit())
	say := func(when bool, key string, args ...any) {
		if when {
			b.WriteString(t.T(key, args...))
		}
	}
	say(t.spec.Audience == Newcomers, "promo.say.newcomers")
	rest, err := t.occasions(say)
	if err != nil {
		return "", err
	}
	say(t.spec.WithCode, "promo.say.with_code")
	say(t.spec.Minimum > 0, "promo.say.minimum", "minimum", t.spec.Minimum)
	say(t.spec.Benefit.Most > 0, "promo.say.most", "most", t.spec.Benefit.Most)
	for _, limit := range t.limits {
		say(true, "promo.say.limit", "limit", limit)
	}
	say(rest != nil, "promo.say.when", "condition", t.explain(rest))
	return b.String() + ".", nil
}

func (t *teller) explain(p *condition.Program) string {
	if p == nil {
		return ""
	}
	return p.Explain(t.Printer, t.names)
}

// occasions says ranks and days of the week, which have phrases of their own,
// and returns what is left of the condition; nil for nothing.
func (t *teller) occasions(say func(bool, string, ...any)) (*condition.Program, error) {
	var rest []condition.Condition
	var ranks []string
	var weekdays []i18n.Text
	for _, c := range conjuncts(t.spec.Condition) {
		given := values(c.Value)
		ok := len(given) > 0 && (c.Op == condition.Eq || c.Op == condition.In)
		switch {
		case ok && c.Field == "rank" && ranks == nil:
			for _, code := range given {
				ranks = append(ranks, t.T("promo.say.name", "name", t.names("rank", code)))
			}
		case ok && c.Field == "weekday" && weekdays == nil:
			weekdays = days(given)
		default:
			rest = append(rest, c)
		}
	}
	say(ranks != nil, "promo.say.ranks", "ranks", t.Either(ranks))
	say(weekdays != nil, "promo.say.weekdays", "days", i18n.Text{Key: "promo.days", Args: map[string]any{"days": weekdays}})
	if rest == nil {
		return nil, nil
	}
	return compileCondition(condition.Condition{All: rest})
}

// benefit says what is taken off, and of what.
func (t *teller) benefit() string {
	b := &t.spec.Benefit
	args := []any{"goods", t.goods()}
	for name, value := range t.what.Args {
		args = append(args, name, value)
	}
	switch b.Kind {
	case Tiered:
		args = append(args, "tiers", t.tiers())
	case Gift:
		args = append(args, "name", t.names("sale.skus", b.SKU))
	}
	said := t.T("promo.say."+string(b.Kind), args...)
	if b.Wallet != "" {
		said += t.T("promo.say.wallet", "wallet", t.names("wallet", b.Wallet))
	}
	return said
}

func (t *teller) tiers() string {
	list := make([]string, len(t.spec.Benefit.Tiers))
	for i, tier := range t.spec.Benefit.Tiers {
		if tier.Amount > 0 {
			list[i] = t.T("promo.say.tier_amount", "amount", tier.Amount, "from", tier.From)
		} else {
			list[i] = t.T("promo.say.tier_percent", "percent", tier.Percent.String(), "from", tier.From)
		}
	}
	return t.List(list)
}

// goods says which goods the offer is about.
func (t *teller) goods() string {
	var list []string
	if l := t.spec.Lines; l != nil {
		for _, code := range l.SKUs {
			list = append(list, t.T("promo.say.name", "name", t.names("sale.skus", code)))
		}
		for _, code := range l.Categories {
			list = append(list, t.T("promo.say.name", "name", t.names("sale.categories", code)))
		}
	}
	said := t.T("promo.say.all")
	switch {
	case list == nil:
	case t.spec.Lines.Except:
		said = t.T("promo.say.except", "list", t.List(list))
	default:
		said = t.List(list)
	}
	if t.spec.Brands == nil {
		return said
	}
	brands := make([]string, len(t.spec.Brands))
	for i, b := range t.spec.Brands {
		brands[i] = t.T("promo.say.name", "name", b)
	}
	return t.T("promo.say.brands", "goods", said, "brands", t.Either(brands), "n", len(brands))
}
