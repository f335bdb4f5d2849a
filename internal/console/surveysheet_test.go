package console

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
)

// TestAnswersComeByAFile brings a file in, mends what is wrong with the form,
// and brings it in again.
func TestAnswersComeByAFile(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.post(surveysAt+"/new", "kind", "nps").is(t, 200)
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	at := surveysAt + "/" + list[0].ID.In(id.Survey)
	b.post(at+"/publish").is(t, 200).shows(t, "Bring answers in")
	b.get(at+"/sheet").is(t, 200).shows(t, "What the columns hold", "external_id")
	file := "RESPNUM,NETPRO,WEIGHT,mood\n1,9,0.28,x\n2,11,0.94,x\n3,12,1,x\n"
	columns := "RESPNUM = external_id\nNETPRO = score; 11"
	b.send(at+"/sheet", "", "source", "sfo", "columns", columns).is(t, 422)
	b.send(at+"/sheet", file, "source", "", "columns", columns).is(t, 422).holds(t, `id="f-source-error"`)
	b.send(at+"/sheet", file, "source", "sfo", "columns", "NETPRO").is(t, 422).shows(t, "Write a column and what it holds")
	b.send(at+"/sheet", file, "source", "sfo", "columns", "NETPRO = mood").is(t, 422).holds(t, `id="f-columns-error"`)
	b.send(at+"/sheet", file, "source", "sfo", "columns", columns, "occurred", "soon").is(t, 422).holds(t, `id="f-occurred-error"`)
	b.send(at+"/sheet", file, "source", "sfo", "columns", columns, "occurred", "2025-05-10").is(t, 200).
		shows(t, "3 rows: 1 taken, 0 known from before, 1 without an answer, 1 refused.", "Left out: mood.", "WEIGHT = weight", "Line 4:")
	b.send(at+"/sheet", file, "source", "sfo", "columns", columns, "occurred", "2025-05-10").is(t, 200).shows(t, "0 taken, 1 known from before")
	w.as(auth.ReadOnly).get(at+"/sheet").is(t, 403)
}

func TestTheShareNeverSurveyedIsKept(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(surveysAt).is(t, 200).holds(t, `name="never_share"`, `value="5"`)
	b.post(surveysAt+"/never", "never_share", "51").is(t, 422).shows(t, "Between 0 and 50 % may never be asked.")
	b.post(surveysAt+"/never", "never_share", "many").is(t, 422)
	b.post(surveysAt+"/never", "never_share", "2.5").is(t, 200).shows(t, "The share is kept.")
	n, err := w.console.Surveys.NeverShare(ctx, system, w.programme.ID)
	check(t, err)
	if n != 250 {
		t.Errorf("kept is %d of 10,000", n)
	}
}
