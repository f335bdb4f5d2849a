package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/shelf"
)

const (
	// importJob keeps the name under which files waited before this room had
	// the job.
	importJob   = "console.import"
	importTries = 5
)

// How long files stay: an upload that nobody started, rows that were left out,
// and the counts of an import.
const (
	keepUpload  = 24 * time.Hour
	keepRejects = 7 * 24 * time.Hour
	keepCounts  = 400 * 24 * time.Hour
)

// Work registers the job that takes files. It is called once, before the runner
// runs.
func (d *Desk) Work(r *jobs.Runner) { r.Handle(importJob, d.run) }

// run is the job that takes a file. It may be begun again: what was taken before
// is known by its source and reference, and the counts are made anew.
func (d *Desk) run(ctx context.Context, j *jobs.Job) error {
	var e errand
	if err := j.Read(&e); err != nil {
		return err
	}
	u, err := d.read(e.ID)
	if err != nil {
		return err
	}
	if u == nil {
		return fmt.Errorf("the upload %s is not in this process's folder", e.ID.In(id.Import))
	}
	if !u.Ended.IsZero() {
		return nil // the process died between the last two steps
	}
	result, err := d.carryOut(ctx, u, j)
	if u.Failed = jobs.FailureOf(err); err != nil && u.Failed == nil {
		return err
	}
	if err == nil {
		result.Resumed = j.Attempt > 1
		u.Result = &result
	}
	u.Ended = d.Now()
	on := d.shelf()
	if err := on.Keep(u.ID, resultFile, u); err != nil {
		return err
	}
	return on.Drop(u.ID, uploadFile)
}

// carryOut gives every record of the file to the programme.
func (d *Desk) carryOut(ctx context.Context, u *Upload, j *jobs.Job) (Outcome, error) {
	asker := u.asker()
	actor, err := d.Auth.Still(ctx, asker.Kind, asker.ID, u.ProgrammeID)
	if err != nil {
		return Outcome{}, err
	}
	t := &tally{ctx: ctx, job: j}
	t.run, err = New(d.Opener(u, u.Set.Format), u.Set, Options{Now: d.Now(), Progress: t.reading})
	if err != nil {
		return Outcome{}, err
	}
	say := d.Texts.Printer(u.Lang, nil, u.Set.Currency)
	feed := Feed{To: d.To, Consents: d.Consents, Programme: u.ProgrammeID, Actor: actor, Each: t.answer}
	err = feed.Give(ctx, t.run, func(err error) string { return sayError(say, err) })
	if err := errors.Join(err, t.broken); err != nil {
		return Outcome{}, err
	}
	t.Report = t.run.Report()
	return t.Outcome, d.writeRejects(ctx, u, t.run, say)
}

func sayError(p *i18n.Printer, err error) string {
	if f := fault.As(err); f != nil {
		return p.Fault(f)
	}
	return p.T("web.failure_internal")
}

// tally counts the answers of one run and tells how far it is.
type tally struct {
	Outcome
	ctx context.Context
	job *jobs.Job
	run *Run
	// broken is a failure that is not the file's: the job is tried again.
	broken error
}

// The parts of the work, as the job notes them.
const (
	Reading = "reading"
	Taking  = "taking"
)

// reading tells how many rows were read. Progress that cannot be stored stops
// nothing: a job that was lost is told by its context.
func (t *tally) reading(rows int64) { _ = t.job.Progress(t.ctx, rows, 0, Reading) }

func (t *tally) answer(_ Record, r flow.Result) {
	f := fault.As(r.Err)
	switch {
	case r.Err == nil && r.Answer.Repeated:
		t.Known++
	case r.Err == nil:
		t.Fresh++
	case f == nil || f.Kind == fault.KindBusy:
		t.broken = r.Err
	}
	t.Unmatched += int64(len(r.Answer.Unmatched))
	if r.Answer.Waiting {
		t.Outcome.Waiting++
	}
	t.progress()
}

// progress tells how many of the rows that were not left out have been taken.
func (t *tally) progress() {
	report := t.run.Report()
	total := report.Rows - report.Left()
	_ = t.job.Progress(t.ctx, min(total, report.SaleLines+report.ReturnLines+report.Members), total, Taking)
}

// writeRejects keeps the rows that were left out, in the words of whoever
// started the import.
func (d *Desk) writeRejects(ctx context.Context, u *Upload, run *Run, say *i18n.Printer) error {
	if len(run.Report().LeftOut) == 0 {
		return nil
	}
	path := d.shelf().Path(u.ID, rejectsFile)
	out, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the rejects: %w", err)
	}
	err = run.Rejects(ctx, out, say.Say)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("keeping the rejects: %w", err)
	}
	return os.Rename(path+".new", path)
}

// Progress returns the job of a file that was started and is not done; found is
// false when there is none.
func (d *Desk) Progress(ctx context.Context, u *Upload) (job jobs.Info, found bool, err error) {
	return jobs.Find(ctx, d.DB.Reader(), importJob, u.errand().unique())
}

// Tidy removes what is too old, and with it what it held of people.
func (d *Desk) Tidy() error {
	on := d.shelf()
	all, err := on.All()
	if err != nil {
		return err
	}
	for _, which := range all {
		if err := d.tidy(on, which); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) tidy(on shelf.Shelf, which id.ID) error {
	u, err := d.read(which)
	if err != nil {
		return err
	}
	now := d.Now()
	switch {
	case u == nil || u.Started.IsZero():
		if shelf.OlderThan(which, now, keepUpload) {
			return on.Drop(which)
		}
	case u.Ended.IsZero():
		return nil
	case now.Sub(u.Ended) > keepCounts:
		return on.Drop(which)
	case now.Sub(u.Ended) > keepRejects:
		return on.Drop(which, rejectsFile)
	}
	return nil
}
