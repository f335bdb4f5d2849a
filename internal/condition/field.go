package condition

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
)

// Type says what a field holds, and so what it can be compared with.
type Type uint8

// The types of fields. Number to Date are kept in Value.Int.
const (
	Number     Type = iota + 1 // a whole number
	Money                      // minor units of the programme's currency
	Weekday                    // 1 for Monday to 7 for Sunday
	Clock                      // minutes since midnight, by the wall clock
	Date                       // days since 1970-01-01, by the calendar
	Text                       // compared letter by letter
	Set                        // texts without order
	Flag                       // true or false
	Attributes                 // texts by name; asked as field.name
)

var typeNames = [...]string{"unknown", "number", "money", "weekday", "clock", "date", "text", "set", "flag", "attributes"}

// String returns the type's stable name.
func (t Type) String() string {
	if n := int(t); n < len(typeNames) {
		return typeNames[n]
	}
	return typeNames[0]
}

// opsOf lists the comparisons that each type takes. Attributes are texts; the
// comparisons of order read them as whole numbers.
var opsOf = map[Type][]Op{
	Number:     {Eq, Ne, Lt, Lte, Gt, Gte, Between, In, NotIn, Exists},
	Money:      {Eq, Ne, Lt, Lte, Gt, Gte, Between, Exists},
	Weekday:    {Eq, Ne, In, NotIn, Between},
	Clock:      {Lt, Lte, Gt, Gte, Between},
	Date:       {Eq, Ne, Lt, Lte, Gt, Gte, Between, Exists},
	Text:       {Eq, Ne, In, NotIn, Contains, Exists},
	Set:        {Contains, In, NotIn},
	Flag:       {Eq},
	Attributes: {Eq, Ne, Lt, Lte, Gt, Gte, Between, In, NotIn, Contains, Exists},
}

// Ops returns the comparisons that a field of the type takes.
func (t Type) Ops() []Op { return slices.Clone(opsOf[t]) }

// Field is a fact that conditions may ask for.
type Field struct {
	// Name is one word, or two joined by a point, as "sale.goods".
	Name string
	Type Type
	// Label is the key of the field's name in words: a noun with its article
	// ("the shop"). A Flag has the sentences Label.yes and Label.no, a Set
	// Label.has and Label.lacks with {value}; the label of Attributes takes
	// {name}.
	Label string
	// Column is the SQL expression that holds the field where people are
	// selected, NULL meaning not known; for a Set a query of its elements,
	// without parentheses. Empty where the field cannot be selected by.
	Column string
}

// Value is a fact: the one of its parts that the field's type names.
type Value struct {
	Int   int64
	Text  string
	Set   []string
	Flag  bool
	Texts map[string]string // Attributes
}

// Facts answers what is known. It returns false for what is not; a Set and
// Attributes may then be empty as well.
type Facts interface {
	Fact(name string) (Value, bool)
}

// Catalog is the fields that conditions of one kind may ask for. It does not
// change and is safe for concurrent use.
type Catalog struct {
	fields []Field
	byName map[string]Field
	env    func() (*cel.Env, error)
}

// NewCatalog returns a catalogue of the fields. It fails when two have one
// name or a name cannot be written in CEL.
func NewCatalog(fields ...Field) (*Catalog, error) {
	c := &Catalog{fields: slices.Clone(fields), byName: make(map[string]Field, len(fields))}
	for _, f := range fields {
		if _, twice := c.byName[f.Name]; twice || !f.sound() {
			return nil, fmt.Errorf("the field %q stands twice, is misnamed or has a type that does not fit", f.Name)
		}
		c.byName[f.Name] = f
	}
	c.env = sync.OnceValues(func() (*cel.Env, error) { return newEnv(c.fields) })
	return c, nil
}

// Fields returns the fields in the order they were given.
func (c *Catalog) Fields() []Field { return slices.Clone(c.fields) }

// find returns the field that a test names and, of Attributes, which.
func (c *Catalog) find(name string) (f Field, attribute string, ok bool) {
	if f, ok = c.byName[name]; ok {
		return f, "", f.Type != Attributes
	}
	family, attribute, _ := strings.Cut(name, ".")
	f, ok = c.byName[family]
	return f, attribute, ok && f.Type == Attributes && attribute != ""
}

// names returns the fields' names as messages list them.
func (c *Catalog) names() string {
	list := make([]string, len(c.fields))
	for i, f := range c.fields {
		list[i] = f.Name
		if f.Type == Attributes {
			list[i] += ".…"
		}
	}
	return names(list)
}

// sound reports whether the field can be asked for. Attributes are one word,
// since their names follow it, and are never selected by.
func (f Field) sound() bool {
	if f.Type == Attributes && (f.Column != "" || strings.Contains(f.Name, ".")) {
		return false
	}
	return isFieldName(f.Name) && opsOf[f.Type] != nil
}

func isFieldName(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz_") != "" {
			return false
		}
	}
	return strings.Count(s, ".") < 2
}

func names[T ~string](list []T) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
}
