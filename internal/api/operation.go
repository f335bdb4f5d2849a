package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
)

// operation is what the document says of one address and method.
type operation struct {
	id, method, path, tag string
	summary, text         string
	// needs are the permissions whose scopes the key must have. The verbs of
	// the rooms check them; where a room only reads, the handler does.
	needs []auth.Permission
	// bulk allows the larger body.
	bulk bool
	// tagged says that the answer carries the version of what it shows, as an
	// ETag.
	tagged bool
	// created says that the answer is 201.
	created bool
	// partners says that a partner's key may use it, for its own.
	partners bool
	// example is a body for the document, as JSON.
	example string
}

func (o operation) status() int {
	if o.created {
		return http.StatusCreated
	}
	return http.StatusOK
}

// nothing is the input of operations without parameters, or without a body.
type nothing struct{}

// output is what huma writes.
type output[T any] struct {
	ETag     string `header:"ETag" hidden:"true"`
	Repeated string `header:"Idempotent-Replayed" hidden:"true"`
	Body     T
}

// versioned is what has a version for its ETag.
type versioned interface{ version() int64 }

func answered[T any](view T) *output[T] {
	out := &output[T]{Body: view}
	if v, is := any(view).(versioned); is {
		out.ETag = etag(v.version())
	}
	return out
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// add lets huma route and document an operation, and returns its entry in the
// document.
func add[P, T any](s *server, o operation, run func(ctx context.Context, c *call, in *P) (*output[T], error)) *huma.Operation {
	var known []string
	huma.Register(s.huma, o.describe(), func(ctx context.Context, in *P) (*output[T], error) {
		c := callOf(ctx)
		if err := c.opens(o); err != nil {
			return nil, c.fail(err)
		}
		if err := checkQuery(c.r.URL, known); err != nil {
			return nil, c.fail(err)
		}
		out, err := run(ctx, c, in)
		if err != nil {
			return nil, c.fail(err)
		}
		return out, nil
	})
	doc := documented(s.huma.OpenAPI(), o)
	for _, p := range doc.Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	return doc
}

// read adds an operation that changes nothing.
func read[P, T any](s *server, o operation, verb func(ctx context.Context, c *call, in *P) (T, error)) {
	add(s, o, func(ctx context.Context, c *call, in *P) (*output[T], error) {
		view, err := verb(ctx, c, in)
		return answered(view), err
	})
}

// take adds an operation that reads a body and may be repeated without harm.
func take[B, T any](s *server, o operation, verb func(ctx context.Context, c *call, body *B) (T, error)) {
	var sh *shape
	doc := add(s, o, func(ctx context.Context, c *call, _ *nothing) (*output[T], error) {
		body, _, err := readBody[B](c, o, sh)
		if err != nil {
			return nil, err
		}
		view, err := verb(ctx, c, body)
		return answered(view), err
	})
	sh = documentBody[B](s, o, doc)
}

// write adds an operation that changes something and takes an
// Idempotency-Key. The verb does it and names what it changed; show says how
// that stands now, also when the request is repeated.
func write[P, B, T any](s *server, o operation,
	verb func(ctx context.Context, c *call, in *P, body *B) (subject string, err error),
	show func(ctx context.Context, c *call, subject string) (T, error),
) {
	var sh *shape
	doc := add(s, o, func(ctx context.Context, c *call, in *P) (*output[T], error) {
		body, raw, err := readBody[B](c, o, sh)
		if err != nil {
			return nil, err
		}
		subject, repeated, err := s.once(ctx, c, raw, func() (string, error) { return verb(ctx, c, in, body) })
		if err != nil {
			return nil, err
		}
		view, err := show(ctx, c, subject)
		if err != nil {
			return nil, err
		}
		out := answered(view)
		if repeated {
			out.Repeated = "true"
		}
		return out, nil
	})
	sh = documentBody[B](s, o, doc)
	documentKey(doc)
}

// readBody reads the body of a request by the shape of its schema; nothing
// where there is none.
func readBody[B any](c *call, o operation, sh *shape) (*B, []byte, error) {
	body := new(B)
	if sh == nil {
		return body, nil, nil
	}
	most := c.s.Limits.Body
	if o.bulk {
		most = c.s.Limits.BulkBody
	}
	raw, err := c.read(most)
	if err != nil {
		return nil, nil, err
	}
	if len(bytes.TrimSpace(raw)) == 0 && len(sh.required) == 0 {
		return body, nil, nil
	}
	return body, raw, decode(raw, sh, "", body)
}

// documentBody writes the body into the document, and returns its shape. huma
// does not learn of it before, for it would read the body itself.
func documentBody[B any](s *server, o operation, doc *huma.Operation) *shape {
	t := reflect.TypeFor[B]()
	if t == reflect.TypeFor[nothing]() {
		return nil
	}
	schema, sh := s.shapes.of(t)
	media := &huma.MediaType{Schema: schema}
	if o.example != "" {
		media.Example = json.RawMessage(o.example)
	}
	doc.RequestBody = &huma.RequestBody{Required: len(sh.required) > 0, Content: map[string]*huma.MediaType{"application/json": media}}
	return sh
}
