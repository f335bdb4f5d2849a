package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// publish serves the document and the page of the operations, which do not
// change any more. They are written when somebody first asks for them: it takes
// longer than all else that a server does before it answers.
func (s *server) publish() {
	doc := s.huma.OpenAPI()
	for _, theirs := range []reflect.Type{reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[huma.ErrorDetail]()} {
		delete(doc.Components.Schemas.Map(), nameOf(theirs, "")) // huma's own form of failures, which is never sent
	}
	s.serve("/openapi.json", "application/openapi+json", func() []byte {
		text, err := json.MarshalIndent(doc, "", "  ")
		if err != nil {
			panic("writing the OpenAPI document: " + err.Error())
		}
		return text
	})
	s.serve("/openapi.yaml", "application/openapi+yaml", func() []byte {
		text, err := doc.YAML()
		if err != nil {
			panic("writing the OpenAPI document as YAML: " + err.Error())
		}
		return text
	})
	s.serve("/docs", "text/html; charset=utf-8", func() []byte { return pageOf(doc) })
	s.serve("/docs/style.css", "text/css; charset=utf-8", func() []byte { return styleSheet })
}

// policy lets the page load only its style sheet.
const policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// serve answers an address with content that never changes while the process
// lives.
func (s *server) serve(path, kind string, write func() []byte) {
	published := sync.OnceValues(func() (content []byte, tag string) {
		content = write()
		sum := sha256.Sum256(content)
		return content, `"` + hex.EncodeToString(sum[:8]) + `"`
	})
	s.mux.HandleFunc(http.MethodGet+" "+path, func(w http.ResponseWriter, r *http.Request) {
		content, tag := published()
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
