package api

import (
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// kinds are the kinds of JSON that may stand at a place.
type kinds uint8

const (
	object kinds = 1 << iota
	list
	text
	whole   // a whole number
	decimal // any plain number
	flag
	null
	anything = object | list | text | whole | decimal | flag | null
)

// shape is a schema made ready for reading: what may stand at a place.
type shape struct {
	kinds  kinds
	fields map[string]field
	// required are the fields that must be there, in order.
	required []field
	// others is the shape of members that are not named; nil when there may be
	// none.
	others          *shape
	mostMembers     int
	items           *shape
	leastItems      int
	mostItems       int
	leastText, most int // letters
	enum            []string
	lowest, highest int64
	format          string
	known           string // the names of the fields, for failures
}

// field is a named member of an object. Its bit tells it from its siblings.
type field struct {
	name  string
	shape *shape
	bit   uint64
}

// maxFields bounds the named members of an object.
const maxFields = 64

// shapes makes shapes of the schemas in the document, each once.
type shapes struct {
	registry huma.Registry
	byRef    map[string]*shape
}

func newShapes(r huma.Registry) *shapes { return &shapes{registry: r, byRef: map[string]*shape{}} }

// of returns the schema of a type, for the document, and its shape.
func (ss *shapes) of(t reflect.Type) (*huma.Schema, *shape) {
	schema := ss.registry.Schema(t, true, t.Name())
	return schema, ss.shape(schema)
}

// readAlone marks what is read by itself later, whatever stands there.
const readAlone = "x-read-alone"

func (ss *shapes) shape(s *huma.Schema) *shape {
	if s.Extensions[readAlone] != nil {
		return &shape{kinds: anything}
	}
	if s.Ref != "" {
		if known := ss.byRef[s.Ref]; known != nil {
			return known
		}
		sh := &shape{}
		ss.byRef[s.Ref] = sh // before it is filled: schemas may hold themselves
		ss.fill(sh, ss.registry.SchemaFromRef(s.Ref))
		return sh
	}
	sh := &shape{}
	ss.fill(sh, s)
	return sh
}

func (ss *shapes) fill(sh *shape, s *huma.Schema) {
	for s.Ref != "" {
		s = ss.registry.SchemaFromRef(s.Ref)
	}
	for _, either := range s.AnyOf {
		ss.fill(sh, either)
	}
	sh.kinds |= kindsOf(s)
	sh.fillText(s)
	sh.lowest, sh.highest = bound(s.Minimum, math.MinInt64), bound(s.Maximum, math.MaxInt64)
	if s.Items != nil {
		sh.items = ss.shape(s.Items)
		sh.leastItems, sh.mostItems = number(s.MinItems, 0), number(s.MaxItems, maxItems)
	}
	if others, is := s.AdditionalProperties.(*huma.Schema); is {
		sh.others = ss.shape(others)
		sh.mostMembers = number(s.MaxProperties, maxItems)
	}
	if s.Properties != nil {
		ss.fillFields(sh, s)
	}
}

func (ss *shapes) fillFields(sh *shape, s *huma.Schema) {
	names := sortedKeys(s.Properties)
	if len(names) > maxFields {
		panic("a schema with more than 64 fields")
	}
	sh.known = strings.Join(names, ", ")
	sh.fields = make(map[string]field, len(names))
	for i, name := range names {
		f := field{name, ss.shape(s.Properties[name]), 1 << i}
		sh.fields[name] = f
		if slices.Contains(s.Required, name) {
			sh.required = append(sh.required, f)
		}
	}
}

// Limits of what no schema bounds.
const (
	maxItems  = 1000
	maxString = 10_000 // letters
)

func (sh *shape) fillText(s *huma.Schema) {
	if s.Type != huma.TypeString {
		return
	}
	sh.leastText, sh.most = number(s.MinLength, 0), number(s.MaxLength, maxString)
	sh.format = s.Format
	for _, value := range s.Enum {
		if word, is := value.(string); is {
			sh.enum = append(sh.enum, word)
		}
	}
}

func kindsOf(s *huma.Schema) kinds {
	k := map[string]kinds{
		huma.TypeObject: object, huma.TypeArray: list, huma.TypeString: text,
		huma.TypeInteger: whole, huma.TypeNumber: decimal, huma.TypeBoolean: flag, "null": null,
	}[s.Type]
	switch {
	case s.Type == "" && len(s.AnyOf) == 0:
		return anything
	case s.Nullable:
		return k | null
	}
	return k
}

func number(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return *n
}

func bound(n *float64, otherwise int64) int64 {
	if n == nil {
		return otherwise
	}
	return int64(*n)
}

func sortedKeys[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// wanted names the kind that must stand here, as fault.json_wrong_kind says it.
func (sh *shape) wanted() string {
	switch sh.kinds &^ null {
	case object:
		return "object"
	case list:
		return "list"
	case text:
		if sh.format == "date" {
			return "date"
		}
		return "text"
	case whole:
		return "number"
	case flag:
		return "flag"
	}
	return "other"
}
