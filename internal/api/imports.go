package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/intake"
)

const gzipType = "application/gzip"

// uploadTime bounds how long a file may take to come.
const uploadTime = 10 * time.Minute

func (s *server) addImports() {
	s.addUpload()
	read(s, operation{
		id: "list-imports", method: http.MethodGet, path: "/v1/imports", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "List imports, the latest first", text: "Also those that were begun in the console. Counts are kept for 400 days.",
	}, func(ctx context.Context, c *call, _ *nothing) (fileImports, error) {
		list, err := s.Imports.List(c.actor, c.programme())
		v := fileImports{Items: make([]fileImport, len(list))}
		for i, u := range list {
			if v.Items[i], err = s.fileImport(ctx, c, u); err != nil {
				return v, err
			}
		}
		return v, err
	})
	read(s, operation{
		id: "get-import", method: http.MethodGet, path: "/v1/imports/{import}", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "Get an import: how it is taken, how far it is, what came of it",
	}, func(ctx context.Context, c *call, in *fileImportIn) (fileImport, error) {
		u, err := s.upload(ctx, c, in)
		if err != nil {
			return fileImport{}, err
		}
		return s.fileImport(ctx, c, u)
	})
	read(s, operation{
		id: "preview-import", method: http.MethodGet, path: "/v1/imports/{import}/preview", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "Say what would become of the first rows of a file", text: "By the settings that it has now. What only the whole file tells is not seen yet. Nothing is taken.",
	}, s.previewImport)
	download(s, operation{
		id: "get-import-rejects", method: http.MethodGet, path: "/v1/imports/{import}/rejects.csv", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "Get the rows of a file that were left out",
		text:    "Line, reason and explanation, in the language in which the import was started, then the row as it was. They are kept for 7 days.",
	}, "left-out.csv", func(ctx context.Context, c *call, in *fileImportIn, out io.Writer) error {
		u, err := s.upload(ctx, c, in)
		if err != nil {
			return err
		}
		rows, err := s.Imports.Rejects(c.actor, u)
		if err != nil {
			return err
		}
		defer rows.Close()
		_, err = io.Copy(out, rows)
		return err
	})
	s.addImportVerbs()
}

func (s *server) addImportVerbs() {
	write(s, operation{
		id: "set-import", method: http.MethodPut, path: "/v1/imports/{import}/settings", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "Declare how a file is to be taken",
		text:    "In the place of the settings that were suggested. They are checked against the columns of the file, and the next file with the same columns is suggested the same.",
		example: exampleImport,
	}, func(ctx context.Context, c *call, in *fileImportIn, body *importSettings) (string, error) {
		u, err := s.upload(ctx, c, in)
		if err != nil {
			return "", err
		}
		return string(in.Import), s.Imports.Declare(c.actor, u, body.settings())
	}, s.showImported)
	write(s, operation{
		id: "start-import", method: http.MethodPost, path: "/v1/imports/{import}/start", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "Take a file",
		text: "It is done apart, with the rights that the key holds then: ask for the import again until it is done. What was taken before, from this file or another, is known by its source " +
			"and reference and counts once.",
	}, func(ctx context.Context, c *call, in *fileImportIn, _ *nothing) (string, error) {
		u, err := s.upload(ctx, c, in)
		if err != nil {
			return "", err
		}
		return string(in.Import), s.Imports.Start(ctx, c.actor, u, c.print.Lang())
	}, s.showImported)
	write(s, operation{
		id: "discard-import", method: http.MethodDelete, path: "/v1/imports/{import}", tag: tagImports, needs: needs(auth.ImportRun),
		summary: "Throw a file away, with what is known of it", text: "Not while it is being taken. What was taken stays.",
	}, func(ctx context.Context, c *call, in *fileImportIn, _ *nothing) (string, error) {
		u, err := s.upload(ctx, c, in)
		if err != nil {
			return "", err
		}
		return string(in.Import), s.Imports.Discard(ctx, c.actor, u)
	}, func(_ context.Context, _ *call, subject string) (discardedImport, error) {
		return discardedImport{subject}, nil
	})
}

// addUpload adds the operation that takes a file in as it comes: it may be
// larger than anybody would hold in memory.
func (s *server) addUpload() {
	o := operation{
		id: "upload-import", method: http.MethodPost, path: "/v1/imports", tag: tagImports, needs: needs(auth.ImportRun), created: true,
		summary: "Leave a file of members, sales, returns or consents",
		text: "The body is CSV, compressed by gzip or not, of up to 1 GB. Nothing is taken yet: the answer has the columns and how they would be taken, by their names and first rows, or as the last file " +
			"with the same columns was. Declare it otherwise where that is wrong, then start it. A file that nobody starts is gone after 24 hours.",
		example: "date;receipt;customer;product;quantity;amount\n09.12.2011 14:05;10231;4711;A-17;2;15.90\n",
	}
	doc := add(s, o, func(ctx context.Context, c *call, in *importUpload) (*output[fileImport], error) {
		long, end := patient(ctx, uploadTime)
		defer end()
		u, digest, err := s.receive(long, c, in)
		if err != nil {
			return nil, err
		}
		// The file is kept before its key is looked at: only then is it known
		// whether it is the one that came before.
		subject, repeated, err := s.once(long, c, digest, func() (string, error) { return u.ID.In(id.Import), nil })
		if err != nil || repeated {
			if dropped := s.Imports.Drop(u); dropped != nil {
				return nil, dropped
			}
		}
		if err != nil {
			return nil, err
		}
		view, err := s.showImported(long, c, subject)
		if err != nil {
			return nil, err
		}
		out := answered(view)
		if repeated {
			out.Repeated = "true"
		}
		return out, nil
	})
	text := &huma.Schema{Type: huma.TypeString}
	doc.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		csvType: {Schema: text, Example: o.example}, gzipType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
	documentKey(doc)
}

type importUpload struct {
	Name     string `query:"name" doc:"What the file is called." example:"sales.csv"`
	Holds    string `query:"holds" doc:"members, sales, returns or consents; guessed by the columns when left out, but for consents."`
	Source   string `query:"source" doc:"Names where the file comes from; with a reference it decides whether a sale is known already." example:"till"`
	NoHeader yes    `query:"no_header"`
}

// receive keeps the body of a request, and returns its digest.
func (s *server) receive(ctx context.Context, c *call, in *importUpload) (*intake.Upload, []byte, error) {
	if err := checkTable(c.r.Header); err != nil {
		return nil, nil, err
	}
	holds := []intake.Holds{intake.Members, intake.Sales, intake.Returns, intake.Consents}
	if err := oneOf("holds", in.Holds, holds); err != nil {
		return nil, nil, err
	}
	headless, err := in.NoHeader.is("no_header")
	if err != nil {
		return nil, nil, err
	}
	if c.r.ContentLength > intake.MaxUpload {
		return nil, nil, tooLarge(intake.MaxUpload)
	}
	base := intake.Settings{
		Holds: intake.Holds(in.Holds), Source: in.Source, Zone: c.setting.Zone.String(), Currency: c.setting.Currency, Format: intake.Format{NoHeader: headless},
	}
	control := http.NewResponseController(c.w.ResponseWriter)
	if deadline, set := ctx.Deadline(); set && control.SetReadDeadline(deadline) == nil {
		defer func() { _ = control.SetReadDeadline(time.Time{}) }() // it could be set, so it can be lifted
	}
	sum := sha256.New()
	body := &sent{in: io.TeeReader(http.MaxBytesReader(c.w.ResponseWriter, c.r.Body, intake.MaxUpload), sum)}
	u, err := s.Imports.Receive(c.actor, c.programme(), cmp.Or(in.Name, "import.csv"), c.print.Lang(), body, base)
	if body.err != nil {
		err = unread(body.err, intake.MaxUpload)
	}
	return u, sum.Sum(nil), err
}

// sent tells a body that broke off from a disk that did.
type sent struct {
	in  io.Reader
	err error
}

// Read reads on, and keeps what went wrong.
func (b *sent) Read(into []byte) (int, error) {
	n, err := b.in.Read(into)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// checkTable refuses what does not say that it is a table.
func checkTable(h http.Header) error {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	known := kind == csvType || kind == "text/plain" || kind == gzipType || kind == "application/x-gzip"
	coding := h.Get("Content-Encoding")
	if err != nil || !known || coding != "" && coding != "identity" && coding != "gzip" {
		return fault.Invalid("wrong_import_type", "send the body as text/csv, or compressed as application/gzip")
	}
	return nil
}

// fileImportIn names an import in an address.
type fileImportIn struct {
	Import fileImportID `path:"import"`
}

type fileImportID string

// Schema describes it for the document.
func (fileImportID) Schema(huma.Registry) *huma.Schema { return shown(id.Import, "The import.") }

// upload returns the file that an address names.
func (s *server) upload(ctx context.Context, c *call, in *fileImportIn) (*intake.Upload, error) {
	which, err := parseID(id.Import, "import", string(in.Import))
	if err != nil {
		return nil, err
	}
	return s.Imports.Find(ctx, c.actor, c.programme(), which)
}

type discardedImport struct {
	Import string `json:"import" doc:"The import that is gone." example:"imp_01h9x3k7q2v5n"`
}
