package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"regulars/internal/fault"
)

// answer is the writer of a call. It remembers the status, and says in the
// form of every other failure that there is no such address or method.
type answer struct {
	http.ResponseWriter
	call   *call
	status int
	// muted drops what net/http says of an address that does not exist.
	muted bool
}

// WriteHeader begins the answer.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 {
		return
	}
	if a.call.r.Pattern == "" && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		a.nowhere(status)
		return
	}
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// nowhere says that there is no such address, or not with this method; the
// methods that there are stand in the header Allow already.
func (a *answer) nowhere(status int) {
	a.muted = true
	f := fault.Missing("no_such_address", "there is nothing at this address; see /docs")
	if status == http.StatusMethodNotAllowed {
		f = fault.Invalid("method_not_allowed", "this address takes other methods; see the header Allow")
	}
	p := a.call.fail(f)
	a.status = p.Status
	a.Header().Set("Content-Type", problemType)
	a.Header().Del("Content-Length")
	a.ResponseWriter.WriteHeader(p.Status)
	_ = encode(a.ResponseWriter, p) // whoever does not listen any more needs no answer
}

// Write writes a part of the answer.
func (a *answer) Write(b []byte) (int, error) {
	if a.muted {
		return len(b), nil
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// encode writes v as JSON, whole or not at all. Letters of other scripts and
// <, > and & stay as they are.
func encode(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
