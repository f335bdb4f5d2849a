package console

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"slices"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/web"
)

// uploadBytes bounds an uploaded file.
const uploadBytes = 1 << 30

func (c *Console) importRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/import", permission: auth.ImportRun, do: c.showImports},
		{pattern: "POST /p/{slug}/import", permission: auth.ImportRun, limit: uploadBytes, do: c.upload},
		{pattern: "GET /p/{slug}/import/{import}", permission: auth.ImportRun, do: c.showImport},
		{pattern: "POST /p/{slug}/import/{import}", permission: auth.ImportRun, do: c.setImport},
		{pattern: "POST /p/{slug}/import/{import}/discard", permission: auth.ImportRun, do: c.discardImport},
		{pattern: "GET /p/{slug}/import/{import}/rejects", permission: auth.ImportRun, do: c.sendRejects},
	}
}

// fileCase is one uploaded file: what it is, how it is to be taken, and what
// came of it.
type fileCase struct {
	errand
	Name    string          `json:"name"`
	Size    int64           `json:"size"`
	Columns []string        `json:"columns"`
	Lang    i18n.Lang       `json:"lang"`
	Set     intake.Settings `json:"settings"`
	// Like is the import whose settings were taken over, if any.
	Like string `json:"like,omitempty"`
	// Started is zero until somebody said that it may run.
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Result  *taken    `json:"result,omitempty"`
	Failed  *failure  `json:"failed,omitempty"`
}

// taken is what came of a file.
type taken struct {
	intake.Report
	// Fresh records were new, Known ones had been taken before.
	Fresh int64 `json:"fresh"`
	Known int64 `json:"known"`
	// Unmatched counts returned goods for which no sale was found, Waiting
	// returns whose sale is not known yet.
	Unmatched int64 `json:"unmatched"`
	Waiting   int64 `json:"waiting"`
	// Resumed says that the work had been interrupted and went on.
	Resumed bool `json:"resumed,omitempty"`
}

// Files of an import on its shelf.
const (
	uploadFile  = "upload"
	rejectsFile = "rejects.csv"
)

// fileCase reads an import from the shelf, with its result once there is one;
// nil when it is not there.
func (c *Console) fileCase(which id.ID) (*fileCase, error) {
	on := c.importShelf()
	for _, name := range []string{resultFile, askedFile} {
		var f fileCase
		if ok, err := on.find(which, name, &f); ok || err != nil {
			return &f, err
		}
	}
	return nil, nil
}

// fileCases returns the imports of a programme, the latest first.
func (c *Console) fileCases(programme id.ID) ([]*fileCase, error) {
	all, err := c.importShelf().all()
	if err != nil {
		return nil, err
	}
	var list []*fileCase
	for _, which := range all {
		f, err := c.fileCase(which)
		if err != nil {
			return nil, err
		}
		if f != nil && f.ProgrammeID == programme {
			list = append(list, f)
		}
	}
	return list, nil
}

// importList is the page of all imports.
type importList struct {
	*visit
	cases []*fileCase
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
	if l.cases, err = c.fileCases(v.programme.ID); err != nil {
		return nil, err
	}
	var people []string
	for _, f := range l.cases {
		people = append(people, staffText(f.StaffID))
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

func (c *Console) receive(v *visit) (*fileCase, error) {
	part, err := filePart(v)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	f := &fileCase{
		errand: errand{ID: c.DB.IDs().New(), ProgrammeID: v.programme.ID, StaffID: v.actor.ID},
		Name:   fileName(part.FileName()), Lang: v.Lang(),
	}
	on := c.importShelf()
	if err := on.place(f.ID); err != nil {
		return nil, err
	}
	if err := c.store(f, part, v.ownSettings()); err != nil {
		return nil, errors.Join(err, on.drop(f.ID))
	}
	return f, nil
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

// store writes the file to its shelf and suggests how to take it.
func (c *Console) store(f *fileCase, from io.Reader, base intake.Settings) error {
	on := c.importShelf()
	into, err := os.OpenFile(on.path(f.ID, uploadFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the upload: %w", err)
	}
	f.Size, err = io.Copy(into, from)
	if err := errors.Join(err, into.Close()); err != nil {
		return fmt.Errorf("keeping the upload: %w", err)
	}
	if err := c.suggest(f, base); err != nil {
		return err
	}
	if err := c.recall(f); err != nil {
		return err
	}
	return on.keep(f.ID, askedFile, f)
}

// ownSettings are those that the programme gives.
func (v *visit) ownSettings() intake.Settings {
	return intake.Settings{Zone: v.programme.Zone.String(), Currency: v.programme.Currency}
}

// sampled is how many rows are looked at to suggest settings and to preview.
const sampled = 200

// suggest fills the settings of a file by its columns and first rows.
func (c *Console) suggest(f *fileCase, base intake.Settings) error {
	table, err := intake.Sample(c.opener(f, base.Format), sampled)
	if err != nil {
		return err
	}
	f.Columns, f.Set = table.Columns, intake.Suggest(table, base)
	return nil
}

func (c *Console) opener(f *fileCase, format intake.Format) intake.Opener {
	return intake.File(c.importShelf().path(f.ID, uploadFile), format)
}

// recall takes over the settings of the last import of a file with the same
// columns.
func (c *Console) recall(f *fileCase) error {
	before, err := c.fileCases(f.ProgrammeID)
	if err != nil {
		return err
	}
	for _, b := range before {
		if b.Result != nil && slices.Equal(b.Columns, f.Columns) {
			f.Set, f.Like = b.Set, b.Name
			return nil
		}
	}
	return nil
}

// theImport returns the import that the address names.
func (c *Console) theImport(v *visit) (*fileCase, error) {
	which, err := v.pathID("import", id.Import)
	if err != nil {
		return nil, err
	}
	f, err := c.fileCase(which)
	if err == nil && (f == nil || f.ProgrammeID != v.programme.ID) {
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
	if !f.Started.IsZero() && f.Ended.IsZero() {
		return fault.Conflict("import_running", "the file is being taken; wait until that is done")
	}
	if err := c.importShelf().drop(f.ID); err != nil {
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
	in, err := os.Open(c.importShelf().path(f.ID, rejectsFile))
	if errors.Is(err, os.ErrNotExist) {
		return fault.Missing("rejects_gone", "the rows that were left out are kept for 7 days; take the file again for them")
	}
	if err != nil {
		return fmt.Errorf("opening the rejects: %w", err)
	}
	defer in.Close()
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="left-out-`+f.ID.In(id.Import)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	_, err = io.Copy(v.w, in)
	return err
}
