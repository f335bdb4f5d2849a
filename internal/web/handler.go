package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/fault"
)

// Handler answers a request or says why it cannot. A failure it returns before
// it has written anything becomes a page, or a fragment for htmx.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Adapter turns Handlers into http.Handlers.
type Adapter struct {
	Log *slog.Logger
	// Page makes the page that a failure is shown on. It must not fail, with
	// nobody signed in neither.
	Page func(w http.ResponseWriter, r *http.Request) *Page
}

// retryAfter is how many seconds a busy server asks to wait.
const retryAfter = 2

// Handle returns the http.Handler of h. A panic within h is logged and shown
// as an internal failure.
func (a *Adapter) Handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		if err := call(h, rec, r); err != nil {
			a.fail(rec, r, err)
		}
	})
}

// call runs h and turns a panic into an error; http.ErrAbortHandler passes.
func call(h Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(w, r)
}

// fail shows the failure, unless an answer has begun or nobody waits for one.
func (a *Adapter) fail(w *recorder, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	f := visible(err)
	reference := ""
	if f == nil {
		reference = rand.Text()[:8]
		a.Log.ErrorContext(r.Context(), "answering a page", "err", err, "method", r.Method, "path", r.URL.Path, "reference", reference)
	}
	if w.wrote {
		return
	}
	status := StatusOf(f)
	if f != nil && f.Kind == fault.KindBusy {
		w.Header().Set("Retry-After", strconv.FormatInt(cmp.Or(waitOf(f), retryAfter), 10))
	}
	pg := a.Page(w, r)
	shown := failurePage(pg, f, reference)
	if IsFragment(r) {
		w.Header().Set("HX-Retarget", "#toasts")
		w.Header().Set("HX-Reswap", "beforeend")
		shown = failureToast(pg, f, reference)
	}
	if err := Render(w, r, status, shown); err != nil {
		a.Log.ErrorContext(r.Context(), "showing a failure", "err", err, "path", r.URL.Path)
		http.Error(w, http.StatusText(status), status)
	}
}

// visible returns the failure that the user may see, or nil.
func visible(err error) *fault.Error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge(large.Limit)
	}
	return fault.As(err)
}

func tooLarge(limit int64) *fault.Error {
	return fault.Invalid("request_too_large", "the request is larger than %d bytes; send less at once", limit).With("limit", limit)
}

// StatusOf returns the HTTP status that says what sort of failure it is; 500 for
// one that is not for the user to mend.
func StatusOf(f *fault.Error) int {
	if f == nil {
		return http.StatusInternalServerError
	}
	switch f.Kind {
	case fault.KindInvalid:
		if f.Code == "request_too_large" {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusUnprocessableEntity
	case fault.KindMissing:
		return http.StatusNotFound
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindRefused:
		return http.StatusForbidden
	case fault.KindBusy:
		if waitOf(f) > 0 {
			return http.StatusTooManyRequests
		}
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// waitOf returns how many seconds somebody must wait who did something too
// often, 0 where the server is busy by itself.
func waitOf(f *fault.Error) int64 {
	seconds, _ := f.Args["seconds"].(int64)
	return seconds
}

// NotFound is the Handler of every address that has none. One that was written with
// a slash at its end leads to the same without.
func NotFound(w http.ResponseWriter, r *http.Request) error {
	if page := strings.Trim(r.URL.Path, "/"); page != "" && strings.HasSuffix(r.URL.Path, "/") && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		to := url.URL{Path: "/" + page, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
		return nil
	}
	return fault.Missing("page_missing", "there is no page at this address")
}

// Render writes a component as the answer. It is built whole before the first
// byte leaves, so that one that fails is shown as a failure. Pages hold
// personal data and are never stored by browsers or proxies.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return fmt.Errorf("building the page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	_, err := b.WriteTo(w)
	return err
}

// IsFragment reports whether htmx asks for a part of a page.
func IsFragment(r *http.Request) bool {
	h := r.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Boosted") != "true" && h.Get("HX-History-Restore-Request") != "true"
}

// Redirect sends the reader to another page of this site after a form was
// taken, also when htmx posted it.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	to = localPath(to)
	if IsFragment(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// recorder remembers whether an answer has begun.
type recorder struct {
	http.ResponseWriter
	wrote bool
}

func (w *recorder) WriteHeader(status int) {
	w.wrote = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
