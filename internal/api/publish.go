package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// publish makes the document and the page out of the operations and serves
// them. They do not change any more.
func (s *server) publish() {
	doc := s.huma.OpenAPI()
	for _, theirs := range []reflect.Type{reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[huma.ErrorDetail]()} {
		delete(doc.Components.Schemas.Map(), nameOf(theirs, "")) // huma's own form of failures, which is never sent
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic("writing the OpenAPI document: " + err.Error())
	}
	yaml, err := doc.YAML()
	if err != nil {
		panic("writing the OpenAPI document as YAML: " + err.Error())
	}
	s.serve("/openapi.json", "application/openapi+json", text)
	s.serve("/openapi.yaml", "application/openapi+yaml", yaml)
	s.serve("/docs", "text/html; charset=utf-8", pageOf(doc))
	s.serve("/docs/style.css", "text/css; charset=utf-8", styleSheet)
}

// policy lets the page load only its style sheet.
const policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// serve answers an address with content that never changes while the process
// lives.
func (s *server) serve(path, kind string, content []byte) {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	s.mux.HandleFunc(http.MethodGet+" "+path, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", policy)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", kind)
		_, _ = w.Write(content) // whoever does not listen any more needs no answer
	})
}
