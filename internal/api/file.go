package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
)

const (
	csvType  = "text/csv"
	pdfType  = "application/pdf"
	jpegType = "image/jpeg"

	calendarType = "text/calendar"
)

// fileType returns the media type of a file by its name.
func fileType(name string) string {
	switch path.Ext(name) {
	case ".pdf":
		return pdfType
	case ".jpg":
		return jpegType
	case ".ics":
		return calendarType
	default:
		return csvType
	}
}

// fileName is what a file is called: who asks for one of many says which it is.
func fileName(in any, name string) string {
	if one, of := in.(interface{ which() string }); of {
		return strings.TrimSuffix(name, path.Ext(name)) + "-" + one.which() + path.Ext(name)
	}
	return name
}

// download adds an operation that answers with a table, as it is read. What
// goes wrong before its first byte is answered as any failure; after that the
// connection is broken, so that nobody takes a part for the whole.
func download[P any](s *server, o operation, name string, verb func(ctx context.Context, c *call, in *P, out io.Writer) error) {
	var known []string
	huma.Register(s.huma, o.describe(), func(ctx context.Context, in *P) (*huma.StreamResponse, error) {
		c := callOf(ctx)
		if err := c.opens(o); err != nil {
			return nil, c.fail(err)
		}
		if err := checkQuery(c.r.URL, known); err != nil {
			return nil, c.fail(err)
		}
		return &huma.StreamResponse{Body: func(huma.Context) {
			long, end := patient(ctx, downloadTime)
			defer end()
			c.send(long, fileName(in, name), func(out io.Writer) error { return verb(long, c, in, out) })
		}}, nil
	})
	doc := documented(s.huma.OpenAPI(), o)
	for _, p := range doc.Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	doc.Responses[strconv.Itoa(o.status())] = &huma.Response{
		Description: "The file.", Content: map[string]*huma.MediaType{fileType(name): {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}

// downloadTime bounds how long a table may take; who reads it slower than that
// would hold what the database keeps for him.
const downloadTime = 10 * time.Minute

// patient returns a context for work on a file, which may take longer than
// other requests, and what ends it. It goes on when the caller is gone: a
// download finds that out when it writes, and an import is better finished than
// cut off.
func patient(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), most)
}

// send answers with a file that fn writes, in the time that the context has.
func (c *call) send(ctx context.Context, name string, fn func(io.Writer) error) {
	h := c.w.Header()
	h.Set("Content-Type", fileType(name))
	if fileType(name) == csvType {
		h.Set("Content-Type", csvType+"; charset=utf-8")
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	control := http.NewResponseController(c.w.ResponseWriter)
	if deadline, set := ctx.Deadline(); set && control.SetWriteDeadline(deadline) == nil {
		defer func() { _ = control.SetWriteDeadline(time.Time{}) }() // it could be set, so it can be lifted
	}
	err := fn(c.w)
	if err == nil {
		return
	}
	f := c.fail(err)
	if c.w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	h.Del("Content-Disposition")
	c.write(f)
}

// upload adds an operation that takes a file and an Idempotency-Key, as write
// does with JSON.
func upload[P, T any](s *server, o operation,
	verb func(ctx context.Context, c *call, in *P, body []byte) (subject string, err error),
	show func(ctx context.Context, c *call, subject string) (T, error),
) {
	doc := add(s, o, func(ctx context.Context, c *call, in *P) (*output[T], error) {
		raw, err := c.readCSV()
		if err != nil {
			return nil, err
		}
		long, end := patient(ctx, keyLease)
		defer end()
		subject, repeated, err := s.once(long, c, raw, func() (string, error) { return verb(long, c, in, raw) })
		if err != nil {
			return nil, err
		}
		view, err := show(long, c, subject)
		if err != nil {
			return nil, err
		}
		out := answered(view)
		if repeated {
			out.Repeated = "true"
		}
		return out, nil
	})
	doc.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		csvType: {Schema: &huma.Schema{Type: huma.TypeString}, Example: o.example},
	}}
	documentKey(doc)
}

// readCSV reads the body of a request that sends a table or a plain list.
func (c *call) readCSV() ([]byte, error) {
	h := c.r.Header
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	coding := h.Get("Content-Encoding")
	if err != nil || kind != csvType && kind != "text/plain" || coding != "" && coding != "identity" {
		return nil, fault.Invalid("wrong_table_type", "send the body as text/csv, not compressed")
	}
	return c.readAll(c.s.Limits.BulkBody)
}

// wholeNumber reads a number out of a parameter.
func wholeNumber(text string, least, most int64) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, fault.Invalid("json_number_range", "the number must be between %d and %d", least, most).With("least", least).With("most", most)
	}
	return n, nil
}
