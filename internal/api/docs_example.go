package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// example returns a body of the kind: the one that was written, or one
// made of the examples of its fields.
func (d docs) example(media *huma.MediaType) string {
	written, is := media.Example.(json.RawMessage)
	if !is {
		written = []byte(d.sample(media.Schema, 0))
	}
	var b bytes.Buffer
	if json.Indent(&b, written, "", "  ") != nil {
		return string(written)
	}
	return strings.ReplaceAll(b.String(), "'", `'\''`)
}

// deepestSample bounds how deep objects of samples stand within objects.
const deepestSample = 4

// sample makes JSON of a schema.
func (d docs) sample(s *huma.Schema, depth int) string {
	if s.Ref != "" {
		s = d.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Examples) > 0:
		b, _ := json.Marshal(s.Examples[0]) // what the document holds was marshalled before
		return string(b)
	case len(s.Enum) > 0:
		return fmt.Sprintf("%q", s.Enum[0])
	case s.Type == huma.TypeArray:
		return "[" + d.sample(s.Items, depth) + "]"
	case s.Type == huma.TypeObject:
		return "{" + strings.Join(d.samples(s, depth+1), ", ") + "}"
	case s.Type == huma.TypeString:
		return `"…"`
	case s.Type == huma.TypeBoolean:
		return "true"
	}
	return "1"
}

// samples are the members of an object that are needed or have an example.
func (d docs) samples(s *huma.Schema, depth int) []string {
	var members []string
	for _, name := range sortedKeys(s.Properties) {
		p := s.Properties[name]
		if depth <= deepestSample && (slices.Contains(s.Required, name) || len(p.Examples) > 0 && p.Examples[0] != "") {
			members = append(members, fmt.Sprintf("%q: %s", name, d.sample(p, depth)))
		}
	}
	return members
}
