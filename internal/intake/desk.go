package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/shelf"
)

// Desk is where people and programs leave files: each is kept in a folder, its
// settings are agreed on, and a job takes it.
type Desk struct {
	DB   *db.DB
	Auth *auth.Service
	// To takes sales, returns and members, Consents files of consents.
	To       Taker
	Consents ConsentTaker
	Texts    *i18n.Catalog
	Now      func() time.Time
	// Dir is a folder of ours that every process shares.
	Dir string
}

// MaxUpload bounds the bytes of one file.
const MaxUpload = 1 << 30

// errand is the payload of the job: which file, for which programme, on whose
// behalf.
type errand struct {
	ID          id.ID `json:"id"`
	ProgrammeID id.ID `json:"programme"`
	StaffID     id.ID `json:"staff,omitempty"`
	KeyID       id.ID `json:"key,omitempty"`
}

func (e errand) unique() string { return fmt.Sprint(int64(e.ID)) }

// Upload is one file: what it is, how it is to be taken, and what came of it.
type Upload struct {
	ID          id.ID `json:"id"`
	ProgrammeID id.ID `json:"programme"`
	// StaffID or KeyID is who left it, or who let it run.
	StaffID id.ID     `json:"staff,omitempty"`
	KeyID   id.ID     `json:"key,omitempty"`
	Name    string    `json:"name"`
	Size    int64     `json:"size"`
	Columns []string  `json:"columns"`
	Lang    i18n.Lang `json:"lang"`
	Set     Settings  `json:"settings"`
	// Like is the import whose settings were taken over, if any.
	Like string `json:"like,omitempty"`
	// Started is zero until somebody said that it may run.
	Started time.Time     `json:"started,omitzero"`
	Ended   time.Time     `json:"ended,omitzero"`
	Result  *Outcome      `json:"result,omitempty"`
	Failed  *jobs.Failure `json:"failed,omitempty"`
}

// asker is whoever left the file or let it run.
func (u *Upload) asker() auth.Actor {
	if u.KeyID != 0 {
		return auth.Actor{Kind: auth.KindKey, ID: u.KeyID}
	}
	return auth.Actor{Kind: auth.KindStaff, ID: u.StaffID}
}

// Who is whoever left the file or let it run, as the audit trail names them.
func (u *Upload) Who() string { return u.asker().String() }

func (u *Upload) errand() errand { return errand{u.ID, u.ProgrammeID, u.StaffID, u.KeyID} }

// by notes who acts.
func (u *Upload) by(a auth.Actor) {
	u.StaffID, u.KeyID = 0, 0
	if a.Kind == auth.KindKey {
		u.KeyID = a.ID
	} else {
		u.StaffID = a.ID
	}
}

// Outcome is what came of a file.
type Outcome struct {
	Report
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

// Left is how many rows were left out.
func (r *Report) Left() (n int64) {
	for _, one := range r.LeftOut {
		n += one
	}
	return n
}

// Files of an upload on its shelf.
const (
	askedFile   = "asked.json"
	resultFile  = "result.json"
	uploadFile  = "upload"
	rejectsFile = "rejects.csv"
)

func (d *Desk) shelf() shelf.Shelf {
	return shelf.Shelf{Dir: filepath.Join(d.Dir, "imports"), Prefix: id.Import}
}

// read returns an upload with its result once there is one; nil when it is not
// there.
func (d *Desk) read(which id.ID) (*Upload, error) {
	on := d.shelf()
	for _, name := range []string{resultFile, askedFile} {
		var u Upload
		if ok, err := on.Find(which, name, &u); ok || err != nil {
			return &u, err
		}
	}
	return nil, nil
}

// List returns the uploads of a programme, the latest first. It needs
// import.run.
func (d *Desk) List(a auth.Actor, programme id.ID) ([]*Upload, error) {
	if err := a.Can(programme, auth.ImportRun); err != nil {
		return nil, err
	}
	return d.list(programme)
}

func (d *Desk) list(programme id.ID) ([]*Upload, error) {
	all, err := d.shelf().All()
	if err != nil {
		return nil, err
	}
	var list []*Upload
	for _, which := range all {
		u, err := d.read(which)
		if err != nil {
			return nil, err
		}
		if u != nil && u.ProgrammeID == programme {
			list = append(list, u)
		}
	}
	return list, nil
}

// Find returns an upload of the programme; it fails with "unknown_import" when
// there is none. One whose job there never was, because the process died or the
// database failed just then, stands as one that nobody has started. It needs
// import.run.
func (d *Desk) Find(ctx context.Context, a auth.Actor, programme, which id.ID) (*Upload, error) {
	if err := a.Can(programme, auth.ImportRun); err != nil {
		return nil, err
	}
	u, err := d.read(which)
	if err != nil {
		return nil, err
	}
	if u == nil || u.ProgrammeID != programme {
		return nil, fault.Missing("unknown_import", "there is no import %s; uploads that nobody starts are kept for 24 hours, counts for 400 days", which.In(id.Import)).
			With("import", which.In(id.Import))
	}
	if u.Started.IsZero() || !u.Ended.IsZero() {
		return u, nil
	}
	if _, waits, err := d.Progress(ctx, u); waits || err != nil {
		return u, err
	}
	if u, err = d.read(which); err == nil && u.Ended.IsZero() { // it was not done meanwhile
		u.Started = time.Time{}
	}
	return u, err
}

// Receive keeps a file of a name, looks whether it can be read at all, and
// suggests how to take it: as the last file with the same columns, or else by
// its columns and first rows, with base for what these do not tell. It needs
// import.run.
func (d *Desk) Receive(a auth.Actor, programme id.ID, name string, lang i18n.Lang, from io.Reader, base Settings) (*Upload, error) {
	if err := a.Can(programme, auth.ImportRun); err != nil {
		return nil, err
	}
	u := &Upload{ID: d.DB.IDs().New(), ProgrammeID: programme, Name: plainName(name), Lang: lang}
	u.by(a)
	on := d.shelf()
	if err := on.Place(u.ID); err != nil {
		return nil, err
	}
	if err := d.store(u, from, base); err != nil {
		return nil, errors.Join(err, on.Drop(u.ID))
	}
	return u, nil
}

// plainName is the last part of a file's name as a browser sent it, short enough
// to be shown.
func plainName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	return clip(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�")))
}

func (d *Desk) store(u *Upload, from io.Reader, base Settings) error {
	on := d.shelf()
	into, err := os.OpenFile(on.Path(u.ID, uploadFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the upload: %w", err)
	}
	u.Size, err = io.Copy(into, from)
	if err := errors.Join(err, into.Close()); err != nil {
		return fmt.Errorf("keeping the upload: %w", err)
	}
	if err := d.Suggest(u, base); err != nil {
		return err
	}
	before, err := d.list(u.ProgrammeID)
	if err != nil {
		return err
	}
	for _, b := range before {
		if b.Result != nil && slices.Equal(b.Columns, u.Columns) {
			u.Set, u.Like = b.Set, b.Name
			break
		}
	}
	return on.Keep(u.ID, askedFile, u)
}

// Sampled is how many rows are looked at to suggest settings and to preview.
const Sampled = 200

// Suggest fills the columns and settings of a file by its first rows, read as
// the format of base says. It is not kept until Keep.
func (d *Desk) Suggest(u *Upload, base Settings) error {
	table, err := Sample(d.Opener(u, base.Format), Sampled)
	if err != nil {
		return err
	}
	u.Columns, u.Set = table.Columns, Suggest(table, base)
	return nil
}

// Opener opens the file as the format says.
func (d *Desk) Opener(u *Upload, format Format) Opener {
	return File(d.shelf().Path(u.ID, uploadFile), format)
}

// Keep keeps the settings of a file that waits.
func (d *Desk) Keep(u *Upload) error { return d.shelf().Keep(u.ID, askedFile, u) }

// Declare checks settings against the file, read as their format says, and keeps
// them. It fails with "import_started" once the file runs. It needs import.run.
func (d *Desk) Declare(a auth.Actor, u *Upload, set Settings) error {
	if err := a.Can(u.ProgrammeID, auth.ImportRun); err != nil {
		return err
	}
	if !u.Started.IsZero() {
		return Begun()
	}
	table, err := Sample(d.Opener(u, set.Format), 0)
	if err != nil {
		return err
	}
	if err := set.Check(table.Columns); err != nil {
		return err
	}
	u.Columns, u.Set, u.Like = table.Columns, set, ""
	return d.Keep(u)
}

// Begun is the failure of what is asked of a file too late.
func Begun() error {
	return fault.Conflict("import_started", "the file was started already; upload it again to take it in another way")
}

// Start leaves the work to a job, which acts with the rights that whoever starts
// it holds then, and says what was left out in the language. It needs
// import.run.
func (d *Desk) Start(ctx context.Context, a auth.Actor, u *Upload, lang i18n.Lang) error {
	if err := a.Can(u.ProgrammeID, auth.ImportRun); err != nil {
		return err
	}
	if !u.Started.IsZero() {
		return Begun()
	}
	if err := u.Set.Check(u.Columns); err != nil {
		return err
	}
	u.by(a)
	u.Started, u.Lang = d.Now(), lang
	if err := d.Keep(u); err != nil {
		return err
	}
	return d.DB.InTx(ctx, func(tx *db.Tx) error {
		e := u.errand()
		if err := jobs.Add(ctx, tx, d.Now(), jobs.New{Kind: importJob, Unique: e.unique(), Payload: e, MaxAttempts: importTries}); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: u.ProgrammeID, Action: "import.start", Subject: u.ID.In(id.Import)})
	})
}

// Discard removes a file that is not being taken, with its counts. It needs
// import.run.
func (d *Desk) Discard(ctx context.Context, a auth.Actor, u *Upload) error {
	if err := a.Can(u.ProgrammeID, auth.ImportRun); err != nil {
		return err
	}
	if !u.Started.IsZero() && u.Ended.IsZero() {
		return fault.Conflict("import_running", "the file is being taken; wait until that is done")
	}
	err := d.DB.InTx(ctx, func(tx *db.Tx) error {
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: u.ProgrammeID, Action: "import.discard", Subject: u.ID.In(id.Import)})
	})
	if err != nil {
		return err
	}
	return d.Drop(u)
}

// Drop removes a file without a trace, as one that came twice.
func (d *Desk) Drop(u *Upload) error { return d.shelf().Drop(u.ID) }

// Rejects opens the rows of a file that were left out, as CSV. It needs
// import.run.
func (d *Desk) Rejects(a auth.Actor, u *Upload) (io.ReadCloser, error) {
	if err := a.Can(u.ProgrammeID, auth.ImportRun); err != nil {
		return nil, err
	}
	in, err := os.Open(d.shelf().Path(u.ID, rejectsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Missing("rejects_gone", "the rows that were left out are kept for 7 days; take the file again for them")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the rejects: %w", err)
	}
	return in, nil
}
