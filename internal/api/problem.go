package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/web"
)

// problem is a failure as the caller gets it (RFC 9457).
type problem struct {
	Type   string `json:"type" doc:"Where the code is explained." example:"/docs#errors"`
	Title  string `json:"title" doc:"The meaning of the status."`
	Status int    `json:"status" doc:"The HTTP status."`
	Code   string `json:"code" doc:"What is wrong, in a word that never changes; programs should look at this." example:"json_wrong_kind"`
	Detail string `json:"detail" doc:"What is wrong and how to mend it, in the language of Accept-Language."`
	// Errors is empty where the failure has no place.
	Errors  []mistake `json:"errors,omitempty" nullable:"false" doc:"The places of the request that are wrong."`
	Request string    `json:"request_id,omitempty" doc:"Names this request in the log of the server."`
}

// mistake is one place of a request that is wrong.
type mistake struct {
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer (RFC 6901) into the body." example:"/lines/0/amount"`
	Parameter string `json:"parameter,omitempty" doc:"The parameter of the address, the query or the header." example:"limit"`
	Line      int64  `json:"line,omitempty" doc:"The line of a file, from 1."`
	Code      string `json:"code" doc:"What is wrong, in a word that never changes."`
	Detail    string `json:"detail" doc:"What is wrong and how to mend it."`
}

const problemType = "application/problem+json"

// failed carries a problem out of a handler; huma writes it.
type failed struct {
	problem
	header http.Header
}

// Error returns what is wrong, for the log.
func (f *failed) Error() string { return f.Detail }

// GetStatus returns the HTTP status, for huma.
func (f *failed) GetStatus() int { return f.Status }

// GetHeaders returns what the answer's head says besides, for huma.
func (f *failed) GetHeaders() http.Header { return f.header }

// ContentType returns the type of a problem whatever was negotiated, for huma.
func (f *failed) ContentType(string) string { return problemType }

// parameter marks a fault's field as a parameter instead of a pointer.
const parameter = "?"

// param returns the fault as one of a parameter.
func param(name string, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	c := *f
	c.Field = parameter + name
	return &c
}

// fail turns an error into the problem that the caller gets. What is ours to
// mend is logged and not shown.
func (c *call) fail(err error) *failed {
	if several := fault.All(err); len(several) > 1 {
		return c.failMany(several)
	}
	f := c.visible(err)
	p := c.problem(f)
	if several, is := errors.AsType[*refusedLines](err); is {
		p.Errors = c.mistakes(several.left)
	} else if f.Field != "" {
		p.Errors = []mistake{mistakeOf(f, p.Detail)}
	}
	return &failed{p, headersOf(f, p.Status)}
}

func (c *call) failMany(several []*fault.Error) *failed {
	f := fault.Invalid("several_mistakes", "%d places of the request are wrong; see errors", len(several)).With("count", len(several))
	p := c.problem(f)
	for _, one := range several {
		p.Errors = append(p.Errors, mistakeOf(one, c.print.Fault(one)))
	}
	return &failed{p, http.Header{}}
}

// visible returns the failure that the caller may see.
func (c *call) visible(err error) *fault.Error {
	if f := fault.As(err); f != nil {
		return f
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Busy("took_too_long", "the work took longer than it may; try again in a moment")
	case errors.Is(err, context.Canceled):
		return fault.Busy("caller_gone", "the caller went away before the work began")
	}
	c.s.Log.ErrorContext(c.r.Context(), "answering a request", "error", err, "request", c.request, "method", c.r.Method, "route", c.r.Pattern)
	return &fault.Error{Code: "internal", Message: "something went wrong on our side; name the request when you report it"}
}

func (c *call) problem(f *fault.Error) problem {
	status := statusOf(f)
	return problem{
		Type: "/docs#errors", Title: http.StatusText(status), Status: status, Code: f.Code,
		Detail: c.print.Fault(f), Request: c.request,
	}
}

func mistakeOf(f *fault.Error, detail string) mistake {
	if name, is := strings.CutPrefix(f.Field, parameter); is {
		return mistake{Parameter: name, Code: f.Code, Detail: detail}
	}
	return mistake{Pointer: f.Field, Code: f.Code, Detail: detail}
}

// statusByCode names the failures whose status is not that of their kind.
var statusByCode = map[string]int{
	"key_missing":        http.StatusUnauthorized,
	"key_refused":        http.StatusUnauthorized,
	"rate_limited":       http.StatusTooManyRequests,
	"too_many_keys":      http.StatusTooManyRequests,
	"body_too_large":     http.StatusRequestEntityTooLarge,
	"body_slow":          http.StatusRequestTimeout,
	"wrong_media_type":   http.StatusUnsupportedMediaType,
	"wrong_table_type":   http.StatusUnsupportedMediaType,
	"no_such_address":    http.StatusNotFound,
	"method_not_allowed": http.StatusMethodNotAllowed,
	"version_passed":     http.StatusPreconditionFailed,
}

// statusOf returns the status of a failure. All that the caller can mend by
// sending something else is 422.
func statusOf(f *fault.Error) int {
	if status, special := statusByCode[f.Code]; special {
		return status
	}
	return web.StatusOf(f)
}

// retryArg is the argument of a fault that says after how many seconds to try
// again.
const retryArg = "seconds"

func headersOf(f *fault.Error, status int) http.Header {
	h := http.Header{}
	if seconds, ok := f.Args[retryArg].(int); ok {
		h.Set("Retry-After", strconv.Itoa(seconds))
	} else if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="regulars"`)
	}
	return h
}
