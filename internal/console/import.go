package console

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/web"
)

func (c *Console) importRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/import", permission: auth.ImportRun, do: c.showImports},
		{pattern: "POST /p/{slug}/import", permission: auth.ImportRun, limit: intake.MaxUpload, do: c.upload},
		{pattern: "GET /p/{slug}/import/{import}", permission: auth.ImportRun, do: c.showImport},
		{pattern: "POST /p/{slug}/import/{import}", permission: auth.ImportRun, do: c.setImport},
		{pattern: "POST /p/{slug}/import/{import}/discard", permission: auth.ImportRun, do: c.discardImport},
		{pattern: "GET /p/{slug}/import/{import}/rejects", permission: auth.ImportRun, do: c.sendRejects},
	}
}

// importList is the page of all imports.
type importList struct {
	*visit
	cases []*intake.Upload
	names map[string]string
	errs  web.FormErrors
}

func (c *Console) showImports(v *visit) error {
	l, err := c.importList(v)
	if err != nil {
		return err
	}
	return v.render(importListPage(l))
}

func (c *Console) importList(v *visit) (*importList, error) {
	l := &importList{visit: v}
	var err error
	if l.cases, err = c.Imports.List(v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	var people []string
	for _, f := range l.cases {
		people = append(people, f.Who())
	}
	l.names, err = auth.Names(v.ctx(), c.DB.Reader(), people)
	return l, err
}

// staffText is how events and the audit trail name a member of staff.
func staffText(staff id.ID) string { return auth.Actor{Kind: auth.KindStaff, ID: staff}.String() }

// upload takes a file in, looks whether it can be read at all, and leads to
// the page where its columns are named.
func (c *Console) upload(v *visit) error {
	f, err := c.receive(v)
	if err == nil {
		return v.redirect(v.at("/import/" + f.ID.In(id.Import)))
	}
	l, failed := c.importList(v)
	if failed != nil {
		return errors.Join(err, failed)
	}
	return v.mend(err, func(errs web.FormErrors) templ.Component {
		l.errs = web.FormErrors{}
		for _, said := range errs {
			l.errs.Add("file", said)
		}
		return importListPage(l)
	})
}

func (c *Console) receive(v *visit) (*intake.Upload, error) {
	part, err := filePart(v)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	return c.Imports.Receive(v.actor, v.programme.ID, part.FileName(), v.Lang(), part, v.ownSettings())
}

// filePart returns the file of the form.
func filePart(v *visit) (*multipart.Part, error) {
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, noFile()
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, noFile()
		}
		if err != nil {
			return nil, fmt.Errorf("reading the upload: %w", err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

func noFile() error { return fault.Invalid("no_file", "choose a file first").At("/file") }

// ownSettings are those that the programme gives.
func (v *visit) ownSettings() intake.Settings {
	return intake.Settings{Zone: v.programme.Zone.String(), Currency: v.programme.Currency}
}

// theImport returns the import that the address names.
func (c *Console) theImport(v *visit) (*intake.Upload, error) {
	which, err := v.pathID("import", id.Import)
	if err != nil {
		return nil, err
	}
	f, err := c.Imports.Find(v.ctx(), v.actor, v.programme.ID, which)
	if fault.KindOf(err) == fault.KindMissing {
		err = web.NotFound(v.w, v.r)
	}
	return f, err
}

// discardImport removes a file that is not being taken.
func (c *Console) discardImport(v *visit) error {
	f, err := c.theImport(v)
	if err != nil {
		return err
	}
	if err := c.Imports.Discard(v.ctx(), v.actor, f); err != nil {
		return err
	}
	return v.done(v.at("/import"), "console.import.discarded")
}

// sendRejects sends the rows that were left out.
func (c *Console) sendRejects(v *visit) error {
	f, err := c.theImport(v)
	if err != nil {
		return err
	}
	in, err := c.Imports.Rejects(v.actor, f)
	if err != nil {
		return err
	}
	defer in.Close()
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="left-out-`+f.ID.In(id.Import)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	_, err = io.Copy(v.w, in)
	return err
}
