package earn

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"regulars/internal/condition"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Names turns codes and identifiers into the names that people know; either
// may be nil.
type Names struct {
	// Value names shops, products, categories, ranks and tags: by the field
	// of the condition and the code.
	Value condition.Names
	// Wallet names a wallet.
	Wallet func(id.ID) string
}

// Describe says what the version does, in sentences: when it applies, what it
// gives, how long the points last, its limits, and how it stands to other
// rules. It fails when the version does not pass Check.
func (v *Version) Describe(p *i18n.Printer, names Names) ([]string, error) {
	c, err := compile(v)
	if err != nil {
		return nil, err
	}
	if names.Value == nil {
		names.Value = func(_, code string) string { return code }
	}
	t := &teller{p, v, names}
	out := []string{t.occasion(c.when)}
	for i := range v.Spec.Effects {
		out = append(out, t.effect(&v.Spec.Effects[i], i == 0))
	}
	out = append(out, t.rounding())
	if names.Wallet != nil {
		out = append(out, p.T("earn.say.wallet", "wallet", names.Wallet(v.Spec.WalletID)))
	}
	out = append(out, t.begin(), t.end())
	return append(out, t.limits()...), nil
}

type teller struct {
	*i18n.Printer
	v     *Version
	names Names
}

func (t *teller) occasion(when *condition.Program) string {
	trigger := t.v.Rule.Trigger
	if t.v.Spec.Condition.IsZero() {
		return t.T("earn.say.always", "trigger", string(trigger))
	}
	return t.T("earn.say.when", "trigger", string(trigger), "condition", when.Explain(t.Printer, t.names.Value))
}

func (t *teller) effect(e *Effect, first bool) string {
	points, rate := shown(e.Points, t.v.Decimals), e.Rate.String()
	switch {
	case e.Kind == Fixed:
		return t.T("earn.say.fixed", "points", points)
	case e.Kind == PerAmount:
		return t.T("earn.say.per_amount", "points", points, "per", e.Per, "basis", string(e.Basis), "lines", t.lines(e.Lines))
	case e.Kind == ProductBonus && e.Points > 0:
		return t.T("earn.say.units", "points", points, "lines", t.lines(e.Lines))
	case e.Kind == ProductBonus:
		return t.T("earn.say.bonus", "rate", rate, "lines", t.lines(e.Lines))
	}
	what := i18n.Text{Key: "earn.say.these"}
	if first {
		what.Key = "earn.say.others"
	}
	if len(e.PerRank) > 0 {
		return t.T("earn.say.ranks", "what", what, "ranks", t.ranks(e), "rate", e.others().String())
	}
	return t.T("earn.say.times", "what", what, "rate", rate)
}

// lines says which goods an effect chooses.
func (t *teller) lines(l *Lines) string {
	if l == nil {
		return ""
	}
	var list []string
	for _, code := range l.SKUs {
		list = append(list, t.names.Value("sale.skus", code))
	}
	for _, code := range l.Categories {
		list = append(list, t.T("earn.say.category", "category", t.names.Value("sale.categories", code)))
	}
	if l.Except {
		return t.T("earn.say.except", "list", t.List(list))
	}
	return t.T("earn.say.goods", "list", t.List(list))
}

// ranks lists the rates of a multiplier, the highest first.
func (t *teller) ranks(e *Effect) string {
	codes := slices.SortedFunc(maps.Keys(e.PerRank), func(a, b string) int {
		return cmp.Or(ratio(e.PerRank[b]).Cmp(ratio(e.PerRank[a])), cmp.Compare(a, b))
	})
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = t.T("earn.say.rank", "rank", t.names.Value("rank", code), "rate", e.PerRank[code].String())
	}
	return t.List(list)
}

func ratio(r money.Rate) *big.Rat { return big.NewRat(r.Num(), r.Den()) }

func (t *teller) rounding() string {
	how := t.v.Spec.Rounding
	if how == "" {
		how = money.Floor
	}
	return t.T("earn.say.rounding", "how", string(how))
}

const dayHours = 24

// begin says when the points can be used; whole days are said as days.
func (t *teller) begin() string {
	hours, unit := t.v.Spec.Activation.Hours, "hours"
	if hours%dayHours == 0 {
		hours, unit = hours/dayHours, "days"
	}
	return t.T("earn.say.usable", "n", hours, "unit", unit)
}

func (t *teller) end() string {
	e := t.v.Spec.Expiry
	n, unit := e.Months, "months"
	switch {
	case e.Months > 0 && e.Months%12 == 0:
		n, unit = e.Months/12, "years"
	case e.Days > 0:
		n, unit = e.Days, "days"
	}
	if n == 0 {
		return t.T("earn.say.lasting")
	}
	when := "clock"
	if e.EndOfDay {
		when = "day"
	}
	return t.T("earn.say.expires", "span", i18n.Text{Key: "earn.say.span", Args: map[string]any{"n": n, "unit": unit}}, "when", when)
}

// limits says caps, budget, group and priority.
func (t *teller) limits() []string {
	s := &t.v.Spec
	var out []string
	for _, c := range s.Caps {
		out = append(out, t.T("earn.say.cap", "limit", c.text(t.v.Decimals)))
	}
	if s.Budget.Points > 0 {
		out = append(out, t.T("earn.say.budget", "points", shown(s.Budget.Points, t.v.Decimals)))
	}
	if s.Group != "" {
		out = append(out, t.T("earn.say.group", "group", s.Group))
	}
	if s.Priority != 0 {
		out = append(out, t.T("earn.say.priority", "priority", s.Priority))
	}
	return out
}
