package condition

import (
	"encoding/json"

	"regulars/internal/fault"
)

// Condition says when something holds. It has exactly one form: all of some
// conditions, any of them, the opposite of one, a test of one field, or a CEL
// expression. The zero Condition always holds.
type Condition struct {
	All []Condition `json:"all,omitempty"`
	Any []Condition `json:"any,omitempty"`
	Not *Condition  `json:"not,omitempty"`

	Field string `json:"field,omitempty"`
	Op    Op     `json:"op,omitempty"`
	// Value is what the field is compared with: whole numbers (money in minor
	// units, weekdays from 1 for Monday), texts, true or false, "HH:MM",
	// "YYYY-MM-DD", or a list of them where Op takes several.
	Value json.RawMessage `json:"value,omitempty"`

	CEL string `json:"cel,omitempty"`
}

// Op says how a field is compared with a value.
type Op string

// The comparisons. Of a field that is not known all are false but Ne and
// NotIn, which are the opposites of Eq and In, and Exists with false.
const (
	Eq      Op = "eq"
	Ne      Op = "ne"
	Lt      Op = "lt"
	Lte     Op = "lte"
	Gt      Op = "gt"
	Gte     Op = "gte"
	Between Op = "between" // both ends included; weekdays and clocks may wrap
	In      Op = "in"
	NotIn   Op = "not_in"
	// Contains asks whether a text has the value within it, letter case
	// counting, or a set has it as an element.
	Contains Op = "contains"
	Exists   Op = "exists" // with true or false
)

// IsZero reports whether the condition always holds.
func (c Condition) IsZero() bool { return c.form() == formAlways }

// UnmarshalJSON reads the condition as Parse does.
func (c *Condition) UnmarshalJSON(raw []byte) error {
	parsed, err := Parse(raw)
	*c = parsed
	return err
}

// form is the one of its forms that a condition has.
type form string

const (
	formAlways form = "always"
	formAll    form = "all"
	formAny    form = "any"
	formNot    form = "not"
	formTest   form = "field"
	formCEL    form = "cel"
	formMixed  form = "mixed"
)

func (c Condition) form() form {
	f := formAlways
	for _, has := range []struct {
		form  form
		given bool
	}{
		{formAll, len(c.All) > 0}, {formAny, len(c.Any) > 0}, {formNot, c.Not != nil},
		{formTest, c.Field != "" || c.Op != "" || len(c.Value) > 0}, {formCEL, c.CEL != ""},
	} {
		if has.given && f != formAlways {
			return formMixed
		}
		if has.given {
			f = has.form
		}
	}
	return f
}

// checkForm refuses a condition of several forms, and one that says nothing
// unless it is the whole.
func (c Condition) checkForm(at string) (form, error) {
	f := c.form()
	if f == formMixed || f == formAlways && at != "" {
		return f, fault.Invalid("condition_form", "a condition is exactly one of all, any, not, field with op and value, or cel").At(at)
	}
	return f, nil
}
