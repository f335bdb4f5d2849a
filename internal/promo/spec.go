package promo

import (
	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/money"
)

// Limits of one version.
const (
	// MaxSpec bounds the JSON of a spec, in bytes.
	MaxSpec = 128 << 10
	// MaxTiers and MaxCaps bound what a version lists.
	MaxTiers = 20
	MaxCaps  = 10
	// MaxShopBudgets bounds the budgets of shops.
	MaxShopBudgets = 500

	maxPriority = 1000
	maxTogether = 100
	maxWord     = 100 // bytes of a product, category, brand or group
	maxChosen   = 1000
	maxUnits    = 1_000_000_000 // thousandths of a unit
	maxFine     = 10_000        // the largest denominator of a percentage or a multiplier
	maxRate     = 100           // by which points are multiplied at most
	hundred     = 100
)

// ParseSpec reads what a manager writes strictly: unknown and repeated names,
// wrong kinds of value and whatever passes the limits are refused with the JSON
// pointers of all such places. json.Marshal of what it returns is canonical: reading
// that gives the same again. Whether the parts fit each other is for Check to
// say.
func ParseSpec(raw []byte) (Spec, error) {
	n, err := condition.Read(raw, MaxSpec)
	if err != nil {
		return Spec{}, err
	}
	var s Spec
	err = object(n,
		word("audience", &s.Audience),
		part("lines", s.readLines),
		list("brands", &s.Brands, maxChosen, readCode),
		part("condition", s.readCondition),
		whole("minimum", &s.Minimum, 1, money.MaxMinor),
		part("benefit", s.Benefit.read),
		flag("with_code", &s.WithCode),
		whole("priority", &s.Priority, -maxPriority, maxPriority),
		word("group", &s.Group),
		flag("exclusive", &s.Exclusive),
		whole("together", &s.Together, 1, maxTogether),
		flag("at_cost", &s.AtCost),
		percent("most_off", &s.MostOff),
		list("per_member", &s.PerMember, MaxCaps, readCap),
		part("budget", s.Budget.read),
		list("per_shop", &s.PerShop, MaxShopBudgets, readShopBudget),
		flag("restore_code", &s.RestoreCode),
		word("after_return", &s.AfterReturn),
	)
	return s, err
}

// UnmarshalJSON reads the spec as ParseSpec does.
func (s *Spec) UnmarshalJSON(raw []byte) error {
	parsed, err := ParseSpec(raw)
	*s = parsed
	return err
}

// field is one name of an object and what reads its value.
type field struct {
	name string
	read func(condition.Node) error
}

// object reads those fields that are given, in the order listed, and gathers
// what is wrong with them.
func object(n condition.Node, fields ...field) error {
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.name
	}
	given, err := n.Object(known...)
	if err != nil {
		return err
	}
	var found []error
	for _, f := range fields {
		if value, ok := given[f.name]; ok {
			found = append(found, f.read(value))
		}
	}
	return fault.Gather(found...)
}

func part(name string, read func(condition.Node) error) field { return field{name, read} }

func flag(name string, into *bool) field {
	return field{name, func(n condition.Node) (err error) { *into, err = n.Flag(); return err }}
}

func whole[T ~int | ~int64](name string, into *T, least, most int64) field {
	return field{name, func(n condition.Node) error {
		v, err := n.Int(least, most)
		*into = T(v)
		return err
	}}
}

func word[T ~string](name string, into *T) field {
	return field{name, func(n condition.Node) error {
		s, err := n.Text(maxWord)
		*into = T(s)
		return err
	}}
}

func list[T any](name string, into *[]T, most int, one func(condition.Node) (T, error)) field {
	return field{name, func(n condition.Node) error {
		nodes, err := n.List(most)
		found := []error{err}
		for _, node := range nodes {
			v, err := one(node)
			*into, found = append(*into, v), append(found, err)
		}
		return fault.Gather(found...)
	}}
}

func readCode(n condition.Node) (string, error) { return n.Text(maxWord) }

func (s *Spec) readLines(n condition.Node) error {
	s.Lines = &earn.Lines{}
	return object(n,
		list("skus", &s.Lines.SKUs, maxChosen, readCode),
		list("categories", &s.Lines.Categories, maxChosen, readCode),
		flag("except", &s.Lines.Except),
	)
}

func (s *Spec) readCondition(n condition.Node) (err error) {
	s.Condition, err = condition.Parse(n.Raw())
	return n.In(err)
}

func (b *Budget) read(n condition.Node) error {
	return object(n, whole("uses", &b.Uses, 1, money.MaxMinor), whole("amount", &b.Amount, 1, money.MaxMinor))
}

func readShopBudget(n condition.Node) (ShopBudget, error) {
	var b ShopBudget
	err := object(n,
		word("shop", &b.Shop),
		word("period", &b.Period),
		whole("uses", &b.Uses, 1, money.MaxMinor),
		whole("amount", &b.Amount, 1, money.MaxMinor),
	)
	return b, err
}

func readCap(n condition.Node) (Cap, error) {
	var c Cap
	err := object(n,
		word("period", &c.Period),
		whole("times", &c.Times, 1, money.MaxMinor),
		whole("amount", &c.Amount, 1, money.MaxMinor),
	)
	return c, err
}

func (b *Benefit) read(n condition.Node) error {
	return object(n,
		word("kind", &b.Kind),
		percent("percent", &b.Percent),
		whole("amount", &b.Amount, 1, money.MaxMinor),
		whole("price", &b.Price, 1, money.MaxMinor),
		whole("buy", &b.Buy, 1, maxUnits),
		whole("get", &b.Get, 1, maxUnits),
		list("tiers", &b.Tiers, MaxTiers, readTier),
		word("sku", &b.SKU),
		rate("rate", &b.Rate, checkRate),
		word("wallet", &b.Wallet),
		whole("most", &b.Most, 1, money.MaxMinor),
	)
}

func readTier(n condition.Node) (Tier, error) {
	var t Tier
	err := object(n,
		whole("from", &t.From, 1, money.MaxMinor),
		whole("amount", &t.Amount, 1, money.MaxMinor),
		percent("percent", &t.Percent),
	)
	return t, err
}

// percent reads a percentage.
func percent(name string, into *money.Rate) field { return rate(name, into, checkPercent) }

// rate reads a fraction written as text, so that nobody makes a float of it.
func rate(name string, into *money.Rate, check func(money.Rate) *fault.Error) field {
	return field{name, func(n condition.Node) error {
		s, err := n.Text(maxWord)
		if err != nil {
			return err
		}
		r, err := money.ParseRate(s)
		if err != nil {
			return n.In(err)
		}
		if err := check(r); err != nil {
			return err.At(n.Pointer())
		}
		*into = r
		return nil
	}}
}

func checkPercent(r money.Rate) *fault.Error {
	if r.Num() <= 0 || r.Den() > maxFine || r.Num() > hundred*r.Den() {
		return fault.Invalid("offer_percent", "a percentage is above 0 and at most 100, with up to 4 decimals: 20 is 20 %%")
	}
	return nil
}

func checkRate(r money.Rate) *fault.Error {
	if r.Num() <= r.Den() || r.Den() > maxFine || r.Num() > maxRate*r.Den() {
		return fault.Invalid("offer_rate", "points are multiplied by more than 1 and at most 100, with up to 4 decimals: 2 doubles them")
	}
	return nil
}
