package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promo"
)

func (s *server) addCodeFiles() {
	download(s, operation{
		id: "export-codes", method: http.MethodGet, path: "/v1/code-batches/{batch}/codes.csv", tag: tagCodes, needs: needs(auth.CodesWrite),
		summary: "Export the codes of a batch as a table",
		text: "CSV with a header: code, state, member, uses, max_uses, begins, expires, delivered, seen. Whoever has a code can use it, so this needs codes:write and stands in the audit trail. " +
			"A table that is not whole ends with a broken connection.",
	}, "codes.csv", s.exportCodes)
	upload(s, operation{
		id: "import-codes", method: http.MethodPost, path: "/v1/code-imports", tag: tagCodes, needs: needs(auth.CodesWrite), created: true, bulk: true,
		summary: "Import printed codes",
		text: "The body is CSV or a plain list: one code a line, or a table with a header that names their column. If lines cannot be taken nothing is imported, and errors says which, " +
			"unless pass_over is true. An import that was cut off goes on when the same file is sent with its batch.",
		example: "code\nGOLD-7Q4K\nGOLD-8R5M\n",
	}, s.importCodes, s.showImport)
}

func (s *server) exportCodes(ctx context.Context, c *call, in *batchIn, out io.Writer) error {
	batch, err := in.id()
	if err != nil {
		return err
	}
	return s.Offers.ExportCSV(ctx, c.actor, c.programme(), batch, out)
}

// importIn says what the codes of a file are.
type importIn struct {
	Offer    string  `query:"offer" doc:"The offer that the codes bring; needed for a new batch." example:"off_01h9x3k7q2v5n"`
	Name     string  `query:"name" doc:"What staff call the batch; needed for a new one." example:"Leaflet of May"`
	MaxUses  uses    `query:"max_uses"`
	Begins   instant `query:"begins"`
	Expires  instant `query:"expires"`
	PassOver yes     `query:"pass_over"`
	Batch    string  `query:"batch" doc:"In the place of all this: the batch of an import that was cut off." example:""`
}

// uses is how often each code may be used.
type uses string

// Schema describes it for the document.
func (uses) Schema(huma.Registry) *huma.Schema {
	least := 1.0
	return &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Default: 1, Description: "How often each code may be used."}
}

func (u uses) number() (int64, error) {
	if u == "" {
		return 1, nil
	}
	n, err := wholeNumber(string(u), 1, mostUses)
	return n, param("max_uses", err)
}

const mostUses = 1_000_000_000

// yes is a flag in a query.
type yes string

// Schema describes it for the document.
func (yes) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeBoolean, Default: false, Description: "Take the good lines of a file that has others."}
}

func (y yes) is(name string) (bool, error) {
	return y == "true", oneOf(name, string(y), []string{"true", "false"})
}

func (in *importIn) batch(programme id.ID) (b promo.Batch, err error) {
	b = promo.Batch{ProgrammeID: programme, Name: in.Name}
	if in.Batch != "" {
		b.ID, err = parseID(id.Batch, "batch", in.Batch)
		return b, err
	}
	for _, p := range [...]struct{ name, value string }{{"offer", in.Offer}, {"name", in.Name}} {
		if err = needed(p.name, p.value); err != nil {
			return b, err
		}
	}
	if b.OfferID, err = parseID(id.Offer, "offer", in.Offer); err != nil {
		return b, err
	}
	if b.MaxUses, err = in.MaxUses.number(); err != nil {
		return b, err
	}
	if b.Begins, err = in.Begins.time("begins"); err != nil {
		return b, err
	}
	b.Expires, err = in.Expires.time("expires")
	return b, err
}

func (s *server) importCodes(ctx context.Context, c *call, in *importIn, body []byte) (string, error) {
	pass, err := in.PassOver.is("pass_over")
	if err != nil {
		return "", err
	}
	b, err := in.batch(c.programme())
	if err != nil {
		return "", err
	}
	r, err := s.Offers.ImportCodes(ctx, c.actor, b, bytes.NewReader(body), promo.ImportOptions{PassOver: pass})
	if f := fault.As(err); f != nil && f.Code == "codes_left" {
		return "", &refusedLines{err, r.Left}
	}
	c.left = r.Left
	return r.Batch.ID.In(id.Batch), ofQuery(err)
}

// ofQuery places what is wrong with a batch that the query describes.
func ofQuery(err error) error {
	if f := fault.As(err); f != nil && f.Field != "" {
		return param(strings.TrimPrefix(f.Field, "/"), err)
	}
	return err
}

// refusedLines is a file that was refused for some of its lines.
type refusedLines struct {
	error
	left []promo.LineRefusal
}

// Unwrap returns the failure without the lines.
func (r *refusedLines) Unwrap() error { return r.error }

// mostLines bounds the lines that an answer tells of.
const mostLines = 1000

// mistakes tells the first of the lines.
func (c *call) mistakes(left []promo.LineRefusal) []mistake {
	list := []mistake{}
	for _, l := range left[:min(len(left), mostLines)] {
		list = append(list, mistake{Line: l.Line, Code: "line_" + l.Why, Detail: c.print.Say(l.Text())})
	}
	return list
}

// importView says what became of a file of codes.
type importView struct {
	Batch batchView `json:"batch"`
	// Left is what this call passed over; a repeated one does not know it.
	Left []mistake `json:"left" nullable:"false" doc:"The lines that were passed over, the first 1,000; empty in a repeated answer."`
}

func (s *server) showImport(ctx context.Context, c *call, subject string) (importView, error) {
	b, err := s.showCodeBatch(ctx, c, subject)
	return importView{b, c.mistakes(c.left)}, err
}
