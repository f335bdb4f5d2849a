package console

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// TestTheOverviewTellsWhatWaitsForStaff: how much, to those who may see it, with
// the way to it.
func TestTheOverviewTellsWhatWaitsForStaff(t *testing.T) {
	w := newTroubled(t)
	w.buy(w.anna, 1, tea(10))
	late, err := w.console.Complaints.List(ctx, system, complaint.Query{ProgrammeID: w.programme.ID, Overdue: true, Limit: 100})
	check(t, err)
	if len(late) == 0 || len(late) == 100 {
		t.Fatalf("%d cases are overdue", len(late))
	}
	f, err := readOutlook(ctx, w.console.DB, w.programme, w.clock)
	check(t, err)
	p := w.as(auth.Owner).get("/p/bean").is(t, 200).hides(t, "Nothing needs you")
	words := w.console.Texts.Printer(i18n.English, w.programme.Zone, w.programme.Currency)
	told := 0
	for i, d := range duties {
		n := f.duties[i]
		if d.key == "cases_overdue" && n != int64(len(late)) {
			t.Errorf("%d complaints are overdue, the list has %d", n, len(late))
		}
		if n > 0 {
			told++
			p.shows(t, words.T("console.overview."+d.key, "n", n), words.T("console.overview."+d.key+"_do"))
		} else {
			p.hides(t, words.T("console.overview."+d.key+"_text"))
		}
		w.as(auth.Owner).get("/p/bean"+d.path).is(t, 200)
	}
	if told < 3 {
		t.Errorf("only %d kinds of work were told of", told)
	}
	w.as(auth.Marketer).get("/p/bean").is(t, 200).hides(t, words.T("console.overview.cases_undecided_text"))

	b := w.as(auth.Owner)
	shown := b.get("/p/bean/complaints?state=overdue").is(t, 200)
	for _, c := range late {
		if !strings.Contains(shown.body, c.ID.In(id.Case)) {
			t.Errorf("the overdue case %s is not on the board", c.ID.In(id.Case))
		}
	}
	b.get("/p/bean/complaints?state=undecided").is(t, 200)
}

// TestDutiesAreCountedByTheirRooms: nothing waits in an empty programme.
func TestDutiesAreCountedByTheirRooms(t *testing.T) {
	w := newTown(t)
	check(t, w.console.DB.View(ctx, func(q db.Queryer) error {
		for _, d := range duties {
			if n, err := d.count(ctx, q, w.programme.ID, w.clock); err != nil || n != 0 {
				t.Errorf("%s: %d, %v", d.key, n, err)
			}
		}
		return nil
	}))
}
