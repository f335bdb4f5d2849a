package web

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Field is one question of a form. Label stands above, Help below and Error
// beside what is filled in.
type Field struct {
	Name, Label string
	// Lang and HelpLang are the languages of label and help where they are somebody's
	// own words; the page's when empty.
	Lang, HelpLang i18n.Lang
	// ID defaults to the name; give one when a page has two fields of a name.
	ID          string
	Help, Error string
	// More is what the page adds to the help in its own language.
	More        string
	Value       string
	Type        string // of an input: text when empty
	Placeholder string // an example, never the label
	// Optional says so beside the label; every other field is needed.
	Optional bool
	// Prefix and Suffix stand within the frame of an input: £, points.
	Prefix, Suffix string
	Width          Width
	// Plates draws each answer to choose as a plate for the thumb. With the
	// width Short they are narrow and all alike, as for a scale of figures.
	Plates bool
	// Attrs are further attributes: autocomplete, inputmode, min, hx-….
	Attrs templ.Attributes
}

// choices is the class of a question whose answers are all seen.
func (f Field) choices() string {
	if f.Plates {
		return f.class("field choices plates")
	}
	return f.class("field choices")
}

// Width says how long an answer is expected to be.
type Width string

// The widths of an input.
const (
	Full   Width = "full"
	Medium Width = "medium" // a name
	Short  Width = "short"  // a sum, a date
)

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return fieldID(f.Name)
}

// fieldID is the id of the field that a fault's pointer or a name leads to.
func fieldID(name string) string {
	return "f-" + strings.NewReplacer("/", "-", ".", "-", "[", "-", "]", "").Replace(strings.TrimPrefix(name, "/"))
}

// helped reports whether anything stands below the field.
func (f Field) helped() bool { return f.Help != "" || f.More != "" }

func (f Field) helpID() string  { return f.id() + "-help" }
func (f Field) errorID() string { return f.id() + "-error" }

// attributes are those that tie the input to its words.
func (f Field) attributes() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name}
	var by []string
	if f.helped() {
		by = append(by, f.helpID())
	}
	if f.Error != "" {
		by = append(by, f.errorID())
		a["aria-invalid"] = "true"
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	if !f.Optional {
		a["required"] = true
	}
	if f.Placeholder != "" {
		a["placeholder"] = f.Placeholder
	}
	for k, v := range f.Attrs {
		a[k] = v
	}
	return a
}

// rows are the attributes of an input of several lines: four unless told.
func (f Field) rows() templ.Attributes {
	a := f.attributes()
	if _, told := a["rows"]; !told {
		a["rows"] = "4"
	}
	return a
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) class(part string) string {
	class := part
	if f.Error != "" {
		class += " is-wrong"
	}
	if f.Width != "" {
		class += " width-" + string(f.Width)
	}
	return class
}

// Option is one of the answers to choose from.
type Option struct {
	Value, Label string
	Lang         i18n.Lang // of the label where it is somebody's own words
	Help         string    // below the label, for radio buttons and checkboxes
	Group        string    // heading of a group in a select; neighbours share it
	Chosen       bool
	Disabled     bool
}

// optionGroups splits options into runs of one group.
func optionGroups(options []Option) [][]Option {
	var runs [][]Option
	for i, o := range options {
		if i == 0 || o.Group != options[i-1].Group {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], o)
	}
	return runs
}

// Choose returns the options with those of the given values chosen.
func Choose(options []Option, values ...string) []Option {
	out := make([]Option, len(options))
	for i, o := range options {
		for _, v := range values {
			o.Chosen = o.Chosen || o.Value == v
		}
		out[i] = o
	}
	return out
}

// FormErrors are the messages of a form by the name of the field; "" holds
// what concerns the form as a whole.
type FormErrors map[string]string

// ErrorsOf turns a failure that the user can mend into the errors of its form;
// ok is false for any other, which the handler returns.
func ErrorsOf(pg *Page, err error) (errs FormErrors, ok bool) {
	if kind := fault.KindOf(err); kind == fault.Internal || kind == fault.KindBusy {
		return nil, false
	}
	errs = FormErrors{}
	for _, f := range fault.All(err) {
		errs.Add(strings.TrimPrefix(f.Field, "/"), pg.Fault(f))
	}
	return errs, true
}

// Add notes a message for a field, unless it has one.
func (e FormErrors) Add(name, message string) {
	if _, ok := e[name]; !ok {
		e[name] = message
	}
}

// optional returns the field without the demand for an answer: a box may stay
// empty.
func optional(f Field) Field {
	f.Optional = true
	return f
}

func valueOr(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

// describedBy ties a group of choices to its help and its error.
func describedBy(f Field) string {
	by, _ := f.attributes()["aria-describedby"].(string)
	return by
}
