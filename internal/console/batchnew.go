package console

import (
	"errors"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/promo"
	"regulars/internal/web"
)

func (c *Console) newBatchRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/offers/{offer}/codes/new", permission: auth.CodesWrite, do: c.beginBatch},
		{pattern: "POST /p/{slug}/offers/{offer}/codes/new", permission: auth.CodesWrite, do: c.makeBatch},
		{pattern: "POST /p/{slug}/offers/{offer}/codes/import", permission: auth.CodesWrite, limit: codesBytes, do: c.importCodes},
	}
}

// codesBytes bounds a file of codes; codesInMemory what of it is not left to
// the disk while it is read.
const (
	codesBytes    = 256 << 20
	codesInMemory = 8 << 20
)

// newBatchPage is the page on which codes of an offer are ordered. Each kind has
// a form of its own.
type newBatchPage struct {
	*visit
	offer  promo.History
	kind   promo.BatchKind
	form   map[string]string
	report *promo.ImportReport
	errs   web.FormErrors
}

func (c *Console) newBatchPage(v *visit, kind promo.BatchKind) (*newBatchPage, error) {
	h, err := c.offer(v)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(promo.BatchKinds(), kind) {
		kind = promo.UniqueCodes
	}
	return &newBatchPage{visit: v, offer: h, kind: kind, form: map[string]string{}}, nil
}

func (c *Console) beginBatch(v *visit) error {
	p, err := c.newBatchPage(v, promo.BatchKind(v.field("kind")))
	if err != nil {
		return err
	}
	p.form = map[string]string{"name": p.offer.Name, "count": "1000", "length": "8", "uses": "1"}
	switch p.kind {
	case promo.SharedCode:
		p.form["uses"] = ""
	case promo.PersonalCodes:
		p.form["days"] = "30"
	}
	return v.render(newBatchShown(p))
}

// batchFields are what the forms ask, by the name in the faults of the room.
var batchFields = []string{"name", "count", "length", "prefix", "uses", "days", "begins", "expires", "text"}

// batch reads the form; what cannot be read is in the errors.
func (p *newBatchPage) batch() (promo.Batch, web.FormErrors) {
	for _, name := range batchFields {
		p.form[name] = p.field(name)
	}
	r := &readings{typed: p.figures(), currency: p.programme.Currency, faults: map[string]error{}}
	b := promo.Batch{ProgrammeID: p.programme.ID, OfferID: p.offer.ID, Kind: p.kind, Name: p.form["name"], MaxUses: r.count("uses", p.form["uses"])}
	if p.kind == promo.UniqueCodes {
		b.Wanted = r.count("count", p.form["count"])
	}
	if p.draws() {
		b.Length, b.Prefix = int(r.count("length", p.form["length"])), p.form["prefix"]
	}
	if p.kind == promo.PersonalCodes {
		b.ValidDays = int(r.count("days", p.form["days"]))
	}
	var err error
	if b.Begins, err = p.day("begins"); err != nil {
		r.faults["begins"] = err
	}
	if b.Expires, err = p.lastDay("expires"); err != nil {
		r.faults["expires"] = err
	}
	return b, r.errors(p.Page)
}

// draws reports whether codes of the kind are drawn at random.
func (p *newBatchPage) draws() bool {
	return p.kind == promo.UniqueCodes || p.kind == promo.PersonalCodes
}

func (c *Console) makeBatch(v *visit) error {
	p, err := c.newBatchPage(v, promo.BatchKind(v.field("kind")))
	if err != nil {
		return err
	}
	if p.kind == promo.PrintedCodes {
		return web.NotFound(v.w, v.r)
	}
	b, errs := p.batch()
	if len(errs) > 0 {
		return v.mendAll(errs, p.mended)
	}
	made, err := c.Promo.CreateBatch(v.ctx(), v.actor, b, p.form["text"])
	if err != nil {
		return p.mendBatch(err)
	}
	return v.done(v.batchPath(made.ID, ""), "console.code.batch_made")
}

func (p *newBatchPage) mended(errs web.FormErrors) templ.Component {
	p.errs = errs
	return newBatchShown(p)
}

// mendBatch turns the names of the room's faults into those of the form.
func (p *newBatchPage) mendBatch(err error) error {
	if f := fault.As(err); f != nil {
		field := map[string]string{"/max_uses": "uses", "/valid_days": "days", "/code": "text"}[f.Field]
		switch {
		case field != "":
			err = faultBeside(f, field)
		case f.Code == "codes_too_short":
			err = faultBeside(f, "length")
		case f.Code == "code_taken" || f.Code == "code_malformed":
			err = faultBeside(f, "text")
		}
	}
	return p.mend(err, p.mended)
}

// faultBeside returns a fault as one of another field: that of a form.
func faultBeside(f *fault.Error, field string) error {
	moved := *f
	moved.Field = "/" + field
	return &moved
}

// importCodes takes printed codes out of a file. Of one that cannot be taken
// whole every line is named, and nothing is written unless they may be passed
// over.
func (c *Console) importCodes(v *visit) error {
	if err := v.r.ParseMultipartForm(codesInMemory); err != nil {
		return readingUpload(err)
	}
	defer v.r.MultipartForm.RemoveAll()
	p, err := c.newBatchPage(v, promo.PrintedCodes)
	if err != nil {
		return err
	}
	b, errs := p.batch()
	file, _, err := v.r.FormFile("file")
	if err != nil {
		errs.Add("file", v.Fault(fault.As(noFile())))
	}
	if len(errs) > 0 {
		return v.mendAll(errs, p.mended)
	}
	defer file.Close()
	report, err := c.Promo.ImportCodes(v.ctx(), v.actor, b, file, promo.ImportOptions{PassOver: v.field("pass_over") != ""})
	p.report = &report
	if err != nil {
		return p.mendImport(err)
	}
	if len(report.Left) == 0 {
		return v.done(v.batchPath(report.Batch.ID, ""), "console.code.imported", "n", report.Codes)
	}
	return v.render(importedPage(p))
}

func readingUpload(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return noFile()
}

// mendImport shows beside the file what is wrong with it.
func (p *newBatchPage) mendImport(err error) error {
	if f := fault.As(err); f != nil && f.Field == "" {
		err = faultBeside(f, "file")
	}
	return p.mendBatch(err)
}

// shownLeft bounds the lines that are named of a file.
const shownLeft = 100

// left are the lines that cannot be taken, in words.
func (p *newBatchPage) left() []string {
	var list []string
	for i, l := range p.report.Left {
		if i == shownLeft {
			return append(list, p.T("console.code.left_more", "n", len(p.report.Left)-shownLeft))
		}
		list = append(list, p.Say(l.Text()))
	}
	return list
}

func (p *newBatchPage) path(verb string) string { return p.offerPath(p.offer.ID, "/codes"+verb) }

func (p *newBatchPage) head() web.Head {
	crumbs := append(p.offerCrumbs(p.offer.Name), web.Crumb{Label: p.T("console.code.new")})
	crumbs[1].Href = p.offerPath(p.offer.ID, "")
	return web.Head{Title: p.T("console.code.new_title", "offer", p.offer.Name), Lead: p.T("console.code.new_lead." + string(p.kind)), Crumbs: crumbs}
}

func (p *newBatchPage) tabs() []web.Tab {
	var tabs []web.Tab
	for _, k := range promo.BatchKinds() {
		tabs = append(tabs, web.Tab{Label: p.T("console.code.tab." + string(k)), Href: p.at("/offers/"+p.r.PathValue("offer")+"/codes/new", "kind", string(k)), Current: k == p.kind})
	}
	return tabs
}

// ask is a question of the form with the error that belongs to it.
func (p *newBatchPage) ask(name string) web.Field {
	f := web.Field{
		Name: name, Label: p.T("console.code.ask." + name), Value: p.form[name], Error: p.errs[name], Width: web.Short,
		Attrs: templ.Attributes{"autocomplete": "off"},
	}
	if key := "console.code.ask." + name + "_help"; p.Has(key) {
		f.Help = p.T(key)
	}
	switch name {
	case "name", "text":
		f.Width = web.Medium
	case "begins", "expires":
		f.Type, f.Optional = "date", true
	case "count", "length":
		f.Attrs["inputmode"] = "numeric"
	case "uses", "days":
		f.Attrs["inputmode"] = "numeric"
		f.Optional = name == "days" || p.kind == promo.SharedCode
	case "prefix":
		f.Optional = true
		f.Attrs["autocapitalize"], f.Attrs["spellcheck"] = "characters", "false"
	}
	if name == "uses" && p.kind == promo.SharedCode {
		f.Label, f.Help = p.T("console.code.ask.uses_all"), p.T("console.code.ask.uses_all_help")
	}
	return f
}
