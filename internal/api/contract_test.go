package api

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"regulars/internal/auth"
)

// contract holds the document against what is sent and answered.
type contract struct {
	h      *house
	doc    *openapi3.T
	router routers.Router
	// vars are what earlier steps of the story have learned, as $member.
	vars map[string]string
	done map[string]bool
}

func newContract(t *testing.T, h *house) *contract {
	t.Helper()
	raw := h.call("GET", "/openapi.json", "").ok(200).text
	doc, err := openapi3.NewLoader().LoadFromData([]byte(raw))
	must(t, err)
	if err := doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatalf("the document is not valid OpenAPI 3.1: %v", err)
	}
	router, err := gorillamux.NewRouter(doc)
	must(t, err)
	openapi3filter.RegisterBodyDecoder(pdfType, openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder(jpegType, openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder(calendarType, openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder(gzipType, openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder(mailType, openapi3filter.FileBodyDecoder)
	return &contract{h: h, doc: doc, router: router, vars: map[string]string{"key": h.key, "flag": h.flagged(t), "svi": h.invited().Invitation, "boss": h.boss(), "mtn": h.mentioned()}, done: map[string]bool{}}
}

// step is one call of the story.
type step struct {
	op, method, path, body string
	status                 int
	// learn names what the answer teaches: a variable and its JSON path.
	learn map[string]string
	// wrong says that the request breaks the document on purpose.
	wrong   bool
	headers []string
	// also are scopes needed beside those of the operation, for what is sent.
	also []auth.Scope
	// before makes what no operation can, as what only time brings.
	before func(t *testing.T, c *contract)
}

// fill puts what was learnt in the places of its names; by the whole name, as one
// may begin like another.
func (c *contract) fill(s string) string {
	return learnt.ReplaceAllStringFunc(s, func(name string) string {
		if value, ok := c.vars[name[1:]]; ok {
			return value
		}
		return name
	})
}

var learnt = regexp.MustCompile(`\$[A-Za-z0-9_]+`)

// run sends one step and holds both sides against the document.
func (c *contract) run(t *testing.T, s step) {
	t.Helper()
	if s.before != nil {
		s.before(t, c)
	}
	body := c.fill(s.body)
	req := httptest.NewRequestWithContext(t.Context(), s.method, "http://regulars.test"+c.fill(s.path), strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+c.h.key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(s.headers); i += 2 {
		req.Header.Set(s.headers[i], c.fill(s.headers[i+1]))
	}
	route, params, err := c.router.FindRoute(req)
	if err != nil {
		t.Fatalf("%s %s: the document has no such operation: %v", s.method, s.path, err)
	}
	if route.Operation.OperationID != s.op {
		t.Fatalf("%s %s is the operation %s, not %s", s.method, s.path, route.Operation.OperationID, s.op)
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
	}}
	if err := openapi3filter.ValidateRequest(context.Background(), input); (err != nil) != s.wrong {
		t.Errorf("%s: the request and the document: %v", s.op, err)
	}
	req.Body = http.NoBody
	if body != "" {
		req.Body = readCloser(body)
	}
	w := httptest.NewRecorder()
	c.h.handler.ServeHTTP(w, req)
	if w.Code != s.status {
		t.Fatalf("%s: got status %d, want %d: %s\n%s", s.op, w.Code, s.status, w.Body, c.h.log)
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: w.Code, Header: w.Header(), Body: readCloser(w.Body.String()), Options: input.Options,
	})
	if err != nil {
		t.Errorf("%s: the answer breaks the document: %v\n%s", s.op, err, w.Body)
	}
	c.learn(t, s, w.Body.Bytes())
	if s.status < 300 {
		c.done[s.op] = true
	}
}

// learn keeps what later steps need. A path is the names and numbers on the
// way, as items.0.id.
func (c *contract) learn(t *testing.T, s step, body []byte) {
	t.Helper()
	for name, path := range s.learn {
		value, ok := dig(body, path)
		if !ok {
			t.Fatalf("%s: the answer has no %s: %s", s.op, path, body)
		}
		c.vars[name] = value
	}
}

func readCloser(s string) *closer { return &closer{bytes.NewReader([]byte(s))} }

type closer struct{ *bytes.Reader }

func (*closer) Close() error { return nil }

// TestContract drives every operation of the document.
func TestContract(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := newContract(t, h)
		for _, s := range story() {
			c.run(t, s)
		}
		for _, item := range c.doc.Paths.Map() {
			for _, op := range item.Operations() {
				if !c.done[op.OperationID] && op.OperationID != "hear-of-charge" { // that takes a signature: TestAProviderTellsOfACharge
					t.Errorf("no step of the story drives %s", op.OperationID)
				}
			}
		}
	})
}

// TestEveryOperationNamesItsScopes keeps the document from forgetting them.
func TestEveryOperationNamesItsScopes(t *testing.T) {
	c := newContract(t, newHouse(t))
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !strings.HasPrefix(path, "/v1/") || path == chargeHook {
				continue
			}
			if op.Security == nil || len(*op.Security) != 1 || len((*op.Security)[0][keyScheme]) == 0 {
				t.Errorf("%s %s names no scope", method, path)
			}
			if op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s lacks a summary or its tag", method, path)
			}
		}
	}
}

// TestThePageExplainsEverything reads the page: every operation and schema of
// the document stands there, and nothing is loaded from elsewhere.
func TestThePageExplainsEverything(t *testing.T) {
	h := newHouse(t)
	c := newContract(t, h)
	page := h.call("GET", "/docs", "").ok(200)
	for _, item := range c.doc.Paths.Map() {
		for _, op := range item.Operations() {
			if !strings.Contains(page.text, `id="`+op.OperationID+`"`) {
				t.Errorf("the page does not explain %s", op.OperationID)
			}
		}
	}
	for name := range c.doc.Components.Schemas {
		if !strings.Contains(page.text, `id="schema-`+name+`"`) {
			t.Errorf("the page does not explain the schema %s", name)
		}
	}
	for _, loads := range []string{"<script", "<img", "<iframe", "src=", "url(", "@import", `href="http`, `href="//`} {
		if strings.Contains(page.text, loads) {
			t.Errorf("the page loads something: %s", loads)
		}
	}
	h.call("GET", "/docs/style.css", "").ok(200)
	h.call("GET", "/docs", "", "If-None-Match", page.header.Get("ETag")).ok(304)
	if file := os.Getenv("REGULARS_DOCS_PAGE"); file != "" {
		must(t, os.WriteFile(file, []byte(page.text), 0o600))
	}
}
