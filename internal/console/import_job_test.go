package console

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/sale"
)

// importPath is that of a file of an import in the folder of the desk.
func (w *town) importPath(which id.ID, name string) string {
	return filepath.Join(w.console.Imports.Dir, "imports", which.In(id.Import), name)
}

// started uploads a file and lets it run, without the job.
func (w *town) started(who *visitor, rows int) (path string, which id.ID) {
	w.t.Helper()
	path = who.upload("sales.csv", salesFile(rows)).is(w.t, 200).path
	who.post(path, importAnswers...).is(w.t, 200)
	which, err := id.Parse(id.Import, path[strings.LastIndex(path, "/")+1:])
	check(w.t, err)
	return path, which
}

// TestAnInterruptedImportGoesOn lets the process die in the middle: the second
// run finds what the first has taken and doubles nothing.
func TestAnInterruptedImportGoesOn(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	path, which := w.started(who, 6000)
	f, err := w.console.Imports.Find(ctx, w.owner.Actor(), w.programme.ID, which)
	check(t, err)
	dying, die := context.WithCancel(ctx)
	run, err := intake.New(w.console.Imports.Opener(f, f.Set.Format), f.Set, intake.Options{Now: noon})
	check(t, err)
	n := 0
	err = intake.Feed{To: w.console.Flow, Programme: w.programme.ID, Actor: w.owner.Actor(), Each: func(intake.Record, flow.Result) {
		if n++; n == 200 {
			die()
		}
	}}.Give(dying, run, error.Error)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the import ended with %v", err)
	}
	w.work()
	who.get(path).is(t, 200).shows(t, "2,001 sales and 1 return out of 6,004 rows; 2 rows were left out.")
	done, err := w.console.Imports.Find(ctx, w.owner.Actor(), w.programme.ID, which)
	check(t, err)
	if r := done.Result; r.Fresh+r.Known != 2002 || r.Known < 200 || r.Fresh == 0 {
		t.Errorf("got %+v", r)
	}
	sums, err := sale.Summarise(ctx, w.console.DB.Reader(), w.programme.ID)
	check(t, err)
	if sums.Sales != 2001 {
		t.Errorf("%d sales are kept", sums.Sales)
	}
	faults, err := w.console.Flow.Check(ctx)
	check(t, err)
	if len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}

// TestAnImportDoneTwice runs the job again after its last step, as when the
// process died before the job was taken off.
func TestAnImportDoneTwice(t *testing.T) {
	w := newTown(t)
	path, which := w.started(w.as(auth.Owner), 6)
	w.work()
	before, err := os.ReadFile(w.importPath(which, resultFile))
	check(t, err)
	check(t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		return jobs.Add(ctx, tx, noon, jobs.New{Kind: "console.import", Payload: errand{ID: which, ProgrammeID: w.programme.ID, StaffID: w.owner.ID}})
	}))
	w.work()
	after, err := os.ReadFile(w.importPath(which, resultFile))
	check(t, err)
	if string(before) != string(after) {
		t.Errorf("the result of %s changed", path)
	}
}

// TestAStartThatWasLost: the file says that it was started, and there is no job, as
// when the process died between the two. It can be started again.
func TestAStartThatWasLost(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	path, which := w.started(who, 6)
	check(t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job WHERE kind = 'console.import'`)
		return err
	}))
	who.get(path).is(t, 200).hides(t, "being taken")
	who.post(path, importAnswers...).is(t, 200)
	w.work()
	done, err := w.console.Imports.Find(ctx, w.owner.Actor(), w.programme.ID, which)
	check(t, err)
	if done.Result == nil || done.Result.Fresh == 0 {
		t.Errorf("it ended as %+v", done)
	}
}

// TestAFileThatTurnsOutBad breaks off where nobody looked before it ran.
func TestAFileThatTurnsOutBad(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	path, which := w.started(who, 6)
	check(t, os.Remove(w.importPath(which, "upload")))
	w.work()
	who.get(path).is(t, 200).shows(t, "The file could not be taken", "There is no file upload.")
	who.get("/p/bean/import").is(t, 200).shows(t, "Failed", "There is no file upload.")
}

// TestAnUploadElsewhere runs the job in a process that does not have the file.
func TestAnUploadElsewhere(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	path, which := w.started(who, 6)
	folder := w.importPath(which, "")
	check(t, os.Rename(folder, folder+".away"))
	w.failing("console.import")
	check(t, os.Rename(folder+".away", folder))
	who.get(path).is(t, 200).shows(t, "The file could not be taken", "See the job")
	who.get("/p/bean/jobs").is(t, 200).shows(t, "1 job failed", "Import of a file", "is not in this process's folder")
	who.post("/p/bean/jobs/retry").is(t, 200)
	w.work()
	who.get(path).is(t, 200).shows(t, "3 sales and 1 return")
}

// TestRefusedRowsAreKept lets the programme refuse what the file says: a shop
// that it does not have.
func TestRefusedRowsAreKept(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	path := who.upload("sales.csv", salesFile(6)).is(t, 200).path
	form := append([]string{}, importAnswers...)
	form[11] = "shop"
	who.post(path, form...).is(t, 200)
	w.work()
	who.get(path).is(t, 200).shows(t, "Refused")
	if got := who.get(path+"/rejects").is(t, 200).body; !strings.Contains(got, "no shop") {
		t.Errorf("got %s", got)
	}
}

// TestHowFarAnImportIs says each part of the work in words.
func TestHowFarAnImportIs(t *testing.T) {
	p := &importPage{visit: &visit{Page: englishPage(t)}, Upload: &intake.Upload{}}
	for _, tc := range []struct {
		job         jobs.Info
		label       string
		done, total int64
	}{
		{jobs.Info{}, "Waiting to begin…", 0, 0},
		{jobs.Info{Note: intake.Reading, Done: 3000}, "Reading: 3,000 rows so far", 0, 0},
		{jobs.Info{Note: intake.Taking, Done: 500, Total: 2000}, "Taking 500 of 2,000 rows", 500, 2000},
	} {
		p.job = tc.job
		if w := p.work(); w.Label != tc.label || w.Done != tc.done || w.Total != tc.total {
			t.Errorf("got %+v", w)
		}
	}
}
