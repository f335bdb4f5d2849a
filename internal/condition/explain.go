package condition

import "regulars/internal/i18n"

// Names turns the code that a field is compared with into the name that
// people know: a shop's, a product's, a rank's. It returns the code itself
// where there is none.
type Names func(field, code string) string

// Explain says the condition in words, as a clause without capital and full
// stop: "the sale is at least £20.00 and the shop is Leeds or York". Names may
// be nil.
func (p *Program) Explain(pr *i18n.Printer, names Names) string {
	if names == nil {
		names = func(_, code string) string { return code }
	}
	return p.root.words(&teller{pr, names})
}

type teller struct {
	*i18n.Printer
	names Names
}

func (always) words(t *teller) string { return t.T("condition.always") }

func (list allOf) words(t *teller) string { return t.List(t.clauses(list)) }

func (list anyOf) words(t *teller) string { return t.Either(t.clauses(list)) }

func (e *formula) words(t *teller) string { return t.T("condition.formula", "text", e.text) }

// clauses says each part, with brackets where it is a group of its own.
func (t *teller) clauses(list []term) []string {
	out := make([]string, len(list))
	for i, part := range list {
		out[i] = part.words(t)
		if len(list) > 1 && grouped(part) {
			out[i] = t.T("condition.group", "text", out[i])
		}
	}
	return out
}

func grouped(part term) bool {
	switch part := part.(type) {
	case allOf:
		return len(part) > 1
	case anyOf:
		return len(part) > 1
	}
	return false
}

// words says the opposite of a test by the opposite comparison where there is
// one, and of anything else by "it is not so that".
func (n not) words(t *teller) string {
	if inner, ok := n.of.(*test); ok {
		if opposite, ok := inner.opposite(); ok {
			return opposite.words(t)
		}
	}
	return t.T("condition.not", "text", n.of.words(t))
}

var opposites = map[Op]Op{Eq: Ne, Ne: Eq, In: NotIn, NotIn: In}

// opposite returns the test that holds exactly where this one does not.
func (t *test) opposite() (*test, bool) {
	turned := *t
	if t.op == Exists {
		turned.flag = !t.flag
		return &turned, true
	}
	op, ok := opposites[t.op]
	turned.op = op
	return &turned, ok && t.field.Type != Flag
}

func (t *test) words(to *teller) string {
	switch t.field.Type {
	case Flag:
		return to.T(t.field.Label + map[bool]string{true: ".yes", false: ".no"}[t.flag])
	case Set:
		return t.setWords(to)
	}
	field := to.T(t.field.Label, "name", t.attribute)
	if t.op == Exists {
		return to.T(map[bool]string{true: "condition.known", false: "condition.unknown"}[t.flag], "field", field)
	}
	values := t.values(to)
	if t.op == Between {
		return to.T(t.key(), "field", field, "low", values[0], "high", values[1])
	}
	return to.T(t.key(), "field", field, "value", to.join(t.op, values), "several", len(values))
}

func (t *test) setWords(to *teller) string {
	form := ".has"
	if t.op == NotIn {
		form = ".lacks"
	}
	return to.T(t.field.Label+form, "value", to.Either(t.values(to)))
}

// key returns the key of the comparison in words; times are before and after
// rather than less and more.
func (t *test) key() string {
	if t.field.Type == Clock || t.field.Type == Date {
		return "condition.time." + string(t.op)
	}
	return "condition." + string(t.op)
}

func (t *teller) join(op Op, values []string) string {
	if op == NotIn {
		return t.List(values)
	}
	return t.Either(values)
}

func (t *test) values(to *teller) []string {
	out := make([]string, 0, len(t.ints)+len(t.texts))
	for _, n := range t.ints {
		out = append(out, to.number(t.field.Type, n))
	}
	for _, s := range t.texts {
		out = append(out, to.names(t.field.Name, s))
	}
	return out
}

func (t *teller) number(kind Type, n int64) string {
	switch kind {
	case Money:
		return t.Money(n, "")
	case Weekday:
		return t.Weekday(int(n))
	case Clock:
		return clockOf(n)
	case Date:
		d := dayOf(n)
		return t.Civil(d.Year(), d.Month(), d.Day())
	}
	return t.Number(n)
}
