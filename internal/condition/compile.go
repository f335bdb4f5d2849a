package condition

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// Program is a condition that has been checked against a catalogue. It does
// not change and is safe for concurrent use.
type Program struct{ root term }

// term is a compiled part of a condition.
type term interface {
	match(f Facts) (bool, error)
	words(t *teller) string
	sql(s *selector) (string, error)
}

type (
	always struct{}
	allOf  []term
	anyOf  []term
	not    struct{ of term }
)

// Compile checks the condition against the catalogue: that its fields are
// there, that they take the comparison, and that the values fit. A mistake is
// told with the JSON pointer of its place.
func Compile(c Condition, catalog *Catalog) (*Program, error) {
	if c.IsZero() {
		return &Program{always{}}, nil
	}
	root, err := compile(c, catalog, "")
	if err != nil {
		return nil, err
	}
	return &Program{root}, nil
}

func compile(c Condition, catalog *Catalog, at string) (term, error) {
	f, err := c.checkForm(at)
	if err != nil {
		return nil, err
	}
	switch f {
	case formAll:
		list, err := compileAll(c.All, catalog, at+"/all/")
		return allOf(list), err
	case formAny:
		list, err := compileAll(c.Any, catalog, at+"/any/")
		return anyOf(list), err
	case formNot:
		inner, err := compile(*c.Not, catalog, at+"/not")
		return not{inner}, err
	case formCEL:
		return compileFormula(c.CEL, catalog, at+"/cel")
	}
	return compileTest(c, catalog, at)
}

func compileAll(list []Condition, catalog *Catalog, at string) ([]term, error) {
	terms := make([]term, len(list))
	for i, c := range list {
		t, err := compile(c, catalog, at+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		terms[i] = t
	}
	return terms, nil
}

// test compares one field with values.
type test struct {
	field     Field
	attribute string // of Attributes
	op        Op
	ints      []int64
	texts     []string
	flag      bool
}

func compileTest(c Condition, catalog *Catalog, at string) (term, error) {
	field, attribute, ok := catalog.find(c.Field)
	if !ok {
		return nil, fault.Invalid("condition_unknown_field", "there is no field %q; known are %s", clip(c.Field), catalog.names()).
			At(at+"/field").With("field", clip(c.Field)).With("known", catalog.names())
	}
	ops := opsOf[field.Type]
	if !slices.Contains(ops, c.Op) {
		return nil, fault.Invalid("condition_op_unfit", "%s cannot be compared by %q; it takes %s", field.Name, c.Op, names(ops)).
			At(at+"/op").With("field", field.Name).With("op", string(c.Op)).With("known", names(ops))
	}
	t := &test{field: field, attribute: attribute, op: c.Op}
	return t, t.read(Node{raw: c.Value, at: at + "/value"})
}

// read takes the values that the comparison needs.
func (t *test) read(n Node) error {
	if len(n.raw) == 0 {
		return fault.Invalid("condition_no_value", "give the value to compare with").At(n.at)
	}
	switch t.op {
	case Exists:
		return t.readFlag(n)
	case In, NotIn:
		return t.readList(n, 1, MaxList)
	case Between:
		return t.readRange(n)
	}
	if t.field.Type == Flag {
		return t.readFlag(n)
	}
	return t.readOne(n)
}

func (t *test) readFlag(n Node) (err error) {
	t.flag, err = n.Flag()
	return err
}

func (t *test) readList(n Node, least, most int) error {
	list, err := n.List(most)
	if err != nil {
		return err
	}
	if len(list) < least {
		return fault.Invalid("condition_range", "give two values, the lower first").At(n.at)
	}
	for _, e := range list {
		if err := t.readOne(e); err != nil {
			return err
		}
	}
	return nil
}

// readRange reads two ends. Only what goes round, as the days of a week and
// the hours of a day, may end before it begins.
func (t *test) readRange(n Node) error {
	if err := t.readList(n, 2, 2); err != nil {
		return err
	}
	if t.ints[0] > t.ints[1] && t.field.Type != Weekday && t.field.Type != Clock {
		return fault.Invalid("condition_range", "the lower value must come first").At(n.at)
	}
	return nil
}

func (t *test) readOne(n Node) error {
	if t.textual() {
		s, err := t.readText(n)
		t.texts = append(t.texts, s)
		return err
	}
	v, err := readInt(n, t.field.Type)
	t.ints = append(t.ints, v)
	return err
}

// textual reports whether the test compares texts rather than numbers.
func (t *test) textual() bool {
	switch t.field.Type {
	case Text, Set:
		return true
	case Attributes:
		return !slices.Contains([]Op{Lt, Lte, Gt, Gte, Between}, t.op)
	}
	return false
}

// readText also takes a whole number where an attribute is compared, since
// attributes are kept as texts.
func (t *test) readText(n Node) (string, error) {
	if t.field.Type == Attributes && !n.is('"') {
		v, err := n.Int(-money.MaxMinor, money.MaxMinor)
		return strconv.FormatInt(v, 10), err
	}
	return n.Text(maxText)
}

func readInt(n Node, t Type) (int64, error) {
	switch t {
	case Weekday:
		return n.Int(1, 7)
	case Clock:
		at, err := readTime(n, "15:04", "clock")
		return int64(at.Hour()*60 + at.Minute()), err
	case Date:
		at, err := readTime(n, time.DateOnly, "date")
		return Days(at), err
	}
	return n.Int(-money.MaxMinor, money.MaxMinor)
}

func readTime(n Node, layout, wanted string) (time.Time, error) {
	s, err := n.Text(maxText)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(layout, s)
	if err != nil || strings.TrimSpace(s) != at.Format(layout) {
		return time.Time{}, n.wrong(wanted)
	}
	return at, nil
}

const day = 24 * 60 * 60

// Days returns the days from 1970-01-01 to the date that t shows on its wall
// clock, as a Date is kept.
func Days(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / day
}

func dayOf(days int64) time.Time { return time.Unix(days*day, 0).UTC() }

func clockOf(minutes int64) string {
	return time.Unix(minutes*60, 0).UTC().Format("15:04")
}
