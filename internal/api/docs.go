package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

var (
	//go:embed docs.html
	pageText string
	//go:embed docs.css
	styleSheet []byte
)

// docPage is what the page shows.
type docPage struct {
	Title, Version string
	Intro          []string
	Sections       []docSection
	Schemas        []docSchema
	Failures       []failure
}

type docSection struct {
	Name, Text string
	Operations []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary, Text string
	Scopes                          []string
	Parameters                      []docField
	Body, Answer                    *docSchema
	Status                          int
	Curl                            string
}

// docSchema is a schema by its fields; Link is its name where it has one.
type docSchema struct {
	Name   string
	Link   string
	Text   string
	Fields []docField
}

type docField struct {
	Name, Type, Link, In, Text, Example string
	Required                            bool
}

// pageOf renders the page that explains the API out of its document. It panics
// when that fails, as it is a slip of the programmer.
func pageOf(doc *huma.OpenAPI) []byte {
	p := docPage{Title: doc.Info.Title, Version: doc.Info.Version, Intro: strings.Split(doc.Info.Description, "\n\n"), Failures: slices.Concat(everyFailure, writingFailures)}
	slices.SortFunc(p.Failures, func(a, b failure) int { return a.status - b.status })
	d := docs{doc}
	for _, tag := range doc.Tags {
		p.Sections = append(p.Sections, docSection{tag.Name, tag.Description, d.operations(tag.Name)})
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		s := d.schema(&huma.Schema{Ref: schemaRef + name})
		p.Schemas = append(p.Schemas, *s)
	}
	t := template.Must(template.New("docs").Funcs(template.FuncMap{"prose": prose, "lower": strings.ToLower, "slug": slug}).Parse(pageText))
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		panic("rendering the documentation: " + err.Error())
	}
	return b.Bytes()
}

// Status, Name and Text show a failure on the page.
func (f failure) Status() int  { return f.status }
func (f failure) Text() string { return f.text }

// slug makes an id of a name.
func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

// prose turns `code` of a text into elements.
func prose(text string) template.HTML {
	parts := strings.Split(template.HTMLEscapeString(text), "`")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = "<code>" + parts[i] + "</code>"
	}
	return template.HTML(strings.Join(parts, "")) // escaped above
}

// docs reads the document.
type docs struct{ *huma.OpenAPI }

// operations returns the operations of a tag, by address and method.
func (d docs) operations(tag string) []docOperation {
	var list []docOperation
	for _, path := range sortedKeys(d.Paths) {
		item := d.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil && slices.Contains(op.Tags, tag) {
				list = append(list, d.operation(op))
			}
		}
	}
	return list
}

func (d docs) operation(op *huma.Operation) docOperation {
	o := docOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Text: op.Description, Status: op.DefaultStatus, Curl: d.curl(op)}
	if len(op.Security) > 0 {
		o.Scopes = op.Security[0][keyScheme]
	}
	for _, p := range op.Parameters {
		f := d.field(p.Name, p.Schema, p.Required)
		f.In, f.Text = p.In, p.Description
		o.Parameters = append(o.Parameters, f)
	}
	if media := jsonBody(op); media != nil {
		o.Body = d.schema(media.Schema)
	}
	if r := op.Responses[fmt.Sprint(op.DefaultStatus)]; r != nil && r.Content["application/json"] != nil {
		o.Answer = d.schema(r.Content["application/json"].Schema)
		for i := range o.Answer.Fields {
			o.Answer.Fields[i].Required = false // answers need nothing of the reader
		}
	}
	return o
}

// jsonBody returns the body of an operation, nil unless it is JSON.
func jsonBody(op *huma.Operation) *huma.MediaType {
	if op.RequestBody == nil {
		return nil
	}
	return op.RequestBody.Content["application/json"]
}

const schemaRef = "#/components/schemas/"

// schema returns the fields of an object.
func (d docs) schema(s *huma.Schema) *docSchema {
	v := &docSchema{Link: strings.TrimPrefix(s.Ref, schemaRef), Text: s.Description}
	v.Name = v.Link
	if s.Ref != "" {
		s = d.Components.Schemas.SchemaFromRef(s.Ref)
	}
	for _, name := range d.names(v.Link, s) {
		v.Fields = append(v.Fields, d.field(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	return v
}

// names returns the fields of an object in the order in which the type
// declares them.
func (d docs) names(link string, s *huma.Schema) []string {
	names := sortedKeys(s.Properties)
	t := d.Components.Schemas.TypeFromRef(schemaRef + link)
	if t == nil || t.Kind() != reflect.Struct {
		return names
	}
	place := map[string]int{}
	for i, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		place[tag] = i
	}
	slices.SortStableFunc(names, func(a, b string) int { return place[a] - place[b] })
	return names
}

func (d docs) field(name string, s *huma.Schema, required bool) docField {
	f := docField{Name: name, Required: required, Text: s.Description}
	f.Type, f.Link = typeOf(s)
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for i, w := range s.Enum {
			words[i] = fmt.Sprint(w)
		}
		f.Type = strings.Join(words, " | ")
	}
	if len(s.Examples) > 0 {
		b, _ := json.Marshal(s.Examples[0]) // what the document holds was marshalled before
		f.Example = string(b)
	}
	return f
}

// typeOf returns the words for a type, and the schema to look at.
func typeOf(s *huma.Schema) (words, link string) {
	if s.Ref != "" {
		return "", strings.TrimPrefix(s.Ref, schemaRef)
	}
	switch {
	case s.Type == huma.TypeArray:
		words, link = typeOf(s.Items)
		return strings.TrimSpace("list of " + words), link
	case s.Format == "date-time":
		return "time", ""
	case len(s.AnyOf) > 0:
		var all []string
		for _, either := range s.AnyOf {
			w, l := typeOf(either)
			if l != "" {
				link = l
			} else {
				all = append(all, w)
			}
		}
		return strings.Join(all, " or "), link
	}
	if of, is := s.AdditionalProperties.(*huma.Schema); is {
		words, link = typeOf(of)
		return strings.TrimSpace("map of " + words), link
	}
	words = s.Type
	if words == "" {
		words = "anything"
	}
	if s.Nullable {
		words += " or null"
	}
	return words, ""
}

// curl returns a command that tries the operation.
func (d docs) curl(op *huma.Operation) string {
	var b strings.Builder
	b.WriteString("curl ")
	if op.Method != http.MethodGet {
		b.WriteString("-X " + op.Method + " ")
	}
	fmt.Fprintf(&b, "'http://127.0.0.1:8080%s'", d.address(op))
	if len(op.Security) > 0 {
		b.WriteString(" \\\n  -H \"Authorization: Bearer $KEY\"")
	}
	switch media := jsonBody(op); {
	case media != nil:
		b.WriteString(" \\\n  -H 'Content-Type: application/json' \\\n  -d '" + d.example(media) + "'")
	case op.RequestBody != nil && op.RequestBody.Content[mailType] != nil:
		b.WriteString(" \\\n  -H 'Content-Type: " + mailType + "' \\\n  --data-binary @mail.eml")
	case op.RequestBody != nil:
		b.WriteString(" \\\n  -H 'Content-Type: " + csvType + "' \\\n  --data-binary @file.csv")
	}
	return b.String()
}

// address fills in the parameters that are needed.
func (d docs) address(op *huma.Operation) string {
	path, sign := op.Path, "?"
	for _, p := range op.Parameters {
		value := "…"
		if len(p.Schema.Examples) > 0 {
			value = fmt.Sprint(p.Schema.Examples[0])
		}
		if p.In == "path" {
			path = strings.Replace(path, "{"+p.Name+"}", value, 1)
		} else if p.In == "query" && p.Required {
			path += sign + p.Name + "=" + value
			sign = "&"
		}
	}
	return path
}
