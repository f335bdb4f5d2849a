package earn

import (
	"maps"
	"math/big"
	"slices"

	"regulars/internal/condition"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Limits of one version.
const (
	// MaxSpec bounds the JSON of a spec, in bytes.
	MaxSpec = 128 << 10
	// MaxEffects and MaxCaps bound what a version lists.
	MaxEffects = 10
	MaxCaps    = 10

	maxPriority = 1000
	maxCode     = 100 // bytes of a product, category, rank or group
	maxLines    = 1000
	maxRanks    = 50
	maxHours    = 10 * 366 * 24
	maxMonths   = 1200
	maxDays     = 36600
	maxPoints   = money.MaxMinor
)

// ParseSpec reads what a manager writes strictly: unknown and repeated names,
// wrong kinds of value and whatever passes the limits are refused with the
// JSON pointer of the place. json.Marshal of what it returns is canonical:
// reading that gives the same again. Whether the parts fit each other and the
// trigger is for Check to say.
func ParseSpec(raw []byte) (Spec, error) {
	return ReadSpec(raw, func(name string) (id.ID, error) { return id.Parse(id.Wallet, name) })
}

// ReadSpec reads as ParseSpec does what somebody sends who may name the wallet
// in other ways than by its id: wallet says which one is meant, or a fault without
// a place.
func ReadSpec(raw []byte, wallet func(name string) (id.ID, error)) (Spec, error) {
	n, err := condition.Read(raw, MaxSpec)
	if err != nil {
		return Spec{}, err
	}
	var s Spec
	err = object(n,
		custom("wallet", func(n condition.Node) error { return s.readWallet(n, wallet) }),
		number("priority", &s.Priority, -maxPriority, maxPriority),
		text("group", &s.Group),
		custom("condition", s.readCondition),
		list("effects", &s.Effects, MaxEffects, parseEffect),
		text("rounding", &s.Rounding),
		custom("activation", func(n condition.Node) error { return object(n, number("hours", &s.Activation.Hours, 0, maxHours)) }),
		custom("expiry", s.Expiry.read),
		list("caps", &s.Caps, MaxCaps, parseCap),
		custom("budget", func(n condition.Node) error { return object(n, number("points", &s.Budget.Points, 1, maxPoints)) }),
	)
	return s, err
}

// member is one name of an object and what reads its value.
type member struct {
	name string
	read func(condition.Node) error
}

// object reads those members that are given, in the order listed.
func object(n condition.Node, members ...member) error {
	known := make([]string, len(members))
	for i, m := range members {
		known[i] = m.name
	}
	given, err := n.Object(known...)
	if err != nil {
		return err
	}
	for _, m := range members {
		if value, ok := given[m.name]; ok {
			if err := m.read(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func custom(name string, read func(condition.Node) error) member { return member{name, read} }

func number[T ~int | ~int64](name string, into *T, least, most int64) member {
	return member{name, func(n condition.Node) error {
		v, err := n.Int(least, most)
		*into = T(v)
		return err
	}}
}

func text[T ~string](name string, into *T) member {
	return member{name, func(n condition.Node) error {
		s, err := n.Text(maxCode)
		*into = T(s)
		return err
	}}
}

func list[T any](name string, into *[]T, most int, one func(condition.Node) (T, error)) member {
	return member{name, func(n condition.Node) error {
		nodes, err := n.List(most)
		if err != nil {
			return err
		}
		for _, n := range nodes {
			v, err := one(n)
			if err != nil {
				return err
			}
			*into = append(*into, v)
		}
		return nil
	}}
}

func (s *Spec) readWallet(n condition.Node, wallet func(string) (id.ID, error)) error {
	name, err := n.Text(maxCode)
	if err != nil {
		return err
	}
	s.WalletID, err = wallet(name)
	return n.In(err)
}

func (s *Spec) readCondition(n condition.Node) (err error) {
	s.Condition, err = condition.Parse(n.Raw())
	return n.In(err)
}

func (e *Expiry) read(n condition.Node) error {
	return object(n,
		number("months", &e.Months, 1, maxMonths),
		number("days", &e.Days, 1, maxDays),
		custom("end_of_day", func(n condition.Node) (err error) { e.EndOfDay, err = n.Flag(); return err }),
	)
}

func parseCap(n condition.Node) (Cap, error) {
	var c Cap
	err := object(n,
		text("period", &c.Period),
		number("points", &c.Points, 1, maxPoints),
		number("times", &c.Times, 1, maxPoints),
	)
	return c, err
}

func parseEffect(n condition.Node) (Effect, error) {
	var e Effect
	err := object(n,
		text("kind", &e.Kind),
		number("points", &e.Points, 1, maxPoints),
		number("per", &e.Per, 1, money.MaxMinor),
		text("basis", &e.Basis),
		custom("lines", e.readLines),
		custom("rate", func(n condition.Node) error { return readRate(n, &e.Rate) }),
		custom("per_rank", e.readRanks),
	)
	return e, err
}

func (e *Effect) readLines(n condition.Node) error {
	e.Lines = &Lines{}
	code := func(n condition.Node) (string, error) { return n.Text(maxCode) }
	return object(n,
		list("skus", &e.Lines.SKUs, maxLines, code),
		list("categories", &e.Lines.Categories, maxLines, code),
		custom("except", func(n condition.Node) (err error) { e.Lines.Except, err = n.Flag(); return err }),
	)
}

// readRanks reads an object whose names are codes of ranks.
func (e *Effect) readRanks(n condition.Node) error {
	ranks, err := n.Members(maxRanks)
	if err != nil {
		return err
	}
	e.PerRank = make(map[string]money.Rate, len(ranks))
	for _, code := range slices.Sorted(maps.Keys(ranks)) {
		var r money.Rate
		if err := readRate(ranks[code], &r); err != nil {
			return err
		}
		e.PerRank[code] = r
	}
	return nil
}

// readRate reads a rate written as text, so that nobody makes a float of it.
func readRate(n condition.Node, into *money.Rate) error {
	s, err := n.Text(maxCode)
	if err != nil {
		return err
	}
	r, err := money.ParseRate(s)
	if err != nil {
		return n.In(err)
	}
	if r.Num() < 0 || ratio(r).Cmp(big.NewRat(maxRate, 1)) > 0 {
		return fault.Invalid("rule_rate_range", "a rate must be between 0 and %d", maxRate).At(n.Pointer()).With("most", maxRate)
	}
	*into = r
	return nil
}

// maxRate bounds multipliers.
const maxRate = 1000
