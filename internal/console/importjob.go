package console

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
	"regulars/internal/intake"
	"regulars/internal/jobs"
)

// How long files stay: an upload that nobody started, rows that were left out,
// and the counts of an import.
const (
	keepUpload  = 24 * time.Hour
	keepRejects = 7 * 24 * time.Hour
	keepCounts  = 400 * 24 * time.Hour
)

// runImport is the job that takes a file. It may be begun again: what was taken
// before is known by its source and reference, and the counts are made anew.
func (c *Console) runImport(ctx context.Context, j *jobs.Job) error {
	var e errand
	if err := j.Read(&e); err != nil {
		return err
	}
	f, err := c.fileCase(e.ID)
	if err != nil {
		return err
	}
	if f == nil {
		return fmt.Errorf("the upload %s is not in this process's folder", e.ID.In(id.Import))
	}
	if !f.Ended.IsZero() {
		return nil // the process died between the last two steps
	}
	result, err := c.carryOut(ctx, f, j)
	if f.Failed = failureOf(err); err != nil && f.Failed == nil {
		return err
	}
	if err == nil {
		result.Resumed = j.Attempt > 1
		f.Result = &result
	}
	f.Ended = c.Now()
	on := c.importShelf()
	if err := on.keep(f.ID, resultFile, f); err != nil {
		return err
	}
	return on.drop(f.ID, uploadFile)
}

// carryOut gives every record of the file to the programme.
func (c *Console) carryOut(ctx context.Context, f *fileCase, j *jobs.Job) (taken, error) {
	actor, err := c.actorOf(ctx, f.errand)
	if err != nil {
		return taken{}, err
	}
	t := &tally{ctx: ctx, job: j}
	t.run, err = intake.New(c.opener(f, f.Set.Format), f.Set, intake.Options{Now: c.Now(), Progress: t.reading})
	if err != nil {
		return taken{}, err
	}
	say := c.Texts.Printer(f.Lang, nil, f.Set.Currency)
	feed := intake.Feed{To: c.Flow, Consents: c.Members, Programme: f.ProgrammeID, Actor: actor, Each: t.answer}
	err = feed.Give(ctx, t.run, func(err error) string { return sayError(say, err) })
	if err := errors.Join(err, t.broken); err != nil {
		return taken{}, err
	}
	t.Report = t.run.Report()
	return t.taken, c.writeRejects(ctx, f, t.run, say)
}

func sayError(p *i18n.Printer, err error) string {
	if f := fault.As(err); f != nil {
		return p.Fault(f)
	}
	return p.T("web.failure_internal")
}

// tally counts the answers of one run and tells how far it is.
type tally struct {
	taken
	ctx context.Context
	job *jobs.Job
	run *intake.Run
	// broken is a failure that is not the file's: the job is tried again.
	broken error
}

// The notes of the job say which part of it is under way.
const (
	noteReading = "reading"
	noteTaking  = "taking"
)

// reading tells how many rows were read. Progress that cannot be stored stops
// nothing: a job that was lost is told by its context.
func (t *tally) reading(rows int64) { _ = t.job.Progress(t.ctx, rows, 0, noteReading) }

func (t *tally) answer(_ intake.Record, r flow.Result) {
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
		t.Waiting++
	}
	t.progress()
}

// progress tells how many of the rows that were not left out have been taken.
func (t *tally) progress() {
	report := t.run.Report()
	total := report.Rows
	for _, n := range report.LeftOut {
		total -= n
	}
	_ = t.job.Progress(t.ctx, min(total, report.SaleLines+report.ReturnLines+report.Members), total, noteTaking)
}

// writeRejects keeps the rows that were left out, in the words of whoever
// started the import.
func (c *Console) writeRejects(ctx context.Context, f *fileCase, run *intake.Run, say *i18n.Printer) error {
	if len(run.Report().LeftOut) == 0 {
		return nil
	}
	path := c.importShelf().path(f.ID, rejectsFile)
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

// tidy removes what is too old from the folders, and with it what it held of
// people.
func (c *Console) tidy(context.Context) error {
	if err := c.tidySimulations(); err != nil {
		return err
	}
	on := c.importShelf()
	all, err := on.all()
	if err != nil {
		return err
	}
	for _, which := range all {
		if err := c.tidyImport(on, which); err != nil {
			return err
		}
	}
	return nil
}

func (c *Console) tidyImport(on shelf, which id.ID) error {
	f, err := c.fileCase(which)
	if err != nil {
		return err
	}
	now := c.Now()
	switch {
	case f == nil || f.Started.IsZero():
		if olderThan(which, now, keepUpload) {
			return on.drop(which)
		}
	case f.Ended.IsZero():
		return nil
	case now.Sub(f.Ended) > keepCounts:
		return on.drop(which)
	case now.Sub(f.Ended) > keepRejects:
		return on.drop(which, rejectsFile)
	}
	return nil
}
