package condition_test

import (
	"testing"

	"regulars/internal/condition"
	"regulars/internal/fault"
)

// catalog declares one field of each type, under labels that exist.
func catalog(t testing.TB) *condition.Catalog {
	t.Helper()
	c, err := condition.NewCatalog(
		condition.Field{Name: "sale.total", Type: condition.Money, Label: "earn.field.total", Column: "f.total"},
		condition.Field{Name: "nth", Type: condition.Number, Label: "earn.field.nth", Column: "f.nth"},
		condition.Field{Name: "weekday", Type: condition.Weekday, Label: "earn.field.weekday", Column: "f.weekday"},
		condition.Field{Name: "clock", Type: condition.Clock, Label: "earn.field.clock", Column: "f.clock"},
		condition.Field{Name: "date", Type: condition.Date, Label: "earn.field.date", Column: "f.date"},
		condition.Field{Name: "shop", Type: condition.Text, Label: "earn.field.shop", Column: "f.shop"},
		condition.Field{Name: "tags", Type: condition.Set, Label: "earn.field.tags", Column: "SELECT g.tag FROM tag g"},
		condition.Field{Name: "first", Type: condition.Flag, Label: "earn.field.first", Column: "f.first"},
		condition.Field{Name: "attr", Type: condition.Attributes, Label: "earn.field.attr"},
	)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// facts are what is known, by the name of the field.
type facts map[string]condition.Value

func (f facts) Fact(name string) (condition.Value, bool) {
	v, ok := f[name]
	return v, ok
}

func compiled(t testing.TB, raw string) *condition.Program {
	t.Helper()
	c, err := condition.Parse([]byte(raw))
	if err != nil {
		t.Fatalf("parsing %s: %v", raw, err)
	}
	p, err := condition.Compile(c, catalog(t))
	if err != nil {
		t.Fatalf("compiling %s: %v", raw, err)
	}
	return p
}

// refusal checks that err is a fault of that code at that place.
func refusal(t *testing.T, err error, code, at string) {
	t.Helper()
	f := fault.As(err)
	if f == nil {
		t.Fatalf("got %v, want fault %s at %q", err, code, at)
	}
	if f.Code != code || f.Field != at {
		t.Errorf("got %s at %q (%s), want %s at %q", f.Code, f.Field, f.Message, code, at)
	}
}

func TestCatalogRefusesFieldsThatCannotBeAsked(t *testing.T) {
	for name, fields := range map[string][]condition.Field{
		"twice":               {{Name: "shop", Type: condition.Text}, {Name: "shop", Type: condition.Number}},
		"no type":             {{Name: "shop"}},
		"unknown type":        {{Name: "shop", Type: 99}},
		"no name":             {{Type: condition.Text}},
		"capitals":            {{Name: "Shop", Type: condition.Text}},
		"three words":         {{Name: "a.b.c", Type: condition.Text}},
		"attributes of two":   {{Name: "a.b", Type: condition.Attributes}},
		"attributes selected": {{Name: "a", Type: condition.Attributes, Column: "x"}},
	} {
		if _, err := condition.NewCatalog(fields...); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func TestTypesNameThemselvesAndWhatTheyTake(t *testing.T) {
	for kind := condition.Number; kind <= condition.Attributes; kind++ {
		if kind.String() == "unknown" || len(kind.Ops()) == 0 {
			t.Errorf("type %d is called %q and takes %v", kind, kind, kind.Ops())
		}
	}
	if got := condition.Type(200).String(); got != "unknown" {
		t.Errorf("type 200 is called %q", got)
	}
	if n := len(catalog(t).Fields()); n != 9 {
		t.Errorf("catalogue has %d fields", n)
	}
}
